package api

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"go.uber.org/zap"

	"github.com/voltrun/voltrun"
)

func TestProblemOnEveryPath(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.panics = true
	s := serve(t, w, Config{})
	s.call(t, "GET", "/api/nothing", "", "").problem(t, 404, voltrun.CodeNotFound)
	s.call(t, "GET", "/nothing", "", "").problem(t, 404, voltrun.CodeNotFound)
	s.call(t, "GET", "/api/functions/", annSession, "").problem(t, 404, voltrun.CodeNotFound)
	a := s.call(t, "PUT", "/api/functions", annSession, "{}")
	a.problem(t, 405, voltrun.CodeValidation)
	if allow := a.header.Get("Allow"); !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		t.Errorf("Allow: %q", allow)
	}
	s.call(t, "BREW", "/api/functions", annSession, "").problem(t, 501, voltrun.CodeValidation)
	s.call(t, "GET", "/api/me", annSession, "", "X-Big", strings.Repeat("a", 20<<10)).problem(t, 431, voltrun.CodeTooLarge)
	s.call(t, "POST", "/api/functions", annSession, strings.Repeat(" ", 17<<20)).problem(t, 413, voltrun.CodeTooLarge)
	s.call(t, "POST", "/api/auth/login", "", strings.Repeat(" ", 65<<10)).problem(t, 413, voltrun.CodeTooLarge)
	s.call(t, "POST", "/api/keys", annSession, strings.Repeat(" ", 65<<10)).problem(t, 413, voltrun.CodeTooLarge)
	s.call(t, "POST", "/api/auth/login", "", "{}", "Content-Encoding", "gzip").problem(t, 415, voltrun.CodeValidation)
	s.call(t, "POST", "/api/auth/login", "", "a=b", "Content-Type", "application/x-www-form-urlencoded").problem(t, 415, voltrun.CodeValidation)
	s.call(t, "GET", "/api/functions/hello/stream", annSession, "").problem(t, 426, voltrun.CodeValidation)

	a = s.call(t, "GET", "/api/me", "", "")
	a.problem(t, 401, voltrun.CodeUnauthenticated)
	if a.header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
	a = s.call(t, "GET", "/api/me", annSession, "") // panics
	a.problem(t, 500, voltrun.CodeInternal)
	if strings.Contains(a.body, "secret") {
		t.Error("the cause of an internal error leaks")
	}
	logged := s.log.FilterMessage("request").FilterField(zap.String("request_id", a.header.Get("X-Request-Id"))).All()
	if len(logged) != 1 || !strings.Contains(fmt.Sprint(logged[0].ContextMap()["cause"]), "a defect with a secret") {
		t.Errorf("the cause is not in the log with the request id: %v", logged)
	}
}

func TestValidation(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{SignInLimitOff: true})
	for _, test := range []struct {
		name, method, path, body string
		status                   int
		location                 string
	}{
		{"no JSON", "POST", "/api/auth/login", `{"email`, 400, "body"},
		{"no body", "POST", "/api/auth/login", ``, 400, ""},
		{"not UTF-8", "POST", "/api/auth/login", "{\"email\":\"\xff\"}", 400, "body"},
		{"twice", "POST", "/api/auth/login", `{"email":"a","email":"b","password":"c"}`, 400, "body.email"},
		{"deep", "POST", "/api/auth/login", strings.Repeat(`[`, 101) + strings.Repeat(`]`, 101), 400, "body"},
		{"bomb", "POST", "/api/auth/login", strings.Repeat(`{"a":`, 10000), 400, "body"},
		{"missing", "POST", "/api/auth/login", `{"email":"a"}`, 422, "body"},
		{"unknown field", "POST", "/api/auth/login", `{"email":"a","password":"b","role":"admin"}`, 422, "body.role"},
		{"other case", "POST", "/api/auth/login", `{"Email":"a","password":"b"}`, 422, "body"},
		{"wrong type", "POST", "/api/auth/login", `{"email":1,"password":"b"}`, 422, "body.email"},
		{"array", "POST", "/api/auth/login", `[]`, 422, "body"},
		{"null", "POST", "/api/auth/login", `null`, 422, "body"},
		{"range", "POST", "/api/functions", `{"name":"a","runtime":"nodejs","code":"","memory_mb":1}`, 422, "body.memory_mb"},
		{"huge number", "PATCH", "/api/functions/hello", `{"timeout_ms":1e999}`, 400, "body"},
		{"fraction", "PATCH", "/api/functions/hello", `{"memory_mb":128.5}`, 422, "body.memory_mb"},
		{"enumeration", "PATCH", "/api/functions/hello", `{"isolation":"none"}`, 422, "body.isolation"},
		{"page size", "GET", "/api/functions?page_size=201", "", 422, "query.page_size"},
		{"page size 0", "GET", "/api/executions?page_size=0", "", 422, "query.page_size"},
		{"status", "GET", "/api/executions?status=done", "", 422, "query.status[0]"},
		{"statuses", "GET", "/api/executions?status=failed,done", "", 422, "query.status[1]"},
		{"min duration", "GET", "/api/executions?min_duration_ms=-1", "", 422, "query.min_duration_ms"},
		{"log page size", "GET", "/api/logs?page_size=1001", "", 422, "query.page_size"},
		{"log stream", "GET", "/api/logs?stream=all", "", 422, "query.stream"},
		{"log text", "GET", "/api/logs?q=" + strings.Repeat("x", 257), "", 422, "query.q"},
		{"no password", "DELETE", "/api/me", `{}`, 422, "body"},
		{"no name", "PATCH", "/api/me", `{}`, 422, "body"},
		{"no input", "PUT", "/api/functions/hello/events/a", `{}`, 422, "body"},
		{"time", "GET", "/api/executions?from=yesterday", "", 422, "query.from"},
		{"after", "GET", "/api/executions/" + annExec + "/logs?after=-1", "", 422, "query.after"},
		{"version", "GET", "/api/functions/hello/versions/zero", "", 422, "path.n"},
		{"scopes", "POST", "/api/keys", `{"name":"k","scopes":[]}`, 422, "body.scopes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := s.call(t, test.method, test.path, annSession, test.body).problem(t, test.status, voltrun.CodeValidation)
			if test.location != "" && (len(p.Errors) == 0 || p.Errors[0].Location != test.location) {
				t.Errorf("errors %+v, want one at %s", p.Errors, test.location)
			}
		})
	}
	many := `{"a0":0`
	for i := range 3000 {
		many += fmt.Sprintf(`,"a%d":0`, i+1)
	}
	p := s.call(t, "POST", "/api/auth/login", "", many+"}").problem(t, 422, voltrun.CodeValidation)
	if len(p.Errors) != maxProblemFields+1 {
		t.Errorf("%d errors in the answer", len(p.Errors))
	}
}

func TestRequestIDHeadersAndLog(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	a := s.call(t, "GET", "/api/me?token=hidden", annSession, "", "X-Request-Id", "my-id_1.2")
	a.ok(t, 200)
	if got := a.header.Get("X-Request-Id"); got != "my-id_1.2" {
		t.Errorf("request id %q", got)
	}
	for _, bad := range []string{"with space", "a\"b", strings.Repeat("x", 129), "ä"} {
		if got := s.call(t, "GET", "/livez", "", "", "X-Request-Id", bad).header.Get("X-Request-Id"); !voltrun.ValidID("req", got) {
			t.Errorf("request id %q for %q", got, bad)
		}
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Referrer-Policy": "no-referrer", "Content-Security-Policy": apiPolicy, "Cache-Control": "no-store"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	logged := s.log.FilterMessage("request").FilterField(zap.String("request_id", "my-id_1.2")).All()
	if len(logged) != 1 {
		t.Fatalf("%d log lines", len(logged))
	}
	fields := logged[0].ContextMap()
	if fields["route"] != "/api/me" || fields["path"] != "/api/me" || fields["status"] != int64(200) || fields["user_id"] != "usr_ann" {
		t.Errorf("logged %v", fields)
	}
	for _, entry := range s.log.All() {
		if text := fmt.Sprint(entry.ContextMap()); strings.Contains(text, annSession) || strings.Contains(text, "hidden") {
			t.Errorf("a secret is in the log: %s", text)
		}
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	closed := serve(t, newWorld(), Config{})
	a := closed.call(t, "GET", "/api/me", annSession, "", "Origin", "https://evil.example")
	if a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("another origin may read answers by default")
	}
	open := serve(t, newWorld(), Config{CORSOrigins: []string{"https://app.example"}})
	a = open.call(t, "OPTIONS", "/api/functions", "", "", "Origin", "https://app.example", "Access-Control-Request-Method", "POST")
	if a.status != 204 || a.header.Get("Access-Control-Allow-Origin") != "https://app.example" ||
		!strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "Authorization") || a.header.Get("Vary") != "Origin" {
		t.Errorf("preflight: %d %v", a.status, a.header)
	}
	a = open.call(t, "OPTIONS", "/api/functions", "", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST")
	if a.header.Get("Access-Control-Allow-Origin") != "" || a.header.Get("Access-Control-Allow-Methods") != "" {
		t.Errorf("preflight of a foreign origin: %v", a.header)
	}
	open.call(t, "OPTIONS", "/api/nothing", "", "").problem(t, 404, voltrun.CodeNotFound)
	a = open.call(t, "GET", "/api/me", "", "", "Origin", "https://app.example")
	a.problem(t, 401, voltrun.CodeUnauthenticated)
	if a.header.Get("Access-Control-Allow-Origin") != "https://app.example" {
		t.Error("a problem is unreadable for the configured origin")
	}
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{RateLimit: 2})
	for range 2 {
		a := s.call(t, "GET", "/api/me", annSession, "")
		a.ok(t, 200)
		if a.header.Get(headerLimit) != "2" || a.header.Get(headerRemaining) == "" || a.header.Get(headerReset) == "" {
			t.Errorf("headers %v", a.header)
		}
	}
	a := s.call(t, "GET", "/api/me", annSession, "")
	a.problem(t, 429, voltrun.CodeRateLimited)
	if a.header.Get("Retry-After") != "2" || a.header.Get(headerRemaining) != "0" {
		t.Errorf("headers %v", a.header)
	}
	s.call(t, "GET", "/api/me", bobSession, "").ok(t, 200) // a budget of his own
	s.call(t, "GET", "/livez", "", "").ok(t, 200)
	s.limiter.mu.Lock()
	s.limiter.fail = true
	s.limiter.mu.Unlock()
	s.call(t, "GET", "/api/me", annSession, "").ok(t, 200)
}

func TestSignInLimits(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{})
	body := func(email string) string { return fmt.Sprintf(`{"email":%q,"password":"wrong"}`, email) }
	for range 10 {
		s.call(t, "POST", "/api/auth/login", "", body("ann@example.com")).problem(t, 401, voltrun.CodeUnauthenticated)
	}
	s.call(t, "POST", "/api/auth/login", "", body(" ANN@example.com")).problem(t, 429, voltrun.CodeRateLimited)
	for i := range 19 {
		s.call(t, "POST", "/api/auth/login", "", body(fmt.Sprintf("u%d@example.com", i))).problem(t, 401, voltrun.CodeUnauthenticated)
	}
	s.call(t, "POST", "/api/auth/register", "", body("other@example.com")).problem(t, 429, voltrun.CodeRateLimited)
}

func TestHealth(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.ready = map[string]error{"database": voltrun.Errorf(voltrun.CodeUnavailable, "the database does not answer"),
		"pool": fmt.Errorf("secret cause"), "queue": nil}
	s := serve(t, w, Config{})
	s.call(t, "GET", "/livez", "", "").ok(t, 200)
	a := s.call(t, "GET", "/readyz", "", "")
	p := a.problem(t, 503, voltrun.CodeUnavailable)
	if len(p.Errors) != 2 || p.Errors[0] != (ProblemField{"database", "the database does not answer"}) || p.Errors[1].Location != "pool" ||
		strings.Contains(a.body, "secret") || a.header.Get("Retry-After") == "" {
		t.Errorf("not ready: %s", a.body)
	}
	s.call(t, "GET", "/api/me", annSession, "")
	metrics := s.call(t, "GET", "/metrics", "", "").body
	for _, want := range []string{`voltrun_http_requests_total{code="200",method="GET",route="/api/me"} 1`,
		`voltrun_http_request_duration_seconds_count{method="GET",route="/readyz"} 1`, "voltrun_http_requests_in_flight 1", "voltrun_websocket_connections 0"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	a = s.call(t, "HEAD", "/livez", "", "")
	if a.status != 200 || a.body != "" {
		t.Errorf("HEAD: %d %q", a.status, a.body)
	}
	page := s.call(t, "GET", "/api/docs", "", "")
	if page.status != 200 || !strings.Contains(page.body, "/api/functions/{id}/execute") || !strings.Contains(page.header.Get("Content-Security-Policy"), "style-src 'sha256-") {
		t.Errorf("docs: %d %v", page.status, page.header)
	}
	if s.call(t, "GET", "/api/openapi.json", "", "").ok(t, 200)["openapi"] == nil {
		t.Error("no document")
	}
}

func TestWebServesWhatIsNoRoute(t *testing.T) {
	t.Parallel()
	w := newWorld()
	deps, log := w.deps(Config{HideOperations: true})
	deps.Web = func(c fiber.Ctx) error {
		switch c.Path() {
		case "/":
			return c.SendString("home")
		case "/large":
			c.Set("Referrer-Policy", "same-origin")
			return c.SendStream(strings.NewReader(strings.Repeat("x", 1<<20)), 1<<20)
		}
		return fiber.ErrNotFound
	}
	s := serveDeps(t, w, deps, log)
	if a := s.call(t, "GET", "/", "", ""); a.status != 200 || a.body != "home" {
		t.Errorf("/: %d %q", a.status, a.body)
	}
	// A file keeps its own policy, and the log knows how long it is without reading it.
	if a := s.call(t, "GET", "/large", "", ""); a.status != 200 || len(a.body) != 1<<20 || a.header.Get("Referrer-Policy") != "same-origin" {
		t.Errorf("/large: %d, %d bytes, %v", a.status, len(a.body), a.header)
	}
	if lines := log.FilterField(zap.String("path", "/large")).FilterField(zap.Int("bytes", 1<<20)); lines.Len() != 1 {
		t.Errorf("the log has %v", log.All())
	}
	s.call(t, "GET", "/other", "", "").problem(t, 404, voltrun.CodeNotFound)
	s.call(t, "POST", "/", "", "").problem(t, 404, voltrun.CodeNotFound)
	s.call(t, "GET", "/api/other", "", "").problem(t, 404, voltrun.CodeNotFound)
	s.call(t, "GET", "/metrics", "", "").problem(t, 404, voltrun.CodeNotFound) // on the other listener
	operations := NewOperations(deps)
	for _, r := range operations.App().GetRoutes() {
		if strings.HasPrefix(r.Path, "/api") {
			t.Errorf("the operations listener has %s", r.Path)
		}
	}
}

// TestSlowRequests sends headers and bodies that never end: the server gives up by itself.
func TestSlowRequests(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{ReadTimeout: 300 * time.Millisecond})
	for name, text := range map[string]string{
		"header": "GET /api/me HTTP/1.1\r\nHost: a\r\nX-Slow: ",
		"body":   "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, text); err != nil {
				t.Fatal(err)
			}
			if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
				t.Fatal(err)
			}
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			answer{response.StatusCode, response.Header, string(body)}.problem(t, 408, voltrun.CodeValidation)
			if n, err := conn.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("the connection stays open: %d bytes, %v", n, err)
			}
		})
	}
}

func TestTooManyConnections(t *testing.T) {
	t.Parallel()
	s := serve(t, newWorld(), Config{Connections: 1})
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if response, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || response.StatusCode != 200 {
		t.Fatalf("%v %v", response, err)
	}
	second, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	response, err := http.ReadResponse(bufio.NewReader(second), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer{response.StatusCode, response.Header, string(body)}.problem(t, 503, voltrun.CodeUnavailable)
}
