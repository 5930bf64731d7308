package api

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

func TestStats(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	for _, c := range []struct {
		query      string
		within     string
		points     int
		stepMS     float64
		from, to   string
		executions float64
	}{
		{"", "24h", 96, 900_000, "2026-01-01T03:15:00.000Z", "2026-01-02T03:15:00.000Z", 4},
		{"?range=1h", "1h", 60, 60_000, "2026-01-02T02:05:00.000Z", "2026-01-02T03:05:00.000Z", 4},
		{"?range=24h&function_id=" + annFunction, "24h", 96, 900_000, "2026-01-01T03:15:00.000Z", "2026-01-02T03:15:00.000Z", 4},
		{"?range=7d&function_id=fn_other", "7d", 56, 10_800_000, "2025-12-26T06:00:00.000Z", "2026-01-02T06:00:00.000Z", 0},
		{"?range=30d", "30d", 30, 86_400_000, "2025-12-04T00:00:00.000Z", "2026-01-03T00:00:00.000Z", 4},
	} {
		got := s.call(t, "GET", "/api/stats"+c.query, annSession, "").ok(t, 200)
		points, totals := got["points"].([]any), got["totals"].(map[string]any)
		if got["range"] != c.within || got["step_ms"] != c.stepMS || got["from"] != c.from || got["to"] != c.to || len(points) != c.points || totals["executions"] != c.executions {
			t.Errorf("%s: %d points, %v", c.query, len(points), got)
			continue
		}
		first, last := points[0].(map[string]any), points[len(points)-1].(map[string]any)
		if first["time"] != c.from || first["executions"] != 0.0 || first["p50_ms"] != nil || first["max_ms"] != nil || first["memory_peak_bytes"] != nil {
			t.Errorf("%s: first point %v", c.query, first)
		}
		if c.executions > 0 && (last["p50_ms"] != 1.5 || last["p95_ms"] != 20.0 || last["p99_ms"] != 30.0 || last["max_ms"] != 40.0 || last["cold"] != 2.0 ||
			last["memory_peak_bytes"] != 5242880.0 || totals["error_rate"] != 0.5 || totals["canceled"] != 1.0) {
			t.Errorf("%s: last point %v, totals %v", c.query, last, totals)
		}
	}
	for _, path := range []string{"/api/stats?range=2h", "/api/stats/functions?range=90d", "/api/stats?function_id=" + strings.Repeat("x", 129)} {
		s.call(t, "GET", path, annSession, "").problem(t, 422, voltrun.CodeValidation)
	}
	stranger := s.call(t, "GET", "/api/stats?function_id="+annFunction, bobSession, "").ok(t, 200)
	if stranger["totals"].(map[string]any)["executions"] != 0.0 {
		t.Errorf("another user sees %v", stranger["totals"])
	}
}

func TestFunctionStats(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	got := s.call(t, "GET", "/api/stats/functions?range=1h", annSession, "").ok(t, 200)
	items := got["items"].([]any)
	if got["range"] != "1h" || got["step_ms"] != 120_000.0 || len(items) != 2 {
		t.Fatalf("answer %v", got)
	}
	busy, idle := items[0].(map[string]any), items[1].(map[string]any)
	if busy["function_id"] != annFunction || busy["executions"] != 4.0 || busy["errors"] != 2.0 || busy["error_rate"] != 0.5 || busy["p50_ms"] != 1.5 || busy["p95_ms"] != 20.0 {
		t.Errorf("busy %v", busy)
	}
	last := busy["last_execution"].(map[string]any)
	if last["id"] != annExec || last["status"] != "success" || last["created_at"] != "2026-01-02T03:04:05.006Z" || last["duration_ms"] != 1.234 {
		t.Errorf("last %v", last)
	}
	if p := busy["points"].([]any)[0].(map[string]any); p["time"] != "2026-01-02T02:06:00.000Z" || p["executions"] != 4.0 || p["errors"] != 2.0 {
		t.Errorf("point %v", p)
	}
	if last, present := idle["last_execution"]; !present || last != nil || idle["p50_ms"] != nil || idle["error_rate"] != 0.0 {
		t.Errorf("idle %v", idle)
	}
	if items := s.call(t, "GET", "/api/stats/functions", bobSession, "").ok(t, 200)["items"].([]any); len(items) != 0 {
		t.Errorf("another user sees %v", items)
	}
}

func TestServerStatus(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.ready = map[string]error{"b": nil, "a": voltrun.Errorf(voltrun.CodeUnavailable, "no runtime"), "c": errors.New("postgres://user:password@host")}
	s := serve(t, w, Config{})
	a := s.call(t, "GET", "/api/status", annKeyNone, "")
	got := a.ok(t, 200)
	want := []any{
		map[string]any{"name": "a", "ready": false, "message": "no runtime"},
		map[string]any{"name": "b", "ready": true, "message": ""},
		map[string]any{"name": "c", "ready": false, "message": "not usable"},
	}
	checks := got["checks"].([]any)
	for i := range want {
		if len(checks) != len(want) || checks[i].(map[string]any)["name"] != want[i].(map[string]any)["name"] ||
			checks[i].(map[string]any)["ready"] != want[i].(map[string]any)["ready"] || checks[i].(map[string]any)["message"] != want[i].(map[string]any)["message"] {
			t.Fatalf("checks %v", checks)
		}
	}
	if strings.Contains(a.body, "password") {
		t.Error("the cause of a failure is in the answer")
	}
	if got["started_at"] != "2026-01-02T03:04:05.006Z" || got["uptime_ms"].(float64) < float64(time.Hour.Milliseconds()) || got["version"] != "test" {
		t.Errorf("status %v", got)
	}
	if queue := got["queue"].(map[string]any); queue["pending"] != nil {
		t.Errorf("an unknown number is %v", queue["pending"])
	}
}

// TestStatsFail passes on what the store says.
func TestStatsFail(t *testing.T) {
	t.Parallel()
	w := newWorld()
	deps, _ := w.deps(Config{})
	deps.Executions = failingStats{fakeExecutions{w}}
	s := New(deps)
	ctx := context.WithValue(t.Context(), callKey{}, &call{})
	if _, err := s.stats(ctx, &statsInput{}); voltrun.CodeOf(err) != voltrun.CodeUnavailable {
		t.Errorf("got %v", err)
	}
	if _, err := s.functionStats(ctx, &StatsRange{}); voltrun.CodeOf(err) != voltrun.CodeUnavailable {
		t.Errorf("got %v", err)
	}
}

type failingStats struct{ fakeExecutions }

func (failingStats) Stats(context.Context, string, string, voltrun.StatsRange) (voltrun.Stats, error) {
	return voltrun.Stats{}, voltrun.Errorf(voltrun.CodeUnavailable, "the database does not answer")
}

func (failingStats) FunctionStats(context.Context, string, voltrun.StatsRange) (voltrun.StatsGrid, []voltrun.FunctionStats, error) {
	return voltrun.StatsGrid{}, nil, voltrun.Errorf(voltrun.CodeUnavailable, "the database does not answer")
}
