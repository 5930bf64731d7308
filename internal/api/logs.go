package api

import (
	"context"
	"time"

	"github.com/voltrun/voltrun"
)

type searchLogsInput struct {
	Query       string    `query:"q" maxLength:"256" doc:"Part of a line's text; upper and lower case are the same"`
	FunctionID  string    `query:"function_id" maxLength:"128"`
	ExecutionID string    `query:"execution_id" maxLength:"128"`
	Stream      string    `query:"stream" enum:"stdout,stderr,system"`
	From        time.Time `query:"from" doc:"Of executions created at this time or later"`
	To          time.Time `query:"to" doc:"Of executions created before this time"`
	Size        int       `query:"page_size" minimum:"1" maximum:"1000" default:"200"`
	Token       string    `query:"page_token" maxLength:"512" doc:"next_page_token of the page before"`
}

// FoundLine is a log line with the execution that wrote it.
type FoundLine struct {
	ExecutionID  string `json:"execution_id"`
	FunctionID   string `json:"function_id"`
	FunctionName string `json:"function_name"`
	Version      int    `json:"version"`
	Seq          int64  `json:"seq" doc:"Of the line within its execution; counts from 1 without gaps"`
	Time         string `json:"time" format:"date-time"`
	Stream       string `json:"stream" enum:"stdout,stderr,system"`
	Text         string `json:"text" doc:"Invalid UTF-8 is replaced by U+FFFD"`
	Partial      bool   `json:"partial" doc:"No line feed ended this line"`
	Status       string `json:"status" enum:"pending,running,success,failed,timeout,canceled" doc:"Of the execution"`
}

// TruncatedLog says how much of an execution's log was dropped.
type TruncatedLog struct {
	ExecutionID string `json:"execution_id"`
	Bytes       int64  `json:"bytes" doc:"Dropped by the log limit"`
}

type searchLogsOutput struct {
	Body struct {
		Items         []FoundLine    `json:"items" nullable:"false" doc:"The newest execution first, and of one execution the last line first"`
		Next          string         `json:"next_page_token" doc:"Empty once everything was looked at. One call looks at a bounded part of the history: a page may hold few lines, or none, and not be the last"`
		SearchedUntil *string        `json:"searched_until" format:"date-time" doc:"Everything newer was looked at, with the pages before; null when there is nothing older"`
		Truncated     []TruncatedLog `json:"truncated" nullable:"false" doc:"Executions of this page whose log is not complete"`
	}
}

func (s *Server) searchLogs(ctx context.Context, in *searchLogsInput) (*searchLogsOutput, error) {
	page, err := s.Executions.SearchLogs(ctx, voltrun.LogFilter{
		OwnerID: owner(ctx), FunctionID: in.FunctionID, ExecutionID: in.ExecutionID, Stream: voltrun.Stream(in.Stream),
		From: in.From, To: in.To, Query: in.Query,
	}, voltrun.PageRequest{Size: in.Size, Token: in.Token})
	if err != nil {
		return nil, err
	}
	out := &searchLogsOutput{}
	out.Body.Items = make([]FoundLine, 0, len(page.Lines))
	for _, l := range page.Lines {
		out.Body.Items = append(out.Body.Items, FoundLine{
			ExecutionID: l.ExecutionID, FunctionID: l.FunctionID, FunctionName: l.FunctionName, Version: l.Version, Status: string(l.Status),
			Seq: l.Seq, Time: stamp(l.Time), Stream: string(l.Stream), Text: l.Text, Partial: l.Partial,
		})
	}
	out.Body.Truncated = make([]TruncatedLog, 0, len(page.Truncated))
	for _, t := range page.Truncated {
		out.Body.Truncated = append(out.Body.Truncated, TruncatedLog(t))
	}
	out.Body.Next = page.NextToken
	if !page.SearchedUntil.IsZero() {
		out.Body.SearchedUntil = optionalStamp(&page.SearchedUntil)
	}
	return out, nil
}
