package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
)

// fakeServer follows the HTTP contract far enough for the command, and misbehaves on request.
type fakeServer struct {
	*httptest.Server
	t  *testing.T
	mu sync.Mutex

	password  string
	token     string // the one that is accepted
	refresh   string // the one cookie value that works
	refreshes int
	reused    bool
	lifetime  time.Duration
	keys      []client.Key

	functions  map[string]*client.Function
	versions   map[string][]client.Version
	executions []*run
	finish     func(*run) // decides how an execution ends
	dropAfter  int        // the first stream connection breaks after so many events
	noStreams  bool       // WebSockets do not get through
	connects   int
	requests   []string
}

// run is an execution on the fake server.
type run struct {
	client.Execution
	lines   []client.LogLine
	ends    bool // false: it runs until canceled
	changed chan struct{}
}

func newFake(t *testing.T) *fakeServer {
	t.Helper()
	f := &fakeServer{t: t, password: "correct horse", lifetime: time.Hour, functions: map[string]*client.Function{}, versions: map[string][]client.Version{}}
	f.finish = func(r *run) { r.succeed(`{"greeting":"Hello, Ada!"}`, "one", "two", "three") }
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/auth/{how}", f.auth)
	mux.HandleFunc("/api/", f.guarded)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func (r *run) succeed(output string, lines ...string) {
	r.ends, r.Status, r.Output = true, voltrun.StatusSuccess, json.RawMessage(output)
	r.log(lines...)
}

func (r *run) log(lines ...string) {
	for _, text := range lines {
		r.lines = append(r.lines, client.LogLine{Seq: int64(len(r.lines) + 1), Time: time.Unix(1700000000, 0), Stream: voltrun.StreamStdout, Text: text})
	}
}

func (f *fakeServer) problem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("X-Request-Id", "req_TEST")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"status": status, "title": http.StatusText(status), "detail": detail, "code": code, "request_id": "req_TEST"})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func (f *fakeServer) signIn(w http.ResponseWriter, status int) {
	f.refreshes++
	f.token, f.refresh = fmt.Sprintf("jwt-%d", f.refreshes), fmt.Sprintf("refresh-%d", f.refreshes)
	http.SetCookie(w, &http.Cookie{Name: "voltrun_refresh", Value: f.refresh, Path: "/api/auth", HttpOnly: true})
	answer(w, status, map[string]any{"token": f.token, "expires_at": time.Now().Add(f.lifetime), "user": client.User{ID: "usr_1", Email: "ada@example.com"}})
}

func (f *fakeServer) auth(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var body struct{ Email, Password string }
	json.NewDecoder(r.Body).Decode(&body)
	switch r.PathValue("how") {
	case "register":
		f.password = body.Password
		f.signIn(w, 201)
	case "login":
		if body.Password != f.password {
			f.problem(w, 401, "unauthenticated", "e-mail or password is wrong")
			return
		}
		f.signIn(w, 200)
	case "refresh":
		cookie, err := r.Cookie("voltrun_refresh")
		if err != nil || cookie.Value != f.refresh {
			f.reused = true
			f.problem(w, 401, "unauthenticated", "the refresh token was used before")
			return
		}
		f.signIn(w, 200)
	case "logout":
		f.token, f.refresh = "", ""
		w.WriteHeader(204)
	}
}

func (f *fakeServer) guarded(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.requests = append(f.requests, r.Method+" "+r.URL.RequestURI())
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	for _, protocol := range websocket.Subprotocols(r) {
		if bearer, ok := strings.CutPrefix(protocol, "bearer."); ok {
			token = bearer
		}
	}
	allowed := token != "" && (token == f.token || token == "vr_key")
	f.mu.Unlock()
	if !allowed {
		f.problem(w, 401, "unauthenticated", "the token is not valid")
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/"), "/")
	switch parts[0] {
	case "me":
		answer(w, 200, client.User{ID: "usr_1", Email: "ada@example.com"})
	case "keys":
		f.serveKeys(w, r, parts[1:])
	case "functions":
		f.serveFunctions(w, r, parts[1:])
	case "executions":
		f.serveExecutions(w, r, parts[1:])
	default:
		f.problem(w, 404, "not_found", "no such route")
	}
}

func (f *fakeServer) serveKeys(w http.ResponseWriter, r *http.Request, parts []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch r.Method {
	case "GET":
		answer(w, 200, map[string]any{"items": f.keys})
	case "POST":
		var key client.Key
		json.NewDecoder(r.Body).Decode(&key)
		key.ID, key.Prefix, key.CreatedAt = "key_1", "vr_abcd", time.Now()
		f.keys = append(f.keys, key)
		key.Key = "vr_abcdefgh"
		answer(w, 201, key)
	case "DELETE":
		f.keys = slices.DeleteFunc(f.keys, func(k client.Key) bool { return k.ID == parts[0] })
		w.WriteHeader(204)
	}
}

func (f *fakeServer) find(ref string) *client.Function {
	for _, function := range f.functions {
		if function.ID == ref || function.Name == ref {
			return function
		}
	}
	return nil
}

func (f *fakeServer) serveFunctions(w http.ResponseWriter, r *http.Request, parts []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(parts) == 0 {
		if r.Method == "POST" {
			f.change(w, r, &client.Function{ID: voltrun.NewID("fn"), MemoryMB: 128, TimeoutMS: 3000, Isolation: "fresh", MaxConcurrency: 100, CreatedAt: time.Now()}, 201)
			return
		}
		page := client.Page[client.Function]{Items: []client.Function{}}
		for _, function := range f.functions {
			page.Items = append(page.Items, *function)
		}
		answer(w, 200, page)
		return
	}
	function := f.find(parts[0])
	if function == nil {
		f.problem(w, 404, "not_found", "there is no function "+parts[0])
		return
	}
	switch {
	case len(parts) == 1 && r.Method == "GET":
		answer(w, 200, function)
	case len(parts) == 1 && r.Method == "PATCH":
		f.change(w, r, function, 200)
	case len(parts) == 1 && r.Method == "DELETE":
		delete(f.functions, function.ID)
		w.WriteHeader(204)
	case parts[1] == "versions" && len(parts) == 2:
		answer(w, 200, map[string]any{"items": f.versions[function.ID]})
	case parts[1] == "versions":
		function.Version, _ = strconv.Atoi(parts[2])
		answer(w, 200, function)
	case parts[1] == "execute":
		f.execute(w, r, function)
	case parts[1] == "stream":
		f.mu.Unlock()
		f.streamFunction(w, r, function.ID)
		f.mu.Lock()
	}
}

func (f *fakeServer) change(w http.ResponseWriter, r *http.Request, function *client.Function, status int) {
	var change client.FunctionChange
	if err := json.NewDecoder(r.Body).Decode(&change); err != nil {
		f.problem(w, 400, "validation", err.Error())
		return
	}
	take(&function.Name, change.Name)
	take(&function.Runtime, change.Runtime)
	take(&function.Handler, change.Handler)
	take(&function.Description, change.Description)
	take(&function.MemoryMB, change.MemoryMB)
	take(&function.TimeoutMS, change.TimeoutMS)
	take(&function.Isolation, change.Isolation)
	take(&function.Env, change.Env)
	for name, value := range change.Secrets {
		function.SecretNames = slices.DeleteFunc(function.SecretNames, func(n string) bool { return n == name })
		if value != "" {
			function.SecretNames = append(function.SecretNames, name)
		}
	}
	if change.Files != nil {
		function.Files = change.Files
		function.Version++
		message := ""
		take(&message, change.Message)
		f.versions[function.ID] = append([]client.Version{{Number: function.Version, Digest: "0123456789abcdef", CreatedAt: time.Now(), Message: message, Active: true}}, f.versions[function.ID]...)
	}
	function.UpdatedAt = time.Now()
	f.functions[function.ID] = function
	answer(w, status, function)
}

func take[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (f *fakeServer) execute(w http.ResponseWriter, r *http.Request, function *client.Function) {
	var body struct {
		Input   json.RawMessage `json:"input"`
		Version int             `json:"version"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		f.problem(w, 400, "validation", err.Error())
		return
	}
	e := &run{changed: make(chan struct{})}
	e.Execution = client.Execution{ID: voltrun.NewID("exe"), FunctionID: function.ID, FunctionName: function.Name, Version: function.Version, Status: voltrun.StatusPending, Trigger: "async", Input: body.Input, CreatedAt: time.Now()}
	pending := e.Execution
	f.finish(e)
	f.executions = append(f.executions, e)
	answer(w, 202, pending)
}

func failure(kind, message string, stack ...string) *client.ExecutionError {
	return &client.ExecutionError{Type: kind, Message: message, Stack: stack}
}
