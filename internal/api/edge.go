package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
)

// call is what the edge knows about a request in flight. It holds nothing of Fiber,
// so that it may travel in the context.
type call struct {
	route       string // the pattern, for log and metrics
	requestID   string
	received    time.Time
	address     string
	userAgent   string
	tls         bool
	principal   auth.Principal
	executionID string
	headers     []header // of the answer, set by typed handlers
}

type header struct{ name, value string }

func (k *call) header(name, value string) { k.headers = append(k.headers, header{name, value}) }

type callKey struct{}

// callOf returns the call a typed handler serves.
func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// contextOf returns the context of the request: with its call, and ended only when
// the server gives up waiting for calls in flight. A client that hangs up is not noticed.
func contextOf(c fiber.Ctx) context.Context { return c.Context() }

// edge wraps a route's handler in everything that no route may miss.
func (s *Server) edge(r Route, handler fiber.Handler) fiber.Handler {
	return func(c fiber.Ctx) error {
		k := s.begin(c, r.Path)
		s.metrics.inFlight.Inc()
		defer s.metrics.inFlight.Dec()
		s.finish(c, k, r.operation, s.guarded(c, func() error {
			if err := s.admit(c, k, r); err != nil {
				return err
			}
			return handler(c)
		}))
		return nil
	}
}

// unmatched answers what reached no route: wrong paths and methods, preflights,
// the dashboard's files, and what fasthttp could not read.
func (s *Server) unmatched(c fiber.Ctx, err error) error {
	k := s.begin(c, "unmatched")
	s.finish(c, k, false, s.guarded(c, func() error { return s.elsewhere(c, k, err) }))
	return nil
}

func (s *Server) elsewhere(c fiber.Ctx, k *call, err error) error {
	status, _ := classify(err)
	if status == http.StatusRequestEntityTooLarge || status == http.StatusRequestHeaderFieldsTooLarge {
		lingerOn(c)
	}
	method := c.Method()
	switch {
	case status == http.StatusMethodNotAllowed && method == fiber.MethodOptions:
		s.preflight(c)
		return nil
	case status == http.StatusNotFound && s.Web != nil && !isAPI(c.Path()) &&
		(method == fiber.MethodGet || method == fiber.MethodHead):
		k.route = "web"
		return s.Web(c)
	}
	return err
}

func isAPI(path string) bool { return path == "/api" || strings.HasPrefix(path, "/api/") }

// begin gives the request its id and its call.
func (s *Server) begin(c fiber.Ctx, route string) *call {
	k := &call{
		route:     route,
		received:  time.Now(),
		requestID: c.Get(fiber.HeaderXRequestID),
		address:   c.IP(),
		userAgent: c.Get(fiber.HeaderUserAgent),
		tls:       c.Secure(),
	}
	if !saneRequestID(k.requestID) {
		k.requestID = voltrun.NewID(voltrun.PrefixRequest)
	}
	c.SetContext(context.WithValue(s.ctx, callKey{}, k))
	return k
}

// saneRequestID reports whether a caller's own request id can go into logs and headers as it is.
func saneRequestID(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for i := 0; i < len(id); i++ {
		b := id[i]
		if !('a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_' || b == '-' || b == '.') {
			return false
		}
	}
	return true
}

// guarded turns a panic into an error, and logs its stack.
func (s *Server) guarded(c fiber.Ctx, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return f()
}

// admit checks who calls and how often, in this order, before a handler runs.
func (s *Server) admit(c fiber.Ctx, k *call, r Route) error {
	if !r.operation {
		if err := s.checkShape(c, r); err != nil {
			return err
		}
	}
	if err := s.authenticate(c, k, r); err != nil {
		return err
	}
	if r.operation {
		return nil
	}
	return s.limitCaller(c.Context(), k)
}

// checkShape refuses bodies that are too long for the route, packed, or not JSON.
func (s *Server) checkShape(c fiber.Ctx, r Route) error {
	length := len(c.Request().Body())
	if length > smallBody && !r.largeBody {
		return &voltrun.Error{Code: voltrun.CodeTooLarge,
			Message: fmt.Sprintf("the body has %d bytes; this path accepts at most %d", length, smallBody)}
	}
	if length == 0 {
		return nil
	}
	if encoding := c.Get(fiber.HeaderContentEncoding); encoding != "" && encoding != "identity" {
		return refuse(http.StatusUnsupportedMediaType, voltrun.CodeValidation,
			"packed bodies are not accepted; send the JSON as it is, without Content-Encoding")
	}
	media, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	switch strings.ToLower(strings.TrimSpace(media)) {
	case "", "application/json", "text/json":
		return nil
	}
	return refuse(http.StatusUnsupportedMediaType, voltrun.CodeValidation,
		"only JSON is accepted; send Content-Type: application/json")
}

// finish completes the answer, counts and logs it.
func (s *Server) finish(c fiber.Ctx, k *call, quiet bool, err error) {
	response := c.Response()
	for _, h := range k.headers {
		response.Header.Add(h.name, h.value)
	}
	if err != nil {
		writeProblem(c, k.requestID, err)
	}
	response.Header.Set(fiber.HeaderXRequestID, k.requestID)
	pack(c, k)
	s.secure(c)
	s.allowOrigin(c)
	status := response.StatusCode()
	took := time.Since(k.received)
	s.metrics.observe(c.Method(), k.route, status, took)

	level := zapcore.InfoLevel
	switch {
	case status >= 500 && status != http.StatusServiceUnavailable:
		level = zapcore.ErrorLevel
	case status >= 500:
		level = zapcore.WarnLevel
	case quiet:
		level = zapcore.DebugLevel
	}
	entry := s.Logger.Check(level, "request")
	if entry == nil {
		return
	}
	fields := []zap.Field{
		zap.String("method", c.Method()), zap.String("route", k.route), zap.String("path", shorten(c.Path())),
		zap.Int("status", status), zap.Duration("duration", took),
		zap.Int("bytes", bodyLength(response)),
		zap.String("address", k.address), zap.String("request_id", k.requestID),
	}
	if k.principal.UserID != "" {
		fields = append(fields, zap.String("user_id", k.principal.UserID))
	}
	if k.executionID != "" {
		fields = append(fields, zap.String("execution_id", k.executionID))
	}
	if err != nil && status >= 500 {
		fields = append(fields, zap.NamedError("cause", err))
	}
	entry.Write(fields...)
}

// bodyLength is what the answer's body will have, in bytes. A file that is streamed is not read for it.
func bodyLength(response *fasthttp.Response) int {
	if response.IsBodyStream() {
		return max(0, response.Header.ContentLength())
	}
	return max(0, response.Header.ContentLength(), len(response.Body()))
}

// apiPolicy lets a browser do nothing with an answer of the API that is opened as a page.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

// secure sets the headers that every answer carries; pages and their files set policies of their own before.
func (s *Server) secure(c fiber.Ctx) {
	h := &c.Response().Header
	h.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	h.Set(fiber.HeaderXFrameOptions, "DENY")
	if len(h.Peek(fiber.HeaderContentSecurityPolicy)) == 0 {
		h.Set(fiber.HeaderContentSecurityPolicy, apiPolicy)
	}
	if len(h.Peek(fiber.HeaderReferrerPolicy)) == 0 {
		h.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	}
	if isAPI(c.Path()) && len(h.Peek(fiber.HeaderCacheControl)) == 0 {
		h.Set(fiber.HeaderCacheControl, "no-store")
	}
}
