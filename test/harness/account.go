package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
)

// Password of every account that the harness makes.
const Password = "correct horse battery staple"

// Account is a registered user with a client of its own.
type Account struct {
	*client.Client
	Email  string
	SignIn client.SignIn
	server *Server
}

// Register makes an account.
func (s *Server) Register(name string) *Account {
	s.t.Helper()
	email := name + "@example.com"
	anonymous := s.Anonymous()
	defer anonymous.Close()
	signed, err := anonymous.Register(Context(s.t), email, Password, name)
	if err != nil {
		s.t.Fatalf("register %s: %v", email, err)
	}
	return &Account{Client: s.WithToken(signed.Token), Email: email, SignIn: signed, server: s}
}

// Anonymous is a client that is nobody.
func (s *Server) Anonymous() *client.Client { return s.WithToken("") }

// WithToken is a client with a token or an API key. It opens as many connections as it is asked for.
func (s *Server) WithToken(token string) *client.Client {
	s.t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	c, err := client.New(s.address, client.Options{Credentials: client.StaticToken(token), HTTP: &http.Client{Transport: transport}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	return c
}

// Again is the same account on the server's present address, after a restart.
func (a *Account) Again() *Account {
	return &Account{Client: a.server.WithToken(a.SignIn.Token), Email: a.Email, SignIn: a.SignIn, server: a.server}
}

// Answer is an answer as it came.
type Answer struct {
	Status  int
	Header  http.Header
	Body    []byte
	Cookies []*http.Cookie
}

// Into decodes the body.
func (a Answer) Into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		t.Fatalf("%v in %s", err, a.Body)
	}
}

// Problem checks that the answer is one and returns its code.
func (a Answer) Problem(t testing.TB) string {
	t.Helper()
	var problem struct {
		Type, Title, Detail, Code string
		Status                    int
		RequestID                 string `json:"request_id"`
	}
	if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("status %d comes as %q, not as a problem: %.200s", a.Status, kind, a.Body)
		return ""
	}
	a.Into(t, &problem)
	if problem.Status != a.Status || problem.Code == "" || problem.Title == "" || problem.Detail == "" || problem.RequestID == "" {
		t.Errorf("status %d: the problem is not complete: %s", a.Status, a.Body)
	}
	if problem.RequestID != a.Header.Get("X-Request-Id") {
		t.Errorf("request id %q in the body, %q in the header", problem.RequestID, a.Header.Get("X-Request-Id"))
	}
	return problem.Code
}

// Call sends one request as it is: no retries. body is sent as JSON unless it is nil, a string or bytes.
func (s *Server) Call(method, path, token string, body any, headers ...string) Answer {
	s.t.Helper()
	answer, err := s.TryCall(method, path, token, body, headers...)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer
}

// TryCall is Call that returns what went wrong with the connection.
func (s *Server) TryCall(method, path, token string, body any, headers ...string) (Answer, error) {
	var payload []byte
	switch b := body.(type) {
	case nil:
	case string:
		payload = []byte(b)
	case []byte:
		payload = b
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			return Answer{}, err
		}
		payload = encoded
	}
	request, err := http.NewRequest(method, s.address+path, bytes.NewReader(payload))
	if err != nil {
		return Answer{}, err
	}
	if len(payload) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := plain.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return Answer{Status: response.StatusCode, Header: response.Header, Body: data, Cookies: response.Cookies()}, err
}

// plain keeps no connection open, so that none counts as left behind, and follows no redirect.
var plain = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Deploy makes a function. change's Runtime is "nodejs" or "python" unless set; source is its code.
func (a *Account) Deploy(t testing.TB, name, source string, changes ...func(*client.FunctionChange)) client.Function {
	t.Helper()
	change := client.FunctionChange{Name: &name, Runtime: Ptr("nodejs"), Code: &source}
	for _, apply := range changes {
		apply(&change)
	}
	function, err := a.CreateFunction(Context(t), change)
	if err != nil {
		t.Fatalf("create the function %s: %v", name, err)
	}
	return function
}

// DeployFile makes a function of a file in testdata, whose ending says the runtime.
func (a *Account) DeployFile(t testing.TB, file string, changes ...func(*client.FunctionChange)) client.Function {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Base(file)
	name := strings.TrimSuffix(base, filepath.Ext(base))
	if filepath.Ext(base) == ".py" {
		changes = append([]func(*client.FunctionChange){Python}, changes...)
	}
	return a.Deploy(t, fmt.Sprintf("%s-%s", name, voltrun.NewID("n")[2:]), string(source), changes...)
}

// Changes for Deploy.
func Python(c *client.FunctionChange) { c.Runtime = Ptr("python") }
func Warm(c *client.FunctionChange)   { c.Isolation = Ptr(voltrun.IsolationWarm) }

// Timeout sets the function's, in milliseconds; Memory in MB.
func Timeout(ms int64) func(*client.FunctionChange) {
	return func(c *client.FunctionChange) { c.TimeoutMS = &ms }
}
func Memory(mb int) func(*client.FunctionChange) {
	return func(c *client.FunctionChange) { c.MemoryMB = &mb }
}
func CPUs(n float64) func(*client.FunctionChange) {
	return func(c *client.FunctionChange) { c.CPUs = &n }
}

// Ptr is a pointer to v.
func Ptr[T any](v T) *T { return &v }

// Run executes a function synchronously with input, any value.
func (a *Account) Run(t testing.TB, ref string, input any) client.Execution {
	t.Helper()
	data, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	execution, err := a.Execute(Context(t), ref, client.ExecuteRequest{Input: data})
	if err != nil {
		t.Fatalf("execute %s: %v", ref, err)
	}
	return execution
}

// Await waits until an execution has ended.
func (a *Account) Await(t testing.TB, id string) client.Execution {
	t.Helper()
	var execution client.Execution
	Eventually(t, "execution "+id+" ends", func() error {
		var err error
		if execution, err = a.Execution(Context(t), id); err != nil {
			return err
		}
		if !execution.Status.Terminal() {
			return fmt.Errorf("it is %s", execution.Status)
		}
		return nil
	})
	return execution
}
