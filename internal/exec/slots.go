package exec

import (
	"context"
	"sync"

	"github.com/voltrun/voltrun"
)

// slots bounds the executions that run at the same time, in all and per function. Waiters are
// served in order, except that one whose function is at its limit does not hold up the others.
type slots struct {
	mu      sync.Mutex
	total   int
	used    int
	perFunc map[string]int
	limits  map[string]int // of the functions in perFunc, as last asked for
	waiters []*slotWaiter
	freed   func() // called after a slot was given back and nobody took it
}

type slotWaiter struct {
	function string
	limit    int
	granted  chan struct{}
}

func newSlots(total int, freed func()) *slots {
	return &slots{total: total, perFunc: make(map[string]int), limits: make(map[string]int), freed: freed}
}

// wait takes a slot, waiting until ctx ends.
func (s *slots) wait(ctx context.Context, function string, limit int) (release func(), err error) {
	s.mu.Lock()
	if s.takeLocked(function, limit) {
		s.mu.Unlock()
		return s.releaser(function), nil
	}
	w := &slotWaiter{function: function, limit: limit, granted: make(chan struct{})}
	s.waiters = append(s.waiters, w)
	s.mu.Unlock()
	select {
	case <-w.granted:
		return s.releaser(function), nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, other := range s.waiters {
		if other == w {
			s.waiters = append(s.waiters[:i:i], s.waiters[i+1:]...)
			return nil, context.Cause(ctx)
		}
	}
	return s.releaser(function), nil // granted at the last moment
}

func (s *slots) takeLocked(function string, limit int) bool {
	if s.used >= s.total || s.perFunc[function] >= limit {
		return false
	}
	s.used++
	s.perFunc[function]++
	s.limits[function] = limit
	return true
}

func (s *slots) releaser(function string) func() {
	return sync.OnceFunc(func() {
		s.mu.Lock()
		s.used--
		if s.perFunc[function]--; s.perFunc[function] == 0 {
			delete(s.perFunc, function)
			delete(s.limits, function)
		}
		for i := 0; i < len(s.waiters); i++ {
			if w := s.waiters[i]; s.takeLocked(w.function, w.limit) {
				s.waiters = append(s.waiters[:i:i], s.waiters[i+1:]...)
				close(w.granted)
				i--
			}
		}
		s.mu.Unlock()
		s.freed()
	})
}

// free reports whether any slot is left.
func (s *slots) free() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used < s.total
}

// full lists the functions that have as many executions as they may.
func (s *slots) full() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var functions []string
	for function, n := range s.perFunc {
		if n >= s.limits[function] {
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
