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
	// The shortest of late, because on busy CPUs the others tell how crowded it is:
	turn    shortest // how long a machine is lent
	handler shortest // how long the handler takes
}

// shortest is the lowest of the latest durations; it forgets slowly.
type shortest time.Duration

func (s *shortest) add(d time.Duration) {
	if risen := time.Duration(*s + *s/32); *s > 0 && d > risen {
		d = risen
	}
	*s = shortest(d)
}

const (
	// worthWaiting is the longest expected wait for a busy machine that is better than a further machine.
	worthWaiting = 2 * time.Millisecond
	// warmPatience is how long that wait is at most: the host's scheduler holds everybody up for some ms now and then.
	warmPatience = 5 * time.Millisecond
	// A handler shorter than ownWork needs less CPU time than what is done around it: more machines at work
	// than the CPUs can serve make nothing faster then.
	ownWork = 200 * time.Microsecond
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
	m.revision, m.lentAt = r, time.Now()
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
	if !p.shouldWait(r) {
		return r, p.lend(r), nil
	}
	wait := make(chan *machine, 1)
	r.waiters = append(r.waiters, wait)
	return r, nil, wait
}

// shouldWait reports whether the next execution had better wait for a machine of r that is busy than use a further one.
func (p *pool) shouldWait(r *revision) bool {
	if p.closed || r.lent < alwaysParallel {
		return false
	}
	return (len(r.idle) == 0 || r.handler <= shortest(ownWork)) && r.waitOf(len(r.waiters)+1, r.lent) <= worthWaiting
}

// waitOf is how long the last of so many waiters waits for one of so many machines, when all take their usual time.
func (r *revision) waitOf(waiters, machines int) time.Duration {
	return time.Duration(r.turn) * time.Duration(waiters) / time.Duration(machines)
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
			m.lentAt = time.Now()
			return m
		}
		p.discardLocked(m, "died")
	}
	return nil
}

// awaitWarm waits for a busy machine. When that takes too long it does what takeWarm does without waiting.
func (p *pool) awaitWarm(ctx context.Context, r *revision, wait chan *machine) (*machine, error) {
	timer := time.NewTimer(warmPatience)
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
	now := time.Now()
	r.turn.add(now.Sub(m.lentAt))
	r.handler.add(handler)
	if p.closed || !m.alive() || now.Sub(m.booted) > p.config.AgeLimit {
		p.giveUpLent(m, "aged")
		return
	}
	// More machines than always work in parallel rest again as soon as the others can serve those who wait.
	spare := r.lent > alwaysParallel && r.waitOf(len(r.waiters), r.lent-1) <= worthWaiting
	if len(r.waiters) > 0 && !spare {
		wait := r.waiters[0]
		r.waiters = r.waiters[1:]
		m.lentAt = now
		wait <- m
		return
	}
	p.busy--
	r.lent--
	m.idleAt = now
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
