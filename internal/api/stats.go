package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/voltrun/voltrun"
)

// Tally sums up the executions that ended in some period.
type Tally struct {
	Executions      int64    `json:"executions" doc:"Those that ended; the other counts are parts of it"`
	Success         int64    `json:"success"`
	Failed          int64    `json:"failed"`
	Timeout         int64    `json:"timeout"`
	Canceled        int64    `json:"canceled"`
	Cold            int64    `json:"cold" doc:"On a machine that nobody had used"`
	P50MS           *float64 `json:"p50_ms" doc:"Percentiles are of the handler's own time, off by a fifth at most; null where no handler ran"`
	P95MS           *float64 `json:"p95_ms"`
	P99MS           *float64 `json:"p99_ms"`
	MaxMS           *float64 `json:"max_ms" doc:"Exact"`
	MemoryPeakBytes *int64   `json:"memory_peak_bytes" doc:"Of the execution that took most; null when the host cannot tell"`
}

// StatsTotals sums up a whole range.
type StatsTotals struct {
	Tally
	ErrorRate float64 `json:"error_rate" minimum:"0" maximum:"1" doc:"(failed + timeout) / executions; 0 where nothing ended"`
}

// StatsPoint sums up one step.
type StatsPoint struct {
	Time string `json:"time" format:"date-time" doc:"The beginning of the step"`
	Tally
}

// Stats are the executions that ended within a range.
type Stats struct {
	Range  string       `json:"range" enum:"1h,24h,7d,30d"`
	From   string       `json:"from" format:"date-time" doc:"The beginning of the first step"`
	To     string       `json:"to" format:"date-time" doc:"The end of the last step, which is not over yet"`
	StepMS int64        `json:"step_ms"`
	Totals StatsTotals  `json:"totals"`
	Points []StatsPoint `json:"points" nullable:"false" doc:"One for every step, oldest first"`
}

// StatsRange says how far back to look.
type StatsRange struct {
	Range string `query:"range" enum:"1h,24h,7d,30d" default:"24h"`
}

type statsInput struct {
	StatsRange
	FunctionID string `query:"function_id" maxLength:"128" doc:"Only this function's executions; it may have been deleted"`
}

type statsOutput struct{ Body Stats }

func (s *Server) stats(ctx context.Context, in *statsInput) (*statsOutput, error) {
	stats, err := s.Executions.Stats(ctx, owner(ctx), in.FunctionID, voltrun.StatsRange(in.Range))
	if err != nil {
		return nil, err
	}
	out := &statsOutput{Stats{Range: in.Range, From: stamp(stats.Grid.From), To: stamp(stats.Grid.To()), StepMS: stats.Grid.Step.Milliseconds(),
		Totals: StatsTotals{tallyOf(stats.Total), stats.Total.ErrorRate()}, Points: make([]StatsPoint, len(stats.Points))}}
	for i, p := range stats.Points {
		out.Body.Points[i] = StatsPoint{stamp(p.Time), tallyOf(p.Tally)}
	}
	return out, nil
}

func tallyOf(t voltrun.Tally) Tally {
	out := Tally{Executions: t.Executions, Success: t.Success, Failed: t.Failed, Timeout: t.Timeout, Canceled: t.Canceled, Cold: t.Cold}
	if h := t.Handler; h != nil {
		ms := [4]float64{milliseconds(h.P50), milliseconds(h.P95), milliseconds(h.P99), milliseconds(h.Max)}
		out.P50MS, out.P95MS, out.P99MS, out.MaxMS = &ms[0], &ms[1], &ms[2], &ms[3]
	}
	if t.MemoryPeakBytes > 0 {
		out.MemoryPeakBytes = &t.MemoryPeakBytes
	}
	return out
}

// FunctionStats are one function's executions that ended within a range.
type FunctionStats struct {
	FunctionID string         `json:"function_id"`
	Executions int64          `json:"executions"`
	Errors     int64          `json:"errors" doc:"Failed or timed out"`
	ErrorRate  float64        `json:"error_rate" minimum:"0" maximum:"1" doc:"errors / executions; 0 where nothing ended"`
	P50MS      *float64       `json:"p50_ms" doc:"Of the handler's own time; null where no handler ran"`
	P95MS      *float64       `json:"p95_ms"`
	Points     []ErrorPoint   `json:"points" nullable:"false" doc:"One for every step, oldest first, at most 60"`
	Last       *LastExecution `json:"last_execution"`
}

// ErrorPoint counts the executions that ended in one step.
type ErrorPoint struct {
	Time       string `json:"time" format:"date-time" doc:"The beginning of the step"`
	Executions int64  `json:"executions"`
	Errors     int64  `json:"errors"`
}

// LastExecution is a function's newest execution.
type LastExecution struct {
	ID         string  `json:"id"`
	Status     string  `json:"status"`
	CreatedAt  string  `json:"created_at"`
	DurationMS float64 `json:"duration_ms"`
}

// Schema allows null, which huma cannot say about a reference.
func (LastExecution) Schema(huma.Registry) *huma.Schema {
	statuses := make([]any, len(voltrun.Statuses))
	for i, status := range voltrun.Statuses {
		statuses[i] = string(status)
	}
	return &huma.Schema{
		Type: huma.TypeObject, Nullable: true, AdditionalProperties: false,
		Description: "The newest execution, whatever its status and age; null when there is none",
		Required:    []string{"id", "status", "created_at", "duration_ms"},
		Properties: map[string]*huma.Schema{
			"id": {Type: huma.TypeString}, "status": {Type: huma.TypeString, Enum: statuses},
			"created_at":  {Type: huma.TypeString, Format: "date-time"},
			"duration_ms": {Type: huma.TypeNumber, Format: "double", Description: "The handler's own time"},
		},
	}
}

type functionStatsOutput struct {
	Body struct {
		Range  string          `json:"range" enum:"1h,24h,7d,30d"`
		StepMS int64           `json:"step_ms"`
		Items  []FunctionStats `json:"items" nullable:"false" doc:"Every function, newest first, at most 1,000"`
	}
}

func (s *Server) functionStats(ctx context.Context, in *StatsRange) (*functionStatsOutput, error) {
	grid, stats, err := s.Executions.FunctionStats(ctx, owner(ctx), voltrun.StatsRange(in.Range))
	if err != nil {
		return nil, err
	}
	out := &functionStatsOutput{}
	out.Body.Range, out.Body.StepMS, out.Body.Items = in.Range, grid.Step.Milliseconds(), make([]FunctionStats, len(stats))
	for i := range stats {
		out.Body.Items[i] = functionStatsOf(&stats[i])
	}
	return out, nil
}

func functionStatsOf(f *voltrun.FunctionStats) FunctionStats {
	total := tallyOf(f.Total)
	out := FunctionStats{FunctionID: f.FunctionID, Executions: f.Total.Executions, Errors: f.Total.Errors(), ErrorRate: f.Total.ErrorRate(),
		P50MS: total.P50MS, P95MS: total.P95MS, Points: make([]ErrorPoint, len(f.Points))}
	for i, p := range f.Points {
		out.Points[i] = ErrorPoint{stamp(p.Time), p.Executions, p.Errors}
	}
	if e := f.Last; e != nil {
		out.Last = &LastExecution{e.ID, string(e.Status), stamp(e.CreatedAt), milliseconds(e.Duration)}
	}
	return out
}
