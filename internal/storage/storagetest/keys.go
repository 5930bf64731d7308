package storagetest

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

// key stores a key of the world's owner.
func (w *world) key(hash string) voltrun.APIKey {
	w.Helper()
	key := voltrun.APIKey{ID: voltrun.NewID(voltrun.PrefixKey), UserID: w.owner, Name: "ci ☃", Prefix: "vr_abc", Hash: []byte(hash),
		Scopes: []voltrun.Scope{voltrun.ScopeFunctionsRead, "functions:execute:fn_1"}, CreatedAt: start, ExpiresAt: ptr(after(time.Hour))}
	must(w, w.db.CreateKey(context.Background(), key))
	return key
}

func testKeys(t *testing.T, open Open) {
	w := newWorld(t, open)
	a, b := w.key("\x00a"), w.key("\x00b")
	twin := a
	twin.ID = voltrun.NewID(voltrun.PrefixKey)
	wantCode(t, w.db.CreateKey(t.Context(), twin), voltrun.CodeConflict)

	got, err := w.db.KeyByHash(t.Context(), []byte("\x00a"))
	if must(t, err); !reflect.DeepEqual(got, a) {
		t.Fatalf("got  %+v\nwant %+v", got, a)
	}
	_, err = w.db.KeyByHash(t.Context(), []byte("\x00"))
	wantCode(t, err, voltrun.CodeNotFound)

	must(t, w.db.TouchKeys(t.Context(), nil))
	must(t, w.db.TouchKeys(t.Context(), map[string]time.Time{a.ID: after(time.Minute), b.ID: after(time.Minute), "key_none": start}))
	must(t, w.db.TouchKeys(t.Context(), map[string]time.Time{a.ID: after(time.Second), b.ID: after(time.Hour)}))
	list, err := w.db.Keys(t.Context(), w.owner)
	must(t, err)
	a.LastUsedAt, b.LastUsedAt = ptr(after(time.Minute)), ptr(after(time.Hour))
	if !reflect.DeepEqual(list, []voltrun.APIKey{b, a}) {
		t.Fatalf("got  %+v\nwant %+v", list, []voltrun.APIKey{b, a})
	}

	_, err = w.db.RevokeKey(t.Context(), "usr_other", a.ID, start)
	wantCode(t, err, voltrun.CodeNotFound)
	revoked, err := w.db.RevokeKey(t.Context(), w.owner, a.ID, after(time.Hour))
	must(t, err)
	a.RevokedAt = ptr(after(time.Hour))
	if !reflect.DeepEqual(revoked, a) {
		t.Fatalf("got  %+v\nwant %+v", revoked, a)
	}
	for _, id := range []string{a.ID, "key_none", "\x00"} {
		_, err = w.db.RevokeKey(t.Context(), w.owner, id, start)
		wantCode(t, err, voltrun.CodeNotFound)
	}
	if got, err = w.db.KeyByHash(t.Context(), a.Hash); err != nil || got.RevokedAt == nil {
		t.Fatalf("a revoked key does not say so: %+v, %v", got, err)
	}
	if list, err = w.db.Keys(t.Context(), w.owner); err != nil || len(list) != 1 || list[0].ID != b.ID {
		t.Fatalf("after revoking: %+v, %v", list, err)
	}
}
