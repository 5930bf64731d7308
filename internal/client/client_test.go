package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/voltrun/voltrun"
)

func serve(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := New(server.URL, Options{Credentials: StaticToken("t"), RetryDelay: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestParseServer(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://Volt.Example.com/": "https://volt.example.com", "http://localhost:8080": "http://localhost:8080",
		"http://[::1]:1": "http://[::1]:1", "http://127.0.0.1": "http://127.0.0.1", "https://x/base/": "https://x/base",
	} {
		if u, err := ParseServer(address, false); err != nil || u.String() != want {
			t.Errorf("ParseServer(%q) = %v, %v; want %s", address, u, err, want)
		}
	}
	for _, address := range []string{"", "volt", "ftp://x", "https://u:p@x", "https://x?q", "http://example.com", "http://127.0.0.1.example.com", "http://localhost.example.com"} {
		if u, err := ParseServer(address, false); err == nil {
			t.Errorf("ParseServer(%q) = %v, want an error", address, u)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(422)
		io.WriteString(w, `{"title":"t","detail":"d","code":"validation","request_id":"req_1","errors":[{"location":"body.name","message":"too long"}]}`)
	})
	_, err := c.Me(context.Background())
	var problem *Error
	if !errors.As(err, &problem) || problem.Code != voltrun.CodeValidation || problem.RequestID != "req_1" || len(problem.Fields) != 1 || err.Error() != "d" {
		t.Errorf("got %#v", err)
	}
}

func TestForeignAnswers(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"html": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example/", http.StatusFound)
		},
		"html 403": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403); io.WriteString(w, "<html>") },
	} {
		if _, err := serve(t, handler).Me(context.Background()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestRetriesOnlyWhatIsSafe(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) < 3 {
			w.WriteHeader(503)
			return
		}
		io.WriteString(w, `{}`)
	})
	if _, err := c.Me(context.Background()); err != nil || calls.Load() != 3 {
		t.Errorf("GET: %v after %d calls, want success after 3", err, calls.Load())
	}
	for key, want := range map[string]int32{"": 1, "k": 3} {
		calls.Store(0)
		c.Submit(context.Background(), "f", ExecuteRequest{IdempotencyKey: key})
		if calls.Load() != want {
			t.Errorf("POST with idempotency key %q was sent %d times, want %d", key, calls.Load(), want)
		}
	}
}

// history is a function's executions on a server whose stream breaks after every event.
type history struct {
	mu         sync.Mutex
	executions []Execution
	lines      map[string][]LogLine
	connects   int
}

func (h *history) add(id string, status voltrun.Status, lines ...string) {
	h.executions = append(h.executions, Execution{ID: id, Status: status})
	for i, text := range lines {
		h.lines[id] = append(h.lines[id], LogLine{Seq: int64(i + 1), Text: text})
	}
}

func (h *history) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/api/")
	if path == "functions/f/stream" {
		h.stream(w, r)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	parts := strings.Split(path, "/")
	switch {
	case path == "functions/f":
		json.NewEncoder(w).Encode(Function{ID: "f", Name: "f"})
	case path == "executions":
		page := Page[Execution]{}
		for i := len(h.executions) - 1; i >= 0; i-- {
			page.Items = append(page.Items, h.executions[i])
		}
		json.NewEncoder(w).Encode(page)
	case len(parts) == 3:
		var after int
		fmt.Sscan(r.URL.Query().Get("after"), &after)
		json.NewEncoder(w).Encode(Logs{Items: h.lines[parts[1]][min(after, len(h.lines[parts[1]])):]})
	default:
		for _, e := range h.executions {
			if e.ID == parts[1] {
				json.NewEncoder(w).Encode(e)
			}
		}
	}
}

// stream plays one act at each connection, then breaks.
func (h *history) stream(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{Subprotocols: []string{subprotocol}}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.connects++
	switch h.connects {
	case 1: // b begins; its first line is skipped by the stream, and the connection breaks
		h.add("exe_b", voltrun.StatusRunning, "b1", "b2")
		conn.WriteJSON(map[string]any{"type": "log", "execution_id": "exe_b", "seq": 2, "text": "b2"})
	case 2: // while nobody listened c ran whole; b goes on and ends, and the end comes twice
		h.add("exe_c", voltrun.StatusSuccess, "c1")
		h.lines["exe_b"] = append(h.lines["exe_b"], LogLine{Seq: 3, Text: "b3"})
		h.executions[1].Status = voltrun.StatusSuccess
		conn.WriteJSON(map[string]any{"type": "log", "execution_id": "exe_b", "seq": 3, "text": "b3"})
		for range 2 {
			conn.WriteJSON(map[string]any{"type": "end", "execution_id": "exe_b", "execution": h.executions[1]})
		}
	}
}

func TestFollowFunction(t *testing.T) {
	t.Parallel()
	h := &history{lines: map[string][]LogLine{}}
	h.add("exe_a", voltrun.StatusSuccess, "before the watch")
	c := serve(t, h.ServeHTTP)
	var seen []string
	enough := errors.New("enough")
	err := c.FollowFunction(context.Background(), "f", Watcher{
		Log: func(line LogLine) error { seen = append(seen, line.Text); return nil },
		End: func(e Execution) error {
			seen = append(seen, "end of "+e.ID)
			if len(seen) >= 6 {
				return enough
			}
			return nil
		},
	})
	if err != enough {
		t.Fatalf("ended with %v after %v", err, seen)
	}
	counts := map[string]int{}
	for _, text := range seen {
		counts[text]++
	}
	for _, text := range []string{"b1", "b2", "b3", "end of exe_b", "c1", "end of exe_c"} {
		if counts[text] != 1 {
			t.Errorf("%q was reported %d times: %v", text, counts[text], seen)
		}
	}
}

func FuzzProblem(f *testing.F) {
	f.Add("application/problem+json", []byte(`{"code":1}`), "5")
	f.Fuzz(func(t *testing.T, kind string, body []byte, after string) {
		response := &http.Response{StatusCode: 500, Header: http.Header{"Content-Type": {kind}, "Retry-After": {after}}}
		if problem := problemOf(response, body); problem.Code == "" || problem.Error() == "" || problem.RetryAfter < 0 {
			t.Errorf("%#v", problem)
		}
	})
}
