package test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun/internal/api"
	"github.com/voltrun/voltrun/internal/api/apitest"
	"github.com/voltrun/voltrun/internal/client"
	"github.com/voltrun/voltrun/test/harness"
)

func TestEdge(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{Settings: map[string]string{"MIN_IDLE": "0", "IDLE_LIMIT": "1s"}})
	t.Run("every route refuses who may not call it", func(t *testing.T) { routeTable(t, s.For(t)) })
	t.Run("the OpenAPI document describes every route", func(t *testing.T) { openAPI(t, s.For(t)) })
	t.Run("every refusal is a problem", func(t *testing.T) { problems(t, s.For(t)) })
	t.Run("operations need no token and tell what they should", func(t *testing.T) { operations(t, s.For(t)) })
	t.Run("packed, huge and odd uploads are refused", func(t *testing.T) { hostileUploads(t, s.For(t)) })
	t.Run("slow clients hold up nobody", func(t *testing.T) { slowClients(t, s.For(t)) })
	t.Run("a slow reader of a stream is bounded", func(t *testing.T) { slowReader(t, s.For(t)) })
	t.Run("another origin gets no permission", func(t *testing.T) { otherOrigin(t, s.For(t)) })
}

func routeTable(t *testing.T, s *harness.Server) {
	owner, stranger := s.Register("table-owner"), s.Register("table-stranger")
	ctx := harness.Context(t)
	f, unrelated := owner.Deploy(t, "tabled", echoNode), owner.Deploy(t, "unrelated", echoNode)
	e := owner.Run(t, f.ID, 1)
	key := must(owner.CreateKey(ctx, "listed", []string{"functions:read"}, 0))(t)
	var sessions struct{ Items []struct{ ID string } }
	s.Call("GET", "/api/me/sessions", owner.SignIn.Token, nil).Into(t, &sessions)
	if len(sessions.Items) == 0 {
		t.Fatal("the owner has no session")
	}
	keys := map[string]string{}
	all := []string{"functions:read", "functions:write", "functions:execute", "executions:read"}
	apitest.RunRouteTable(t, apitest.Target{
		BaseURL: s.URL(), Owner: owner.SignIn.Token, Stranger: stranger.SignIn.Token,
		FunctionID: f.ID, FunctionName: f.Name, ExecutionID: e.ID, SessionID: sessions.Items[0].ID, KeyID: key.ID, Version: "1",
		KeyWithout: func(t *testing.T, scope string) string {
			if keys[scope] == "" {
				scopes := []string{"functions:execute:" + unrelated.ID} // a key needs one; this grants nothing that is tried
				for _, other := range all {
					if scope != "" && other != scope {
						scopes = append(scopes, other)
					}
				}
				keys[scope] = must(owner.CreateKey(ctx, "without "+scope, scopes, 0))(t).Key
			}
			return keys[scope]
		},
	})
	if again, err := owner.Function(ctx, f.ID); err != nil || again.Description != f.Description || again.Version != f.Version {
		t.Errorf("the function is changed: %+v, %v", again, err)
	}
}

func openAPI(t *testing.T, s *harness.Server) {
	answer := s.Call("GET", "/api/openapi.json", "", nil)
	var document struct {
		OpenAPI    string
		Info       struct{ Title, Version string }
		Paths      map[string]map[string]struct{ OperationID string }
		Components struct{ Schemas map[string]any }
	}
	answer.Into(t, &document)
	if !strings.HasPrefix(document.OpenAPI, "3.1") || document.Info.Title == "" {
		t.Errorf("the document is %q of version %q", document.Info.Title, document.OpenAPI)
	}
	for _, route := range api.Routes() {
		if document.Paths[route.Path][strings.ToLower(route.Method)].OperationID != route.ID {
			t.Errorf("%s %s is not described", route.Method, route.Path)
		}
	}
	var whole any
	answer.Into(t, &whole)
	resolve(t, whole, whole)
	if kept, err := os.ReadFile("../docs/openapi.json"); err != nil {
		t.Error(err)
	} else if compact(t, kept) != compact(t, answer.Body) {
		t.Error("docs/openapi.json is not what the server serves; run make openapi")
	}
	page := s.Call("GET", "/api/docs", "", nil)
	if page.Status != 200 || !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") || bytes.Contains(page.Body, []byte("https://cdn")) {
		t.Errorf("the documentation answers %d", page.Status)
	}
}

func compact(t *testing.T, text []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// resolve follows every reference within the document.
func resolve(t *testing.T, whole, at any) {
	switch v := at.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			target := whole
			for _, name := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
				object, _ := target.(map[string]any)
				target = object[name]
			}
			if target == nil {
				t.Errorf("%s leads nowhere", ref)
			}
		}
		for _, inner := range v {
			resolve(t, whole, inner)
		}
	case []any:
		for _, inner := range v {
			resolve(t, whole, inner)
		}
	}
}

func problems(t *testing.T, s *harness.Server) {
	a := s.Register("problems")
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "/api/nothing", "", 404},
		{"GET", "/api", "", 404},
		{"GET", "/api/functions/", "", 404},
		{"DELETE", "/api/functions", "", 405},
		{"PUT", "/api/me", "{}", 405},
		{"TRACE", "/api/me", "", 405},
		{"GET", "/api/functions/nothing", "", 404},
		{"GET", "/api/functions/fn_00000000000000000000000000", "", 404},
		{"GET", "/api/functions/%00", "", 404},
		{"GET", "/api/functions/" + strings.Repeat("x", 3000), "", 422},
		{"GET", "/api/functions/..%2f..%2fetc", "", 404},
		{"GET", "/api/executions/' or 1=1--", "", 404},
		{"POST", "/api/functions", "{", 400},
		{"POST", "/api/functions", strings.Repeat("[", 200_000), 400},
		{"POST", "/api/functions", "\xff\xfe", 400},
		{"POST", "/api/auth/login", strings.Repeat(" ", 100<<10), 413},
		{"PATCH", "/api/functions/nothing", `{"memory_mb":1e999}`, 400},
		{"GET", "/api/executions?from=2020", "", 422},
	} {
		path := strings.ReplaceAll(c.path, " ", "%20")
		answer := s.Call(c.method, path, a.SignIn.Token, c.body)
		if got := answer.Problem(t); got == "" || answer.Status/100 != 4 {
			t.Errorf("%s %.80s: %d %.200s", c.method, c.path, answer.Status, answer.Body)
		} else if answer.Status != c.status && !(c.status == 404 && answer.Status == 422) {
			t.Errorf("%s %.80s: %d, want %d: %.200s", c.method, c.path, answer.Status, c.status, answer.Body)
		}
		if bytes.Contains(answer.Body, []byte("goroutine")) || bytes.Contains(answer.Body, []byte(".go:")) {
			t.Errorf("%s %.80s shows its insides: %.300s", c.method, c.path, answer.Body)
		}
	}
	if answer := s.Call("GET", "/api/me", a.SignIn.Token, nil, "X-Request-Id", "my-own-id"); answer.Header.Get("X-Request-Id") != "my-own-id" {
		t.Errorf("my request id came back as %q", answer.Header.Get("X-Request-Id"))
	}
	for _, raw := range []string{
		"NONSENSE\r\n\r\n", "PROPFIND /api/me HTTP/1.1\r\nHost: x\r\n\r\n", "GET /api/me HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 64<<10) + "\r\n\r\n",
		"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n",
		"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nzz\r\n\r\n",
	} {
		status, kind := rawRequest(t, s, raw)
		if status != 0 && (status < 400 || status > 499 && status != 505 && status != 501) || status != 0 && kind != "application/problem+json" {
			t.Errorf("%.60q: %d %s", raw, status, kind)
		}
	}
}

// rawRequest sends bytes and reads the answer's status and type; 0 when the server just hangs up.
func rawRequest(t *testing.T, s *harness.Server, raw string) (int, string) {
	t.Helper()
	conn := must(net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://")))(t)
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(harness.Patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, raw); err != nil {
		return 0, "" // it hung up while we wrote
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			t.Errorf("%.60q: no answer", raw)
		}
		return 0, ""
	}
	defer response.Body.Close()
	return response.StatusCode, response.Header.Get("Content-Type")
}

func operations(t *testing.T, s *harness.Server) {
	for path, want := range map[string]string{"/livez": "", "/readyz": "", "/metrics": "voltrun_executions_total"} {
		answer := s.Call("GET", path, "", nil)
		if answer.Status != 200 || !strings.Contains(string(answer.Body), want) {
			t.Errorf("%s: %d %.200s", path, answer.Status, answer.Body)
		}
	}
	a := s.Register("operations")
	e := a.Run(t, a.Deploy(t, "counted", echoNode).ID, 1)
	if n := s.Metric(`voltrun_executions_total{start="cold",status="success",trigger="api"}`); n < 1 {
		t.Errorf("%v executions are counted", n)
	}
	harness.Eventually(t, "the log names the request and the execution", func() error {
		if log := s.Log(); !strings.Contains(log, e.RequestID) || !strings.Contains(log, e.ID) {
			return errors.New("it does not")
		}
		return nil
	})
	if strings.Contains(s.AllLogs(), harness.Password) || strings.Contains(s.AllLogs(), a.SignIn.Token) || strings.Contains(s.AllLogs(), a.SignIn.Cookies[0].Value) {
		t.Error("the log holds a password, a token or a cookie")
	}
}

// hostileUploads covers what an archive could do if it were accepted: it is not, in any packing.
func hostileUploads(t *testing.T, s *harness.Server) {
	a := s.Register("uploads")
	bomb := bytes.Repeat([]byte{0}, 1<<20)
	for _, c := range []struct {
		name   string
		body   []byte
		header []string
		status int
	}{
		{"gzip", []byte("\x1f\x8b\x08\x00"), []string{"Content-Encoding", "gzip"}, 415},
		{"deflate", []byte("x"), []string{"Content-Encoding", "deflate"}, 415},
		{"brotli", []byte("x"), []string{"Content-Encoding", "br"}, 415},
		{"zip", append([]byte("PK\x03\x04"), bomb...), []string{"Content-Type", "application/zip"}, 415},
		{"multipart", []byte("--x\r\n\r\n--x--"), []string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		{"form", []byte("name=x"), []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"over the body limit", bytes.Repeat([]byte("x"), 17<<20), nil, 413},
	} {
		answer, err := s.TryCall("POST", "/api/functions", a.SignIn.Token, c.body, c.header...)
		if err != nil && c.status == 413 {
			continue // it hung up before all of it was sent
		}
		if err != nil || answer.Status != c.status || answer.Problem(t) == "" {
			t.Errorf("%s: %d, %v", c.name, answer.Status, err)
		}
	}
	many := map[string]string{}
	for i := range 1001 {
		many[fmt.Sprint("f", i, ".js")] = ""
	}
	for name, files := range map[string]map[string]string{
		"too many files": many, "an absolute path": {"/etc/cron.d/x": "x"}, "a path out of the folder": {"../x": "x"},
		"a backslash": {`..\x`: "x"}, "a dot": {".": "x"}, "an empty name": {"": "x"}, "a long path": {strings.Repeat("d/", 200) + "x": "x"},
		"a file under a file": {"a": "x", "a/b": "x"}, "two spellings": {"a.js": "x", "A.js": "x"},
	} {
		answer := s.Call("POST", "/api/functions", a.SignIn.Token, map[string]any{"name": "hostile", "runtime": "nodejs", "files": files})
		if answer.Status != 422 && answer.Status != 413 {
			t.Errorf("%s: %d", name, answer.Status)
		}
	}
	if page := must(a.Functions(harness.Context(t), client.FunctionFilter{}))(t); len(page.Items) > 0 {
		t.Errorf("functions were made: %+v", page.Items)
	}
}

// slowClients opens connections that send a little or nothing, and works beside them.
func slowClients(t *testing.T, s *harness.Server) {
	a := s.Register("slow")
	f := a.Deploy(t, "quick", echoNode)
	before := s.Census()
	address := strings.TrimPrefix(s.URL(), "http://")
	beginnings := []string{"", "GET /api/me HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"}
	var conns []net.Conn
	for i := range 150 {
		conn := must(net.Dial("tcp", address))(t)
		conns = append(conns, conn)
		if _, err := io.WriteString(conn, beginnings[i%len(beginnings)]); err != nil {
			t.Fatal(err)
		}
	}
	var calls sync.WaitGroup
	for range 4 {
		calls.Go(func() {
			for i := range 5 {
				if e := a.Run(t, f.ID, i); string(e.Output) != fmt.Sprint(i) {
					t.Errorf("beside slow clients: %s %+v", e.Status, e.Error)
				}
			}
		})
	}
	calls.Wait()
	for _, conn := range conns {
		conn.Close()
	}
	s.AwaitBaseline(before)
}

// slowReader opens streams of a loud execution and reads none of it.
func slowReader(t *testing.T, s *harness.Server) {
	a := s.Register("reader")
	ctx := harness.Context(t)
	f := a.Deploy(t, "loud", `exports.handler = async () => { for (let i = 0; i < 900; i++) console.log("x".repeat(1000)); return "done"; }`, harness.Timeout(60_000))
	before := s.Census()
	e := must(a.Submit(ctx, f.ID, client.ExecuteRequest{}))(t)
	var streams []*client.Stream
	for range 20 {
		streams = append(streams, must(a.WatchExecution(ctx, e.ID, 0))(t))
	}
	if out := wantSuccess[string](t, a.Await(t, e.ID)); out != "done" {
		t.Errorf("the function answers %q", out)
	}
	for _, stream := range streams {
		stream.Close()
	}
	s.AwaitBaseline(before)
}

func otherOrigin(t *testing.T, s *harness.Server) {
	a := s.Register("origin")
	const evil = "https://evil.example"
	answer := s.Call("GET", "/api/me", a.SignIn.Token, nil, "Origin", evil)
	if allowed := answer.Header.Get("Access-Control-Allow-Origin"); allowed != "" {
		t.Errorf("%s may read the answer: %q", evil, allowed)
	}
	answer = s.Call("OPTIONS", "/api/functions", "", nil, "Origin", evil, "Access-Control-Request-Method", "POST")
	if allowed := answer.Header.Get("Access-Control-Allow-Origin"); allowed != "" {
		t.Errorf("a preflight of %s is allowed: %q", evil, allowed)
	}
	cookie := a.SignIn.Cookies[0].Name + "=" + a.SignIn.Cookies[0].Value
	answer = s.Call("POST", "/api/auth/refresh", "", nil, "Origin", evil, "Cookie", cookie)
	if answer.Status != http.StatusForbidden || answer.Problem(t) != "forbidden" {
		t.Errorf("a page of %s refreshes a session: %d", evil, answer.Status)
	}
}
