package exec

import (
	"context"
	"sync"
	"time"

	"github.com/voltrun/voltrun"
)

// slots bounds the executions that run at the same time, in all and per function. Waiters are
// served in order, except that one whose function is at its limit does not hold up the others.
type slots struct {
	mu      sync.Mutex
	total   int
	used    int
	perFunc map[string]*functionSlots
	waiters []*slotWaiter
	freed   func() // called after a slot was given back and is left
}

// functionSlots is what one function has taken.
type functionSlots struct {
	used  int
	limit int // as last asked for
}

type slotWaiter struct {
	function string
	limit    int
	granted  chan struct{}
}

func newSlots(total int, freed func()) *slots {
	return &slots{total: total, perFunc: make(map[string]*functionSlots), freed: freed}
}

// wait takes a slot for a function, waiting until ctx ends or, if patience is not zero, for that long.
// The error is the cause of the end. Release gives the slot back.
func (s *slots) wait(ctx context.Context, function string, limit int, patience time.Duration) error {
	s.mu.Lock()
	if s.takeLocked(function, limit) {
		s.mu.Unlock()
		return nil
	}
	w := &slotWaiter{function: function, limit: limit, granted: make(chan struct{})}
	s.waiters = append(s.waiters, w)
	s.mu.Unlock()
	if patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	select {
	case <-w.granted:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, other := range s.waiters {
		if other == w {
			s.waiters = append(s.waiters[:i:i], s.waiters[i+1:]...)
			return context.Cause(ctx)
		}
	}
	return nil // granted at the last moment
}

// take takes a slot for a function if one is free now.
func (s *slots) take(function string, limit int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.takeLocked(function, limit)
}

func (s *slots) takeLocked(function string, limit int) bool {
	if s.used >= s.total {
		return false
	}
	f := s.perFunc[function]
	if f == nil {
		f = &functionSlots{}
		s.perFunc[function] = f
	}
	if f.limit = limit; f.used >= limit {
		return false
	}
	s.used++
	f.used++
	return true
}

// release gives a slot of a function back: to the first waiter who may have it.
func (s *slots) release(function string) {
	s.mu.Lock()
	s.used--
	f := s.perFunc[function]
	if f.used--; f.used == 0 {
		delete(s.perFunc, function)
	}
	for i := 0; i < len(s.waiters) && s.used < s.total; i++ {
		if w := s.waiters[i]; s.takeLocked(w.function, w.limit) {
			s.waiters = append(s.waiters[:i:i], s.waiters[i+1:]...)
			close(w.granted)
			i--
		}
	}
	left := s.used < s.total
	s.mu.Unlock()
	if left {
		s.freed()
	}
}

// free reports whether any slot is left.
func (s *slots) free() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used < s.total
}

// inUse counts the executions that have a slot.
func (s *slots) inUse() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// full lists the functions that have as many executions as they may.
func (s *slots) full() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var functions []string
	for function, f := range s.perFunc {
		if f.used >= f.limit {
			functions = append(functions, function)
		}
	}
	return functions
}

// capacityError is what a caller gets who waited in vain.
func capacityError(function string) error {
	return &voltrun.Error{Code: voltrun.CodeCapacity, RetryAfter: retryAfterBusy,
		Message: "the function " + function + " or the server is at its concurrency limit; try again shortly, or raise max_concurrency"}
}
