package api

import (
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics of the HTTP edge. Labels come from the route table and from fixed
// sets, never from what a caller wrote.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	streams  prometheus.Gauge

	mu    sync.RWMutex
	kinds map[requestKind]requestMeters
}

func newMetrics(registry *prometheus.Registry) *metrics {
	return &metrics{
		kinds: make(map[requestKind]requestMeters),
		requests: registered(registry, prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voltrun_http_requests_total", Help: "HTTP requests answered.",
		}, []string{"method", "route", "code"})),
		duration: registered(registry, prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "voltrun_http_request_duration_seconds", Help: "From the request's arrival to its answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60, 300, 900},
		}, []string{"method", "route"})),
		inFlight: registered(registry, prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "voltrun_http_requests_in_flight", Help: "HTTP requests being handled.",
		})),
		streams: registered(registry, prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "voltrun_websocket_connections", Help: "Open WebSocket streams.",
		})),
	}
}

// registered returns c, or what is registered under its name already: the
// separate listener of NewOperations counts into the same metrics.
func registered[C prometheus.Collector](registry *prometheus.Registry, c C) C {
	err := registry.Register(c)
	var twice prometheus.AlreadyRegisteredError
	if errors.As(err, &twice) {
		return twice.ExistingCollector.(C)
	}
	if err != nil {
		panic("api: " + err.Error())
	}
	return c
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	if fiber.MethodGet != method && !knownMethods[method] {
		method = "OTHER"
	}
	kind := requestKind{method, route, status}
	m.mu.RLock()
	meters, known := m.kinds[kind]
	m.mu.RUnlock()
	if !known {
		meters = m.addKind(kind)
	}
	meters.count.Inc()
	meters.duration.Observe(took.Seconds())
}

// requestKind is what the meters of a request are chosen by: few, as methods and routes are.
type requestKind struct {
	method, route string
	status        int
}

type requestMeters struct {
	count    prometheus.Counter
	duration prometheus.Observer
}

func (m *metrics) addKind(k requestKind) requestMeters {
	meters := requestMeters{m.requests.WithLabelValues(k.method, k.route, strconv.Itoa(k.status)), m.duration.WithLabelValues(k.method, k.route)}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kinds[k] = meters
	return meters
}

var knownMethods = map[string]bool{"HEAD": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true, "OPTIONS": true}

// scrape serves the metrics of the whole server.
func (s *Server) scrape() fiber.Handler {
	return adaptor.HTTPHandler(promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}))
}
