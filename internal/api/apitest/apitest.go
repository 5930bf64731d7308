// Package apitest tries every route of the API the ways it must refuse: without a
// token, with a bad one, with an API key that lacks the scope, and with
// another user's ids. The cases are generated from the route table, so a new
// route fails until it is covered.
package apitest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/voltrun/voltrun/internal/api"
)

// Target is a running server with two users. The things belong to Owner; Stranger has an account and nothing else.
type Target struct {
	BaseURL  string // without a slash at the end
	Owner    string // token of a session
	Stranger string // token of a session of another user
	// KeyWithout returns an API key of Owner that has every scope but this one ("" asks for one without any).
	KeyWithout func(t *testing.T, scope string) string
	// Things of Owner. They must still exist when RunRouteTable is called; nothing of it changes them.
	FunctionID, FunctionName, ExecutionID, SessionID, KeyID string
	Version                                                 string // a number of a version of the function
}

// RunRouteTable runs the cases of every route as subtests.
func RunRouteTable(t *testing.T, target Target) {
	for _, r := range api.Routes() {
		t.Run(r.Method+" "+r.Path, func(t *testing.T) { target.try(t, r) })
	}
}

func (x Target) try(t *testing.T, r api.Route) {
	paths := x.paths(t, r)
	switch r.Access {
	case api.Public:
		return
	case api.Cookie:
		x.tryCookie(t, r)
		return
	}
	for _, path := range paths {
		x.want(t, r, path, "", 401, "unauthenticated")
		for _, bad := range []string{"wrong", "vr_wrong", "a.b.c", cut(x.Owner), strings.Repeat("a", 5000)} {
			x.want(t, r, path, bad, 401, "unauthenticated")
		}
		if r.Access == api.Person {
			x.want(t, r, path, x.KeyWithout(t, ""), 403, "forbidden")
		}
		if scope := r.Access.Scope(); scope != "" {
			x.want(t, r, path, x.KeyWithout(t, string(scope)), 403, "forbidden")
			x.want(t, r, path, x.KeyWithout(t, ""), 403, "forbidden")
		}
		if len(r.Params()) > 0 {
			x.want(t, r, path, x.Stranger, 404, "not_found")
		}
	}
}

// tryCookie tries what the browser sends by itself: nothing, and a cookie on behalf of another site.
func (x Target) tryCookie(t *testing.T, r api.Route) {
	x.want(t, r, r.Path, "", 401, "unauthenticated")
	if r.ID == "refresh" { // logging out twice is no error
		x.want(t, r, r.Path, "", 401, "unauthenticated", "Cookie", "voltrun_refresh=wrong")
	}
	x.want(t, r, r.Path, "", 403, "forbidden", "Cookie", "voltrun_refresh=wrong", "Origin", "https://elsewhere.example")
}

// paths fills in Owner's ids, and fails for a parameter it does not know: add it here with the route.
func (x Target) paths(t *testing.T, r api.Route) []string {
	t.Helper()
	var ids []string
	switch {
	case len(r.Params()) == 0:
		return []string{r.Path}
	case strings.HasPrefix(r.Path, "/api/functions/{id}"):
		ids = []string{x.FunctionID, x.FunctionName}
	case strings.HasPrefix(r.Path, "/api/executions/{id}"):
		ids = []string{x.ExecutionID}
	case strings.HasPrefix(r.Path, "/api/me/sessions/{id}"):
		ids = []string{x.SessionID}
	case strings.HasPrefix(r.Path, "/api/keys/{id}"):
		ids = []string{x.KeyID}
	default:
		t.Fatalf("what %s names is not known here", r.Path)
	}
	var paths []string
	for _, id := range ids {
		if id == "" {
			t.Fatalf("the target has no id for %s", r.Path)
		}
		path := strings.NewReplacer("{id}", id, "{n}", x.Version, "{name}", "event").Replace(r.Path)
		if strings.Contains(path, "{") {
			t.Fatalf("what %s names is not known here", r.Path)
		}
		paths = append(paths, path)
	}
	return paths
}

// bodies holds a valid body for each operation that insists on one, so that it is not the body that is refused.
var bodies = map[string]string{
	"change-password": `{"current_password":"not the password","new_password":"another good password"}`,
	"update-me":       `{"name":"refused"}`,
	"delete-me":       `{"password":"not the password"}`,
	"put-test-event":  `{"input":{}}`,
	"create-function": `{"name":"refused","runtime":"nodejs","code":"export const handler = () => 1"}`,
	"update-function": `{"description":"refused"}`,
	"create-key":      `{"name":"refused","scopes":["functions:read"]}`,
}

var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}

// want calls the route and checks the problem.
func (x Target) want(t *testing.T, r api.Route, path, token string, status int, code string, headers ...string) {
	t.Helper()
	request, err := http.NewRequest(r.Method, x.BaseURL+path, strings.NewReader(bodies[r.ID]))
	if err != nil {
		t.Fatal(err)
	}
	if bodies[r.ID] != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if r.WebSocket {
		headers = append(headers, "Connection", "Upgrade", "Upgrade", "websocket",
			"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var p api.Problem
	if err := json.Unmarshal(text, &p); err != nil {
		t.Errorf("%s with token %.12q: status %d, no problem: %.200s", path, token, response.StatusCode, text)
		return
	}
	if response.StatusCode != status || p.Status != status || p.Code != code || p.RequestID == "" ||
		response.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s with token %.12q: status %d, %s; want %d %s", path, token, response.StatusCode, text, status, code)
	}
}

// cut is a token whose signature lacks its end.
func cut(token string) string {
	if len(token) < 8 {
		return token + "x"
	}
	return token[:len(token)-4]
}
