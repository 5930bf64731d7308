package control_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/control"
)

// watched counts reads, and can let something happen in the middle of one.
type watched struct {
	control.FunctionStore
	reads  atomic.Int64
	during func() // runs once, after the function was read
}

func (s *watched) Function(ctx context.Context, owner, ref string) (voltrun.Function, error) {
	s.reads.Add(1)
	fn, err := s.FunctionStore.Function(ctx, owner, ref)
	if during := s.during; during != nil {
		s.during = nil
		during()
	}
	return fn, err
}

func watchedWorld(t testing.TB) (*world, *watched) {
	w := newWorld(t)
	store := &watched{FunctionStore: w.db}
	w.functions = control.NewFunctions(control.FunctionsConfig{Store: store, Runtimes: installed, Vault: w.vault})
	return w, store
}

func (w *world) resolve(t testing.TB, owner, ref string, version int) *voltrun.Deployment {
	t.Helper()
	d, err := w.functions.Resolve(t.Context(), owner, ref, version)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestResolveIsCachedUntilAChange(t *testing.T) {
	t.Parallel()
	w, store := watchedWorld(t)
	owner := newOwner(t, w)
	change := node("hello", esm)
	change.Secrets = map[string]string{"TOKEN": "x"}
	fn := w.create(t, owner, change)
	neighbour := w.create(t, owner, node("neighbour", esm))
	w.resolve(t, owner, neighbour.ID, 0)

	last := w.resolve(t, owner, "hello", 0)
	before := store.reads.Load()
	if again := w.resolve(t, owner, "hello", 0); again != last || store.reads.Load() != before {
		t.Error("the second Resolve read again")
	}
	if byID := w.resolve(t, owner, fn.ID, 0); byID.Revision != last.Revision {
		t.Error("the revision depends on how the function is called")
	}
	revisions := map[string]string{last.Revision: "created"}
	for name, change := range map[string]control.FunctionChange{
		"memory": {MemoryMB: ptr(256)}, "CPUs": {CPUs: ptr(2.0)}, "timeout": {TimeoutMS: ptr(int64(5000))}, "isolation": {Isolation: ptr(voltrun.IsolationWarm)},
		"code": {Code: ptr(commonJS)}, "env": {Env: map[string]string{"AB": "c"}}, "secret": {Secrets: map[string]string{"TOKEN": "y"}},
		"handler": {Handler: ptr("index.other")}, "runtime": {Runtime: ptr("nodejs22")},
	} {
		w.update(t, owner, "hello", change)
		revision := w.resolve(t, owner, "hello", 0).Revision
		if earlier, ok := revisions[revision]; ok {
			t.Errorf("after a change of %s the revision is that of %s", name, earlier)
		}
		revisions[revision] = name
	}
	stable := w.resolve(t, owner, "hello", 0).Revision
	w.update(t, owner, "hello", control.FunctionChange{Description: ptr("d"), Env: map[string]string{"AB": "c"}, Secrets: map[string]string{"TOKEN": "y"}})
	if got := w.resolve(t, owner, "hello", 0); got.Revision != stable || got.Function.Description != "d" {
		t.Error("a change of nothing that matters makes warm machines useless, or was not seen")
	}
	before = store.reads.Load()
	w.resolve(t, owner, neighbour.ID, 0)
	if store.reads.Load() != before {
		t.Error("the changes dropped a neighbour")
	}
}

func TestResolveOfAnOldVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newOwner(t, w)
	w.create(t, owner, node("hello", esm))
	w.update(t, owner, "hello", control.FunctionChange{Runtime: ptr("python"), Code: ptr("x = 1")})
	old := w.resolve(t, owner, "hello", 1)
	if old.Version.Number != 1 || old.Version.Files["index.mjs"] != esm || old.Function.Runtime != "nodejs" || old.Function.Handler != "index.handler" {
		t.Errorf("got %+v", old)
	}
	if active := w.resolve(t, owner, "hello", 0); active.Version.Number != 2 || active.Revision == old.Revision {
		t.Errorf("got %+v", active)
	}
	if _, err := w.functions.Activate(t.Context(), owner, "hello", 1); err != nil {
		t.Fatal(err)
	}
	if active := w.resolve(t, owner, "hello", 0); active.Version.Number != 1 {
		t.Errorf("got version %d after the rollback", active.Version.Number)
	}
	for _, number := range []int{-1, 3} {
		_, err := w.functions.Resolve(t.Context(), owner, "hello", number)
		wantCode(t, err, voltrun.CodeNotFound)
	}
}

func TestResolveDuringAChangeIsWholeAndLeavesNothingStale(t *testing.T) {
	t.Parallel()
	w, store := watchedWorld(t)
	owner := newOwner(t, w)
	change := node("hello", esm)
	change.Env = map[string]string{"AGE": "old"}
	w.create(t, owner, change)
	store.during = func() {
		w.update(t, owner, "hello", control.FunctionChange{MemoryMB: ptr(512), Env: map[string]string{"AGE": "new"}})
	}
	for range 2 {
		if d := w.resolve(t, owner, "hello", 0); d.Function.MemoryMB != 512 || d.Environment["AGE"] != "new" {
			t.Errorf("got %d MB and %v", d.Function.MemoryMB, d.Environment)
		}
	}
}

func TestResolveAfterRenameAndDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newOwner(t, w)
	first := w.create(t, owner, node("hello", esm))
	w.resolve(t, owner, "hello", 0)
	w.update(t, owner, "hello", control.FunctionChange{Name: ptr("renamed")})
	_, err := w.functions.Resolve(t.Context(), owner, "hello", 0)
	wantCode(t, err, voltrun.CodeNotFound)
	second := w.create(t, owner, node("hello", commonJS))
	if d := w.resolve(t, owner, "hello", 0); d.Function.ID != second.ID {
		t.Error("the old function answers to the name of the new one")
	}
	if d := w.resolve(t, owner, "renamed", 0); d.Function.ID != first.ID {
		t.Error("the renamed function is another one")
	}
	if err := w.functions.Delete(t.Context(), owner, "renamed"); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"renamed", first.ID} {
		_, err := w.functions.Resolve(t.Context(), owner, ref, 0)
		wantCode(t, err, voltrun.CodeNotFound)
	}
}

func TestResolveNeverGoesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newOwner(t, w)
	w.create(t, owner, node("hello", esm))
	ctx, cancel := context.WithCancel(t.Context())
	var newest atomic.Int64
	newest.Store(128)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for ctx.Err() == nil {
				atLeast := newest.Load()
				d, err := w.functions.Resolve(t.Context(), owner, "hello", 0)
				if err != nil {
					if voltrun.CodeOf(err) != voltrun.CodeUnavailable {
						t.Error(err)
					}
				} else if int64(d.Function.MemoryMB) < atLeast {
					t.Errorf("got %d MB after a change to %d was acknowledged", d.Function.MemoryMB, atLeast)
				}
			}
		})
	}
	for mb := 129; mb < 160; mb++ {
		w.update(t, owner, "hello", control.FunctionChange{MemoryMB: &mb})
		newest.Store(int64(mb))
	}
	cancel()
	wait.Wait()
}

func TestLostVaultKeyIsSaidPlainly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newOwner(t, w)
	change := node("hello", esm)
	change.Secrets = map[string]string{"TOKEN": "t0p s3cret"}
	w.create(t, owner, change)
	vault, err := control.NewVault([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	other := control.NewFunctions(control.FunctionsConfig{Store: w.db, Runtimes: installed, Vault: vault})
	_, err = other.Resolve(t.Context(), owner, "hello", 0)
	if voltrun.CodeOf(err) != voltrun.CodeInternal || !strings.Contains(err.Error(), "key file") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkResolveCached(b *testing.B) {
	w := newWorld(b)
	_, p := w.person(b, "ann@example.com")
	w.create(b, p.UserID, node("hello", esm))
	b.ReportAllocs()
	for b.Loop() {
		w.resolve(b, p.UserID, "hello", 0)
	}
}
