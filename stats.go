package voltrun

import "time"

// StatsRange names how far back statistics look.
type StatsRange string

const (
	StatsHour  StatsRange = "1h"
	StatsDay   StatsRange = "24h"
	StatsWeek  StatsRange = "7d"
	StatsMonth StatsRange = "30d"
)

const day = 24 * time.Hour

// StatsGrid is a row of steps of equal length, aligned to their length in UTC. The last one holds the time the grid was made for.
type StatsGrid struct {
	From  time.Time
	Step  time.Duration
	Steps int
}

// To is the end of the last step.
func (g StatsGrid) To() time.Time { return g.From.Add(time.Duration(g.Steps) * g.Step) }

// Grid is what a chart of the range shows. An unknown range is a day.
func (r StatsRange) Grid(now time.Time) StatsGrid {
	switch r {
	case StatsHour:
		return gridUntil(now, time.Minute, 60)
	case StatsWeek:
		return gridUntil(now, 3*time.Hour, 56)
	case StatsMonth:
		return gridUntil(now, day, 30)
	default:
		return gridUntil(now, 15*time.Minute, 96)
	}
}

// Sparkline is what a small chart of the range shows: at most 60 steps.
func (r StatsRange) Sparkline(now time.Time) StatsGrid {
	switch r {
	case StatsHour:
		return gridUntil(now, 2*time.Minute, 30)
	case StatsWeek, StatsMonth:
		return r.Grid(now)
	default:
		return gridUntil(now, 30*time.Minute, 48)
	}
}

func gridUntil(now time.Time, step time.Duration, steps int) StatsGrid {
	last := now.Unix() - now.Unix()%int64(step/time.Second)
	return StatsGrid{From: time.Unix(last, 0).UTC().Add(-time.Duration(steps-1) * step), Step: step, Steps: steps}
}

// Tally sums up executions that have ended.
type Tally struct {
	Executions, Success, Failed, Timeout, Canceled int64
	Cold                                           int64 // on a machine that nobody had used

	// Handler is nil where no handler ran.
	Handler         *Latency
	MemoryPeakBytes int64 // 0: unknown
}

// Errors counts the executions that failed or ran out of time.
func (t Tally) Errors() int64 { return t.Failed + t.Timeout }

// ErrorRate is the part of the executions that are errors, 0 to 1; 0 where there were none.
func (t Tally) ErrorRate() float64 {
	if t.Executions == 0 {
		return 0
	}
	return float64(t.Errors()) / float64(t.Executions)
}

// Latency sums up the handlers' own time. The percentiles are estimates that are off by a fifth at most;
// none exceeds Max, which is exact.
type Latency struct {
	P50, P95, P99, Max time.Duration
}

// StatsPoint sums up the executions that ended in one step of a grid.
type StatsPoint struct {
	Time time.Time // the beginning of the step
	Tally
}

// Stats are the executions that ended within a grid.
type Stats struct {
	Grid   StatsGrid
	Total  Tally
	Points []StatsPoint // one for every step, oldest first
}

// FunctionStats are the executions of one function.
type FunctionStats struct {
	FunctionID string
	Total      Tally
	Points     []ErrorPoint // one for every step, oldest first
	Last       *Execution   // the newest one, ended or not, without input and output; nil when there is none
}

// ErrorPoint counts the executions that ended in one step of a grid, and the errors among them.
type ErrorPoint struct {
	Time               time.Time
	Executions, Errors int64
}

// MaxFunctionStats is how many functions one answer has statistics of, the newest ones.
const MaxFunctionStats = 1000
