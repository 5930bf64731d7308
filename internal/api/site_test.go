package api

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap/zaptest/observer"

	"github.com/voltrun/voltrun"
)

// site is a server on a loopback listener over a fake world.
type site struct {
	*world
	server *Server
	url    string
	log    *observer.ObservedLogs
}

// serve starts a server over w, which may have been prepared, and stops it with the test.
func serve(t *testing.T, w *world, config Config) *site {
	t.Helper()
	deps, log := w.deps(config)
	return serveDeps(t, w, deps, log)
}

func serveDeps(t *testing.T, w *world, deps Deps, log *observer.ObservedLogs) *site {
	t.Helper()
	s := New(deps)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return &site{world: w, server: s, url: "http://" + ln.Addr().String(), log: log}
}

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

// transport does not keep connections, so that shutting down waits for nobody.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}

func (s *site) call(t *testing.T, method, path, token, body string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// problem checks that a is a complete problem, and returns it.
func (a answer) problem(t *testing.T, status int, code voltrun.Code) Problem {
	t.Helper()
	var p Problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("status %d, body %q is no problem: %v", a.status, a.body, err)
	}
	if a.status != status || p.Status != status || p.Code != string(code) {
		t.Fatalf("status %d, problem %+v; want %d %s", a.status, p, status, code)
	}
	if got := a.header.Get("Content-Type"); got != problemType {
		t.Errorf("content type %q", got)
	}
	if p.RequestID == "" || p.RequestID != a.header.Get("X-Request-Id") || p.Title == "" || p.Type == "" || p.Detail == "" {
		t.Errorf("incomplete problem %+v", p)
	}
	return p
}

// ok checks the status and decodes the body into a map.
func (a answer) ok(t *testing.T, status int) map[string]any {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	out := map[string]any{}
	if a.body != "" {
		if err := json.Unmarshal([]byte(a.body), &out); err != nil {
			t.Fatalf("body %q: %v", a.body, err)
		}
	}
	return out
}
