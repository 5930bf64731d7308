package exec

import (
	"context"
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
)

// write is one row to be recorded.
type write struct {
	row    *voltrun.Execution // a copy: the writer's own
	insert bool               // the row is not in the store yet
	logs   []voltrun.LogLine  // lines to append in the same go
	done   chan writeResult   // buffered; nil when nobody waits
	until  time.Time          // when to give up
}

type writeResult struct {
	earlier string // insert: the id of the row with the same idempotency key
	lost    bool   // finish: another attempt or terminal state won
	err     error
}

// writer records executions by group commit: while one transaction runs, the next batch gathers.
// An idle store commits at once; a busy one commits many rows for the price of one.
type writer struct {
	store  Store
	log    *zap.Logger
	wake   chan struct{}
	mu     sync.Mutex
	queue  []*write
	starts map[string]pendingStart // synchronous starts that may still be merged with their end
}

type pendingStart struct {
	row *voltrun.Execution
	due time.Time
}

func newWriter(store Store, log *zap.Logger) *writer {
	return &writer{store: store, log: log, wake: make(chan struct{}, 1), starts: make(map[string]pendingStart)}
}

// insert records a new row and waits until it is durable. It returns the id of an earlier
// execution with the same idempotency key, if there is one; then nothing was written.
func (w *writer) insert(ctx context.Context, e *voltrun.Execution) (earlier string, err error) {
	row := *e
	done := make(chan writeResult, 1) // the operation is the writer's from now on
	w.enqueue(&write{row: &row, insert: true, done: done, until: time.Now().Add(storePatience / 10)})
	select {
	case r := <-done:
		return r.earlier, r.err
	case <-ctx.Done():
		return "", voltrun.Errorf(voltrun.CodeUnavailable, "recording the execution took too long: %w", context.Cause(ctx))
	}
}

// start records a running row soon, without waiting.
func (w *writer) start(e *voltrun.Execution) {
	row := *e
	w.mu.Lock()
	w.starts[e.ID] = pendingStart{row: &row, due: time.Now().Add(startLinger)}
	w.mu.Unlock()
	w.nudge()
}

// finish records a terminal row with its last log lines and waits until both are durable.
// It reports false when the row had been finished otherwise, by a later attempt or a cancel.
func (w *writer) finish(ctx context.Context, e *voltrun.Execution, logs []voltrun.LogLine) (bool, error) {
	row := *e
	done := make(chan writeResult, 1)
	op := &write{row: &row, logs: logs, done: done, until: time.Now().Add(storePatience)}
	w.mu.Lock()
	if _, unsent := w.starts[e.ID]; unsent {
		delete(w.starts, e.ID)
		op.insert = true
	}
	w.queue = append(w.queue, op)
	w.mu.Unlock()
	w.nudge()
	select {
	case r := <-done:
		return !r.lost, r.err
	case <-ctx.Done():
		return false, voltrun.Errorf(voltrun.CodeUnavailable, "recording the result took too long: %w", context.Cause(ctx))
	}
}

// recorded reports whether the start of an execution has left for the store.
func (w *writer) recorded(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, unsent := w.starts[id]
	return !unsent
}

func (w *writer) enqueue(op *write) {
	w.mu.Lock()
	w.queue = append(w.queue, op)
	w.mu.Unlock()
	w.nudge()
}

func (w *writer) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run writes batches until ctx ends and everything that waits is written.
func (w *writer) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		batch, next := w.take(ctx.Err() != nil)
		if len(batch) > 0 {
			w.commit(batch)
			continue
		}
		if ctx.Err() != nil {
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

// take returns the next batch, with the starts that are due (all of them when flushing), or how long until one is.
func (w *writer) take(flush bool) ([]*write, time.Duration) {
	now, next := time.Now(), time.Hour
	w.mu.Lock()
	defer w.mu.Unlock()
	var batch []*write
	for id, start := range w.starts {
		if wait := start.due.Sub(now); wait > 0 && !flush {
			next = min(next, wait)
			continue
		}
		if len(batch) == maxBatch {
			break
		}
		delete(w.starts, id)
		batch = append(batch, &write{row: start.row, insert: true, until: now.Add(storePatience)})
	}
	n := min(len(w.queue), maxBatch)
	batch = append(batch, w.queue[:n]...)
	w.queue = append([]*write(nil), w.queue[n:]...)
	return batch, next
}

// commit writes a batch: inserts first, so that a start precedes its end. While the store is
// unavailable the batch is offered again; each write gives up at its own time.
func (w *writer) commit(batch []*write) {
	for wait := 20 * time.Millisecond; len(batch) > 0; wait = min(2*wait, time.Second) {
		err := w.tryCommit(batch)
		if err == nil {
			return
		}
		if voltrun.CodeOf(err) != voltrun.CodeUnavailable {
			if len(batch) == 1 {
				w.answer(batch[0], writeResult{err: err})
				return
			}
			for _, op := range batch { // one bad row must not fail its neighbours
				w.commit([]*write{op})
			}
			return
		}
		w.log.Warn("the store is unavailable; results wait", zap.Int("rows", len(batch)), zap.Error(err))
		time.Sleep(wait) // the backoff of a retry, not a wait for an event
		batch = w.dropExpired(batch, err)
	}
}

func (w *writer) dropExpired(batch []*write, err error) []*write {
	var left []*write
	for _, op := range batch {
		if time.Now().After(op.until) {
			w.answer(op, writeResult{err: err})
			continue
		}
		left = append(left, op)
	}
	return left
}

func (w *writer) tryCommit(batch []*write) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var inserts, finishes []*write
	for _, op := range batch {
		if op.insert {
			inserts = append(inserts, op)
		} else {
			finishes = append(finishes, op)
		}
	}
	if err := w.commitInserts(ctx, inserts); err != nil {
		return err
	}
	return w.commitFinishes(ctx, finishes)
}

func (w *writer) commitInserts(ctx context.Context, ops []*write) error {
	if len(ops) == 0 {
		return nil
	}
	if err := w.appendLogs(ctx, ops); err != nil {
		return err
	}
	earlier, err := w.store.InsertExecutions(ctx, rowsOf(ops))
	if err != nil {
		return err
	}
	for i, op := range ops {
		w.answer(op, writeResult{earlier: earlier[i]})
		op.insert, op.done = false, nil // a later failure of the batch must not insert it again
	}
	return nil
}

func (w *writer) commitFinishes(ctx context.Context, ops []*write) error {
	var live []*write
	for _, op := range ops {
		if op.row.Status.Terminal() {
			live = append(live, op)
		}
	}
	if len(live) == 0 {
		return nil
	}
	if err := w.appendLogs(ctx, live); err != nil {
		return err
	}
	written, err := w.store.FinishExecutions(ctx, rowsOf(live))
	if err != nil {
		return err
	}
	for i, op := range live {
		w.answer(op, writeResult{lost: !written[i]})
	}
	return nil
}

func (w *writer) appendLogs(ctx context.Context, ops []*write) error {
	for _, op := range ops {
		if len(op.logs) == 0 {
			continue
		}
		if err := w.store.AppendLogs(ctx, op.row.ID, op.logs); err != nil {
			return err
		}
		op.logs = nil
	}
	return nil
}

func (w *writer) answer(op *write, r writeResult) {
	if op.done != nil {
		op.done <- r
		return
	}
	if r.err != nil {
		w.log.Error("an execution was not recorded", zap.String("execution", op.row.ID), zap.Error(r.err))
	}
}

func rowsOf(ops []*write) []*voltrun.Execution {
	rows := make([]*voltrun.Execution, len(ops))
	for i, op := range ops {
		rows[i] = op.row
	}
	return rows
}
