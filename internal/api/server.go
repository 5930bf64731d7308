// Package api is the HTTP edge: the Fiber app, typed handlers, the translation of
// errors to problems, and the WebSocket streams. Nothing of Fiber leaves it.
//
// Every route is one entry of the table in routes.go, with who may call it. Around
// each entry lies the same edge (edge.go): request id, log, metrics, recover,
// headers, CORS, authentication, rate limit. What matches no entry ends in the
// app's error handler, which is the same edge again.
package api

import (
	"context"
	"errors"
	"net"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v3"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"
	"go.uber.org/zap"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
)

// Deps are what the edge stands on. All are required except Web.
type Deps struct {
	Accounts      Accounts
	Keys          Keys
	Functions     Functions
	Executions    Executions
	Authenticator Authenticator
	Limiter       auth.Limiter
	// Runtimes lists what functions can be written in, the language's default ids first.
	Runtimes func() []voltrun.Runtime
	// Ready says for each thing the server needs whether it is usable; nil is usable.
	Ready func(ctx context.Context) map[string]error
	// System describes this server for GET /api/system.
	System func() System
	// Status describes how this server is doing, for GET /api/status. StartedAt, UptimeMS and Checks are added to it.
	Status  func(ctx context.Context) ServerStatus
	Started time.Time // when the server did
	Metrics *prometheus.Registry
	Logger  *zap.Logger
	// Web answers GET and HEAD outside /api that are no route, such as the dashboard's
	// files; it returns fiber.ErrNotFound for what it does not have.
	Web    fiber.Handler
	Config Config
}

// System is what GET /api/system tells.
type System struct {
	Version          string   `json:"version" doc:"VoltRun's version"`
	IsolationDriver  string   `json:"isolation_driver" example:"container"`
	IsolationLevel   string   `json:"isolation_level" enum:"none,container,vm" doc:"What stands between a function and the host"`
	IsolationSummary string   `json:"isolation_summary" doc:"The same in one line for people"`
	Fallbacks        []string `json:"fallbacks" nullable:"false" doc:"Protections that this host does not allow, and what stands in for each"`
}

// Config is the edge's part of the configuration; zero values mean the defaults named here.
type Config struct {
	CORSOrigins    []string      // origins allowed besides the server's own, such as "https://app.example.com", or "*"
	RateLimit      float64       // requests per second of each caller; 0: off
	SignInLimitOff bool          // switches off the limits of login and register, for benchmarks and tests
	SecureCookies  bool          // marks the cookie Secure also when this server itself does not speak TLS
	TrustedProxies []string      // addresses and CIDR ranges whose X-Forwarded-For is believed
	BodyLimit      int           // bytes; 0: 16 MiB, which holds the largest function with its JSON escapes
	HeaderLimit    int           // bytes of request line and headers; 0: 16 KiB
	ReadTimeout    time.Duration // for a whole request to arrive; 0: 60 s
	WriteTimeout   time.Duration // for a whole answer to leave; 0: 60 s
	IdleTimeout    time.Duration // between two requests of a connection; 0: 120 s
	Connections    int           // at once; 0: 16,384
	StreamsPerUser int           // WebSockets of one user at once; 0: 100
	StreamPing     time.Duration // between two pings of a WebSocket; 0: 20 s
	StreamWrite    time.Duration // for one message to leave; 0: 10 s
	HideOperations bool          // /livez, /readyz and /metrics are on a listener of their own: see NewOperations
}

func (c Config) withDefaults() Config {
	orInt := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	orTime := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	orInt(&c.BodyLimit, 16<<20)
	orInt(&c.HeaderLimit, 16<<10)
	orInt(&c.Connections, 16384)
	orInt(&c.StreamsPerUser, 100)
	orTime(&c.ReadTimeout, time.Minute)
	orTime(&c.WriteTimeout, time.Minute)
	orTime(&c.IdleTimeout, 2*time.Minute)
	orTime(&c.StreamPing, 20*time.Second)
	orTime(&c.StreamWrite, 10*time.Second)
	return c
}

// Server is the HTTP server.
type Server struct {
	Deps
	app     *fiber.App
	metrics *metrics
	streams *streams

	document huma.API
	captured *capture
	openapi  []byte // the document as served
	docs     page

	ctx  context.Context // of every call; ends when Shutdown gives up waiting
	stop context.CancelFunc
}

// New builds the server. It panics on a mistake in the route table.
func New(deps Deps) *Server { return build(deps, table) }

// NewOperations builds the server of a separate listener that has /livez, /readyz and /metrics only.
func NewOperations(deps Deps) *Server {
	deps.Web = nil
	deps.Config.HideOperations = false
	return build(deps, operations)
}

func build(deps Deps, routes []Route) *Server {
	deps.Config = deps.Config.withDefaults()
	s := &Server{Deps: deps, captured: &capture{}}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.metrics = newMetrics(deps.Metrics)
	s.streams = newStreams(deps.Config.StreamsPerUser)
	s.app = fiber.New(s.fiberConfig())
	server := s.app.Server()
	server.HeaderReceived = s.limitBody
	server.Handler = s.knownMethods(server.Handler)
	server.KeepHijackedConns = true // a WebSocket's handler closes its connection itself
	s.document = newDocument(s.captured)
	for _, r := range routes {
		if !deps.Config.HideOperations || !r.operation {
			s.register(r)
		}
	}
	s.openapi = encodeDocument(s.document.OpenAPI())
	s.docs = newDocsPage(s.document.OpenAPI())
	return s
}

func (s *Server) fiberConfig() fiber.Config {
	c := s.Config
	config := fiber.Config{
		AppName:       "VoltRun",
		StrictRouting: true,
		CaseSensitive: true,
		// Strings from a request may outlive it, in caches and logs: they are copies.
		Immutable:       true,
		BodyLimit:       c.BodyLimit,
		Concurrency:     2 * c.Connections, // never reached: the listener refuses before
		ReadTimeout:     c.ReadTimeout,
		WriteTimeout:    c.WriteTimeout,
		IdleTimeout:     c.IdleTimeout,
		ReadBufferSize:  c.HeaderLimit,
		WriteBufferSize: 8 << 10,
		ErrorHandler:    s.unmatched,
		// Nothing here takes forms.
		DisablePreParseMultipartForm: true,
	}
	if len(c.TrustedProxies) > 0 {
		config.TrustProxy = true
		config.TrustProxyConfig = fiber.TrustProxyConfig{Proxies: c.TrustedProxies}
		config.ProxyHeader = fiber.HeaderXForwardedFor
		config.EnableIPValidation = true
	}
	return config
}

// knownMethods answers methods that Fiber does not know, which it would with plain text.
func (s *Server) knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(request *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(request.Method())) {
			next(request)
			return
		}
		c := s.app.AcquireCtx(request)
		defer s.app.ReleaseCtx(c)
		if err := s.unmatched(c, fiber.ErrNotImplemented); err != nil { // it never returns one
			s.Logger.Error("request not answered", zap.Error(err))
		}
	}
}

// smallBody bounds, in bytes, what a caller without a token may send.
const smallBody = 64 << 10

// limitBody decides, before a body is read, how long it may be.
func (s *Server) limitBody(header *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if len(header.Peek(fiber.HeaderAuthorization)) == 0 {
		return fasthttp.RequestConfig{MaxRequestBodySize: smallBody}
	}
	return fasthttp.RequestConfig{}
}

// Serve answers on ln until Shutdown, and closes ln.
func (s *Server) Serve(ln net.Listener) error {
	return s.app.Listener(&listener{Listener: ln, max: int64(s.Config.Connections)}, fiber.ListenConfig{DisableStartupMessage: true})
}

// Shutdown stops accepting, lets the calls in flight finish until ctx ends, closes the
// WebSockets with 1001, and cancels what is left then.
func (s *Server) Shutdown(ctx context.Context) error {
	streamsDone := s.streams.closeAll()
	err := s.app.ShutdownWithContext(ctx)
	s.stop()
	select {
	case <-streamsDone:
	case <-ctx.Done():
		err = errors.Join(err, errors.New("WebSocket streams are still open"))
	}
	return err
}

// App is the Fiber app, for tests that look at its routes.
func (s *Server) App() *fiber.App { return s.app }

// OpenAPI is the OpenAPI 3.1 document, as served and as kept in docs/openapi.json.
func (s *Server) OpenAPI() []byte { return s.openapi }
