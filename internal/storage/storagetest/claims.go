package storagetest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/storage"
)

func testClaims(t *testing.T, open Open) {
	t.Run("oldest first", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		rows := w.insert(3, voltrun.StatusPending)
		first := w.claim("", nil)
		if first.ID != rows[0].ID || first.Status != voltrun.StatusRunning || first.Attempt != 1 || first.Worker != "w1" ||
			!first.LeaseUntil.Equal(after(time.Minute)) || !first.StartedAt.Equal(start) || string(first.Input) != string(rows[0].Input) {
			t.Fatalf("claimed %+v", first)
		}
		if third := w.claim(rows[2].ID, nil); third.ID != rows[2].ID {
			t.Fatalf("claimed %s, asked for %s", third.ID, rows[2].ID)
		}
		if again := w.claim(rows[2].ID, nil); again != nil {
			t.Fatalf("claimed twice: %+v", again)
		}
		if bad := w.claim("\x00", nil); bad != nil {
			t.Fatalf("claimed %+v", bad)
		}
		w.claim("", nil)
		if none := w.claim("", nil); none != nil {
			t.Fatalf("claimed %+v of an empty queue", none)
		}
	})
	t.Run("busy functions wait", busyFunctionsWait(open))
	t.Run("every execution once", everyExecutionOnce(open))
	t.Run("one execution, many claimers", oneExecutionManyClaimers(open))
}

func (w *world) claim(id string, busy []string) *voltrun.Execution {
	w.Helper()
	e, err := w.db.ClaimExecution(context.Background(), id, "w1", busy, start, after(time.Minute))
	must(w, err)
	return e
}

func busyFunctionsWait(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		w.insert(3, voltrun.StatusPending)
		busy := w.function
		w.function = voltrun.NewID(voltrun.PrefixFunction)
		second := w.insert(1, voltrun.StatusPending)[0]
		w.function = "fn_A"
		third := w.insert(1, voltrun.StatusPending)[0]
		if pending, err := w.db.CountPending(t.Context()); err != nil || pending != 5 {
			t.Fatalf("%d pending, %v", pending, err)
		}
		for _, want := range []*voltrun.Execution{second, third} {
			if got := w.claim("", []string{busy}); got == nil || got.ID != want.ID {
				t.Fatalf("claimed %+v, want %s", got, want.ID)
			}
		}
		if got := w.claim("", []string{busy, "fn_A"}); got != nil {
			t.Fatalf("claimed %+v of a busy function", got)
		}
		if got := w.claim("", nil); got == nil || got.FunctionID != busy {
			t.Fatalf("claimed %+v", got)
		}
	}
}

// everyExecutionOnce lets several workers empty a queue.
func everyExecutionOnce(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		rows := w.insert(60, voltrun.StatusPending)
		const workers = 6
		var group sync.WaitGroup
		claimed, errs := make([][]string, workers), make([]error, workers)
		for i := range workers {
			group.Go(func() {
				for errs[i] == nil {
					var e *voltrun.Execution
					e, errs[i] = w.db.ClaimExecution(context.Background(), "", "w", nil, start, after(time.Minute))
					if e == nil {
						return
					}
					claimed[i] = append(claimed[i], e.ID)
				}
			})
		}
		group.Wait()
		for _, err := range errs {
			must(t, err)
		}
		all := slices.Concat(claimed...)
		slices.Sort(all)
		if !slices.Equal(all, idsOf(rows)) {
			t.Fatalf("%d claims for %d executions", len(all), len(rows))
		}
	}
}

func oneExecutionManyClaimers(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		for range 10 {
			e := w.insert(1, voltrun.StatusPending)[0]
			var group sync.WaitGroup
			var got [6]*voltrun.Execution
			var errs [6]error
			for i := range got {
				group.Go(func() {
					got[i], errs[i] = w.db.ClaimExecution(context.Background(), e.ID, "w", nil, start, after(time.Minute))
				})
			}
			group.Wait()
			wins := 0
			for i := range got {
				must(t, errs[i])
				if got[i] != nil {
					wins++
				}
			}
			if wins != 1 || w.get(e.ID).Attempt != 1 {
				t.Fatalf("%d claimers won, attempt %d", wins, w.get(e.ID).Attempt)
			}
		}
	}
}

func testLeases(t *testing.T, open Open) {
	t.Run("renew", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		rows := w.insert(40, voltrun.StatusRunning)
		held := map[string]int{"exe_none": 1}
		for _, e := range rows {
			held[e.ID] = 1
		}
		held[rows[1].ID] = 2
		w.finish(ended(rows[2], voltrun.StatusSuccess))
		lost, err := w.db.RenewLeases(t.Context(), "w1", held, after(time.Hour))
		must(t, err)
		want := []string{rows[1].ID, rows[2].ID, "exe_none"}
		slices.Sort(want)
		if !slices.Equal(lost, want) {
			t.Fatalf("lost %v, want %v", lost, want)
		}
		if got := w.get(rows[0].ID).LeaseUntil; !got.Equal(after(time.Hour)) {
			t.Fatalf("lease until %v", got)
		}
		if got := w.get(rows[1].ID).LeaseUntil; !got.Equal(after(time.Minute)) {
			t.Fatalf("the lease of another attempt became %v", got)
		}
		if lost, err := w.db.RenewLeases(t.Context(), "w2", map[string]int{rows[0].ID: 1}, after(time.Hour)); err != nil || len(lost) != 1 {
			t.Fatalf("another worker renewed: lost %v, %v", lost, err)
		}
		if lost, err := w.db.RenewLeases(t.Context(), "w1", nil, after(time.Hour)); err != nil || len(lost) != 0 {
			t.Fatalf("nothing to renew: lost %v, %v", lost, err)
		}
	})
	t.Run("expire", expire(open))
	t.Run("at most ExpireBatch a call", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		for range 3 {
			w.insert(200, voltrun.StatusRunning)
		}
		for _, want := range []int{storage.ExpireBatch, 600 - storage.ExpireBatch, 0} {
			changed, err := w.db.ExpireLeases(t.Context(), after(time.Hour), nil)
			must(t, err)
			if len(changed) != want {
				t.Fatalf("%d changed, want %d", len(changed), want)
			}
		}
	})
}

func expire(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		rows := w.insert(4, voltrun.StatusRunning)
		kept, retried, lost, dead := rows[0], rows[1], w.execution(voltrun.StatusRunning), w.execution(voltrun.StatusRunning)
		lost.Attempt, dead.Worker, dead.LeaseUntil = 2, "dead", nil
		w.put(lost, dead)
		must(t, second(w.db.RenewLeases(t.Context(), "w1", map[string]int{kept.ID: 1, rows[2].ID: 1, rows[3].ID: 1}, after(time.Hour))))

		changed, err := w.db.ExpireLeases(t.Context(), after(2*time.Minute), []string{"dead", "other"})
		must(t, err)
		got := map[string]voltrun.Status{}
		for _, e := range changed {
			got[e.ID] = e.Status
		}
		if len(changed) != 3 || got[retried.ID] != voltrun.StatusPending || got[lost.ID] != voltrun.StatusFailed || got[dead.ID] != voltrun.StatusPending {
			t.Fatalf("changed %v", got)
		}
		if e := w.get(retried.ID); e.Attempt != 1 || e.Worker != "" || e.LeaseUntil != nil || e.StartedAt != nil || e.FinishedAt != nil || e.Error != nil {
			t.Fatalf("back to pending: %+v", e)
		}
		if e := w.get(lost.ID); e.Error == nil || e.Error.Type != voltrun.ErrorLost || !e.FinishedAt.Equal(after(2*time.Minute)) || e.LeaseUntil != nil {
			t.Fatalf("failed: %+v", e)
		}
		if e := w.get(kept.ID); e.Status != voltrun.StatusRunning {
			t.Fatalf("a live lease expired: %+v", e)
		}
		found, err := w.db.ListExecutions(t.Context(), voltrun.ExecutionFilter{OwnerID: w.owner, Query: "PLATFORM.Lost"}, voltrun.PageRequest{})
		must(t, err)
		if len(found.Items) != 1 || found.Items[0].ID != lost.ID {
			t.Fatalf("searching its error found %d", len(found.Items))
		}
	}
}

// second is the error of a call whose value does not matter.
func second[T any](_ T, err error) error { return err }
