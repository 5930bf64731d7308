package exec

import (
	"context"
	"time"

	"github.com/voltrun/voltrun"
	"go.uber.org/zap"
)

// workQueue claims pending executions while there are slots, until ctx ends.
func (s *Service) workQueue(ctx context.Context) {
	wake, cancel := s.signals.Subscribe(topicQueue)
	defer cancel()
	for {
		for ctx.Err() == nil && s.claimOne(ctx) {
		}
		if waitFor(ctx, wake, s.config.PollEvery) != nil {
			return
		}
	}
}

// claimOne takes the oldest pending execution that may run now and starts it; false when there is none or no room.
func (s *Service) claimOne(ctx context.Context) bool {
	s.backlog.Store(true) // until the queue was seen to be empty
	if s.isDraining() || !s.slots.free() {
		return false
	}
	now := time.Now().UTC()
	e, err := s.store.ClaimExecution(ctx, "", s.worker, s.slots.full(), now, now.Add(s.config.LeaseTTL))
	if err != nil {
		if ctx.Err() == nil {
			s.log.Warn("the queue could not be read", zap.Error(err))
		}
		return false
	}
	if e == nil {
		s.noteBacklog(ctx)
		return false
	}
	s.performClaimed(e)
	return true
}

// noteBacklog looks whether executions wait that could not be claimed, because their functions run as often as they may.
func (s *Service) noteBacklog(ctx context.Context) {
	if pending, err := s.store.CountPending(ctx); err == nil && pending == 0 {
		s.backlog.Store(false)
	}
}

// slotFreed wakes the queue when executions may wait for the slot. Without a backlog there is nothing to
// claim: what is added to the queue from now on sends a signal of its own.
func (s *Service) slotFreed() {
	if s.backlog.Load() {
		s.signals.Notify(topicQueue)
	}
}

// performClaimed runs a claimed execution in the background. It takes the slot before it returns, so that no more executions of
// a function are claimed than may run.
func (s *Service) performClaimed(e *voltrun.Execution) {
	r, ctx, err := s.begin(e)
	if err != nil {
		return // stopping: the lease runs out, or the next start takes it back
	}
	s.noteStarted(r, e)
	d, err := s.catalog.Resolve(ctx, e.OwnerID, e.FunctionID, e.Version)
	taken := err == nil && s.slots.take(e.FunctionID, d.Function.MaxConcurrency)
	s.background.Go(func(context.Context) {
		defer s.end(r)
		if err != nil {
			s.failClaimed(r, e, err)
			return
		}
		if !taken { // a synchronous call was faster
			if err := s.slots.wait(ctx, e.FunctionID, d.Function.MaxConcurrency, 0); err != nil {
				s.requeue(r, e)
				return
			}
		}
		defer s.slots.release(e.FunctionID)
		e.Phases = append(e.Phases, voltrun.Phase{Name: voltrun.PhaseQueue, Duration: time.Since(e.CreatedAt)})
		if _, err := s.perform(ctx, r, e, d); err != nil {
			s.log.Warn("an asynchronous execution was not finished", zap.String("execution", e.ID), zap.Int("attempt", e.Attempt), zap.Error(err))
			s.requeue(r, e)
		}
	})
}

// failClaimed ends an execution whose function is gone or cannot be read.
func (s *Service) failClaimed(r *run, e *voltrun.Execution, err error) {
	if voltrun.CodeOf(err) != voltrun.CodeNotFound {
		s.log.Warn("a claimed execution's function could not be read", zap.String("execution", e.ID), zap.Error(err))
		s.requeue(r, e)
		return
	}
	e.Status = voltrun.StatusFailed
	e.Error = &voltrun.ExecutionError{Type: voltrun.ErrorPlatform, Message: "the function or its version was deleted before it ran"}
	if err := s.recordEnd(r, e, &voltrun.Deployment{}); err != nil {
		s.log.Error("a failed execution was not recorded", zap.String("execution", e.ID), zap.Error(err))
	}
}

// requeue gives the lease of an execution back at once, unless it has ended already.
func (s *Service) requeue(r *run, e *voltrun.Execution) {
	ctx, cancel := context.WithTimeout(context.Background(), storePatience)
	defer cancel()
	past := time.Now().UTC().Add(-time.Second)
	if _, err := s.store.RenewLeases(ctx, s.worker, map[string]int{e.ID: r.attempt}, past); err != nil {
		s.log.Warn("a lease was not given back; it will run out", zap.String("execution", e.ID), zap.Error(err))
		return
	}
	if err := s.expire(ctx, time.Now().UTC()); err != nil {
		s.log.Warn("leases were not checked", zap.Error(err))
	}
}

// expire takes executions whose lease ended back to pending, or to failed.
func (s *Service) expire(ctx context.Context, now time.Time) error {
	for {
		rows, err := s.store.ExpireLeases(ctx, now, nil)
		if err != nil {
			return err
		}
		for _, e := range rows {
			if e.Status == voltrun.StatusPending {
				s.metrics.retries.Inc()
			}
			s.log.Warn("an execution lost its worker", zap.String("execution", e.ID), zap.Int("attempt", e.Attempt), zap.String("status", string(e.Status)))
			s.announce(topicsOf(e))
		}
		if len(rows) == 0 {
			return nil
		}
		s.signals.Notify(topicQueue)
	}
}

// keepLeases renews the leases of what runs here and takes back what others lost.
func (s *Service) keepLeases(ctx context.Context) {
	s.renew(ctx)
	if err := s.expire(ctx, time.Now().UTC()); err != nil && ctx.Err() == nil {
		s.log.Warn("leases were not checked", zap.Error(err))
	}
}

// renew extends the leases of this node's executions; one that was lost is stopped, as its result would be refused.
func (s *Service) renew(ctx context.Context) {
	held := make(map[string]int)
	s.mu.Lock()
	for id, r := range s.running {
		if r.started && s.writer.recorded(id) {
			held[id] = r.attempt
		}
	}
	s.mu.Unlock()
	if len(held) == 0 {
		return
	}
	lost, err := s.store.RenewLeases(ctx, s.worker, held, time.Now().UTC().Add(s.config.LeaseTTL))
	if err != nil {
		s.log.Warn("leases were not renewed", zap.Int("executions", len(held)), zap.Error(err))
		return
	}
	for _, id := range lost {
		// A start that is being written at this moment is not in the store yet: only rows that exist count as lost.
		if r := s.inFlight(id); r != nil && s.lostForGood(ctx, r) {
			r.cancel(errLeaseLost)
		}
	}
}

// lostForGood looks whether the row says that somebody else has the execution.
func (s *Service) lostForGood(ctx context.Context, r *run) bool {
	e, err := s.store.Execution(ctx, r.execution.OwnerID, r.execution.ID)
	return err == nil && (e.Status != voltrun.StatusRunning || e.Attempt != r.attempt || e.Worker != s.worker)
}

// flushAllLogs stores the lines of running executions, so that other nodes see them and a crash loses little.
func (s *Service) flushAllLogs(ctx context.Context) { s.flushLogs(ctx, "") }

// flushLogs does so for one owner, or with "" for all.
func (s *Service) flushLogs(ctx context.Context, owner string) {
	s.mu.Lock()
	var recorders []*recorder
	for id, r := range s.running {
		if r.started && (owner == "" || r.execution.OwnerID == owner) && s.writer.recorded(id) {
			recorders = append(recorders, r.recorder)
		}
	}
	s.mu.Unlock()
	for _, rec := range recorders {
		s.flushOne(ctx, rec)
	}
}

func (s *Service) flushOne(ctx context.Context, rec *recorder) {
	lines := rec.unflushed()
	if len(lines) == 0 {
		return
	}
	if err := s.store.AppendLogs(ctx, rec.executionID, lines); err != nil {
		if ctx.Err() == nil {
			s.log.Warn("log lines wait to be stored", zap.String("execution", rec.executionID), zap.Error(err))
		}
		return
	}
	rec.markFlushed(lines[len(lines)-1].Seq)
}

// retain removes old executions and unused code.
func (s *Service) retain(ctx context.Context) {
	if err := s.Prune(ctx); err != nil && ctx.Err() == nil {
		s.log.Warn("retention did not finish", zap.Error(err))
	}
	if err := s.code.prune(time.Now().Add(-time.Hour)); err != nil {
		s.log.Warn("the code cache was not pruned", zap.Error(err))
	}
}

// Prune removes what retention no longer keeps, in small steps so that nothing waits for it.
func (s *Service) Prune(ctx context.Context) error {
	const step = 500
	rule := s.config.Retention
	if rule.MaxAge == 0 && rule.MaxPerFunc == 0 {
		return nil
	}
	olderThan := time.Time{}
	if rule.MaxAge > 0 {
		olderThan = time.Now().UTC().Add(-rule.MaxAge)
	}
	for ctx.Err() == nil {
		n, err := s.store.PruneExecutions(ctx, olderThan, rule.MaxPerFunc, step)
		if err != nil {
			return err
		}
		s.metrics.pruned.Add(float64(n))
		if n < step {
			return nil
		}
	}
	return ctx.Err()
}
