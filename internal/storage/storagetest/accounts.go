package storagetest

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

func testAccounts(t *testing.T, open Open) {
	w := newWorld(t, open)
	t.Run("users", func(t *testing.T) { users(t, w) })
	t.Run("sessions", func(t *testing.T) { sessions(t, w) })
	t.Run("racing rotations", func(t *testing.T) { racingRotations(t, w) })
	t.Run("settings", func(t *testing.T) { settings(t, w) })
}

func users(t *testing.T, w *world) {
	want := voltrun.User{ID: w.owner, Email: "ada@example.org", Name: "Ada ☃", PasswordHash: "$2a$10$…", CreatedAt: start}
	must(t, w.db.CreateUser(t.Context(), want))
	twin := want
	twin.ID = voltrun.NewID(voltrun.PrefixUser)
	wantCode(t, w.db.CreateUser(t.Context(), twin), voltrun.CodeConflict)
	must(t, w.db.UpdatePassword(t.Context(), w.owner, "new"))
	want.PasswordHash = "new"
	byID, err := w.db.User(t.Context(), want.ID)
	must(t, err)
	byEmail, err := w.db.UserByEmail(t.Context(), want.Email)
	must(t, err)
	if byID != want || byEmail != want {
		t.Fatalf("got %+v and %+v, want %+v", byID, byEmail, want)
	}
	for _, email := range []string{"nobody@example.org", "", "a\x00", "\xff", "ada@example.org' --"} {
		_, err = w.db.UserByEmail(t.Context(), email)
		wantCode(t, err, voltrun.CodeNotFound)
	}
	_, err = w.db.User(t.Context(), twin.ID)
	wantCode(t, err, voltrun.CodeNotFound)
	wantCode(t, w.db.UpdatePassword(t.Context(), twin.ID, "x"), voltrun.CodeNotFound)
}

// session stores a session that lives for an hour from start.
func (w *world) session(user string) voltrun.Session {
	w.Helper()
	s := voltrun.Session{ID: voltrun.NewID(voltrun.PrefixSession), UserID: user, RefreshHash: []byte("hash\x00\xff"), UserAgent: "curl", Address: "::1",
		CreatedAt: start, RefreshedAt: start, ExpiresAt: after(time.Hour)}
	must(w, w.db.CreateSession(context.Background(), s))
	return s
}

func sessions(t *testing.T, w *world) {
	user := voltrun.NewID(voltrun.PrefixUser)
	a, b, c := w.session(user), w.session(user), w.session(user)
	other := w.session(voltrun.NewID(voltrun.PrefixUser))
	got, err := w.db.Session(t.Context(), a.ID)
	must(t, err)
	if !reflect.DeepEqual(got, a) {
		t.Fatalf("got  %+v\nwant %+v", got, a)
	}
	for _, id := range []string{"ses_none", "\x00"} {
		_, err = w.db.Session(t.Context(), id)
		wantCode(t, err, voltrun.CodeNotFound)
		if id == "ses_none" {
			wantCode(t, w.db.RevokeSession(t.Context(), id, start), voltrun.CodeNotFound)
		}
	}
	rotate := func(old, next string, want bool) {
		t.Helper()
		ok, err := w.db.RotateSession(t.Context(), a.ID, []byte(old), []byte(next), after(time.Minute), after(2*time.Hour))
		if must(t, err); ok != want {
			t.Fatalf("rotating from %q: %v, want %v", old, ok, want)
		}
	}
	rotate("hash\x00\xff", "second", true)
	rotate("hash\x00\xff", "third", false)
	rotate("second", "third", true)
	if got, err = w.db.Session(t.Context(), a.ID); err != nil || string(got.RefreshHash) != "third" || !got.RefreshedAt.Equal(after(time.Minute)) || !got.ExpiresAt.Equal(after(2*time.Hour)) {
		t.Fatalf("after rotating: %+v, %v", got, err)
	}
	must(t, w.db.RevokeSession(t.Context(), b.ID, after(time.Minute)))
	must(t, w.db.RevokeSession(t.Context(), b.ID, after(time.Hour)))
	if got, err = w.db.Session(t.Context(), b.ID); err != nil || got.RevokedAt == nil || !got.RevokedAt.Equal(after(time.Minute)) {
		t.Fatalf("revoked twice: %+v, %v", got, err)
	}
	live := func(now time.Time, want ...string) {
		t.Helper()
		list, err := w.db.Sessions(t.Context(), user, now)
		must(t, err)
		var ids []string
		for _, s := range list {
			ids = append(ids, s.ID)
		}
		if !slices.Equal(ids, want) {
			t.Fatalf("live sessions %v, want %v", ids, want)
		}
	}
	live(start, c.ID, a.ID)
	live(after(time.Hour), a.ID)
	revoked, err := w.db.RevokeUserSessions(t.Context(), user, c.ID, start)
	if must(t, err); !slices.Equal(revoked, []string{a.ID}) {
		t.Fatalf("revoked %v", revoked)
	}
	rotate("third", "fourth", false)
	live(start, c.ID)
	if revoked, err = w.db.RevokeUserSessions(t.Context(), user, "", start); err != nil || !slices.Equal(revoked, []string{c.ID}) {
		t.Fatalf("revoked %v, %v", revoked, err)
	}
	if got, err = w.db.Session(t.Context(), other.ID); err != nil || got.RevokedAt != nil {
		t.Fatalf("another user's session: %+v, %v", got, err)
	}
	if n, err := w.db.PruneSessions(t.Context(), after(90*time.Minute), 2); err != nil || n != 2 {
		t.Fatalf("pruned %d, %v", n, err)
	}
	if n, err := w.db.PruneSessions(t.Context(), after(90*time.Minute), 100); err != nil || n != 1 {
		t.Fatalf("pruned %d, %v", n, err)
	}
}

func racingRotations(t *testing.T, w *world) {
	s := w.session(w.owner)
	var group sync.WaitGroup
	var won [6]bool
	var errs [6]error
	for i := range won {
		group.Go(func() {
			won[i], errs[i] = w.db.RotateSession(context.Background(), s.ID, s.RefreshHash, []byte{byte(i)}, start, after(time.Hour))
		})
	}
	group.Wait()
	winners := 0
	for i := range won {
		must(t, errs[i])
		if won[i] {
			winners++
		}
	}
	if winners != 1 {
		t.Fatalf("%d rotations of one token succeeded", winners)
	}
}

func settings(t *testing.T, w *world) {
	_, err := w.db.Setting(t.Context(), "instance")
	wantCode(t, err, voltrun.CodeNotFound)
	for _, value := range []string{"first\x00\xff", "second"} {
		got, err := w.db.PutSettingIfAbsent(t.Context(), "instance", []byte(value))
		if must(t, err); string(got) != "first\x00\xff" {
			t.Fatalf("got %q", got)
		}
	}
	got, err := w.db.Setting(t.Context(), "instance")
	if must(t, err); string(got) != "first\x00\xff" {
		t.Fatalf("got %q", got)
	}
	_, err = w.db.PutSettingIfAbsent(t.Context(), "empty", nil)
	wantCode(t, err, voltrun.CodeInternal)
}
