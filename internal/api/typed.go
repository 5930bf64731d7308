package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v3"
)

// typedContext lets huma read a Fiber request and write its response. The app is
// Immutable, so every string is a copy that may outlive the request.
//
// huma's own adapter would link Fiber v2 as well and register routes by itself;
// here the route table does that, with what no route can miss around it.
type typedContext struct {
	op     *huma.Operation
	c      fiber.Ctx
	ctx    context.Context
	status int
	failed error // set when huma answers an error; the edge writes it
}

var _ huma.Context = (*typedContext)(nil)

func (t *typedContext) Operation() *huma.Operation { return t.op }
func (t *typedContext) Context() context.Context   { return t.ctx }
func (t *typedContext) TLS() *tls.ConnectionState  { return t.c.RequestCtx().TLSConnectionState() }
func (t *typedContext) Version() huma.ProtoVersion { return huma.ProtoVersion{Proto: t.c.Protocol()} }
func (t *typedContext) Method() string             { return t.c.Method() }
func (t *typedContext) Host() string               { return t.c.Host() }
func (t *typedContext) RemoteAddr() string         { return t.c.RequestCtx().RemoteAddr().String() }
func (t *typedContext) Param(name string) string   { return t.c.Params(name) }
func (t *typedContext) Query(name string) string   { return t.c.Query(name) }
func (t *typedContext) Header(name string) string  { return t.c.Get(name) }
func (t *typedContext) Status() int                { return t.status }
func (t *typedContext) BodyReader() io.Reader      { return bytes.NewReader(t.c.Request().Body()) }
func (t *typedContext) BodyWriter() io.Writer      { return t.c.Response().BodyWriter() }

func (t *typedContext) SetHeader(name, value string)    { t.c.Response().Header.Set(name, value) }
func (t *typedContext) AppendHeader(name, value string) { t.c.Response().Header.Add(name, value) }

func (t *typedContext) SetStatus(code int) {
	t.status = code
	t.c.Response().SetStatusCode(code)
}

func (t *typedContext) URL() url.URL {
	u, err := url.ParseRequestURI(string(t.c.Request().RequestURI()))
	if err != nil { // the router has matched it, so it is at least a path
		return url.URL{Path: t.c.Path()}
	}
	return *u
}

func (t *typedContext) EachHeader(visit func(name, value string)) {
	for k, v := range t.c.Request().Header.All() {
		visit(string(k), string(v))
	}
}

func (t *typedContext) GetMultipartForm() (*multipart.Form, error) {
	return nil, errors.New("forms are not accepted; send JSON")
}

// SetReadDeadline does nothing: the server has read the whole body before any handler runs.
func (t *typedContext) SetReadDeadline(time.Time) error { return nil }

// capture is huma's adapter: it keeps the handler of the operation being registered.
type capture struct {
	handle func(huma.Context)
}

func (a *capture) Handle(_ *huma.Operation, h func(huma.Context)) { a.handle = h }

// ServeHTTP is only for huma's test tools, which this package does not use.
func (a *capture) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "not served here", http.StatusNotFound)
}

// bind says how a route is described and handled.
type bind func(s *Server, op huma.Operation) fiber.Handler

// typed is a route whose request and answer are Go types: huma validates, documents and encodes.
func typed[I, O any](handler func(s *Server, ctx context.Context, in *I) (*O, error)) bind {
	return func(s *Server, op huma.Operation) fiber.Handler {
		huma.Register(s.document, op, func(ctx context.Context, in *I) (*O, error) {
			return handler(s, ctx, in)
		})
		handle := s.captured.handle
		return func(c fiber.Ctx) error {
			if err := checkBody(c); err != nil {
				return err
			}
			t := &typedContext{op: &op, c: c, ctx: contextOf(c)}
			handle(t)
			return t.failed
		}
	}
}

// plain is a route with a Fiber handler of its own, described by the types I and O.
func plain[I, O any](handler func(s *Server) fiber.Handler) bind {
	return func(s *Server, op huma.Operation) fiber.Handler {
		huma.Register(s.document, op, func(context.Context, *I) (*O, error) {
			panic("described only")
		})
		return handler(s)
	}
}

// checkBody refuses bodies that no typed handler should see.
func checkBody(c fiber.Ctx) error {
	body := c.Request().Body()
	if len(body) == 0 {
		return nil
	}
	return checkJSON(body)
}
