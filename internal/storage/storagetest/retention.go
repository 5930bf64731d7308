package storagetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

func testRetention(t *testing.T, open Open) {
	t.Run("by age", pruneByAge(open))
	t.Run("by count", pruneByCount(open))
	t.Run("code", pruneCode(open))
	t.Run("code that is taken up again", pruneCodeRace(open))
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

func (w *world) pruneCode(deletedBefore time.Time, limit, want int) {
	w.Helper()
	if n, err := w.db.PruneCode(context.Background(), deletedBefore, limit); err != nil || n != want {
		w.Fatalf("removed %d versions and functions, %v; want %d", n, err, want)
	}
}

func pruneCode(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		other := w.create("other", nil)
		gone, first := w.newFunction("gone")
		first.Digest = "digest of other" // the same code
		must(t, w.db.CreateFunction(t.Context(), gone, first, nil))
		latest := version(gone, 2, "only here")
		changed := gone
		changed.Version = 2
		must(t, w.db.UpdateFunction(t.Context(), changed, &latest, nil, gone.UpdatedAt))
		w.function = gone.ID
		w.insert(1, voltrun.StatusSuccess)
		must(t, w.db.DeleteFunction(t.Context(), w.owner, gone.ID, start))

		w.pruneCode(after(time.Hour), 100, 0) // an execution points to it
		must(t, second(w.db.Version(t.Context(), gone.ID, 1)))
		if n := w.prune(after(365*24*time.Hour), 0, 100); n != 1 {
			t.Fatalf("%d executions removed, want 1", n)
		}
		w.pruneCode(start, 100, 0)            // deleted too lately
		w.pruneCode(after(time.Second), 0, 0) // nothing is allowed
		w.pruneCode(after(time.Second), 2, 2)
		w.pruneCode(after(time.Second), 2, 1)
		w.pruneCode(after(time.Second), 2, 0)

		wantCode(t, second(w.db.Version(t.Context(), gone.ID, 1)), voltrun.CodeNotFound)
		must(t, second(w.db.Version(t.Context(), other.ID, 1)))
		// Only of code that is not stored any more are the files taken again.
		fresh, v := w.newFunction("fresh")
		v.Digest, v.Files = latest.Digest, map[string]string{"new": "new"}
		must(t, w.db.CreateFunction(t.Context(), fresh, v, nil))
		if got, err := w.db.Version(t.Context(), fresh.ID, 1); err != nil || got.Files["new"] != "new" {
			t.Fatalf("the code of the deleted function is still there: %+v, %v", got, err)
		}
	}
}

// pruneCodeRace deploys the code of a deleted function again just when it is removed.
func pruneCodeRace(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		for i := range 20 {
			gone := w.create(fmt.Sprint("gone", i), nil)
			must(t, w.db.DeleteFunction(t.Context(), w.owner, gone.ID, start))
			fn, v := w.newFunction(fmt.Sprint("again", i))
			v.Digest = fmt.Sprint("digest of gone", i)
			var group sync.WaitGroup
			var pruned, created error
			group.Go(func() { _, pruned = w.db.PruneCode(context.Background(), after(time.Second), 100) })
			group.Go(func() { created = w.db.CreateFunction(context.Background(), fn, v, nil) })
			group.Wait()
			must(t, pruned)
			must(t, created)
			must(t, second(w.db.Version(t.Context(), fn.ID, 1)))
		}
	}
}
