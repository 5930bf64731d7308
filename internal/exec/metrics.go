package exec

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/voltrun/voltrun"
)

// metrics of the data plane. Names and units are documented in docs/operations.md.
type metrics struct {
	executions *prometheus.CounterVec
	duration   *prometheus.HistogramVec
	phase      *prometheus.HistogramVec
	running    prometheus.Gauge
	acquired   *prometheus.CounterVec
	destroyed  *prometheus.CounterVec
	boot       *prometheus.HistogramVec
	bootErrors *prometheus.CounterVec
	logDropped prometheus.Counter
	retries    prometheus.Counter
	pruned     prometheus.Counter

	acquiredWarm prometheus.Counter
	phases       map[string]prometheus.Observer // by name; not changed after newMetrics
	mu           sync.RWMutex
	kinds        map[executionKind]executionMeters
}

func newMetrics(reg prometheus.Registerer) *metrics {
	buckets := prometheus.ExponentialBuckets(0.0001, 2.5, 16) // 0.1 ms to 93 s
	m := &metrics{
		executions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "voltrun_executions_total", Help: "Executions that ended, by status, trigger and start."}, []string{"status", "trigger", "start"}),
		duration:   prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "voltrun_execution_handler_seconds", Help: "The handler's own time.", Buckets: buckets}, []string{"runtime", "status"}),
		phase:      prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "voltrun_execution_phase_seconds", Help: "Time of each phase of an execution.", Buckets: buckets}, []string{"phase"}),
		running:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "voltrun_executions_running", Help: "Executions on this node now, waiting for a machine or running."}),
		acquired:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "voltrun_machines_acquired_total", Help: "Machines handed to executions, by source: warm, pool or boot."}, []string{"source"}),
		destroyed:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "voltrun_machines_destroyed_total", Help: "Machines destroyed, by reason."}, []string{"reason"}),
		boot:       prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "voltrun_machine_boot_seconds", Help: "From asking for a machine until its runtime waits for code.", Buckets: buckets}, []string{"runtime"}),
		bootErrors: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "voltrun_machine_boot_errors_total", Help: "Boots that failed."}, []string{"runtime"}),
		logDropped: prometheus.NewCounter(prometheus.CounterOpts{Name: "voltrun_log_dropped_bytes_total", Help: "Output over the log limit of its execution."}),
		retries:    prometheus.NewCounter(prometheus.CounterOpts{Name: "voltrun_executions_requeued_total", Help: "Executions that went back to pending because their worker was lost."}),
		pruned:     prometheus.NewCounter(prometheus.CounterOpts{Name: "voltrun_executions_pruned_total", Help: "Executions removed by retention."}),
	}
	reg.MustRegister(m.executions, m.duration, m.phase, m.running, m.acquired, m.destroyed, m.boot, m.bootErrors, m.logDropped, m.retries, m.pruned)
	m.acquiredWarm = m.acquired.WithLabelValues("warm")
	m.kinds, m.phases = make(map[executionKind]executionMeters), make(map[string]prometheus.Observer)
	for _, name := range voltrun.Phases {
		m.phases[name] = m.phase.WithLabelValues(name)
	}
	return m
}

// watch registers gauges that are read when scraped.
func (m *metrics) watch(reg prometheus.Registerer, state func() PoolState, pending func() float64) {
	gauge := func(name, help string, labels prometheus.Labels, read func() float64) {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, read))
	}
	machines := func(label string, read func(PoolState) int) {
		gauge("voltrun_machines", "Machines by state.", prometheus.Labels{"state": label}, func() float64 { return float64(read(state())) })
	}
	machines("booting", func(s PoolState) int { return s.Booting })
	machines("idle", func(s PoolState) int { return s.Idle })
	machines("warm", func(s PoolState) int { return s.Warm })
	machines("busy", func(s PoolState) int { return s.Busy })
	gauge("voltrun_machines_max", "Most machines this node may have.", nil, func() float64 { return float64(state().Max) })
	gauge("voltrun_queue_pending", "Executions that wait in the queue.", nil, pending)
}

func (m *metrics) observeBoot(runtime string, took time.Duration, err error) {
	if err != nil {
		m.bootErrors.WithLabelValues(runtime).Inc()
		return
	}
	m.boot.WithLabelValues(runtime).Observe(took.Seconds())
}

func (m *metrics) observe(e *voltrun.Execution, runtime string) {
	kind := executionKind{e.Status, e.Trigger, e.Start, runtime}
	m.mu.RLock()
	meters, known := m.kinds[kind]
	m.mu.RUnlock()
	if !known {
		meters = m.addKind(kind)
	}
	meters.count.Inc()
	meters.duration.Observe(e.Duration.Seconds())
	for _, phase := range e.Phases {
		if meter := m.phases[phase.Name]; meter != nil {
			meter.Observe(phase.Duration.Seconds())
		}
	}
	if e.LogsTruncatedBytes > 0 {
		m.logDropped.Add(float64(e.LogsTruncatedBytes))
	}
}

// executionKind is what the meters of an execution are chosen by. There are few kinds, so that looking
// their meters up once each is enough.
type executionKind struct {
	status  voltrun.Status
	trigger voltrun.Trigger
	start   voltrun.StartKind
	runtime string
}

type executionMeters struct {
	count    prometheus.Counter
	duration prometheus.Observer
}

func (m *metrics) addKind(k executionKind) executionMeters {
	meters := executionMeters{
		count:    m.executions.WithLabelValues(string(k.status), string(k.trigger), string(k.start)),
		duration: m.duration.WithLabelValues(k.runtime, string(k.status)),
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kinds[k] = meters
	return meters
}
