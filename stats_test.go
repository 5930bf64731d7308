package voltrun

import (
	"testing"
	"time"
)

func TestGridsEndWithTheStepThatHoldsNow(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{time.Date(2026, 5, 4, 3, 2, 1, 5, time.FixedZone("", 5*3600+1800)), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 12, 31, 23, 59, 59, 999_999_999, time.UTC)} {
		for within, steps := range map[StatsRange]int{StatsHour: 60, StatsDay: 96, StatsWeek: 56, StatsMonth: 30} {
			for _, grid := range []StatsGrid{within.Grid(now), within.Sparkline(now)} {
				if last := grid.To().Add(-grid.Step); now.Before(last) || !now.Before(grid.To()) || grid.From.Unix()%int64(grid.Step/time.Second) != 0 {
					t.Errorf("%s at %s: %+v ends at %s", within, now, grid, grid.To())
				}
			}
			if grid, small := within.Grid(now), within.Sparkline(now); grid.Steps != steps || small.Steps > 60 || small.Step%grid.Step != 0 {
				t.Errorf("%s: %d steps of %s, small ones %d of %s", within, grid.Steps, grid.Step, small.Steps, small.Step)
			}
		}
	}
}

func TestErrorRate(t *testing.T) {
	t.Parallel()
	if rate := (Tally{}).ErrorRate(); rate != 0 {
		t.Errorf("of nothing: %v", rate)
	}
	if rate := (Tally{Executions: 8, Success: 3, Failed: 1, Timeout: 1, Canceled: 3}).ErrorRate(); rate != 0.25 {
		t.Errorf("got %v", rate)
	}
}
