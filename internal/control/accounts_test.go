package control_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
	"github.com/voltrun/voltrun/internal/control"
)

var somewhere = control.Client{Address: "192.0.2.1", UserAgent: "test\x00\n" + strings.Repeat("é", 1000)}

func TestRegisterAndLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signIn, err := w.accounts.Register(t.Context(), "  Ann@Example.COM ", password, " Ann ", somewhere)
	if err != nil {
		t.Fatal(err)
	}
	if signIn.User.Email != "ann@example.com" || signIn.User.Name != "Ann" {
		t.Errorf("got %+v", signIn.User)
	}
	w.alive(t, signIn.Token, true)
	again, err := w.accounts.Login(t.Context(), "ANN@example.com", password, somewhere)
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.authn.Authenticate(t.Context(), again.Token)
	if err != nil {
		t.Fatal(err)
	}
	if me := w.me(t, p); me.ID != signIn.User.ID {
		t.Errorf("me is %+v", me)
	}
	_, err = w.accounts.Register(t.Context(), "ann@EXAMPLE.com", password, "", somewhere)
	wantCode(t, err, voltrun.CodeConflict)
}

func (w *world) me(t *testing.T, p auth.Principal) voltrun.User {
	t.Helper()
	user, err := w.accounts.Me(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return user
}

func TestRegisterReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.accounts.Register(t.Context(), "nobody", "short", "a\x00b", somewhere)
	var problem *voltrun.Error
	if !errors.As(err, &problem) || problem.Code != voltrun.CodeValidation || len(problem.Fields) != 3 {
		t.Errorf("got %v", err)
	}
	for _, email := range []string{"", "@", "a@", "@b", "a b@c.de", "Ann <ann@example.com>", "a@b, c@d", "a@b\x00.de", strings.Repeat("a", 250) + "@b.de"} {
		if _, err := w.accounts.Register(t.Context(), email, password, "", somewhere); voltrun.CodeOf(err) != voltrun.CodeValidation {
			t.Errorf("%q: %v", email, err)
		}
	}
	_, err = w.accounts.Register(t.Context(), "long@example.com", strings.Repeat("x", 73), "", somewhere)
	wantCode(t, err, voltrun.CodeValidation)
}

func TestFailedLoginsAreIndistinguishable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(t, "ann@example.com")
	longest := strings.Repeat("x", 72)
	if _, err := w.accounts.Register(t.Context(), "max@example.com", longest, "", somewhere); err != nil {
		t.Fatal(err)
	}
	messages := map[string]bool{}
	for _, try := range [][2]string{{"ann@example.com", "wrong password"}, {"bob@example.com", password}, {"not an address", password},
		{"ann@example.com", ""}, {"max@example.com", longest + "x"}, {"ann@example.com", strings.Repeat("x", 100_000)}} {
		signIn, err := w.accounts.Login(t.Context(), try[0], try[1], somewhere)
		wantCode(t, err, voltrun.CodeUnauthenticated)
		if signIn.Token != "" {
			t.Error("a failed login gives a token")
		}
		messages[err.Error()] = true
	}
	if len(messages) != 1 {
		t.Errorf("the failures can be told apart: %v", messages)
	}
}

func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, _ := w.person(t, "ann@example.com")
	second, err := w.accounts.Refresh(t.Context(), first.RefreshToken, somewhere)
	if err != nil {
		t.Fatal(err)
	}
	if second.RefreshToken == first.RefreshToken || second.User.ID != first.User.ID || second.RefreshExpiresAt.Before(first.RefreshExpiresAt) {
		t.Errorf("got %+v after %+v", second, first)
	}
	w.alive(t, second.Token, true)
	third, err := w.accounts.Refresh(t.Context(), second.RefreshToken, somewhere)
	if err != nil {
		t.Fatal(err)
	}
	other, err := w.accounts.Login(t.Context(), "ann@example.com", password, somewhere)
	if err != nil {
		t.Fatal(err)
	}
	w.alive(t, third.Token, true)

	_, err = w.accounts.Refresh(t.Context(), first.RefreshToken, somewhere) // stolen long ago
	wantCode(t, err, voltrun.CodeUnauthenticated)
	for _, signIn := range []control.SignIn{first, second, third} {
		w.alive(t, signIn.Token, false)
	}
	_, err = w.accounts.Refresh(t.Context(), third.RefreshToken, somewhere)
	wantCode(t, err, voltrun.CodeUnauthenticated)
	w.alive(t, other.Token, true)
}

func TestForgedRefreshRevokesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signIn, p := w.person(t, "ann@example.com")
	parts := strings.Split(signIn.RefreshToken, ".")
	for _, forged := range []string{"", p.SessionID, p.SessionID + "." + parts[1] + "." + strings.Repeat("A", len(parts[2])),
		p.SessionID + "." + strings.Repeat("A", len(parts[1])) + "." + parts[2], signIn.RefreshToken + "x"} {
		_, err := w.accounts.Refresh(t.Context(), forged, somewhere)
		wantCode(t, err, voltrun.CodeUnauthenticated)
		if err := w.accounts.Logout(t.Context(), auth.Principal{}, forged); err != nil {
			t.Error(err)
		}
	}
	w.alive(t, signIn.Token, true)
	if _, err := w.accounts.Refresh(t.Context(), signIn.RefreshToken, somewhere); err != nil {
		t.Errorf("the genuine token suffered: %v", err)
	}
}

func TestRefreshOfAnEndedSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signIn, p := w.person(t, "ann@example.com")
	_, hash, err := w.tokens.ParseRefresh(signIn.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	past := time.Now().Add(-time.Second)
	if ok, err := w.db.RotateSession(t.Context(), p.SessionID, hash, hash, past, past); !ok || err != nil {
		t.Fatal(ok, err)
	}
	_, err = w.accounts.Refresh(t.Context(), signIn.RefreshToken, somewhere)
	wantCode(t, err, voltrun.CodeUnauthenticated)
}

func TestTabsThatRefreshAtTheSameMomentStaySignedIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signIn, _ := w.person(t, "ann@example.com")
	var tabs [8]control.SignIn
	var wait sync.WaitGroup
	for i := range tabs {
		wait.Go(func() {
			var err error
			if tabs[i], err = w.accounts.Refresh(t.Context(), signIn.RefreshToken, somewhere); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, tab := range tabs {
		if tab.RefreshToken != tabs[0].RefreshToken || tab.RefreshToken == signIn.RefreshToken {
			t.Errorf("the browser keeps %q or %q, and only one may count", tab.RefreshToken, tabs[0].RefreshToken)
		}
		w.alive(t, tab.Token, true)
	}
	if _, err := w.accounts.Refresh(t.Context(), tabs[3].RefreshToken, somewhere); err != nil {
		t.Error(err)
	}
	// The successor was used: from now on the first token is a stolen one.
	_, err := w.accounts.Refresh(t.Context(), signIn.RefreshToken, somewhere)
	wantCode(t, err, voltrun.CodeUnauthenticated)
	w.alive(t, tabs[0].Token, false)
}

func TestTheGraceOfAnExchangedTokenEnds(t *testing.T) {
	t.Parallel()
	for age, alive := range map[time.Duration]bool{8 * time.Second: true, 11 * time.Second: false} {
		w := newWorld(t)
		first, p := w.person(t, "ann@example.com")
		second, err := w.accounts.Refresh(t.Context(), first.RefreshToken, somewhere)
		if err != nil {
			t.Fatal(err)
		}
		_, hash, err := w.tokens.ParseRefresh(second.RefreshToken)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := w.db.RotateSession(t.Context(), p.SessionID, hash, hash, time.Now().Add(-age), time.Now().Add(time.Hour)); !ok || err != nil {
			t.Fatal(ok, err)
		}
		again, err := w.accounts.Refresh(t.Context(), first.RefreshToken, somewhere)
		if alive && (err != nil || again.RefreshToken != second.RefreshToken) {
			t.Errorf("after %v: %v", age, err)
		}
		if !alive {
			wantCode(t, err, voltrun.CodeUnauthenticated)
		}
		w.alive(t, second.Token, alive)
	}
}

func TestSignOutEverywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	here, p := w.person(t, "ann@example.com")
	elsewhere, err := w.accounts.Login(t.Context(), "ann@example.com", password, somewhere)
	if err != nil {
		t.Fatal(err)
	}
	bob, _ := w.person(t, "bob@example.com")
	key, err := w.keys.Create(t.Context(), p, "ci", []voltrun.Scope{voltrun.ScopeFunctionsRead}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, bearer := range []string{here.Token, elsewhere.Token, key.Key} { // remembered from now on
		w.alive(t, bearer, true)
	}
	wantCode(t, w.accounts.SignOutEverywhere(t.Context(), auth.Principal{UserID: p.UserID, KeyID: key.ID}), voltrun.CodeForbidden)
	if err := w.accounts.SignOutEverywhere(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.alive(t, here.Token, false)
	w.alive(t, elsewhere.Token, false)
	_, err = w.accounts.Refresh(t.Context(), here.RefreshToken, somewhere)
	wantCode(t, err, voltrun.CodeUnauthenticated)
	w.alive(t, key.Key, true)
	w.alive(t, bob.Token, true)
}

func TestRename(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, p := w.person(t, "ann@example.com")
	user, err := w.accounts.Rename(t.Context(), p, "  Ann Lovelace ")
	if err != nil || user.Name != "Ann Lovelace" || user.Email != "ann@example.com" || w.me(t, p) != user {
		t.Errorf("got %+v, %v", user, err)
	}
	for _, name := range []string{"two\nlines", strings.Repeat("x", 101), "\xff"} {
		_, err := w.accounts.Rename(t.Context(), p, name)
		wantCode(t, err, voltrun.CodeValidation)
	}
	_, err = w.accounts.Rename(t.Context(), auth.Principal{UserID: p.UserID, KeyID: "key_1"}, "Eve")
	wantCode(t, err, voltrun.CodeForbidden)
}

func TestDeleteAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signIn, p := w.person(t, "ann@example.com")
	key, err := w.keys.Create(t.Context(), p, "ci", []voltrun.Scope{voltrun.ScopeFunctionsRead}, nil)
	if err != nil {
		t.Fatal(err)
	}
	bob, _ := w.person(t, "bob@example.com")
	fn, err := w.functions.Create(t.Context(), p.UserID, control.FunctionChange{Name: new("mine"), Runtime: new("nodejs"), Code: new("export const handler = () => 1")})
	if err != nil {
		t.Fatal(err)
	}
	w.alive(t, key.Key, true)

	err = w.accounts.Delete(t.Context(), p, "not it at all")
	wantCode(t, err, voltrun.CodeForbidden)
	var problem *voltrun.Error
	if errors.As(err, &problem); len(problem.Fields) != 1 || problem.Fields[0].Location != "body.password" {
		t.Errorf("got %+v", problem)
	}
	wantCode(t, w.accounts.Delete(t.Context(), auth.Principal{UserID: p.UserID, KeyID: key.ID}, password), voltrun.CodeForbidden)
	w.alive(t, signIn.Token, true)
	if len(w.canceler.owners) != 0 {
		t.Error("a refused call canceled something")
	}

	if err := w.accounts.Delete(t.Context(), p, password); err != nil {
		t.Fatal(err)
	}
	w.alive(t, signIn.Token, false)
	w.alive(t, key.Key, false)
	w.alive(t, bob.Token, true)
	if len(w.canceler.owners) != 1 || w.canceler.owners[0] != p.UserID {
		t.Errorf("canceled: %v", w.canceler.owners)
	}
	_, err = w.accounts.Login(t.Context(), "ann@example.com", password, somewhere)
	wantCode(t, err, voltrun.CodeUnauthenticated)
	_, err = w.accounts.Refresh(t.Context(), signIn.RefreshToken, somewhere)
	wantCode(t, err, voltrun.CodeUnauthenticated)
	_, _, err = w.functions.Get(t.Context(), p.UserID, fn.ID)
	wantCode(t, err, voltrun.CodeNotFound)
	if _, again := w.person(t, "ann@example.com"); again.UserID == p.UserID {
		t.Error("the address brings the old account back")
	}
}

func TestWhatADeletedUserGetsMeanwhileDoesNotCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signIn, p := w.person(t, "ann@example.com")
	if err := w.accounts.Delete(t.Context(), p, password); err != nil {
		t.Fatal(err)
	}
	// Calls that were under way write what the deletion could not see.
	session := voltrun.Session{ID: p.SessionID, UserID: p.UserID, RefreshHash: []byte("x"), CreatedAt: time.Now(), RefreshedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)}
	if err := w.db.CreateSession(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	key, err := w.keys.Create(t.Context(), p, "late", []voltrun.Scope{voltrun.ScopeFunctionsRead}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.alive(t, signIn.Token, false)
	w.alive(t, key.Key, false)
	if n, err := w.db.PruneDeletedUsers(t.Context(), time.Now().Add(-time.Hour), 10); err != nil || n != 0 {
		t.Errorf("pruned %d, %v", n, err)
	}
	if keys, err := w.keys.List(t.Context(), p); err != nil || len(keys) != 0 {
		t.Errorf("the late key stays: %+v, %v", keys, err)
	}
}

func TestLogout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	byToken, p := w.person(t, "ann@example.com")
	byCookie, err := w.accounts.Login(t.Context(), "ann@example.com", password, somewhere)
	if err != nil {
		t.Fatal(err)
	}
	w.alive(t, byCookie.Token, true)
	if err := w.accounts.Logout(t.Context(), auth.Principal{}, byCookie.RefreshToken); err != nil {
		t.Fatal(err)
	}
	w.alive(t, byCookie.Token, false)
	w.alive(t, byToken.Token, true)
	for range 2 { // twice is as good as once
		if err := w.accounts.Logout(t.Context(), p, ""); err != nil {
			t.Fatal(err)
		}
	}
	w.alive(t, byToken.Token, false)
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	here, p := w.person(t, "ann@example.com")
	elsewhere, err := w.accounts.Login(t.Context(), "ann@example.com", password, somewhere)
	if err != nil {
		t.Fatal(err)
	}
	w.alive(t, elsewhere.Token, true)

	err = w.accounts.ChangePassword(t.Context(), p, "not it at all", "another password")
	wantCode(t, err, voltrun.CodeForbidden)
	var problem *voltrun.Error
	if errors.As(err, &problem); len(problem.Fields) != 1 || problem.Fields[0].Location != "body.current_password" {
		t.Errorf("got %+v", problem)
	}
	wantCode(t, w.accounts.ChangePassword(t.Context(), p, password, "short"), voltrun.CodeValidation)
	w.alive(t, elsewhere.Token, true)

	if err := w.accounts.ChangePassword(t.Context(), p, password, "another password"); err != nil {
		t.Fatal(err)
	}
	w.alive(t, here.Token, true)
	w.alive(t, elsewhere.Token, false)
	_, err = w.accounts.Refresh(t.Context(), elsewhere.RefreshToken, somewhere)
	wantCode(t, err, voltrun.CodeUnauthenticated)
	_, err = w.accounts.Login(t.Context(), "ann@example.com", password, somewhere)
	wantCode(t, err, voltrun.CodeUnauthenticated)
	if _, err := w.accounts.Login(t.Context(), "ann@example.com", "another password", somewhere); err != nil {
		t.Error(err)
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, p := w.person(t, "ann@example.com")
	second, err := w.accounts.Login(t.Context(), "ann@example.com", password, somewhere)
	if err != nil {
		t.Fatal(err)
	}
	_, bob := w.person(t, "bob@example.com")

	sessions, err := w.accounts.Sessions(t.Context(), p)
	if err != nil || len(sessions) != 2 || sessions[1].ID != p.SessionID {
		t.Fatalf("got %+v, %v; want the newest first", sessions, err)
	}
	if ua := sessions[0].UserAgent; len([]rune(ua)) != 256 || strings.ContainsAny(ua, "\x00\n") {
		t.Errorf("the user agent is recorded as %q", ua)
	}
	wantCode(t, w.accounts.RevokeSession(t.Context(), bob, sessions[0].ID), voltrun.CodeNotFound)
	wantCode(t, w.accounts.RevokeSession(t.Context(), p, "ses_\x00"), voltrun.CodeNotFound)
	wantCode(t, w.accounts.RevokeSession(t.Context(), p, voltrun.NewID(voltrun.PrefixSession)), voltrun.CodeNotFound)
	w.alive(t, second.Token, true)
	if err := w.accounts.RevokeSession(t.Context(), p, sessions[0].ID); err != nil {
		t.Fatal(err)
	}
	w.alive(t, second.Token, false)
	if sessions, err := w.accounts.Sessions(t.Context(), p); err != nil || len(sessions) != 1 {
		t.Errorf("got %+v, %v", sessions, err)
	}
}
