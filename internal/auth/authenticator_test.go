package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/voltrun/voltrun"
)

// fakeStore is the database: the port of this package.
type fakeStore struct {
	mu       sync.Mutex
	sessions map[string]voltrun.Session
	keys     map[string]voltrun.APIKey // by hash
	deleted  map[string]bool           // users
	touched  map[string]time.Time
	lookups  int
	down     error
	during   func() // runs after a row was read, before it is returned
}

func newFakeStore() *fakeStore {
	return &fakeStore{sessions: map[string]voltrun.Session{}, keys: map[string]voltrun.APIKey{}, deleted: map[string]bool{}, touched: map[string]time.Time{}}
}

func find[V any](s *fakeStore, from map[string]V, id string) (V, error) {
	s.mu.Lock()
	s.lookups++
	value, ok := from[id]
	down, during := s.down, s.during
	s.mu.Unlock()
	if during != nil {
		during()
	}
	if down != nil {
		return value, down
	}
	if !ok {
		return value, voltrun.Errorf(voltrun.CodeNotFound, "no such row")
	}
	return value, nil
}

func (s *fakeStore) Session(_ context.Context, id string) (voltrun.Session, error) {
	return find(s, s.sessions, id)
}

func (s *fakeStore) KeyByHash(_ context.Context, hash []byte) (voltrun.APIKey, error) {
	return find(s, s.keys, string(hash))
}

func (s *fakeStore) User(_ context.Context, id string) (voltrun.User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != nil {
		return voltrun.User{}, s.down
	}
	if s.deleted[id] {
		return voltrun.User{}, voltrun.Errorf(voltrun.CodeNotFound, "user not found")
	}
	return voltrun.User{ID: id}, nil
}

func (s *fakeStore) TouchKeys(_ context.Context, used map[string]time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != nil {
		return s.down
	}
	for id, at := range used {
		s.touched[id] = at
	}
	return nil
}

func (s *fakeStore) revoke(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for key, session := range s.sessions {
		if session.ID == id {
			session.RevokedAt = &now
			s.sessions[key] = session
		}
	}
	for hash, key := range s.keys {
		if key.ID == id {
			key.RevokedAt = &now
			s.keys[hash] = key
		}
	}
}

type world struct {
	*Authenticator
	store  *fakeStore
	tokens *Tokens
}

func newWorld(t testing.TB) *world {
	store, tokens := newFakeStore(), newTokens(t, 1)
	return &world{NewAuthenticator(AuthenticatorConfig{Store: store, Tokens: tokens, CacheAge: time.Hour}), store, tokens}
}

func (w *world) session(t testing.TB, lifetime time.Duration) (token string, session voltrun.Session) {
	t.Helper()
	session = voltrun.Session{ID: voltrun.NewID(voltrun.PrefixSession), UserID: voltrun.NewID(voltrun.PrefixUser), ExpiresAt: time.Now().Add(lifetime)}
	w.store.sessions[session.ID] = session
	token, _, err := w.tokens.Issue(session.UserID, session.ID, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return token, session
}

func (w *world) key(expires *time.Time) (text string, key voltrun.APIKey) {
	text, _, hash := NewAPIKey()
	key = voltrun.APIKey{ID: voltrun.NewID(voltrun.PrefixKey), UserID: voltrun.NewID(voltrun.PrefixUser),
		Scopes: []voltrun.Scope{voltrun.ScopeFunctionsRead}, ExpiresAt: expires}
	w.store.keys[string(hash)] = key
	return text, key
}

func (w *world) refused(t *testing.T, bearer, when string) {
	t.Helper()
	if p, err := w.Authenticate(t.Context(), bearer); voltrun.CodeOf(err) != voltrun.CodeUnauthenticated || err.Error() != errToken.Error() {
		t.Errorf("%s: got %+v, %v; want it refused", when, p, err)
	}
}

func (w *world) accepted(t *testing.T, bearer string) Principal {
	t.Helper()
	p, err := w.Authenticate(t.Context(), bearer)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAuthenticateAndRevoke(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, session := w.session(t, time.Hour)
	text, key := w.key(nil)
	neighbour, _ := w.session(t, time.Hour)

	for range 3 {
		if p := w.accepted(t, token); p.UserID != session.UserID || p.SessionID != session.ID || !p.Session() || p.ExpiresAt.IsZero() {
			t.Errorf("session: %+v", p)
		}
		if p := w.accepted(t, text); p.UserID != key.UserID || p.KeyID != key.ID || p.Session() || !p.Can(voltrun.ScopeFunctionsRead) {
			t.Errorf("key: %+v", p)
		}
		w.accepted(t, neighbour)
	}
	if w.store.lookups != 3 {
		t.Errorf("the store was asked %d times, want once for each", w.store.lookups)
	}
	for id, bearer := range map[string]string{session.ID: token, key.ID: text} {
		w.store.revoke(id)
		w.Revoked(id)
		w.refused(t, bearer, "right after it was revoked")
		w.refused(t, bearer, "and again")
	}
	w.accepted(t, neighbour)
}

func TestWhatDoesNotCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gone, session := w.session(t, time.Hour)
	delete(w.store.sessions, session.ID)
	w.refused(t, gone, "a session that is gone")

	foreign, session := w.session(t, time.Hour)
	session.UserID = voltrun.NewID(voltrun.PrefixUser)
	w.store.sessions[session.ID] = session
	w.refused(t, foreign, "another user's session")

	ended, _ := w.session(t, -time.Second)
	w.refused(t, ended, "a session that ended")

	past := time.Now().Add(-time.Second)
	old, _ := w.key(&past)
	w.refused(t, old, "an expired key")
	unknown, _, _ := NewAPIKey()
	w.refused(t, unknown, "an unknown key")

	orphan, session := w.session(t, time.Hour)
	orphaned, key := w.key(nil)
	w.store.deleted[session.UserID], w.store.deleted[key.UserID] = true, true
	w.refused(t, orphan, "a session of a deleted user")
	w.refused(t, orphaned, "a key of a deleted user")

	asked := w.store.lookups
	w.refused(t, unknown[:len(unknown)-1]+"-", "a mistyped key")
	w.refused(t, "", "nothing")
	w.refused(t, string(make([]byte, MaxBearerBytes+1)), "too much")
	if w.store.lookups != asked {
		t.Error("the store was asked for what cannot exist")
	}
}

func TestStoreFailureIsNotAnInvalidToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.session(t, time.Hour)
	w.store.down = voltrun.Errorf(voltrun.CodeUnavailable, "the database is down")
	if _, err := w.Authenticate(t.Context(), token); voltrun.CodeOf(err) != voltrun.CodeUnavailable {
		t.Errorf("got %v", err)
	}
}

func TestRevocationDuringALookupLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text, key := w.key(nil)
	w.store.during = func() { // the row was read as it was; now it changes
		w.store.during = nil
		w.store.revoke(key.ID)
		w.Revoked(key.ID)
	}
	w.accepted(t, text) // began before the revocation
	w.refused(t, text, "after the revocation")
}

func TestCachedPrincipalsExpireExactly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		token, _ := w.session(t, 24*time.Hour)
		brief, session := w.session(t, time.Minute) // ends before its token
		expiry := time.Now().Add(30 * time.Minute)
		text, _ := w.key(&expiry)
		ends := map[string]time.Time{token: w.accepted(t, token).ExpiresAt, brief: session.ExpiresAt, text: expiry}
		for _, bearer := range []string{brief, token, text} {
			time.Sleep(time.Until(ends[bearer]) - time.Nanosecond)
			w.accepted(t, bearer)
			time.Sleep(time.Nanosecond)
			w.refused(t, bearer, "at its end")
		}
	})
}

func TestLastUsedIsWrittenInBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		text, key := w.key(nil)
		w.accepted(t, text)
		time.Sleep(time.Second)
		w.accepted(t, text)
		last := time.Now()

		w.store.down = errors.New("disk full")
		if err := w.Flush(t.Context()); err == nil {
			t.Error("Flush hides the failure")
		}
		w.store.down = nil
		if err := w.Flush(t.Context()); err != nil || !w.store.touched[key.ID].Equal(last) {
			t.Errorf("got %v, %v; want %v", w.store.touched, err, last)
		}
		clear(w.store.touched)
		if err := w.Flush(t.Context()); err != nil || len(w.store.touched) != 0 {
			t.Errorf("written twice: %v, %v", w.store.touched, err)
		}
	})
}

func TestAuthenticateUnderRevocations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var wait sync.WaitGroup
	for range 8 {
		text, key := w.key(nil)
		for range 4 {
			wait.Go(func() {
				for range 200 {
					w.Authenticate(t.Context(), text)
				}
			})
		}
		wait.Go(func() {
			w.store.revoke(key.ID)
			w.Revoked(key.ID)
			w.refused(t, text, "after the revocation")
		})
	}
	wait.Wait()
}

func TestCacheStaysWithinItsWeight(t *testing.T) {
	t.Parallel()
	c := NewCache[int, string](10, time.Minute)
	now := time.Now()
	for i := range 100 {
		c.Put(i, fmt.Sprint("tag ", i%7), "value", 3, now, 0)
		c.Get(0, now) // keeps it recent
	}
	if len(c.byKey) != 3 || c.weight != 9 || c.recent.Len() != 3 {
		t.Errorf("%d entries of weight %d", len(c.byKey), c.weight)
	}
	if _, _, ok := c.Get(0, now); !ok {
		t.Error("the entry in use was dropped")
	}
	c.Put(1000, "heavy", "value", 11, now, 0)
	if _, _, ok := c.Get(1000, now); ok {
		t.Error("an entry heavier than the cache is kept")
	}
	if _, _, ok := c.Get(0, now.Add(time.Minute)); ok {
		t.Error("an entry outlived its age")
	}
	c.Put(0, "a", "again", 1, now, 0)
	c.Put(0, "b", "moved", 1, now, 0)
	c.Drop("a")
	if value, _, _ := c.Get(0, now); value != "moved" {
		t.Errorf("got %q; the old tag still counts", value)
	}
	c.Drop("b")
	for i := range 7 {
		c.Drop(fmt.Sprint("tag ", i))
	}
	if len(c.byKey)+len(c.byTag)+c.recent.Len() != 0 || c.weight != 0 {
		t.Errorf("left over: %v %v, weight %d", c.byKey, c.byTag, c.weight)
	}
}

func BenchmarkAuthenticateCached(b *testing.B) {
	w := newWorld(b)
	token, _ := w.session(b, time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Authenticate(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
}

func TestCookieCountsUntilItIsExchangedAndTheSessionLives(t *testing.T) {
	t.Parallel()
	store := newFakeStore()
	tokens := newTokens(t, 1)
	a := NewAuthenticator(AuthenticatorConfig{Store: store, Tokens: tokens})
	id := voltrun.NewID(voltrun.PrefixSession)
	cookie, hash := tokens.NewRefresh(id)
	session := voltrun.Session{ID: id, UserID: "usr_1", RefreshHash: hash, ExpiresAt: time.Now().Add(time.Hour)}
	store.sessions[id] = session
	if p, err := a.AuthenticateCookie(t.Context(), cookie); err != nil || p.SessionID != id || p.UserID != "usr_1" || !p.ExpiresAt.Equal(session.ExpiresAt) {
		t.Fatalf("%+v, %v", p, err)
	}
	refused := func(what, cookie string) {
		t.Helper()
		if _, err := a.AuthenticateCookie(t.Context(), cookie); voltrun.CodeOf(err) != voltrun.CodeUnauthenticated {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("nonsense", "nonsense")
	refused("nothing", "")
	_, session.RefreshHash = tokens.NewRefresh(id)
	store.sessions[id] = session
	refused("exchanged", cookie)
	if err := a.CheckSession(t.Context(), id); err != nil {
		t.Errorf("the session lives on: %v", err)
	}
	session.RefreshHash, session.ExpiresAt = hash, time.Now().Add(-time.Second)
	store.sessions[id] = session
	refused("expired", cookie)
	at := time.Now()
	session.ExpiresAt, session.RevokedAt = at.Add(time.Hour), &at
	store.sessions[id] = session
	refused("revoked", cookie)
	if err := a.CheckSession(t.Context(), id); voltrun.CodeOf(err) != voltrun.CodeUnauthenticated {
		t.Errorf("a revoked session: %v", err)
	}
	store.down = voltrun.Errorf(voltrun.CodeUnavailable, "down")
	if _, err := a.AuthenticateCookie(t.Context(), cookie); voltrun.CodeOf(err) != voltrun.CodeUnavailable {
		t.Errorf("the store is down: %v", err)
	}
}
