package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/voltrun/voltrun"
)

// ExecutionSummary is an execution as lists show it: without input, output and logs.
type ExecutionSummary struct {
	ID                 string          `json:"id"`
	FunctionID         string          `json:"function_id"`
	FunctionName       string          `json:"function_name"`
	Version            int             `json:"version"`
	Status             string          `json:"status" enum:"pending,running,success,failed,timeout,canceled"`
	Trigger            string          `json:"trigger" enum:"api,async,replay"`
	Attempt            int             `json:"attempt" doc:"Counts from 1 once running"`
	Start              *string         `json:"start" enum:"cold,warm,restored" doc:"How the machine came to be; null until there was one"`
	Error              *ExecutionError `json:"error"`
	LogsTruncatedBytes int64           `json:"logs_truncated_bytes" doc:"Dropped by the log limit"`
	ExitCode           *int            `json:"exit_code" doc:"Of the runtime's process, when it ended; 128+n for signal n"`
	MemoryPeakBytes    *int64          `json:"memory_peak_bytes" doc:"null when the host cannot tell"`
	CreatedAt          string          `json:"created_at" format:"date-time"`
	StartedAt          *string         `json:"started_at" format:"date-time"`
	FinishedAt         *string         `json:"finished_at" format:"date-time"`
	DurationMS         float64         `json:"duration_ms" doc:"The handler's own time"`
	Phases             []Phase         `json:"phases" nullable:"false" doc:"The whole waterfall, in order"`
	ReplayOf           *string         `json:"replay_of"`
	RequestID          *string         `json:"request_id"`
}

// Execution is one run of a function's version.
type Execution struct {
	ExecutionSummary
	Input  json.RawMessage `json:"input" doc:"Any JSON"`
	Output json.RawMessage `json:"output" doc:"Any JSON; null unless status is success"`
	Logs   string          `json:"logs" doc:"The text of both streams in order, up to the log limit"`
}

// Phase is one step of the waterfall.
type Phase struct {
	Name string  `json:"name" example:"acquire"`
	MS   float64 `json:"ms"`
}

// ExecutionError is why a function failed.
type ExecutionError struct {
	Type    string   `json:"type"`
	Message string   `json:"message"`
	Stack   []string `json:"stack"`
}

// Schema allows null, which huma cannot say about a reference.
func (ExecutionError) Schema(huma.Registry) *huma.Schema {
	text := &huma.Schema{Type: huma.TypeString}
	return &huma.Schema{
		Type: huma.TypeObject, Nullable: true, AdditionalProperties: false,
		Description: "Why the function failed; null when it did not",
		Required:    []string{"type", "message", "stack"},
		Properties: map[string]*huma.Schema{
			"type": text, "message": text, "stack": {Type: huma.TypeArray, Items: text},
		},
	}
}

// ExecutionRef names an execution.
type ExecutionRef struct {
	ID string `path:"id" maxLength:"128" doc:"The execution's id"`
}

type executionOutput struct{ Body Execution }

func (s *Server) getExecution(ctx context.Context, in *ExecutionRef) (*executionOutput, error) {
	e, err := s.Executions.Get(ctx, owner(ctx), in.ID)
	return executionAnswer(ctx, e, err)
}

func (s *Server) cancelExecution(ctx context.Context, in *ExecutionRef) (*executionOutput, error) {
	if err := s.mayExecuteAgain(ctx, in.ID); err != nil {
		return nil, err
	}
	e, err := s.Executions.Cancel(ctx, owner(ctx), in.ID)
	return executionAnswer(ctx, e, err)
}

type replayInput struct {
	ExecutionRef
	Body *struct {
		Version int `json:"version,omitempty" minimum:"1" doc:"The version of the old execution when left out"`
	} `required:"false"`
}

func (s *Server) replayExecution(ctx context.Context, in *replayInput) (*executionOutput, error) {
	if err := s.mayExecuteAgain(ctx, in.ID); err != nil {
		return nil, err
	}
	version := 0
	if in.Body != nil {
		version = in.Body.Version
	}
	e, err := s.Executions.Replay(ctx, owner(ctx), in.ID, version, callOf(ctx).requestID)
	if err == nil {
		callOf(ctx).header("Location", "/api/executions/"+e.ID)
	}
	return executionAnswer(ctx, e, err)
}

// mayExecuteAgain checks a narrowed key against the function that the execution is of.
func (s *Server) mayExecuteAgain(ctx context.Context, id string) error {
	p := callOf(ctx).principal
	if p.Can(voltrun.ScopeFunctionsExecute) {
		return nil
	}
	e, err := s.Executions.Get(ctx, p.UserID, id)
	if err != nil {
		return err
	}
	return s.mayExecute(p, e.FunctionID)
}

type listExecutionsInput struct {
	Paging
	FunctionID    string    `query:"function_id" maxLength:"128"`
	Version       int       `query:"version" minimum:"0" maximum:"1000000000"`
	Status        []string  `query:"status" enum:"pending,running,success,failed,timeout,canceled" maxItems:"6" doc:"Any of these, separated by commas"`
	Trigger       string    `query:"trigger" enum:"api,async,replay"`
	From          time.Time `query:"from" doc:"Created at this time or later"`
	To            time.Time `query:"to" doc:"Created before this time"`
	MinDurationMS int64     `query:"min_duration_ms" minimum:"0" maximum:"86400000" doc:"The handler's own time, at least"`
	Query         string    `query:"q" maxLength:"256" doc:"Part of the id, the function's name or the error's type or message"`
}

type executionsOutput struct {
	Body struct {
		Items []ExecutionSummary `json:"items" nullable:"false"`
		Next  string             `json:"next_page_token" doc:"Empty on the last page. A page with a rare filter may hold fewer executions than asked for, or none, and not be the last"`
	}
}

func (s *Server) listExecutions(ctx context.Context, in *listExecutionsInput) (*executionsOutput, error) {
	var statuses []voltrun.Status
	for _, status := range in.Status {
		statuses = append(statuses, voltrun.Status(status))
	}
	page, err := s.Executions.List(ctx, voltrun.ExecutionFilter{
		OwnerID: owner(ctx), FunctionID: in.FunctionID, Version: in.Version, Statuses: statuses, Trigger: voltrun.Trigger(in.Trigger),
		From: in.From, To: in.To, MinDuration: time.Duration(in.MinDurationMS) * time.Millisecond, Query: in.Query,
	}, in.request())
	if err != nil {
		return nil, err
	}
	out := &executionsOutput{}
	out.Body.Items = make([]ExecutionSummary, 0, len(page.Items))
	for i := range page.Items {
		out.Body.Items = append(out.Body.Items, summaryOf(&page.Items[i]))
	}
	out.Body.Next = page.NextToken
	return out, nil
}

// LogLine is one line of a log.
type LogLine struct {
	Seq     int64  `json:"seq" doc:"Counts from 1 without gaps"`
	Time    string `json:"time" format:"date-time"`
	Stream  string `json:"stream" enum:"stdout,stderr,system"`
	Text    string `json:"text" doc:"Invalid UTF-8 is replaced by U+FFFD"`
	Partial bool   `json:"partial,omitempty" doc:"No line feed ended this line"`
}

type logsInput struct {
	ExecutionRef
	After int64 `query:"after" minimum:"0" doc:"Only lines with a higher seq"`
	Limit int   `query:"limit" minimum:"1" maximum:"10000" default:"10000"`
}

type logsOutput struct {
	Body struct {
		Items          []LogLine `json:"items" nullable:"false"`
		TruncatedBytes int64     `json:"truncated_bytes" doc:"Dropped by the log limit"`
	}
}

func (s *Server) getLogs(ctx context.Context, in *logsInput) (*logsOutput, error) {
	lines, truncated, err := s.Executions.Logs(ctx, owner(ctx), in.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &logsOutput{}
	out.Body.Items = make([]LogLine, 0, len(lines))
	for _, l := range lines {
		out.Body.Items = append(out.Body.Items, lineOf(l))
	}
	out.Body.TruncatedBytes = truncated
	return out, nil
}

// executionAnswer notes the execution for the request log and encodes it.
func executionAnswer(ctx context.Context, e *voltrun.Execution, err error) (*executionOutput, error) {
	if err != nil {
		return nil, err
	}
	callOf(ctx).executionID = e.ID
	return &executionOutput{executionOf(e)}, nil
}

func executionOf(e *voltrun.Execution) Execution {
	return Execution{ExecutionSummary: summaryOf(e), Input: e.Input, Output: e.Output, Logs: e.Logs}
}

func summaryOf(e *voltrun.Execution) ExecutionSummary {
	out := ExecutionSummary{
		ID: e.ID, FunctionID: e.FunctionID, FunctionName: e.FunctionName, Version: e.Version,
		Status: string(e.Status), Trigger: string(e.Trigger), Attempt: e.Attempt, Start: optional(string(e.Start)),
		LogsTruncatedBytes: e.LogsTruncatedBytes, ExitCode: e.ExitCode,
		CreatedAt: stamp(e.CreatedAt), StartedAt: optionalStamp(e.StartedAt), FinishedAt: optionalStamp(e.FinishedAt),
		DurationMS: milliseconds(e.Duration), Phases: make([]Phase, len(e.Phases)),
		ReplayOf: optional(e.ReplayOf), RequestID: optional(e.RequestID),
	}
	if e.MemoryPeakBytes > 0 {
		peak := e.MemoryPeakBytes
		out.MemoryPeakBytes = &peak
	}
	for i, p := range e.Phases {
		out.Phases[i] = Phase{p.Name, milliseconds(p.Duration)}
	}
	if e.Error != nil {
		out.Error = &ExecutionError{Type: e.Error.Type, Message: e.Error.Message, Stack: e.Error.Stack}
		if out.Error.Stack == nil {
			out.Error.Stack = []string{}
		}
	}
	return out
}

func lineOf(l voltrun.LogLine) LogLine {
	return LogLine{Seq: l.Seq, Time: stamp(l.Time), Stream: string(l.Stream), Text: l.Text, Partial: l.Partial}
}

// milliseconds keeps microseconds.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
