package storagetest

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/storage"
)

var statsRanges = []voltrun.StatsRange{voltrun.StatsHour, voltrun.StatsDay, voltrun.StatsWeek, voltrun.StatsMonth}

func testStats(t *testing.T, open Open) {
	db := open(t)
	sub := func(name string, test func(t *testing.T, w *world)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, &world{TB: t, db: db, owner: voltrun.NewID(voltrun.PrefixUser), function: voltrun.NewID(voltrun.PrefixFunction)})
		})
	}
	sub("every end counts once", everyEndCountsOnce)
	sub("what is undone does not count", undoneDoesNotCount)
	sub("functions", functionStats)
	sub("nothing", noStats)
	t.Run("random histories", func(t *testing.T) {
		t.Parallel()
		randomHistories(t, db)
	})
	// Retention and compaction treat every owner: these have databases of their own.
	t.Run("statistics outlive their executions", func(t *testing.T) {
		t.Parallel()
		statsOutliveExecutions(t, newWorld(t, open))
	})
	t.Run("compaction and writers at the same time", func(t *testing.T) {
		t.Parallel()
		racingCompaction(t, newWorld(t, open))
	})
	t.Run("the oldest are dropped", func(t *testing.T) {
		t.Parallel()
		oldestAreDropped(t, newWorld(t, open))
	})
	t.Run("a deleted user has none", func(t *testing.T) {
		t.Parallel()
		deletedUserHasNone(t, newWorld(t, open))
	})
}

func (w *world) stats(function string, within voltrun.StatsRange, now time.Time) voltrun.Stats {
	w.Helper()
	stats, err := w.db.Stats(context.Background(), w.owner, function, within.Grid(now))
	must(w, err)
	return stats
}

// compactAll compacts until there is nothing to do.
func compactAll(t testing.TB, db *storage.DB, now time.Time) (steps int) {
	t.Helper()
	for {
		n, err := db.CompactStats(context.Background(), now, 50)
		must(t, err)
		if steps += n; n == 0 {
			return steps
		}
	}
}

func everyEndCountsOnce(t *testing.T, w *world) {
	ctx := t.Context()
	keyed := w.execution(voltrun.StatusSuccess)
	keyed.IdempotencyKey = "key"
	again := *keyed
	again.ID = voltrun.NewID(voltrun.PrefixExecution)
	w.put(keyed, &again)
	w.put(&again)
	running := w.insert(3, voltrun.StatusRunning)
	w.finish(ended(running[0], voltrun.StatusFailed), ended(running[0], voltrun.StatusTimeout), ended(running[1], voltrun.StatusTimeout))
	if w.finish(ended(running[1], voltrun.StatusSuccess))[0] {
		t.Fatal("an execution ended twice")
	}
	both := w.execution(voltrun.StatusRunning) // begins and ends in one batch
	_, _, err := w.db.Record(ctx, []*voltrun.Execution{both}, []*voltrun.Execution{ended(both, voltrun.StatusFailed)}, nil)
	must(t, err)
	pending := w.insert(3, voltrun.StatusPending)
	for range 2 {
		_, err := w.db.CancelPending(ctx, pending[0].ID, after(3*time.Second))
		must(t, err)
		_, err = w.db.CancelPendingOf(ctx, w.owner, after(4*time.Second), 1)
		must(t, err)
	}
	lost := running[2]
	lost.Attempt, lost.MaxAttempts = 2, 2
	lost.ID, lost.Worker = voltrun.NewID(voltrun.PrefixExecution), "dead "+w.owner
	w.put(lost)
	for range 2 {
		_, err := w.db.ExpireLeases(ctx, start.Add(-time.Hour), []string{lost.Worker})
		must(t, err)
	}
	if got := w.get(lost.ID); got.Status != voltrun.StatusFailed {
		t.Fatalf("the lost execution is %s", got.Status)
	}
	total := w.stats("", voltrun.StatsDay, after(time.Minute)).Total
	want := voltrun.Tally{Executions: 8, Success: 1, Failed: 3, Timeout: 1, Canceled: 3}
	if !reflect.DeepEqual(total, want) {
		t.Fatalf("got %+v, want %+v", total, want)
	}
}

func undoneDoesNotCount(t *testing.T, w *world) {
	taken := w.insert(1, voltrun.StatusPending)[0]
	same := w.execution(voltrun.StatusSuccess)
	same.ID = taken.ID
	_, err := w.db.InsertExecutions(t.Context(), []*voltrun.Execution{w.execution(voltrun.StatusSuccess), same})
	wantCode(t, err, voltrun.CodeConflict)
	if total := w.stats("", voltrun.StatsDay, start).Total; total.Executions != 0 {
		t.Fatalf("counted %+v", total)
	}
}

func statsOutliveExecutions(t *testing.T, w *world) {
	rows := w.insert(5, voltrun.StatusSuccess)
	before := w.stats(w.function, voltrun.StatsHour, after(time.Minute))
	for {
		n, err := w.db.PruneExecutions(t.Context(), time.Now().Add(time.Hour), 0, 100)
		must(t, err)
		if n < 100 {
			break
		}
	}
	_, err := w.db.Execution(t.Context(), w.owner, rows[0].ID)
	wantCode(t, err, voltrun.CodeNotFound)
	if got := w.stats(w.function, voltrun.StatsHour, after(time.Minute)); got.Total.Executions != 5 || !reflect.DeepEqual(got, before) {
		t.Fatalf("got %+v, want %+v", got.Total, before.Total)
	}
}

func noStats(t *testing.T, w *world) {
	for _, within := range statsRanges {
		for _, function := range []string{"", "fn_none", "a\x00b"} {
			got := w.stats(function, within, start)
			if got.Total != (voltrun.Tally{}) || len(got.Points) != got.Grid.Steps {
				t.Fatalf("%s of %q: %+v", within, function, got)
			}
		}
	}
}

func functionStats(t *testing.T, w *world) {
	ctx := t.Context()
	var ids []string
	for _, name := range []string{"busy", "idle", "gone"} {
		f := voltrun.Function{ID: voltrun.NewID(voltrun.PrefixFunction), OwnerID: w.owner, Name: name, Runtime: "nodejs", Handler: "index.handler",
			Version: 1, MemoryMB: 128, Timeout: time.Second, Isolation: voltrun.IsolationFresh, MaxConcurrency: 1, CreatedAt: start, UpdatedAt: start}
		must(t, w.db.CreateFunction(ctx, f, voltrun.Version{FunctionID: f.ID, Number: 1, Digest: f.ID, Runtime: "nodejs", Handler: f.Handler,
			Files: map[string]string{"index.mjs": "x"}, CreatedAt: start}, nil))
		ids = append(ids, f.ID)
	}
	for _, i := range []int{0, 2} {
		w.function = ids[i]
		failed := w.execution(voltrun.StatusFailed)
		failed.Duration = 3 * time.Millisecond
		w.put(failed, w.execution(voltrun.StatusSuccess))
	}
	w.function = ids[0]
	last := w.insert(1, voltrun.StatusRunning)[0]
	must(t, w.db.DeleteFunction(ctx, w.owner, ids[2], after(time.Second)))

	for _, within := range statsRanges {
		grid := within.Sparkline(after(time.Minute))
		got, err := w.db.FunctionStats(ctx, w.owner, grid)
		must(t, err)
		if len(got) != 2 || got[0].FunctionID != ids[1] || got[1].FunctionID != ids[0] {
			t.Fatalf("functions %+v", got)
		}
		if idle := got[0]; idle.Last != nil || idle.Total != (voltrun.Tally{}) || len(idle.Points) != grid.Steps {
			t.Fatalf("idle %+v", idle)
		}
		busy := got[1]
		if busy.Last == nil || busy.Last.ID != last.ID || busy.Last.Status != voltrun.StatusRunning || !busy.Last.CreatedAt.Equal(start) {
			t.Fatalf("last %+v", busy.Last)
		}
		want := &voltrun.Latency{P50: 3 * time.Millisecond, P95: 3 * time.Millisecond, P99: 3 * time.Millisecond, Max: 3 * time.Millisecond}
		if busy.Total.Executions != 2 || busy.Total.Errors() != 1 || busy.Total.ErrorRate() != 0.5 || !reflect.DeepEqual(busy.Total.Handler, want) {
			t.Fatalf("busy %+v, %+v", busy.Total, busy.Total.Handler)
		}
		executions, failed := int64(0), int64(0)
		for i, p := range busy.Points {
			if !p.Time.Equal(grid.From.Add(time.Duration(i) * grid.Step)) {
				t.Fatalf("point %d is at %s", i, p.Time)
			}
			executions, failed = executions+p.Executions, failed+p.Errors
		}
		if executions != 2 || failed != 1 || grid.Steps > 60 {
			t.Fatalf("%d points with %d executions and %d errors", grid.Steps, executions, failed)
		}
	}
	others, err := w.db.FunctionStats(ctx, voltrun.NewID(voltrun.PrefixUser), voltrun.StatsDay.Sparkline(start))
	if err != nil || len(others) != 0 {
		t.Fatalf("another owner sees %+v, %v", others, err)
	}
}

// randomHistories compares the statistics of random executions with what their rows say, before and after compaction.
func randomHistories(t *testing.T, db *storage.DB) {
	rapid.Check(t, func(r *rapid.T) {
		w := &world{TB: t, db: db, owner: voltrun.NewID(voltrun.PrefixUser)}
		functions := []string{voltrun.NewID(voltrun.PrefixFunction), voltrun.NewID(voltrun.PrefixFunction)}
		rows := make([]*voltrun.Execution, rapid.IntRange(1, 80).Draw(r, "rows"))
		for i := range rows {
			rows[i] = randomEnd(r, w, functions)
		}
		var inserts, finishes []*voltrun.Execution
		for i, e := range rows {
			if i%2 == 0 {
				inserts = append(inserts, e)
				continue
			}
			begun := *e
			begun.Status, begun.FinishedAt = voltrun.StatusRunning, nil
			inserts, finishes = append(inserts, &begun), append(finishes, e)
		}
		// Some come alone, the rest together.
		alone := rapid.IntRange(0, min(3, len(finishes))).Draw(r, "alone")
		for _, e := range inserts[:2*alone] {
			if _, err := db.InsertExecutions(context.Background(), []*voltrun.Execution{e}); err != nil {
				r.Fatal(err)
			}
		}
		for _, e := range finishes[:alone] {
			if written, err := db.FinishExecutions(context.Background(), []*voltrun.Execution{e}); err != nil || !written[0] {
				r.Fatal(written, err)
			}
		}
		if _, written, err := db.Record(context.Background(), inserts[2*alone:], finishes[alone:], nil); err != nil || slices.Contains(written, false) {
			r.Fatal(written, err)
		}
		checkStats(r, w, functions, rows)
		compactAll(t, db, start)
		checkStats(r, w, functions, rows)
		if compactAll(t, db, start) != 0 {
			r.Fatal("compaction finds something where it has just been")
		}
	})
}

func randomEnd(r *rapid.T, w *world, functions []string) *voltrun.Execution {
	w.function = rapid.SampledFrom(functions).Draw(r, "function")
	e := w.execution(rapid.SampledFrom([]voltrun.Status{voltrun.StatusSuccess, voltrun.StatusFailed, voltrun.StatusTimeout, voltrun.StatusCanceled}).Draw(r, "status"))
	e.Attempt = 1
	e.Start = rapid.SampledFrom([]voltrun.StartKind{"", voltrun.StartCold, voltrun.StartWarm, voltrun.StartRestored}).Draw(r, "start")
	e.MemoryPeakBytes = rapid.Int64Range(0, 1<<30).Draw(r, "memory")
	// As many are young as are old: every width of the roll-up has some.
	age := time.Duration(math.Exp(rapid.Float64Range(0, math.Log(float64(31*24*time.Hour))).Draw(r, "age")))
	e.FinishedAt = ptr(start.Add(-age))
	if rapid.Bool().Draw(r, "ran") {
		e.Duration = time.Duration(math.Exp(rapid.Float64Range(math.Log(1e3), math.Log(1e12)).Draw(r, "duration"))).Truncate(time.Microsecond)
	}
	return e
}

func checkStats(r *rapid.T, w *world, functions []string, rows []*voltrun.Execution) {
	r.Helper()
	for _, within := range statsRanges {
		for _, function := range append([]string{""}, functions...) {
			got := w.stats(function, within, start)
			grid := got.Grid
			in := func(e *voltrun.Execution, from, to time.Time) bool {
				return (function == "" || e.FunctionID == function) && !e.FinishedAt.Before(from) && e.FinishedAt.Before(to)
			}
			checkTally(r, fmt.Sprintf("%s total", within), got.Total, rows, func(e *voltrun.Execution) bool { return in(e, grid.From, grid.To()) })
			for i, p := range got.Points {
				from := grid.From.Add(time.Duration(i) * grid.Step)
				if !p.Time.Equal(from) {
					r.Fatalf("point %d of %s is at %s, not %s", i, within, p.Time, from)
				}
				checkTally(r, fmt.Sprintf("%s at %s", within, from), p.Tally, rows, func(e *voltrun.Execution) bool { return in(e, from, from.Add(grid.Step)) })
			}
		}
	}
}

// checkTally computes what got should be from the rows themselves.
func checkTally(r *rapid.T, what string, got voltrun.Tally, rows []*voltrun.Execution, in func(*voltrun.Execution) bool) {
	r.Helper()
	var want voltrun.Tally
	var ran []time.Duration
	counts := map[voltrun.Status]*int64{voltrun.StatusSuccess: &want.Success, voltrun.StatusFailed: &want.Failed,
		voltrun.StatusTimeout: &want.Timeout, voltrun.StatusCanceled: &want.Canceled}
	for _, e := range rows {
		if !in(e) {
			continue
		}
		want.Executions++
		*counts[e.Status]++
		if e.Start == voltrun.StartCold {
			want.Cold++
		}
		if e.Duration > 0 {
			ran = append(ran, e.Duration)
		}
		want.MemoryPeakBytes = max(want.MemoryPeakBytes, e.MemoryPeakBytes)
	}
	latency := got.Handler
	if got.Handler = nil; got != want || (latency != nil) != (len(ran) > 0) {
		r.Fatalf("%s: got %+v with latency %v, want %+v of %d that ran", what, got, latency, want, len(ran))
	}
	if latency == nil {
		return
	}
	slices.Sort(ran)
	if latency.Max != ran[len(ran)-1] {
		r.Fatalf("%s: maximum %s, want %s", what, latency.Max, ran[len(ran)-1])
	}
	for p, got := range map[int]time.Duration{50: latency.P50, 95: latency.P95, 99: latency.P99} {
		want := ran[(p*len(ran)+99)/100-1]
		// Both are in one bucket, whose end is 1.2 times its beginning; the first one reaches to 50 µs.
		if ratio := float64(max(got, 50*time.Microsecond)) / float64(max(want, 50*time.Microsecond)); got > latency.Max || ratio > 1.21 || ratio < 1/1.21 {
			r.Fatalf("%s: percentile %d is %s, want %s; maximum %s", what, p, got, want, latency.Max)
		}
	}
}

// racingCompaction compacts twice at a time while executions end in the minutes that are compacted.
func racingCompaction(t *testing.T, w *world) {
	const writers, batches, size = 3, 12, 10
	now := after(9 * 24 * time.Hour)
	var wg sync.WaitGroup
	for n := range writers {
		wg.Go(func() {
			for b := range batches {
				rows := make([]*voltrun.Execution, size)
				for i := range rows {
					rows[i] = w.execution(voltrun.StatusSuccess)
					rows[i].FinishedAt = ptr(now.Add(-time.Duration(b*size+i) * 109 * time.Minute).Add(-time.Duration(n) * time.Second))
					rows[i].Duration = time.Duration(i) * time.Millisecond
				}
				if _, err := w.db.InsertExecutions(context.Background(), rows); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		wg.Go(func() {
			for range 20 {
				if _, err := w.db.CompactStats(context.Background(), now, 20); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	compactAll(t, w.db, now)
	if total := w.stats(w.function, voltrun.StatsMonth, now).Total; total.Executions != writers*batches*size || total.Handler.Max != 9*time.Millisecond {
		t.Fatalf("got %+v, want %d executions", total, writers*batches*size)
	}
}

func oldestAreDropped(t *testing.T, w *world) {
	w.insert(2, voltrun.StatusSuccess)
	for _, later := range []time.Duration{91, 94} {
		compactAll(t, w.db, after(later*24*time.Hour))
		want := int64(2)
		if later > 92 {
			want = 0
		}
		if total := w.stats("", voltrun.StatsMonth, start).Total; total.Executions != want {
			t.Fatalf("after %d days: %+v", later, total)
		}
	}
}

func deletedUserHasNone(t *testing.T, w *world) {
	ctx := t.Context()
	must(t, w.db.CreateUser(ctx, voltrun.User{ID: w.owner, Email: "gone@example.com", CreatedAt: start}))
	for range 3 {
		e := w.execution(voltrun.StatusSuccess)
		w.function = voltrun.NewID(voltrun.PrefixFunction)
		w.put(e)
	}
	other := &world{TB: t, db: w.db, owner: voltrun.NewID(voltrun.PrefixUser), function: voltrun.NewID(voltrun.PrefixFunction)}
	other.insert(1, voltrun.StatusSuccess)
	_, err := w.db.DeleteUser(ctx, w.owner, start)
	must(t, err)
	for {
		n, err := w.db.PruneDeletedUsers(ctx, after(time.Hour), 2)
		must(t, err)
		if n == 0 {
			break
		}
	}
	if total := w.stats("", voltrun.StatsDay, start).Total; total.Executions != 0 {
		t.Fatalf("a deleted user has %+v", total)
	}
	if total := other.stats("", voltrun.StatsDay, start).Total; total.Executions != 1 {
		t.Fatalf("another user has %+v", total)
	}
}
