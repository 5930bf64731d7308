package storagetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

func testRetention(t *testing.T, open Open) {
	t.Run("by age", pruneByAge(open))
	t.Run("by count", pruneByCount(open))
}

func (w *world) prune(olderThan time.Time, keep, limit int) int {
	w.Helper()
	n, err := w.db.PruneExecutions(context.Background(), olderThan, keep, limit)
	must(w, err)
	return n
}

func pruneByAge(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		var kept, old []string
		for i := range 100 {
			e := w.execution(voltrun.StatusSuccess)
			e.FinishedAt = ptr(after(time.Duration(i) * time.Second))
			e.ID = voltrun.FirstID(voltrun.PrefixExecution, *e.FinishedAt) // ids and times agree, as they do in life
			w.put(e)
			w.append(e.ID, lines(1, 2, "x")...)
			if i < 70 {
				old = append(old, e.ID)
			} else {
				kept = append(kept, e.ID)
			}
		}
		long := w.execution(voltrun.StatusSuccess) // the oldest, but it took until now
		long.ID, long.FinishedAt = voltrun.FirstID(voltrun.PrefixExecution, after(-time.Hour)), ptr(after(time.Hour))
		w.put(long)
		kept = slices.Insert(kept, 0, long.ID)
		kept = append(kept, w.insert(1, voltrun.StatusPending)[0].ID, w.insert(1, voltrun.StatusRunning)[0].ID)
		for _, want := range []int{40, 30, 0} {
			if got := w.prune(after(70*time.Second), 0, 40); got != want {
				t.Fatalf("removed %d, want %d", got, want)
			}
		}
		if got := w.list(voltrun.ExecutionFilter{}, 200, func() {}); !slices.Equal(got, reversed(kept)) {
			t.Fatalf("%d are left, want %d", len(got), len(kept))
		}
		if len(w.logs(old[0], 0, 10)) != 0 || len(w.logs(old[69], 0, 10)) != 0 || len(w.logs(kept[1], 0, 10)) != 2 {
			t.Fatal("logs are not removed with their execution, or without it")
		}
		if got := w.prune(after(time.Hour), 0, 0); got != 0 {
			t.Fatalf("removed %d with limit 0", got)
		}
		if got := w.prune(time.Time{}, 0, 100); got != 0 {
			t.Fatalf("removed %d without any limit set", got)
		}
	}
}

func pruneByCount(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		var kept []string
		for range 2 {
			w.owner = voltrun.NewID(voltrun.PrefixUser)
			for _, rows := range []int{12, 5, 20} {
				w.function = voltrun.NewID(voltrun.PrefixFunction)
				running := w.insert(1, voltrun.StatusRunning)
				all := idsOf(append(running, w.insert(rows, voltrun.StatusSuccess)...))
				kept = append(kept, all[max(0, len(all)-10):]...)
				if rows >= 10 {
					kept = append(kept, all[0]) // still running
				}
			}
		}
		if got := w.prune(time.Time{}, 10, 9); got != 9 {
			t.Fatalf("removed %d, want the 9 that a call may", got)
		}
		// Of 13, 6 and 21 executions 10, 6 and 10 stay, and the running one of those that have more.
		if got, want := w.prune(time.Time{}, 10, 1000), 2*(2+0+10)-9; got != want {
			t.Fatalf("removed %d, want %d", got, want)
		}
		if got := w.prune(time.Time{}, 10, 1000); got != 0 {
			t.Fatalf("removed %d again", got)
		}
		found, err := w.db.ListExecutions(t.Context(), voltrun.ExecutionFilter{}, voltrun.PageRequest{Size: 200})
		must(t, err)
		var got []string
		for _, e := range found.Items {
			got = append(got, e.ID)
		}
		slices.Sort(kept)
		if !slices.Equal(reversed(got), kept) {
			t.Fatalf("%d are left, want %d", len(got), len(kept))
		}
		// Age and count together are bounded together.
		if got := w.prune(after(time.Hour), 1, 3); got != 3 {
			t.Fatalf("removed %d, want 3", got)
		}
	}
}
