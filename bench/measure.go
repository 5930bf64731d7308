package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/storage"
)

// withTarget runs f against a fresh server in a temporary folder.
func withTarget(ctx context.Context, o options, f func(*target) error) (err error) {
	dir, err := os.MkdirTemp("", "voltrun-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	t, err := startTarget(ctx, o, dir)
	if err != nil {
		return err
	}
	defer func() {
		if stopErr := t.stop(); err == nil {
			err = stopErr
		}
	}()
	return f(t)
}

// measureWarm compares warm calls with a bare Node.js server that answers the same bytes.
func measureWarm(ctx context.Context, o options) error {
	fmt.Println("## warm: authenticated, recorded, beside bare Node.js http answering the same bytes")
	fmt.Println("| runtime | connections | VoltRun /s | bare /s | ratio | VoltRun p50 ms | bare p50 ms | p50 above ms | VoltRun p99 ms |\n|---|---|---|---|---|---|---|---|---|")
	return withTarget(ctx, o, func(t *target) error {
		for _, l := range languages {
			if err := warmOf(ctx, o, t, l.name, l.runtime, l.code); err != nil {
				return err
			}
		}
		return nil
	})
}

func warmOf(ctx context.Context, o options, t *target, name, runtime, code string) error {
	id, err := t.deploy(ctx, "warm-"+runtime, runtime, code, "warm")
	if err != nil {
		return err
	}
	var answer json.RawMessage
	if err := t.call(ctx, "POST", "/api/functions/"+id+"/execute", map[string]any{"input": nil}, &answer); err != nil {
		return err
	}
	bareURL, stop, err := startBareNode(ctx, o, string(answer))
	if err != nil {
		return err
	}
	defer stop()
	url := t.url + "/api/functions/" + id + "/execute"
	for _, connections := range []int{1, 16} {
		if _, err := wrk(ctx, t.dir, url, t.token, connections, 3*time.Second); err != nil { // fills the pool
			return err
		}
		var ratios, above, rates, bareRates []float64
		var p50s, bare50s, p99s []time.Duration
		for range o.rounds {
			bare, err := wrk(ctx, t.dir, bareURL, "none", connections, o.seconds)
			if err != nil {
				return fmt.Errorf("bare Node.js: %w", err)
			}
			volt, err := wrk(ctx, t.dir, url, t.token, connections, o.seconds)
			if err != nil {
				return err
			}
			ratios, above = append(ratios, volt.rate/bare.rate), append(above, milliseconds(volt.p50-bare.p50))
			rates, bareRates = append(rates, volt.rate), append(bareRates, bare.rate)
			p50s, bare50s, p99s = append(p50s, volt.p50), append(bare50s, bare.p50), append(p99s, volt.p99)
		}
		fmt.Printf("| %s | %d | %.0f | %.0f | %.2f | %.2f | %.2f | %.2f | %.2f |\n", name, connections, median(rates), median(bareRates),
			median(ratios), milliseconds(median(p50s)), milliseconds(median(bare50s)), median(above), milliseconds(median(p99s)))
	}
	return nil
}

// measureFresh calls a fresh function once a second, as people do, and says where the time went.
func measureFresh(ctx context.Context, o options) error {
	fmt.Println("\n## fresh, one call a second: everything but the handler, and the phases (p50, ms)")
	fmt.Println("| runtime | calls | total | all but the handler | phases |\n|---|---|---|---|---|")
	return withTarget(ctx, o, func(t *target) error {
		for _, l := range languages {
			id, err := t.deploy(ctx, "fresh-"+l.runtime, l.runtime, l.code, "fresh")
			if err != nil {
				return err
			}
			if err := freshOf(ctx, t, l.name, id, 15); err != nil {
				return err
			}
		}
		return nil
	})
}

func freshOf(ctx context.Context, t *target, name, id string, calls int) error {
	var totals, others []float64
	phases := make(map[string][]float64)
	var order []string
	for i := range calls + 2 {
		time.Sleep(time.Second) // the pace is what is measured
		e, took, err := t.execute(ctx, id)
		if err != nil {
			return err
		}
		if i < 2 {
			continue // the first calls teach the pool the size
		}
		totals, others = append(totals, milliseconds(took)), append(others, milliseconds(took)-e.DurationMS)
		for _, p := range e.Phases {
			if phases[p.Name] == nil {
				order = append(order, p.Name)
			}
			phases[p.Name] = append(phases[p.Name], p.MS)
		}
	}
	text := ""
	for _, p := range order {
		text += fmt.Sprintf("%s %.2f ", p, median(phases[p]))
	}
	fmt.Printf("| %s | %d | %.2f | %.2f | %s|\n", name, calls, median(totals), median(others), text)
	return nil
}

// measureBurst runs fresh functions as fast as possible with two in flight, beside bwrap starting the same runtime.
func measureBurst(ctx context.Context, o options) error {
	fmt.Println("\n## fresh, as fast as possible, 2 in flight, beside bwrap --unshare-all")
	fmt.Println("| runtime | VoltRun /s | bwrap /s | ratio |\n|---|---|---|---|")
	commands := map[string][]string{"nodejs": {o.node, "-e", "0"}, "python": {o.python, "-c", "0"}}
	return withTarget(ctx, o, func(t *target) error {
		for _, l := range languages {
			id, err := t.deploy(ctx, "burst-"+l.runtime, l.runtime, l.code, "fresh")
			if err != nil {
				return err
			}
			var ratios, volts, bwraps []float64
			for range o.rounds {
				bwrap, err := rateOf(ctx, 2, o.seconds, func() error { return runBwrap(ctx, commands[l.runtime]) })
				if err != nil {
					return err
				}
				volt, err := rateOf(ctx, 2, o.seconds, func() error { _, _, err := t.execute(ctx, id); return err })
				if err != nil {
					return err
				}
				ratios, volts, bwraps = append(ratios, volt/bwrap), append(volts, volt), append(bwraps, bwrap)
			}
			fmt.Printf("| %s | %.1f | %.1f | %.2f |\n", l.name, median(volts), median(bwraps), median(ratios))
		}
		return nil
	})
}

func runBwrap(ctx context.Context, command []string) error {
	args := append([]string{"--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"}, command...)
	cmd := exec.CommandContext(ctx, "bwrap", args...)
	cmd.Env = cleanEnv()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("bwrap: %w: %s", err, out)
	}
	return nil
}

// rateOf runs f again and again by so many workers for a while and returns how often a second it ended.
func rateOf(ctx context.Context, workers int, duration time.Duration, f func() error) (float64, error) {
	var count atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	began := time.Now()
	for range workers {
		wg.Go(func() {
			for time.Since(began) < duration && ctx.Err() == nil && failed.Load() == nil {
				if err := f(); err != nil {
					failed.Store(&err)
					return
				}
				count.Add(1)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(count.Load()) / time.Since(began).Seconds(), ctx.Err()
}

// measureHistory looks at memory and latency as executions pile up.
func measureHistory(ctx context.Context, o options) error {
	fmt.Println("\n## history: the idle server's memory and latencies with executions on record (p50 of 200, ms)")
	fmt.Println("| executions | memory MB | list ms | filtered list ms | read ms |\n|---|---|---|---|---|")
	dir, err := os.MkdirTemp("", "voltrun-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	have := 0
	for _, want := range []int{10, 1_000, 100_000} {
		if err := historyOf(ctx, o, dir, have, want); err != nil {
			return err
		}
		have = want
	}
	return nil
}

// historyOf starts the server on a database with so many executions and measures it.
func historyOf(ctx context.Context, o options, dir string, have, want int) error {
	t, err := startTarget(ctx, o, dir)
	if err != nil {
		return err
	}
	var me struct{ ID string }
	if err := t.call(ctx, "GET", "/api/me", nil, &me); err != nil {
		return err
	}
	if err := t.stop(); err != nil {
		return err
	}
	last, err := fillHistory(ctx, dir, me.ID, want-have)
	if err != nil {
		return err
	}
	if t, err = startTarget(ctx, o, dir); err != nil {
		return err
	}
	time.Sleep(3 * time.Second) // let the start settle: the memory of an idle server is what is asked for
	memory, err := t.residentMB()
	if err != nil {
		return err
	}
	list, err := latencyOf(ctx, t, "/api/executions?page_size=50")
	if err != nil {
		return err
	}
	filtered, err := latencyOf(ctx, t, "/api/executions?page_size=50&status=failed")
	if err != nil {
		return err
	}
	read, err := latencyOf(ctx, t, "/api/executions/"+last)
	if err != nil {
		return err
	}
	fmt.Printf("| %d | %.1f | %.2f | %.2f | %.2f |\n", want, memory, list, filtered, read)
	return t.stop()
}

// fillHistory writes executions as the server would, and returns the id of one of them.
func fillHistory(ctx context.Context, dir, owner string, count int) (string, error) {
	db, err := storage.Open(ctx, storage.Config{URL: filepath.Join(dir, "voltrun.db")})
	if err != nil {
		return "", err
	}
	defer db.Close()
	last := ""
	for count > 0 {
		var rows []*voltrun.Execution
		for range min(count, 200) {
			now := time.Now().UTC()
			e := &voltrun.Execution{ID: voltrun.NewID(voltrun.PrefixExecution), OwnerID: owner, FunctionID: "fn_00000000000000000000000001", FunctionName: "history",
				Version: 1, Status: voltrun.StatusSuccess, Trigger: voltrun.TriggerAPI, Start: voltrun.StartCold, Input: []byte(`{"n":1}`), Output: []byte(`{"ok":true}`),
				CreatedAt: now, StartedAt: &now, FinishedAt: &now, Duration: time.Millisecond, Attempt: 1, MaxAttempts: 1}
			if len(rows)%20 == 0 {
				e.Status, e.Output, e.Error = voltrun.StatusFailed, nil, &voltrun.ExecutionError{Type: "Error", Message: "no"}
			}
			rows, last = append(rows, e), e.ID
		}
		if _, err := db.InsertExecutions(ctx, rows); err != nil {
			return "", err
		}
		count -= len(rows)
	}
	return last, nil
}

// latencyOf is the median time of a GET, in milliseconds.
func latencyOf(ctx context.Context, t *target, path string) (float64, error) {
	var times []float64
	for range 200 {
		began := time.Now()
		var answer json.RawMessage
		if err := t.call(ctx, "GET", path, nil, &answer); err != nil {
			return 0, err
		}
		times = append(times, milliseconds(time.Since(began)))
	}
	return median(times), nil
}
