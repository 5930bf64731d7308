// Package client speaks the public HTTP API of a VoltRun server. The volt
// command and the whole-program tests are built on it.
//
// A server's answers are treated as hostile: they are read up to a bound, redirects
// are not followed, and credentials go to the one server the client was made for.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswerBytes bounds one answer. The largest honest one is an execution with 6 MB of
// input and output and 1 MB of logs, all of it escaped in JSON.
const maxAnswerBytes = 96 << 20

// Credentials supply the bearer token of a call. Safe for concurrent use.
type Credentials interface {
	// Token returns the token to use now, or "" when nobody is signed in.
	Token(ctx context.Context) (string, error)
	// Renew is called when the server refused a token. It returns another one, or "" when there is none.
	Renew(ctx context.Context, refused string) (string, error)
}

// StaticToken is a token that cannot be renewed, such as an API key.
type StaticToken string

// Token returns t.
func (t StaticToken) Token(context.Context) (string, error) { return string(t), nil }

// Renew returns "": there is no other token.
func (t StaticToken) Renew(context.Context, string) (string, error) { return "", nil }

// Options configure a Client; the zero value works.
type Options struct {
	Credentials       Credentials   // nil: calls are made without a token
	UserAgent         string        // default "volt"
	AllowInsecureHTTP bool          // allow http:// to a host that is not this machine
	HTTP              *http.Client  // default: a transport of its own with the proxy settings of the environment
	RetryDelay        time.Duration // before the first retry, doubled each time; default 200 ms
}

// Client calls one VoltRun server. Safe for concurrent use.
type Client struct {
	base       *url.URL
	http       *http.Client
	creds      Credentials
	userAgent  string
	retryDelay time.Duration
}

// New makes a client of the server at address, such as "https://volt.example.com".
func New(address string, options Options) (*Client, error) {
	base, err := ParseServer(address, options.AllowInsecureHTTP)
	if err != nil {
		return nil, err
	}
	c := &Client{base: base, http: options.HTTP, creds: options.Credentials, userAgent: options.UserAgent, retryDelay: options.RetryDelay}
	if c.http == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 64
		transport.MaxResponseHeaderBytes = 64 << 10
		c.http = &http.Client{Transport: transport}
	} else {
		copied := *c.http
		c.http = &copied
	}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if c.creds == nil {
		c.creds = StaticToken("")
	}
	if c.userAgent == "" {
		c.userAgent = "volt"
	}
	if c.retryDelay <= 0 {
		c.retryDelay = 200 * time.Millisecond
	}
	return c, nil
}

// Server is the normalised address of the server.
func (c *Client) Server() string { return c.base.String() }

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// ParseServer checks and normalises the address of a server. Plain HTTP is for this
// machine only, unless insecure is set, because tokens would travel in the clear.
func ParseServer(address string, insecure bool) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("%q is not a server address; give one such as https://volt.example.com", address)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("the server address must not hold a user, a query or a fragment")
	}
	if u.Scheme == "http" && !insecure && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("http://%s would send your credentials unencrypted; use https://, or --insecure-http when the network is trusted", u.Host)
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host), Path: strings.TrimRight(u.Path, "/")}, nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// call is one request of the API.
type call struct {
	method  string
	path    string // below /api, escaped
	query   url.Values
	header  http.Header
	body    any             // sent as JSON unless nil
	out     any             // decoded from JSON unless nil
	public  bool            // sent without a token
	retried bool            // safe to send again
	cookies *[]*http.Cookie // receives the cookies of the answer
}

const attempts = 4

// do performs a call: with the token, renewed once when it is refused, and again
// after a pause when the server was busy or unreachable and repeating is safe.
func (c *Client) do(ctx context.Context, call call) error {
	payload, err := encode(call.body)
	if err != nil {
		return err
	}
	token, err := c.token(ctx, call)
	if err != nil {
		return err
	}
	renewed, delay := false, c.retryDelay
	for attempt := 1; ; attempt++ {
		err := c.once(ctx, call, payload, token)
		var problem *Error
		isProblem := errors.As(err, &problem)
		switch {
		case err == nil:
			return nil
		case isProblem && problem.Status == http.StatusUnauthorized && !call.public && !renewed:
			renewed = true
			next, renewErr := c.creds.Renew(ctx, token)
			if renewErr != nil {
				return renewErr
			}
			if next == "" {
				return err
			}
			token = next
			continue
		case !repeatable(call, problem, isProblem), attempt >= attempts, ctx.Err() != nil:
			return err
		}
		pause := delay
		if isProblem && problem.RetryAfter > pause {
			pause = problem.RetryAfter
		}
		if pause > 15*time.Second {
			return err
		}
		if sleep(ctx, pause) != nil {
			return err
		}
		delay *= 2
	}
}

func (c *Client) token(ctx context.Context, call call) (string, error) {
	if call.public {
		return "", nil
	}
	return c.creds.Token(ctx)
}

// repeatable reports whether sending a failed call again is safe and may help. A
// rate-limited call was not done, so it is always safe.
func repeatable(call call, problem *Error, isProblem bool) bool {
	if !isProblem {
		return call.retried || call.method == http.MethodGet
	}
	switch problem.Status {
	case http.StatusTooManyRequests:
		return problem.RetryAfter > 0 && !call.public
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return call.retried || call.method == http.MethodGet
	}
	return false
}

func encode(body any) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}
	return buffer.Bytes(), nil
}

// once sends the request and decodes the answer.
func (c *Client) once(ctx context.Context, call call, payload []byte, token string) error {
	target := c.endpoint(call.path, call.query)
	request, err := http.NewRequestWithContext(ctx, call.method, target.String(), bytes.NewReader(payload))
	if err != nil {
		return fmt.Errorf("%s %s: %w", call.method, target.Path, err)
	}
	for name, values := range call.header {
		request.Header[name] = values
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.userAgent)
	if call.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return &UnreachableError{Server: c.Server(), Err: err}
	}
	defer response.Body.Close()
	body, err := readAnswer(response.Body)
	if err != nil {
		return &UnreachableError{Server: c.Server(), Err: err}
	}
	if response.StatusCode/100 != 2 {
		return problemOf(response, body)
	}
	if call.cookies != nil {
		*call.cookies = response.Cookies()
	}
	if call.out == nil {
		return nil
	}
	if err := json.Unmarshal(body, call.out); err != nil {
		return fmt.Errorf("%s %s: the server's answer is not the JSON that was expected (is %s a VoltRun server?): %w", call.method, target.Path, c.Server(), err)
	}
	return nil
}

func (c *Client) endpoint(path string, query url.Values) *url.URL {
	target := c.base.JoinPath("api")
	raw := target.EscapedPath() + path
	target.RawPath = raw
	target.Path, _ = url.PathUnescape(raw)
	target.RawQuery = query.Encode()
	return target
}

// readAnswer reads a body whole, and fails rather than cut it.
func readAnswer(body io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, maxAnswerBytes+1))
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	if len(data) > maxAnswerBytes {
		return nil, fmt.Errorf("the answer is larger than %d MiB", maxAnswerBytes>>20)
	}
	return data, nil
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
