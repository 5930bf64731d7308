package exec

import (
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
	m.executions.WithLabelValues(string(e.Status), string(e.Trigger), string(e.Start)).Inc()
	m.duration.WithLabelValues(runtime, string(e.Status)).Observe(e.Duration.Seconds())
	for _, phase := range e.Phases {
		m.phase.WithLabelValues(phase.Name).Observe(phase.Duration.Seconds())
	}
	m.logDropped.Add(float64(e.LogsTruncatedBytes))
}
