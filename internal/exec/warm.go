package exec

import (
	"context"
	"runtime"
	"time"
)

// revision is what the pool knows of one revision of a warm function.
type revision struct {
	idle    []*machine      // loaded and free, least recently used first
	lent    int             // machines that serve an execution, or are being made to
	waiters []chan *machine // who waits for one of those, in order
	handler time.Duration   // how long the handler takes, smoothed
}

const (
	// tolerableWait is how long an execution may be expected to wait for a busy machine before a further one is made.
	tolerableWait = 2 * time.Millisecond
	// patienceForWarm is how long it waits at most, whatever was expected.
	patienceForWarm = 5 * tolerableWait
)

// alwaysParallel is how many machines of a revision may work at the same time whatever the waits: one for
// each CPU, and as many again whose questions and answers are on their way.
var alwaysParallel = 2 * runtime.GOMAXPROCS(0)

// acquireWarm returns a machine for a revision of a warm function: one that has loaded it, or one that nobody has used.
// It waits for a busy one where that is better than a further one: few machines that are used again and again stay
// in the CPUs' caches, and many that take turns do not.
func (p *pool) acquireWarm(ctx context.Context, key machineKey, warmKey string, patience time.Duration) (m *machine, warm bool, err error) {
	r, m, wait := p.takeWarm(warmKey)
	if wait != nil {
		if m, err = p.awaitWarm(ctx, r, wait); err != nil {
			return nil, false, err
		}
	}
	if m != nil {
		p.metrics.acquiredWarm.Inc()
		return m, true, nil
	}
	if m, err = p.acquire(ctx, key, patience); err != nil {
		p.mu.Lock()
		r.lent--
		p.mu.Unlock()
		return nil, false, err
	}
	m.revision = r
	return m, false, nil
}

// takeWarm lends an idle machine, or queues for one that is busy. With neither, the caller makes a new one, which counts as lent.
func (p *pool) takeWarm(warmKey string) (*revision, *machine, chan *machine) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.warm[warmKey]
	if r == nil {
		r = &revision{}
		p.warm[warmKey] = r
	}
	if !p.worthWaiting(r) {
		return r, p.lend(r), nil
	}
	wait := make(chan *machine, 1)
	r.waiters = append(r.waiters, wait)
	return r, nil, wait
}

// worthWaiting reports whether the next execution had better wait for a machine of r that is busy: because all
// CPUs are, so that one more machine at work gains nothing, or because it is shorter than making a new machine.
func (p *pool) worthWaiting(r *revision) bool {
	if p.closed || r.lent < alwaysParallel {
		return false
	}
	return p.cpus.saturated(time.Now()) || len(r.idle) == 0 && r.expectedWait() <= tolerableWait
}

// lend takes an idle machine of r, the one used last, or nil: then the caller makes a new one. Called with the lock held.
func (p *pool) lend(r *revision) *machine {
	r.lent++
	for len(r.idle) > 0 {
		last := len(r.idle) - 1
		m := r.idle[last]
		r.idle = r.idle[:last]
		if m.alive() {
			p.busy++
			return m
		}
		p.discardLocked(m, "died")
	}
	return nil
}

// expectedWait is how long the next waiter has to wait when every handler takes its usual time.
func (r *revision) expectedWait() time.Duration {
	return r.handler * time.Duration(len(r.waiters)+1) / time.Duration(r.lent)
}

// awaitWarm waits for a busy machine. When that takes too long it does what takeWarm does without waiting.
func (p *pool) awaitWarm(ctx context.Context, r *revision, wait chan *machine) (*machine, error) {
	timer := time.NewTimer(patienceForWarm)
	defer timer.Stop()
	select {
	case m := <-wait:
		return m, nil
	case <-timer.C:
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, w := range r.waiters {
		if w != wait {
			continue
		}
		r.waiters = append(r.waiters[:i:i], r.waiters[i+1:]...)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return p.lend(r), nil
	}
	return <-wait, nil // handed over at the last moment
}

// keepWarm ends the lending of a machine that is quiet again: the first who waits for it gets it, or it rests.
func (p *pool) keepWarm(m *machine, handler time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := m.revision
	if r.handler == 0 {
		r.handler = handler
	}
	r.handler += (handler - r.handler) / 8
	if p.closed || !m.alive() || time.Since(m.booted) > p.config.AgeLimit {
		p.giveUpLent(m, "aged")
		return
	}
	if len(r.waiters) > 0 {
		wait := r.waiters[0]
		r.waiters = r.waiters[1:]
		wait <- m
		return
	}
	p.busy--
	r.lent--
	m.idleAt = time.Now()
	r.idle = append(r.idle, m)
	if p.shortOfRoom() {
		p.evictOne(machineKey{})
	}
}

// giveUpLent destroys a machine that was handed out. Called with the lock held.
func (p *pool) giveUpLent(m *machine, why string) {
	p.busy--
	if m.revision != nil {
		m.revision.lent--
	}
	p.discardLocked(m, why)
}

// oldestWarm is the revision whose idle machine was used least recently; nil when none has one.
func (p *pool) oldestWarm() *revision {
	var oldest *revision
	for _, r := range p.warm {
		if len(r.idle) > 0 && (oldest == nil || r.idle[0].idleAt.Before(oldest.idle[0].idleAt)) {
			oldest = r
		}
	}
	return oldest
}

// sweepWarm destroys loaded machines that are too old or that nobody needs, and forgets revisions without any.
func (p *pool) sweepWarm(now time.Time) {
	for warmKey, r := range p.warm {
		var keep []*machine
		for _, m := range r.idle {
			if !m.alive() || now.Sub(m.idleAt) > p.config.IdleLimit || now.Sub(m.booted) > p.config.AgeLimit {
				p.discardLocked(m, "idle")
				continue
			}
			keep = append(keep, m)
		}
		if r.idle = keep; len(r.idle)+r.lent+len(r.waiters) == 0 {
			delete(p.warm, warmKey)
		}
	}
}

// closeWarm destroys every loaded machine that is free.
func (p *pool) closeWarm() {
	for _, r := range p.warm {
		for _, m := range r.idle {
			p.discardLocked(m, "closed")
		}
		r.idle = nil
	}
}
