package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/exec"
)

const executePath = "/api/functions/hello/execute"

func (w *world) lastRequest() exec.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests[len(w.requests)-1]
}

func TestExecute(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	a := s.call(t, "POST", executePath, annSession, `{"input": {"b":[1.0, 1e40,"é"]} }`)
	got := a.ok(t, 200)
	if a.header.Get("Content-Type") != "application/json" {
		t.Errorf("content type %q", a.header.Get("Content-Type"))
	}
	for name, want := range map[string]any{"id": annExec, "function_id": annFunction, "function_name": "hello", "version": 1.0, "status": "success",
		"trigger": "api", "start": "cold", "attempt": 1.0, "output": "<b>&", "error": nil, "logs": "hello\n", "logs_truncated_bytes": 0.0,
		"exit_code": nil, "memory_peak_bytes": nil, "created_at": "2026-01-02T03:04:05.006Z", "started_at": "2026-01-02T03:04:05.007Z",
		"finished_at": "2026-01-02T03:04:05.007Z", "duration_ms": 1.234, "replay_of": nil, "request_id": "req_1"} {
		value, present := got[name]
		if !present || value != want {
			t.Errorf("%s: %v (present %v), want %v", name, value, present, want)
		}
	}
	if phases := fmt.Sprint(got["phases"]); phases != "[map[ms:0.012 name:admit]]" {
		t.Errorf("phases %s", phases)
	}
	if !strings.Contains(a.body, `"input":{"b":[1.0,1e40,"é"]}`) || !strings.Contains(a.body, `"output":"<b>&"`) {
		t.Errorf("JSON was changed on its way: %s", a.body)
	}
	r := s.lastRequest()
	if string(r.Input) != `{"b":[1.0, 1e40,"é"]}` || r.Owner != "usr_ann" || r.Function != "hello" || r.Trigger != voltrun.TriggerAPI ||
		r.RequestID != a.header.Get("X-Request-Id") || r.Received.IsZero() || r.Version != 0 {
		t.Errorf("request %+v", r)
	}
	s.call(t, "POST", executePath, annSession, "").ok(t, 200)
	if r := s.lastRequest(); string(r.Input) != "null" {
		t.Errorf("input %q without a body", r.Input)
	}
	s.call(t, "POST", executePath, annSession, `{"version":7}`).ok(t, 200)
	if r := s.lastRequest(); string(r.Input) != "null" || r.Version != 7 {
		t.Errorf("request %+v", r)
	}
}

func TestExecuteAsync(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	for _, how := range [][]string{{"", "Prefer", "respond-async"}, {"", "Prefer", "wait=10, Respond-Async; x=1"}, {"?async=true"}} {
		a := s.call(t, "POST", executePath+how[0], annSession, `{"input":1}`, how[1:]...)
		got := a.ok(t, 202)
		if got["status"] != "pending" || got["trigger"] != "async" || a.header.Get("Location") != "/api/executions/"+annExec ||
			a.header.Get("Preference-Applied") != "respond-async" {
			t.Errorf("%v: %s %v", how, a.body, a.header)
		}
		for _, name := range []string{"start", "output", "started_at", "finished_at", "error"} {
			if value, present := got[name]; !present || value != nil {
				t.Errorf("%s: %v, present %v", name, value, present)
			}
		}
	}
	s.call(t, "POST", executePath+"?async=perhaps", annSession, "").problem(t, 422, voltrun.CodeValidation)
	if a := s.call(t, "POST", executePath+"?async=false", annSession, ""); a.status != 200 {
		t.Errorf("async=false: %d", a.status)
	}
}

func TestExecuteIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	key := strings.Repeat("~", 255)
	s.call(t, "POST", executePath, annSession, "", "Idempotency-Key", key).ok(t, 200)
	if got := s.lastRequest().IdempotencyKey; got != key {
		t.Errorf("key %q", got)
	}
	for _, bad := range []string{strings.Repeat("a", 256), "a b", "é", ""} {
		p := s.call(t, "POST", executePath, annSession, "", "Idempotency-Key", bad).problem(t, 422, voltrun.CodeValidation)
		if len(p.Errors) != 1 || p.Errors[0].Location != "header.Idempotency-Key" {
			t.Errorf("%q: %+v", bad, p)
		}
	}
}

func TestExecuteLimits(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	nested := func(n int) string { return `{"input":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}` }
	s.call(t, "POST", executePath, annSession, nested(maxDepth)).ok(t, 200)
	s.call(t, "POST", executePath, annSession, nested(maxDepth+1)).problem(t, 400, voltrun.CodeValidation)
	s.call(t, "POST", executePath, annSession, strings.Repeat("[", 1<<20)).problem(t, 400, voltrun.CodeValidation)
	text := func(n int) string { return `{"input":"` + strings.Repeat("a", n-2) + `"}` }
	s.call(t, "POST", executePath, annSession, text(voltrun.MaxInputBytes)).ok(t, 200)
	s.call(t, "POST", executePath, annSession, text(voltrun.MaxInputBytes+1)).problem(t, 413, voltrun.CodeTooLarge)
}

func TestExecuteScopes(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	s.call(t, "POST", executePath, annKeyOne, "").ok(t, 200)
	s.call(t, "POST", executePath, annKeyRead, "").problem(t, 403, voltrun.CodeForbidden)
	s.call(t, "POST", "/api/functions/other/execute", annKeyOne, "").problem(t, 404, voltrun.CodeNotFound)
	s.call(t, "POST", executePath, bobSession, "").problem(t, 404, voltrun.CodeNotFound)
	s.call(t, "POST", "/api/executions/"+annExec+"/replay", annKeyOne, "").ok(t, 202)
	s.call(t, "POST", "/api/executions/"+annExec+"/cancel", annKeyOne, "").ok(t, 202)
	s.call(t, "POST", "/api/executions/"+annExec+"/replay", annKeyRead, "").problem(t, 403, voltrun.CodeForbidden)
}

func TestExecuteErrors(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var fail error
	w.execute = func(context.Context, exec.Request) (*voltrun.Execution, error) { return nil, fail }
	s := serve(t, w, Config{})
	for _, test := range []struct {
		err    error
		status int
		code   voltrun.Code
		retry  string
	}{
		{&voltrun.Error{Code: voltrun.CodeCapacity, Message: "full", RetryAfter: 2100 * time.Millisecond}, 503, voltrun.CodeCapacity, "3"},
		{voltrun.Errorf(voltrun.CodeUnavailable, "draining"), 503, voltrun.CodeUnavailable, "1"},
		{voltrun.Errorf(voltrun.CodeConflict, "no"), 409, voltrun.CodeConflict, ""},
		{voltrun.Internal("write", fmt.Errorf("secret")), 500, voltrun.CodeInternal, ""},
		{fmt.Errorf("secret"), 500, voltrun.CodeInternal, ""},
		{context.Canceled, 503, voltrun.CodeUnavailable, "1"},
	} {
		fail = test.err
		a := s.call(t, "POST", executePath, annSession, "")
		a.problem(t, test.status, test.code)
		if a.header.Get("Retry-After") != test.retry || strings.Contains(a.body, "secret") {
			t.Errorf("%v: %v %s", test.err, a.header, a.body)
		}
	}
}

// TestShutdownWaitsForCalls starts the shutdown while a call is in flight; the call is answered.
func TestShutdownWaitsForCalls(t *testing.T) {
	t.Parallel()
	w := newWorld()
	running, release := make(chan struct{}), make(chan struct{})
	w.execute = func(ctx context.Context, r exec.Request) (*voltrun.Execution, error) {
		close(running)
		<-release
		return fakeExecution(), ctx.Err()
	}
	s := serve(t, w, Config{})
	answered := make(chan answer, 1)
	go func() { answered <- s.call(t, "POST", executePath, annSession, "") }()
	<-running
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		stopped <- s.server.Shutdown(ctx)
	}()
	close(release)
	if a := <-answered; a.status != 200 {
		t.Errorf("the call in flight got %d: %s", a.status, a.body)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestDecodeExecute(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{}`: "null", ` {"input" : null } `: "null", `{"input":"}{\\\""}`: `"}{\\\""`, `{"version":1,"input":[1,{"a":"]"}]}`: `[1,{"a":"]"}]`,
		`{"\u0069nput":1}`: "1", `{"input":-0.5e+10}`: "-0.5e+10", "\t\n": "null",
	} {
		got, err := decodeExecute([]byte(body))
		if err != nil || string(got.input) != want {
			t.Errorf("%s: %s, %v; want %s", body, got.input, err, want)
		}
	}
	for _, body := range []string{`[]`, `"a"`, `null`, `{"input":1,"input":2}`, `{"input":1,"\u0069nput":2}`, `{"Input":1}`, `{"input":1,}`, `{"input":1}x`,
		`{"version":0}`, `{"version":-1}`, `{"version":1.0}`, `{"version":99999999999999999999}`, `{"version":"1"}`, "{\"input\":\"\xff\"}", `{"input":01}`, `{"input":NaN}`} {
		if got, err := decodeExecute([]byte(body)); err == nil || voltrun.CodeOf(err) != voltrun.CodeValidation {
			t.Errorf("%s was accepted as %s, %v", body, got.input, err)
		}
	}
}

// FuzzDecodeExecute compares with the standard decoder whatever is accepted.
func FuzzDecodeExecute(f *testing.F) {
	for _, seed := range []string{`{}`, `{"input":{"a":[1,"\"}"]},"version":2}`, `{"input":1,"input":2}`, `{"a":{}}`, "{\"input\":\"\xff\"}", `[[[`, `{"input":1e9999}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := decodeExecute(body)
		if err != nil {
			if voltrun.CodeOf(err) == voltrun.CodeInternal {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		if !json.Valid(got.input) || depth(got.input) > maxDepth {
			t.Fatalf("%q: input %q", body, got.input)
		}
		if strings.TrimSpace(string(body)) == "" {
			return
		}
		want := map[string]json.RawMessage{}
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("%q was accepted: %v", body, err)
		}
		input, ok := want["input"]
		if !ok {
			input = jsonNull
		}
		if string(got.input) != string(input) {
			t.Fatalf("%q: input %q, want %q", body, got.input, input)
		}
	})
}

func BenchmarkDecodeExecute(b *testing.B) {
	body := []byte(`{"input":{"name":"world","list":[1,2,3,4,5,6,7,8]}}`)
	for b.Loop() {
		if _, err := decodeExecute(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeExecution(b *testing.B) {
	e := fakeExecution()
	var answer []byte
	for b.Loop() {
		answer = appendExecution(answer[:0], e)
	}
}
