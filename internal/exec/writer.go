package exec

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/voltrun/voltrun"
	"go.uber.org/zap"
)

const (
	// maxBatch bounds one transaction.
	maxBatch = 200
	// startLinger is how long the start of a synchronous execution may wait to be recorded: most
	// are over before that, and then one insert records start and end together.
	startLinger = 20 * time.Millisecond
	// storePatience is how long a result is kept and offered again while the store is down.
	storePatience = 30 * time.Second
	// insertPatience is the same for a new execution, whose caller waits for the acknowledgement.
	insertPatience = 3 * time.Second
	// commitTimeout bounds one transaction.
	commitTimeout = 10 * time.Second
	// gatherSiblings is from how many executions about to end on that a commit gathers first.
	gatherSiblings = 4
)

// write is one row to be recorded.
type write struct {
	row    *voltrun.Execution
	insert bool              // the row is not in the store yet
	logs   []voltrun.LogLine // lines to append in the same go
	until  time.Time         // when to give up
	told   chan verdict      // buffered: holds one; nil when nobody waits
	done   bool              // answered
}

// verdict is what became of a write, or the turn to commit.
type verdict struct {
	earlier string // insert: the id of the row with the same idempotency key
	lost    bool   // finish: another attempt or terminal state won
	err     error
	lead    bool // no outcome yet: it is the waiter's turn to commit what is queued
}

// writer records executions by group commit. Whoever finds no commit under way commits what is
// queued; what comes meanwhile is the next batch, committed by one of those who wait for it. So
// an idle store commits at once, without waking another goroutine, and a busy one commits many rows for the price of one.
type writer struct {
	store Store
	log   *zap.Logger
	wake  chan struct{} // the first start was added

	mu         sync.Mutex
	queue      []*write
	committing bool          // somebody commits, or was told to
	backoff    time.Duration // after a failure of the store

	starts []*start          // of synchronous executions, oldest first
	unsent map[string]*start // those that may still be merged with their end
}

// start is a synchronous execution that has begun and is not recorded yet.
type start struct {
	row *voltrun.Execution
	due time.Time
}

func newWriter(store Store, log *zap.Logger) *writer {
	return &writer{store: store, log: log, wake: make(chan struct{}, 1), unsent: make(map[string]*start)}
}

// insert records a new row and returns once it is durable. It returns the id of an earlier
// execution with the same idempotency key, if there is one; then nothing was written.
func (w *writer) insert(e *voltrun.Execution) (earlier string, err error) {
	row := *e
	v := w.record(&write{row: &row, insert: true, until: time.Now().Add(insertPatience)})
	return v.earlier, v.err
}

// start records a running row soon, without waiting.
func (w *writer) start(e *voltrun.Execution) {
	row := *e
	s := &start{row: &row, due: time.Now().Add(startLinger)}
	w.mu.Lock()
	first := len(w.starts) == 0
	w.starts = append(w.starts, s)
	w.unsent[e.ID] = s
	w.mu.Unlock()
	if first { // otherwise it is known already when to look next
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
}

// finish records a terminal row with its last log lines and returns once both are durable.
// It reports false when the row had been finished otherwise, by a later attempt or a cancel.
func (w *writer) finish(e *voltrun.Execution, logs []voltrun.LogLine) (bool, error) {
	v := w.record(&write{row: e, logs: logs, until: time.Now().Add(storePatience)})
	return !v.lost, v.err
}

// recorded reports whether the start of an execution has left for the store.
func (w *writer) recorded(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.unsent[id] == nil
}

// run records the starts that are due until ctx ends, and then what is left of them.
func (w *writer) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		stopping := ctx.Err() != nil
		more, next := w.recordStarts(stopping)
		if more {
			continue
		}
		if stopping {
			return
		}
		timer.Reset(next)
		select {
		case <-w.wake:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
}

// recordStarts records the starts that are due, or all of them; without any it says how long until one is.
func (w *writer) recordStarts(all bool) (some bool, next time.Duration) {
	w.mu.Lock()
	batch, next := w.dueStarts(all)
	if len(batch) == 0 {
		w.mu.Unlock()
		return false, next
	}
	last := batch[len(batch)-1]
	last.told = make(chan verdict, 1)
	lead := w.enqueue(batch...) // under the same lock: an end that comes now must come behind
	w.mu.Unlock()
	if v := w.await(last, lead); v.err != nil {
		w.unrecorded(last, v.err)
	}
	return true, 0
}

// dueStarts takes the starts that are due, or all, off the list; or says how long until one is. Called with the lock held.
func (w *writer) dueStarts(all bool) (batch []*write, next time.Duration) {
	now, taken := time.Now(), 0
	for _, s := range w.starts {
		unsent := w.unsent[s.row.ID] == s // otherwise it went with its end
		if wait := s.due.Sub(now); unsent && wait > 0 && !all || len(batch) == maxBatch {
			next = wait
			break
		}
		taken++
		if unsent {
			delete(w.unsent, s.row.ID)
			batch = append(batch, &write{row: s.row, insert: true, until: now.Add(storePatience)})
		}
	}
	if w.starts = w.starts[taken:]; len(w.starts) == 0 {
		w.starts, next = nil, time.Hour
	}
	return batch, next
}

// record queues a write and returns what became of it.
func (w *writer) record(op *write) verdict {
	op.told = make(chan verdict, 1)
	w.mu.Lock()
	if w.unsent[op.row.ID] != nil { // the end of an execution whose start was not sent
		delete(w.unsent, op.row.ID)
		op.insert = true
	}
	lead := w.enqueue(op)
	w.mu.Unlock()
	return w.await(op, lead)
}

// enqueue adds writes to the queue and reports whether it is the caller's turn to commit. Called with the lock held.
func (w *writer) enqueue(ops ...*write) (lead bool) {
	w.queue = append(w.queue, ops...)
	lead = !w.committing
	w.committing = true
	return lead
}

// await returns what became of a write, committing whenever it is the caller's turn.
func (w *writer) await(op *write, lead bool) verdict {
	for {
		if lead {
			w.commitQueued()
		}
		v := <-op.told
		if !v.lead {
			return v
		}
		lead = true
	}
}

// commitQueued commits one batch and hands the turn to somebody who waits for a later one. While the
// store is unavailable its writes go back to the queue; each gives up at its own time.
func (w *writer) commitQueued() {
	w.gather()
	w.mu.Lock()
	n := min(len(w.queue), maxBatch)
	batch := w.queue[:n:n]
	w.queue = w.queue[n:]
	w.mu.Unlock()
	err := w.commit(batch)
	if err != nil {
		w.log.Warn("the store is unavailable; results wait", zap.Int("rows", len(batch)), zap.Error(err))
		w.mu.Lock()
		w.backoff = min(max(2*w.backoff, 20*time.Millisecond), time.Second)
		pause := w.backoff
		w.mu.Unlock()
		time.Sleep(pause) // the pace of retries, not a wait for an event
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.requeueLocked(batch, err)
	} else {
		w.backoff = 0
	}
	for _, op := range w.queue {
		if op.told != nil { // the writes of the background come in groups of which the last one has a waiter
			op.told <- verdict{lead: true}
			return
		}
	}
	w.queue, w.committing = nil, false
}

// gather lets the other goroutines that are ready go first when several executions are about to end: one
// transaction for many costs each of them a third of one for itself. Nobody waits for anything.
func (w *writer) gather() {
	w.mu.Lock()
	about := len(w.unsent)
	w.mu.Unlock()
	if about >= gatherSiblings {
		runtime.Gosched()
	}
}

// requeueLocked puts what is not answered of a batch back in front, and answers whoever's time is up.
func (w *writer) requeueLocked(batch []*write, err error) {
	now := time.Now()
	var left []*write
	for _, op := range append(batch, w.queue...) {
		switch {
		case op.done:
		case now.After(op.until):
			w.answer(op, verdict{err: err})
		default:
			left = append(left, op)
		}
	}
	w.queue = left
}

// commit writes a batch and answers its writes. An error means that the store is unavailable, and
// that what is not answered may be offered again.
func (w *writer) commit(batch []*write) error {
	err := w.tryCommit(batch)
	if err == nil || voltrun.CodeOf(err) == voltrun.CodeUnavailable {
		return err
	}
	if len(batch) == 1 {
		w.answer(batch[0], verdict{err: err})
		return nil
	}
	for i := range batch { // one bad row must not fail its neighbours
		if batch[i].done {
			continue
		}
		if err := w.commit(batch[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

// tryCommit writes a batch in one transaction: inserts first, so that a start precedes its end.
func (w *writer) tryCommit(batch []*write) error {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	var inserts, finishes []*voltrun.Execution
	var logs map[string][]voltrun.LogLine
	for _, op := range batch {
		switch {
		case op.done:
			continue
		case op.insert:
			inserts = append(inserts, op.row)
		default:
			finishes = append(finishes, op.row)
		}
		if len(op.logs) > 0 {
			if logs == nil {
				logs = make(map[string][]voltrun.LogLine)
			}
			logs[op.row.ID] = op.logs
		}
	}
	earlier, written, err := w.store.Record(ctx, inserts, finishes, logs)
	if err != nil {
		return err
	}
	for _, op := range batch {
		switch {
		case op.done:
		case op.insert:
			w.answer(op, verdict{earlier: earlier[0]})
			earlier = earlier[1:]
		default:
			w.answer(op, verdict{lost: !written[0]})
			written = written[1:]
		}
	}
	return nil
}

// answer settles a write, once.
func (w *writer) answer(op *write, v verdict) {
	op.done = true
	if op.told != nil {
		op.told <- v
		return
	}
	if v.err != nil {
		w.unrecorded(op, v.err)
	}
}

// unrecorded reports a start that was given up; its end is recorded all the same.
func (w *writer) unrecorded(op *write, err error) {
	w.log.Error("the start of an execution was not recorded", zap.String("execution", op.row.ID), zap.Error(err))
}
