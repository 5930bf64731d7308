package control_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/control"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, p := w.person(t, "ann@example.com")
	_, bob := w.person(t, "bob@example.com")
	fn := w.create(t, p.UserID, node("hello", "exports.handler = async () => 1"))

	days := 30
	scopes := []voltrun.Scope{"functions:read", voltrun.Scope("functions:execute:" + fn.ID), "functions:read"}
	key, err := w.keys.Create(t.Context(), p, " ci ", scopes, &days)
	if err != nil {
		t.Fatal(err)
	}
	if key.Name != "ci" || !strings.HasPrefix(key.Key, key.Prefix) || len(key.Scopes) != 2 || !key.ExpiresAt.Equal(key.CreatedAt.AddDate(0, 0, 30)) {
		t.Errorf("got %+v", key)
	}
	caller, err := w.authn.Authenticate(t.Context(), key.Key)
	if err != nil || caller.KeyID != key.ID || !caller.CanExecute(fn.ID) || caller.CanExecute("fn_other") || caller.Can(voltrun.ScopeFunctionsWrite) {
		t.Errorf("got %+v, %v", caller, err)
	}
	if err := w.authn.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, err := w.keys.List(t.Context(), p)
	if err != nil || len(keys) != 1 || keys[0].LastUsedAt == nil || time.Since(*keys[0].LastUsedAt) > time.Hour {
		t.Errorf("got %+v, %v; want its last use", keys, err)
	}

	wantCode(t, w.keys.Revoke(t.Context(), bob, key.ID), voltrun.CodeNotFound)
	wantCode(t, w.keys.Revoke(t.Context(), p, "key_nonsense"), voltrun.CodeNotFound)
	w.alive(t, key.Key, true)
	if err := w.keys.Revoke(t.Context(), p, key.ID); err != nil {
		t.Fatal(err)
	}
	w.alive(t, key.Key, false)
	if keys, err := w.keys.List(t.Context(), p); err != nil || len(keys) != 0 {
		t.Errorf("got %+v, %v", keys, err)
	}
}

func TestKeyProblems(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, p := w.person(t, "ann@example.com")
	_, bob := w.person(t, "bob@example.com")
	bobs := w.create(t, bob.UserID, node("hello", "exports.handler = async () => 1"))
	_, err := w.keys.Create(t.Context(), p, "", []voltrun.Scope{"functions:read", "admin", "functions:execute:", "functions:execute:hello",
		voltrun.Scope("functions:execute:" + bobs.ID), "functions:executeX", "executions:read"}, new(int))
	var problem *voltrun.Error
	if !errors.As(err, &problem) || problem.Code != voltrun.CodeValidation {
		t.Fatalf("got %v", err)
	}
	var at []string
	for _, field := range problem.Fields {
		at = append(at, field.Location)
	}
	want := []string{"body.name", "body.expires_in_days", "body.scopes[1]", "body.scopes[2]", "body.scopes[3]", "body.scopes[4]", "body.scopes[5]"}
	if !slices.Equal(at, want) {
		t.Errorf("got %v, want %v", at, want)
	}
	_, err = w.keys.Create(t.Context(), p, "none", nil, nil)
	wantCode(t, err, voltrun.CodeValidation)
}

func TestAPIKeysManageNoAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, p := w.person(t, "ann@example.com")
	made, err := w.keys.Create(t.Context(), p, "all", []voltrun.Scope{"functions:read", "functions:write", "functions:execute", "executions:read"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := w.authn.Authenticate(t.Context(), made.Key)
	if err != nil {
		t.Fatal(err)
	}
	attempts := map[string]func() error{
		"create a key":     func() error { _, err := w.keys.Create(t.Context(), key, "more", made.Scopes, nil); return err },
		"list keys":        func() error { _, err := w.keys.List(t.Context(), key); return err },
		"revoke a key":     func() error { return w.keys.Revoke(t.Context(), key, made.ID) },
		"change password":  func() error { return w.accounts.ChangePassword(t.Context(), key, password, "another password") },
		"list sessions":    func() error { _, err := w.accounts.Sessions(t.Context(), key); return err },
		"revoke a session": func() error { return w.accounts.RevokeSession(t.Context(), key, p.SessionID) },
		"log out":          func() error { return w.accounts.Logout(t.Context(), key, "") },
	}
	for name, attempt := range attempts {
		t.Run(name, func(t *testing.T) { wantCode(t, attempt(), voltrun.CodeForbidden) })
	}
}

func node(name, code string) control.FunctionChange {
	runtime := "nodejs"
	return control.FunctionChange{Name: &name, Runtime: &runtime, Code: &code}
}

func (w *world) create(t testing.TB, owner string, change control.FunctionChange) voltrun.Function {
	t.Helper()
	fn, err := w.functions.Create(t.Context(), owner, change)
	if err != nil {
		t.Fatal(err)
	}
	return fn
}
