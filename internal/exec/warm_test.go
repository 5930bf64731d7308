package exec

import (
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

// lendAll takes n machines of a revision, made where need be.
func lendAll(t *testing.T, p *pool, key machineKey, n int) []*machine {
	t.Helper()
	var list []*machine
	for range n {
		m, _, err := p.acquireWarm(t.Context(), key, "revision", 0)
		if err != nil {
			t.Fatal(err)
		}
		m.warmKey = "revision"
		list = append(list, m)
	}
	return list
}

func TestShortHandlersTakeTurnsAndLongOnesDoNot(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *Config) { c.Pool.MaxMachines, c.Pool.MinIdle = alwaysParallel+4, 0 })
	key := machineKey{runtime: "nodejs", memoryMB: voltrun.DefaultMemoryMB, cpus: 1}
	// The pool has seen nothing of this function yet, so that one more than always work in parallel are made.
	machines := lendAll(t, f.pool, key, alwaysParallel)
	f.pool.mu.Lock()
	r := f.pool.warm["revision"]
	r.turn, r.handler = shortest(time.Second), shortest(time.Second)
	f.pool.mu.Unlock()
	machines = append(machines, lendAll(t, f.pool, key, 1)...)
	remember := func(turn, handler time.Duration) {
		f.pool.mu.Lock()
		defer f.pool.mu.Unlock()
		r.turn, r.handler = shortest(turn), shortest(handler)
	}
	remember(time.Microsecond, time.Microsecond)
	rested := machines[alwaysParallel]
	f.pool.keepWarm(rested, time.Microsecond) // one rests, the others work

	got := make(chan *machine)
	go func() {
		m, _, err := f.pool.acquireWarm(t.Context(), key, "revision", 0)
		if err != nil {
			t.Error(err)
		}
		got <- m
	}()
	var next *machine
	select {
	case next = <-got: // its patience may have ended before it was looked at
	case <-waitingFor(f.pool, r):
		f.pool.keepWarm(machines[0], time.Microsecond)
		next = <-got
	}
	if next != machines[0] && next != rested {
		t.Errorf("the next execution got a machine that works for another")
	}
	machines = append(machines[1:alwaysParallel:alwaysParallel], next)

	remember(5*time.Millisecond, 5*time.Millisecond)
	began := time.Now()
	more := lendAll(t, f.pool, key, 1)
	if took := time.Since(began); more[0] == nil || took > time.Minute {
		t.Errorf("a long handler waits for its turn: %v", took)
	}
	for _, m := range append(machines, more...) {
		f.pool.discard(m, "used")
	}
	eventually(t, "nothing is lent", func() bool {
		f.pool.mu.Lock()
		defer f.pool.mu.Unlock()
		return r.lent == 0 && f.pool.busy == 0
	})
}

// waitingFor is closed once somebody waits for a machine of r.
func waitingFor(p *pool, r *revision) <-chan struct{} {
	waits := make(chan struct{})
	go func() {
		defer close(waits)
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Microsecond) {
			p.mu.Lock()
			n := len(r.waiters)
			p.mu.Unlock()
			if n > 0 {
				return
			}
		}
	}()
	return waits
}

func TestShouldWait(t *testing.T) {
	t.Parallel()
	p := &pool{}
	idle := []*machine{{}}
	for name, c := range map[string]struct {
		r    revision
		want bool
	}{
		"few work":                          {revision{lent: alwaysParallel - 1, idle: idle, turn: 1, handler: 1}, false},
		"short, one rests":                  {revision{lent: alwaysParallel, idle: idle, turn: 1, handler: 1}, true},
		"long, one rests":                   {revision{lent: alwaysParallel, idle: idle, turn: 1, handler: shortest(time.Millisecond)}, false},
		"long, none rests, soon back":       {revision{lent: alwaysParallel, turn: shortest(time.Millisecond), handler: shortest(time.Millisecond)}, true},
		"long, none rests, not back soon":   {revision{lent: alwaysParallel, turn: shortest(time.Minute), handler: shortest(time.Minute)}, false},
		"short, but a long queue before it": {revision{lent: alwaysParallel, idle: idle, turn: shortest(time.Millisecond), handler: 1, waiters: make([]chan *machine, 1000)}, false},
	} {
		if got := p.shouldWait(&c.r); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	p.closed = true
	if p.shouldWait(&revision{lent: alwaysParallel, turn: 1, handler: 1}) {
		t.Error("nobody waits for a closed pool")
	}
}

func TestShortestForgetsSlowly(t *testing.T) {
	t.Parallel()
	var s shortest
	s.add(time.Millisecond)
	s.add(100 * time.Microsecond)
	for range 10 {
		s.add(time.Second)
	}
	if d := time.Duration(s); d < 100*time.Microsecond || d > 200*time.Microsecond {
		t.Errorf("after ten slow ones it is %v", d)
	}
	for range 1000 {
		s.add(time.Second)
	}
	if time.Duration(s) != time.Second {
		t.Errorf("after a thousand slow ones it is %v", time.Duration(s))
	}
}
