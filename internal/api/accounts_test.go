package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

func refreshCookieOf(t *testing.T, a answer) *http.Cookie {
	t.Helper()
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == refreshCookie {
			return c
		}
	}
	t.Fatalf("no refresh cookie in %v", a.header)
	return nil
}

func TestSignInSetsTheCookie(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	a := s.call(t, "POST", "/api/auth/register", "", `{"email":"ann@example.com","password":"correct horse","name":"Ann"}`)
	got := a.ok(t, 201)
	if got["token"] != annSession || got["expires_at"] != "2026-01-02T03:04:05.006Z" || got["user"].(map[string]any)["id"] != "usr_ann" {
		t.Errorf("answer %v", got)
	}
	if strings.Contains(a.body, fakeRefresh) || strings.Contains(a.body, "never shown") {
		t.Error("a secret is in the answer")
	}
	c := refreshCookieOf(t, a)
	if c.Value != fakeRefresh || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/api" || c.Secure {
		t.Errorf("cookie %+v", c)
	}
	secure := serve(t, newWorld(), Config{SecureCookies: true})
	if c := refreshCookieOf(t, secure.call(t, "POST", "/api/auth/login", "", `{"email":"a","password":"correct horse"}`)); !c.Secure {
		t.Error("the cookie is not Secure")
	}
	s.call(t, "POST", "/api/auth/register", "", `{"email":"taken@example.com","password":"x"}`).problem(t, 409, voltrun.CodeConflict)
}

func TestRefreshAndLogout(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{CORSOrigins: []string{"https://app.example"}})
	cookie := refreshCookie + "=" + fakeRefresh
	s.call(t, "POST", "/api/auth/refresh", "", "").problem(t, 401, voltrun.CodeUnauthenticated)
	s.call(t, "POST", "/api/auth/refresh", "", "", "Cookie", cookie).ok(t, 200)
	s.call(t, "POST", "/api/auth/refresh", "", "", "Cookie", cookie, "Origin", s.url).ok(t, 200)
	s.call(t, "POST", "/api/auth/refresh", "", "", "Cookie", cookie, "Origin", "https://app.example").ok(t, 200)
	for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1:1"} {
		s.call(t, "POST", "/api/auth/refresh", "", "", "Cookie", cookie, "Origin", origin).problem(t, 403, voltrun.CodeForbidden)
		s.call(t, "POST", "/api/auth/logout", "", "", "Cookie", cookie, "Origin", origin).problem(t, 403, voltrun.CodeForbidden)
	}
	s.call(t, "POST", "/api/auth/logout", "", "", "Cookie", cookie, "Sec-Fetch-Site", "cross-site").problem(t, 403, voltrun.CodeForbidden)
	a := s.call(t, "POST", "/api/auth/refresh", "", "", "Cookie", refreshCookie+"=stolen")
	a.problem(t, 401, voltrun.CodeUnauthenticated)
	if c := refreshCookieOf(t, a); c.MaxAge >= 0 {
		t.Errorf("a refused cookie stays: %+v", c)
	}

	s.call(t, "POST", "/api/auth/logout", "", "").problem(t, 401, voltrun.CodeUnauthenticated)
	s.call(t, "POST", "/api/auth/logout", "wrong", "").problem(t, 401, voltrun.CodeUnauthenticated)
	a = s.call(t, "POST", "/api/auth/logout", annSession, "", "Cookie", cookie)
	if a.status != 204 || a.body != "" || refreshCookieOf(t, a).MaxAge >= 0 {
		t.Errorf("logout: %d %q", a.status, a.body)
	}
	s.call(t, "POST", "/api/auth/logout", "expired", "", "Cookie", cookie)
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := strings.Join(s.signedOut, " "); got != annSessID+"/"+fakeRefresh+" /"+fakeRefresh {
		t.Errorf("signed out: %s", got)
	}
}

func TestTheAccountItself(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	if got := s.call(t, "PATCH", "/api/me", annSession, `{"name":"Ann <3"}`).ok(t, 200); got["name"] != "Ann <3" || got["email"] != "ann@example.com" {
		t.Errorf("renamed: %v", got)
	}
	s.call(t, "DELETE", "/api/me", annSession, `{"password":"wrong"}`).problem(t, 403, voltrun.CodeForbidden)
	s.call(t, "DELETE", "/api/me", annSession, "").problem(t, 400, voltrun.CodeValidation)
	a := s.call(t, "DELETE", "/api/me/sessions", annSession, "")
	if a.status != 204 || a.body != "" || refreshCookieOf(t, a).MaxAge >= 0 {
		t.Errorf("sign out everywhere: %d %q", a.status, a.body)
	}
	s.call(t, "GET", "/api/me", annSession, "").problem(t, 401, voltrun.CodeUnauthenticated)

	s = serve(t, newWorld(), Config{})
	a = s.call(t, "DELETE", "/api/me", annSession, `{"password":"correct horse"}`)
	if a.status != 204 || a.body != "" || refreshCookieOf(t, a).MaxAge >= 0 {
		t.Errorf("delete: %d %q", a.status, a.body)
	}
	s.call(t, "GET", "/api/me", annSession, "").problem(t, 401, voltrun.CodeUnauthenticated)
}

func TestDeletingAnAccountDoesNotAllowGuessing(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	for range rateSignInPair.Burst {
		s.call(t, "DELETE", "/api/me", annSession, `{"password":"wrong"}`).problem(t, 403, voltrun.CodeForbidden)
	}
	s.call(t, "DELETE", "/api/me", annSession, `{"password":"correct horse"}`).problem(t, 429, voltrun.CodeRateLimited)
}

func TestTestEvents(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	items := s.call(t, "GET", "/api/functions/hello/events", annKeyRead, "").ok(t, 200)["items"].([]any)
	if got := items[0].(map[string]any); got["name"] != "a b" || got["updated_at"] != "2026-01-02T03:04:05.006Z" || fmt.Sprint(got["input"]) != "map[n:1e+40]" {
		t.Errorf("listed: %v", got)
	}
	for path, name := range map[string]string{"plain": "plain", "a%20b": "a b", "Gr%C3%B6%C3%9Fe_1.-": "Größe_1.-", "100%25": "100%", "a%2Fb": "a/b"} {
		if got := s.call(t, "PUT", "/api/functions/"+annFunction+"/events/"+path, annSession, `{"input":[1, null]}`).ok(t, 200); got["name"] != name {
			t.Errorf("%s is put as %v", path, got["name"])
		}
	}
	if a := s.call(t, "PUT", "/api/functions/hello/events/a", annSession, `{"input": {"big":12345678901234567890,  "x":"<&>"}}`); !strings.Contains(a.body, `{"big":12345678901234567890,"x":"<&>"}`) {
		t.Errorf("the input has become %s", a.body)
	}
	for _, input := range []string{"null", "false", "0", `""`} {
		if a := s.call(t, "PUT", "/api/functions/hello/events/a", annSession, `{"input":`+input+`}`); a.status != 200 || !strings.Contains(a.body, `"input":`+input+`,`) {
			t.Errorf("%s: %d %s", input, a.status, a.body)
		}
	}
	if a := s.call(t, "PUT", "/api/functions/hello/events/a", annSession, `{"input":"`+strings.Repeat("x", 200<<10)+`"}`); a.status != 200 {
		t.Errorf("200 KiB: %d %.200s", a.status, a.body)
	}
	if a := s.call(t, "DELETE", "/api/functions/hello/events/a%20b", annSession, ""); a.status != 204 || a.body != "" {
		t.Errorf("delete: %d %q", a.status, a.body)
	}
	s.call(t, "DELETE", "/api/functions/hello/events/other", annSession, "").problem(t, 404, voltrun.CodeNotFound)
	s.call(t, "PUT", "/api/functions/hello/events/a", annKeyRead, `{"input":1}`).problem(t, 403, voltrun.CodeForbidden)
}

func TestSearchLogs(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	got := s.call(t, "GET", "/api/logs?q=%3Cfound%3E&function_id="+annFunction+"&execution_id="+annExec+
		"&stream=stderr&from=2026-01-02T00:00:00Z&page_size=1000&page_token=x", annSession, "").ok(t, 200)
	want := "map[items:[map[execution_id:" + annExec + " function_id:" + annFunction + " function_name:hello partial:true seq:3 status:running stream:stderr " +
		"text:<found> time:2026-01-02T03:04:05.006Z version:1]] next_page_token:next searched_until:2026-01-02T03:04:05.006Z truncated:[map[bytes:7 execution_id:" + annExec + "]]]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
	f := s.searches[0]
	if f != (voltrun.LogFilter{OwnerID: "usr_ann", FunctionID: annFunction, ExecutionID: annExec, Stream: voltrun.StreamStderr, Query: "<found>", From: f.From}) ||
		f.From.Hour() != 0 || s.pages[0] != (voltrun.PageRequest{Size: 1000, Token: "x"}) {
		t.Errorf("asked for %+v, %+v", f, s.pages[0])
	}
	s.call(t, "GET", "/api/logs", bobSession, "").ok(t, 200)
	if f := s.searches[1]; f != (voltrun.LogFilter{OwnerID: "usr_bob"}) || s.pages[1] != (voltrun.PageRequest{Size: 200}) {
		t.Errorf("asked for %+v, %+v", f, s.pages[1])
	}
}

func TestResources(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	got := s.call(t, "GET", "/api/functions/hello", annSession, "").ok(t, 200)
	if got["code"] != "export const handler = () => '<ok>'" || got["digest"] != "d1" || got["files"] != nil || got["timeout_ms"] != 3000.0 || got["cpus"] != 0.0 {
		t.Errorf("function %v", got)
	}
	if names, ok := got["secret_names"].([]any); !ok || len(names) != 0 {
		t.Errorf("secret_names %v", got["secret_names"])
	}
	s.call(t, "PATCH", "/api/functions/hello", annSession, `{"memory_mb":256,"env":{},"description":"","isolation":"warm","cpus":0}`).ok(t, 200)
	change := s.changes[len(s.changes)-1]
	if change.MemoryMB == nil || *change.MemoryMB != 256 || change.Env == nil || change.Description == nil || *change.Isolation != voltrun.IsolationWarm ||
		change.Name != nil || change.Files != nil || change.Secrets != nil || change.CPUs == nil {
		t.Errorf("change %+v", change)
	}
	if a := s.call(t, "POST", "/api/functions", annSession, `{"name":"a","runtime":"nodejs","files":{"a.js":"1"}}`); a.status != 201 || a.header.Get("Location") == "" {
		t.Errorf("create: %d %s", a.status, a.body)
	}
	got = s.call(t, "GET", "/api/functions?page_size=7&page_token=x", annSession, "").ok(t, 200)
	if got["next_page_token"] != "next" || s.pages[0] != (voltrun.PageRequest{Size: 7, Token: "x"}) {
		t.Errorf("list %v, page %v", got, s.pages)
	}
	item := s.call(t, "GET", "/api/executions?status=failed,timeout&version=3&min_duration_ms=1500&from=2026-01-02T00:00:00.5Z", annSession, "").ok(t, 200)["items"].([]any)[0].(map[string]any)
	for _, absent := range []string{"input", "output", "logs"} {
		if _, present := item[absent]; present {
			t.Errorf("a list carries %s", absent)
		}
	}
	if f := s.filters[0]; f.OwnerID != "usr_ann" || fmt.Sprint(f.Statuses) != "[failed timeout]" || f.Version != 3 || f.MinDuration != 1500*time.Millisecond || f.From.Nanosecond() != 5e8 || !f.To.IsZero() {
		t.Errorf("filter %+v", f)
	}
	got = s.call(t, "GET", "/api/executions/"+annExec+"/logs?after=4", annSession, "").ok(t, 200)
	if line := got["items"].([]any)[0].(map[string]any); line["seq"] != 5.0 || line["stream"] != "stdout" || got["truncated_bytes"] != 7.0 {
		t.Errorf("logs %v", got)
	}
	a := s.call(t, "POST", "/api/keys", annSession, `{"name":"ci","scopes":["functions:read"]}`)
	if got := a.ok(t, 201); got["key"] != "vr_secret" || strings.Contains(a.body, "hash") {
		t.Errorf("key %v", got)
	}
	s.call(t, "POST", "/api/keys", annKeyRead, `{"name":"ci","scopes":["functions:read"]}`).problem(t, 403, voltrun.CodeForbidden)
	if got := s.call(t, "GET", "/api/me/sessions", annSession, "").ok(t, 200)["items"].([]any)[0].(map[string]any); got["current"] != true {
		t.Errorf("session %v", got)
	}
	if a := s.call(t, "DELETE", "/api/functions/hello", annSession, ""); a.status != 204 || a.body != "" {
		t.Errorf("delete: %d %q", a.status, a.body)
	}
	if got := s.call(t, "GET", "/api/system", annKeyNone, "").ok(t, 200); got["isolation_level"] != "container" {
		t.Errorf("system %v", got)
	}
}
