package storagetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

func testDeletedUsers(t *testing.T, open Open) {
	w := newWorld(t, open)
	user := voltrun.User{ID: w.owner, Email: "ada@example.org", Name: "Ada", PasswordHash: "x", CreatedAt: start}
	must(t, w.db.CreateUser(t.Context(), user))
	must(t, w.db.RenameUser(t.Context(), w.owner, "Ada ☃"))
	if got, err := w.db.User(t.Context(), w.owner); err != nil || got.Name != "Ada ☃" || got.Email != user.Email {
		t.Fatalf("renamed: %+v, %v", got, err)
	}
	session, key := w.session(w.owner), w.key("hash")
	fn := w.create("hello", map[string][]byte{"secret:A": []byte("a")})
	must(t, w.db.PutTestEvent(t.Context(), voltrun.TestEvent{FunctionID: fn.ID, Name: "e", Input: []byte("1"), UpdatedAt: start}))
	w.function = fn.ID
	old := idsOf(w.insert(70, voltrun.StatusSuccess))
	w.append(old[0], lines(1, 3, "x")...)
	running := w.insert(1, voltrun.StatusRunning)[0]
	w.insert(5, voltrun.StatusPending)
	other := &world{TB: t, db: w.db, owner: voltrun.NewID(voltrun.PrefixUser), function: voltrun.NewID(voltrun.PrefixFunction)}
	theirs := idsOf(slices.Concat(other.insert(3, voltrun.StatusSuccess), other.insert(2, voltrun.StatusPending)))
	theirSession, theirFunction := other.session(other.owner), other.create("hello", nil)

	gone, err := w.db.DeleteUser(t.Context(), w.owner, start)
	must(t, err)
	if slices.Sort(gone); !slices.Equal(gone, []string{key.ID, session.ID}) {
		t.Fatalf("ended %v", gone)
	}
	_, err = w.db.DeleteUser(t.Context(), w.owner, start)
	wantCode(t, err, voltrun.CodeNotFound)
	_, err = w.db.User(t.Context(), w.owner)
	wantCode(t, err, voltrun.CodeNotFound)
	_, err = w.db.Session(t.Context(), session.ID)
	wantCode(t, err, voltrun.CodeNotFound)
	_, err = w.db.KeyByHash(t.Context(), key.Hash)
	wantCode(t, err, voltrun.CodeNotFound)
	_, err = w.db.Function(t.Context(), w.owner, fn.ID)
	wantCode(t, err, voltrun.CodeNotFound)
	if sealed, err := w.db.Secrets(t.Context(), fn.ID); err != nil || len(sealed) != 0 {
		t.Fatalf("secrets stay: %v, %v", sealed, err)
	}
	if events, err := w.db.TestEvents(t.Context(), fn.ID); err != nil || len(events) != 0 {
		t.Fatalf("test events stay: %v, %v", events, err)
	}
	again := user
	again.ID = voltrun.NewID(voltrun.PrefixUser)
	must(t, w.db.CreateUser(t.Context(), again)) // the address is free

	for _, want := range []int{3, 2, 0} {
		if n, err := w.db.CancelPendingOf(t.Context(), w.owner, after(time.Second), 3); err != nil || n != want {
			t.Fatalf("canceled %d, %v, want %d", n, err, want)
		}
	}
	late := w.create("made by a call that was under way", nil)
	removed := w.pruneDeletedUsers(after(time.Hour), 40)
	if got := w.list(voltrun.ExecutionFilter{}, 200, func() {}); !slices.Equal(got, []string{running.ID}) {
		t.Fatalf("%d are left after %d were removed", len(got), removed)
	}
	if len(w.logs(old[0], 0, 10)) != 0 {
		t.Fatal("the logs stay")
	}
	_, err = w.db.Function(t.Context(), w.owner, late.ID)
	wantCode(t, err, voltrun.CodeNotFound)
	w.finish(ended(running, voltrun.StatusCanceled))
	w.pruneDeletedUsers(start, 40) // not settled yet: somebody may still add something
	w.insert(1, voltrun.StatusSuccess)
	w.pruneDeletedUsers(after(time.Hour), 40)
	if got := w.list(voltrun.ExecutionFilter{}, 200, func() {}); len(got) != 0 {
		t.Fatalf("left over: %v", got)
	}
	w.insert(1, voltrun.StatusSuccess)
	if n := w.pruneDeletedUsers(after(time.Hour), 40); n != 0 {
		t.Fatalf("a user who is done with is looked for: %d removed", n)
	}

	if got := other.list(voltrun.ExecutionFilter{}, 200, func() {}); !slices.Equal(got, reversed(theirs)) {
		t.Fatalf("another user's executions: %v", got)
	}
	if got := other.list(voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusPending}}, 200, func() {}); len(got) != 2 {
		t.Fatalf("another user's queue: %v", got)
	}
	_, err = w.db.Session(t.Context(), theirSession.ID)
	must(t, err)
	_, err = w.db.Function(t.Context(), other.owner, theirFunction.ID)
	must(t, err)
}

// pruneDeletedUsers calls until nothing is left to do and returns how many rows went.
func (w *world) pruneDeletedUsers(settled time.Time, limit int) int {
	w.Helper()
	for removed := 0; ; {
		n, err := w.db.PruneDeletedUsers(context.Background(), settled, limit)
		must(w, err)
		if n > limit {
			w.Fatalf("removed %d with limit %d", n, limit)
		}
		if removed += n; n < limit {
			return removed
		}
	}
}
