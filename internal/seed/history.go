package seed

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/storage"
)

const (
	// history is how far back executions go: a little less than the default retention, which would remove older ones.
	history = 29 * 24 * time.Hour
	// lastDay is how many executions the last day has, and earlierDay each day before that.
	lastDay    = 2000
	earlierDay = 45
	// batch is how many executions one transaction records.
	batch = 100
)

// outcome is what an execution of a sample came to.
type outcome struct {
	input, output any
	status        voltrun.Status // "": success
	failure       *voltrun.ExecutionError
	exit          int // of the runtime, when it ended
	duration      time.Duration
	memory        int64 // bytes
	lines         []string
	stderr        bool  // the lines went to standard error
	dropped       int64 // bytes of the log
	attempts      int   // 0: one
	neverRan      bool  // canceled while it waited
}

// historian writes the executions of the past.
type historian struct {
	db      *storage.DB
	owner   string
	random  random
	now     time.Time
	summary *Summary

	puzzling map[string]*voltrun.Execution // by function: what somebody may replay
	warm     map[string]time.Time          // until when a function has a warm machine
}

// write makes the executions of all functions, in the order of time, and records them.
func (h *historian) write(ctx context.Context, functions []*deployment) error {
	h.puzzling, h.warm = make(map[string]*voltrun.Execution), make(map[string]time.Time)
	var rows []*voltrun.Execution
	logs := make(map[string][]voltrun.LogLine)
	for _, call := range h.calls(functions) {
		e, lines := h.execution(call)
		rows = append(rows, e)
		if len(lines) > 0 {
			logs[e.ID] = lines
		}
		h.summary.Executions++
		h.summary.LogLines += len(lines)
	}
	for rows := range slices.Chunk(rows, batch) {
		part := make(map[string][]voltrun.LogLine, len(rows))
		for _, e := range rows {
			if lines, ok := logs[e.ID]; ok {
				part[e.ID] = lines
			}
		}
		if _, _, err := h.db.Record(ctx, rows, nil, part); err != nil {
			return err
		}
	}
	return nil
}

// call is one execution to be made.
type call struct {
	*deployment
	at      time.Time
	special *outcome // instead of one that is drawn
}

// calls draws when which function was called, oldest first.
func (h *historian) calls(functions []*deployment) []call {
	share := 0.0
	for _, f := range functions {
		share += f.share
	}
	var calls []call
	for _, f := range functions {
		for day := 0; day < int(history/(24*time.Hour)); day++ {
			to := h.now.Add(-time.Duration(day)*24*time.Hour - time.Minute)
			n := earlierDay
			if day == 0 {
				n = lastDay
			}
			for range int(f.share/share*float64(n) + h.random.Float64()) {
				calls = append(calls, call{deployment: f, at: h.random.daytime(to.Add(-24*time.Hour+2*time.Minute), to)})
			}
		}
		for i, special := range f.specials {
			calls = append(calls, call{deployment: f, at: h.now.Add(-time.Duration(i+1) * 53 * time.Minute), special: &special})
		}
	}
	calls = slices.DeleteFunc(calls, func(c call) bool { return c.at.Before(c.active[0]) })
	slices.SortStableFunc(calls, func(a, b call) int { return a.at.Compare(b.at) })
	return calls
}

// execution makes one execution with its log.
func (h *historian) execution(c call) (*voltrun.Execution, []voltrun.LogLine) {
	r := h.random
	version := c.versionAt(c.at)
	e := &voltrun.Execution{ID: r.id(voltrun.PrefixExecution, c.at), OwnerID: h.owner, FunctionID: c.id, FunctionName: c.name, Version: version,
		Trigger: c.trigger, CreatedAt: c.at, RequestID: r.id(voltrun.PrefixRequest, c.at), Attempt: 1, MaxAttempts: 1, Worker: "seed"}
	o := c.special
	if o == nil {
		drawn := c.outcome(r, version)
		o = &drawn
	}
	e.Input = encoded(o.input)
	if old := h.puzzling[c.name]; c.special == nil && old != nil && old.Version == version && r.chance(0.25) {
		// The same input and the same code come to the same.
		e.Trigger, e.ReplayOf, e.Input = voltrun.TriggerReplay, old.ID, old.Input
		o = &outcome{output: old.Output, status: old.Status, failure: old.Error, duration: r.about(old.Duration), memory: old.MemoryPeakBytes}
		delete(h.puzzling, c.name)
	}
	if e.Trigger == voltrun.TriggerAsync {
		e.MaxAttempts = voltrun.DefaultMaxAttempts
	}
	if e.Attempt = max(o.attempts, 1); o.neverRan {
		e.Attempt = 0
	}
	h.end(e, c.sample, o)
	if plain := c.special == nil && e.ReplayOf == "" && o.exit == 0; plain && (e.Status == voltrun.StatusFailed || e.Status == voltrun.StatusSuccess && r.chance(0.01)) {
		h.puzzling[c.name] = e
	}
	return e, logOf(e, o)
}

// end fills in how an execution went, and where its time did.
func (h *historian) end(e *voltrun.Execution, s sample, o *outcome) {
	e.Status, e.Error, e.LogsTruncatedBytes = o.status, o.failure, o.dropped
	if o.status == "" {
		e.Status = voltrun.StatusSuccess
		e.Output = encoded(o.output)
	}
	if o.exit != 0 {
		e.ExitCode = &o.exit
	}
	r := h.random
	phase := func(name string, took time.Duration) {
		e.Phases = append(e.Phases, voltrun.Phase{Name: name, Duration: took.Truncate(time.Microsecond)})
	}
	phase(voltrun.PhaseAdmit, r.about(70*time.Microsecond))
	queued := r.about(15 * time.Microsecond)
	if e.Trigger == voltrun.TriggerAsync {
		queued = r.about(4 * time.Millisecond)
	}
	phase(voltrun.PhaseQueue, queued)
	if o.duration == 0 { // it ended before it began
		h.finish(e)
		return
	}
	e.Start = voltrun.StartCold
	if s.isolation == voltrun.IsolationWarm && e.CreatedAt.Before(h.warm[s.name]) {
		e.Start = voltrun.StartWarm
		phase(voltrun.PhaseAcquire, r.about(9*time.Microsecond))
	} else {
		acquire := r.about(600 * time.Microsecond) // from the pool
		if r.chance(0.12) {
			acquire = r.about(55 * time.Millisecond) // booted for it
		}
		phase(voltrun.PhaseAcquire, acquire)
		phase(voltrun.PhaseLoad, r.about(7*time.Millisecond))
	}
	if s.isolation == voltrun.IsolationWarm && e.Status != voltrun.StatusTimeout && o.exit == 0 {
		h.warm[s.name] = e.CreatedAt.Add(5 * time.Minute)
	} else {
		delete(h.warm, s.name)
	}
	e.Duration, e.MemoryPeakBytes = o.duration, o.memory
	phase(voltrun.PhaseHandler, e.Duration)
	phase(voltrun.PhaseRecord, r.about(180*time.Microsecond))
	started := e.CreatedAt.Add(e.Phases[0].Duration + e.Phases[1].Duration)
	e.StartedAt = &started
	h.finish(e)
}

// finish ends an execution when its phases are over, and not in the future.
func (h *historian) finish(e *voltrun.Execution) {
	finished := e.CreatedAt
	for _, p := range e.Phases {
		finished = finished.Add(p.Duration)
	}
	if finished.After(h.now) {
		finished = h.now
	}
	e.FinishedAt = &finished
}

// logOf spreads the lines of an outcome over the time of the handler.
func logOf(e *voltrun.Execution, o *outcome) []voltrun.LogLine {
	lines := make([]voltrun.LogLine, 0, len(o.lines)+1)
	begun := e.FinishedAt.Add(-o.duration)
	add := func(stream voltrun.Stream, text string) {
		at := begun.Add(o.duration * time.Duration(len(lines)+1) / time.Duration(len(o.lines)+2)).Truncate(time.Microsecond)
		lines = append(lines, voltrun.LogLine{Seq: int64(len(lines) + 1), Time: at, Stream: stream, Text: text})
	}
	for _, text := range o.lines {
		stream := voltrun.StreamStdout
		if o.stderr || strings.HasPrefix(text, "WARN ") || strings.HasPrefix(text, "ERROR ") {
			stream = voltrun.StreamStderr
		}
		add(stream, text)
	}
	if o.dropped > 0 {
		add(voltrun.StreamSystem, truncatedRemark(o.dropped))
	}
	return lines
}

// encoded is v as JSON. v is made of texts, numbers, lists and maps: nothing that can fail.
func encoded(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic("seed: " + err.Error())
	}
	return text
}
