package exec

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/lifecycle"
	"github.com/voltrun/voltrun/internal/vm"
	"go.uber.org/zap"
)

const (
	bootTimeout    = 30 * time.Second
	destroyTimeout = 30 * time.Second
	// demandWindow is the time over which a key's demand is measured.
	demandWindow = 10 * time.Second
)

// PoolConfig bounds the pool. See DefaultConfig for the values.
type PoolConfig struct {
	MaxMachines int           // all machines together: booting, idle, busy and being destroyed
	MaxBoots    int           // boots at the same time for executions that wait
	MinIdle     int           // machines of each runtime's default size kept ready, demand or not
	MaxIdle     int           // most that a key keeps ready, however high the demand
	IdleLimit   time.Duration // an unused warm machine, or one of a size nobody asks for, is destroyed after this
	AgeLimit    time.Duration // any idle machine is replaced after this
	CheckEvery  time.Duration // health checks of idle machines
}

// machineKey is what makes booted machines interchangeable: runtime and size.
type machineKey struct {
	runtime  string // exact id
	memoryMB int
	cpus     float64
}

func (k machineKey) String() string {
	return fmt.Sprintf("%s/%dMB/%.2fcpu", k.runtime, k.memoryMB, k.cpus)
}

// shelf holds what the pool knows of one key.
type shelf struct {
	idle    []*machine // oldest first
	waiters []chan acquired
	booting int
	takes   []time.Time // recent demand, within demandWindow
	boot    time.Duration
	lastUse time.Time
	minimum int
	failing time.Time // refilling pauses until then after a failed boot
}

type acquired struct {
	machine *machine
	err     error
}

// pool boots machines ahead of demand and keeps loaded ones for warm functions. A fresh machine
// is handed out once; a warm one only for the revision it has loaded.
type pool struct {
	driver  vm.Driver
	config  PoolConfig
	specOf  func(machineKey) (vm.Spec, *runtimeImage, error)
	log     *zap.Logger
	metrics *metrics
	group   *lifecycle.Group

	mu       sync.Mutex
	shelves  map[machineKey]*shelf
	warm     map[string]*revision // by warmKeyOf
	machines int                  // everything that exists or is on its way, until destroyed
	busy     int
	boots    int
	refills  int
	closed   bool
}

func newPool(driver vm.Driver, config PoolConfig, specOf func(machineKey) (vm.Spec, *runtimeImage, error), m *metrics, log *zap.Logger) *pool {
	return &pool{driver: driver, config: config, specOf: specOf, log: log, metrics: m, group: lifecycle.NewGroup(),
		shelves: make(map[machineKey]*shelf), warm: make(map[string]*revision)}
}

// keepReady asks for n idle machines of key from now on.
func (p *pool) keepReady(key machineKey, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shelf(key).minimum = n
	p.fill()
}

func (p *pool) shelf(key machineKey) *shelf {
	s := p.shelves[key]
	if s == nil {
		s = &shelf{lastUse: time.Now(), boot: 100 * time.Millisecond}
		p.shelves[key] = s
	}
	return s
}

// acquire returns a machine nobody has used, waiting for one to boot if need be: until ctx ends or, if patience is not zero, for that long.
func (p *pool) acquire(ctx context.Context, key machineKey, patience time.Duration) (*machine, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, voltrun.Errorf(voltrun.CodeUnavailable, "the server is stopping")
	}
	s := p.shelf(key)
	s.lastUse = time.Now()
	s.takes = append(s.takes, s.lastUse)
	if m := p.popIdle(s); m != nil {
		p.busy++
		p.fill()
		p.mu.Unlock()
		p.metrics.acquired.WithLabelValues("pool").Inc()
		return m, nil
	}
	wait := make(chan acquired, 1)
	s.waiters = append(s.waiters, wait)
	p.fill()
	p.mu.Unlock()
	p.metrics.acquired.WithLabelValues("boot").Inc()
	if patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	select {
	case got := <-wait:
		return got.machine, got.err
	case <-ctx.Done():
		return nil, p.giveUp(s, wait, ctx)
	}
}

func (p *pool) popIdle(s *shelf) *machine {
	for len(s.idle) > 0 {
		m := s.idle[0]
		s.idle = s.idle[1:]
		if m.alive() {
			return m
		}
		p.discardLocked(m, "died")
	}
	return nil
}

// giveUp takes a waiter off the queue; a machine that was handed over meanwhile goes back.
func (p *pool) giveUp(s *shelf, wait chan acquired, ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, w := range s.waiters {
		if w == wait {
			s.waiters = append(s.waiters[:i:i], s.waiters[i+1:]...)
		}
	}
	select {
	case got := <-wait:
		if got.machine != nil {
			p.busy--
			p.offer(got.machine)
		}
	default:
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	return &voltrun.Error{Code: voltrun.CodeCapacity, RetryAfter: time.Second,
		Message: fmt.Sprintf("no machine became free in time (%d of %d are in use); try again shortly", p.machines, p.config.MaxMachines)}
}

// offer gives a ready machine to the longest waiter of its key, or puts it on the shelf. Called with the lock held.
func (p *pool) offer(m *machine) {
	s := p.shelf(m.key)
	if len(s.waiters) > 0 {
		wait := s.waiters[0]
		s.waiters = s.waiters[1:]
		p.busy++
		wait <- acquired{machine: m}
		return
	}
	if p.closed {
		p.discardLocked(m, "closed")
		return
	}
	m.idleAt = time.Now()
	s.idle = append(s.idle, m)
}

// fill starts the boots that are wanted: first for whoever waits, then, one at a time and only
// while no execution waits, to bring the shelves to their targets. Called with the lock held.
func (p *pool) fill() {
	if p.closed {
		return
	}
	waiting := 0
	for key, s := range p.shelves {
		for s.booting < len(s.waiters) && p.boots < p.config.MaxBoots && p.makeRoom(key) {
			p.startBoot(key, s, false)
		}
		waiting += len(s.waiters)
	}
	if waiting > 0 || p.refills > 0 {
		return
	}
	now := time.Now()
	for key, s := range p.shelves {
		if now.After(s.failing) && len(s.idle)+s.booting < p.target(s, now) && p.machines < p.config.MaxMachines {
			p.startBoot(key, s, true)
			return
		}
	}
}

// target is how many idle machines a key should have: what comes in during one boot, twice over,
// within its minimum and the pool's maximum.
func (p *pool) target(s *shelf, now time.Time) int {
	for len(s.takes) > 0 && now.Sub(s.takes[0]) > demandWindow {
		s.takes = s.takes[1:]
	}
	demand := 0
	if len(s.takes) > 0 {
		perSecond := float64(len(s.takes)) / demandWindow.Seconds()
		demand = 1 + int(math.Ceil(2*perSecond*s.boot.Seconds()))
	}
	return max(s.minimum, min(demand, p.config.MaxIdle))
}

// makeRoom reports whether one more machine may exist, giving up an idle one of another key, the
// least recently used, when the pool is full. Called with the lock held.
func (p *pool) makeRoom(key machineKey) bool {
	if p.machines < p.config.MaxMachines {
		return true
	}
	p.evictOne(key)
	return false // the room is there once the machine is gone; fill is called again then
}

// evictOne destroys the idle machine that was used least recently. Called with the lock held.
func (p *pool) evictOne(except machineKey) {
	if r := p.oldestWarm(); r != nil {
		m := r.idle[0]
		r.idle = r.idle[1:]
		p.discardLocked(m, "evicted")
		return
	}
	for key, s := range p.shelves {
		if key != except && len(s.idle) > 0 {
			m := s.idle[0]
			s.idle = s.idle[1:]
			p.discardLocked(m, "evicted")
			return
		}
	}
}

// startBoot boots one machine in the background. Called with the lock held.
func (p *pool) startBoot(key machineKey, s *shelf, refill bool) {
	p.machines++
	p.boots++
	s.booting++
	if refill {
		p.refills++
	}
	p.group.Go(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, bootTimeout)
		defer cancel()
		started := time.Now()
		m, err := p.boot(ctx, key)
		took := time.Since(started)
		p.metrics.observeBoot(key.runtime, took, err)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.boots--
		s.booting--
		if refill {
			p.refills--
		}
		if err != nil {
			p.machines--
			p.bootFailed(key, s, err)
		} else {
			s.boot = (3*s.boot + took) / 4
			p.offer(m)
		}
		p.fill()
	})
}

func (p *pool) boot(ctx context.Context, key machineKey) (*machine, error) {
	spec, image, err := p.specOf(key)
	if err != nil {
		return nil, err
	}
	return bootMachine(ctx, p.driver, key, image, spec)
}

// bootFailed tells the first waiter. When the host is full, an idle machine elsewhere makes room
// for the next try instead. Called with the lock held.
func (p *pool) bootFailed(key machineKey, s *shelf, err error) {
	s.failing = time.Now().Add(5 * time.Second)
	if voltrun.CodeOf(err) == voltrun.CodeCapacity && p.busy+p.boots > 0 && len(s.waiters) > 0 {
		p.evictOne(key)
		return // a machine that ends makes room and fills again
	}
	if !p.closed {
		p.log.Error("a machine did not boot", zap.Stringer("key", key), zap.Error(err))
	}
	if len(s.waiters) > 0 {
		wait := s.waiters[0]
		s.waiters = s.waiters[1:]
		wait <- acquired{err: err}
	}
}

// shortOfRoom reports whether somebody waits for a machine while the pool is full.
func (p *pool) shortOfRoom() bool {
	if p.machines < p.config.MaxMachines {
		return false
	}
	for _, s := range p.shelves {
		if len(s.waiters) > 0 {
			return true
		}
	}
	return false
}

// discard destroys a machine that was handed out.
func (p *pool) discard(m *machine, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.giveUpLent(m, why)
}

// discardLocked destroys a machine in the background; it counts until it is gone. Called with the lock held.
func (p *pool) discardLocked(m *machine, why string) {
	p.metrics.destroyed.WithLabelValues(why).Inc()
	p.group.Go(func(context.Context) {
		ctx, cancel := context.WithTimeout(context.Background(), destroyTimeout)
		defer cancel()
		if err := m.destroy(ctx); err != nil {
			p.log.Error("a machine was not destroyed cleanly", zap.String("machine", m.vm.ID()), zap.Error(err))
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.machines--
		p.fill()
	})
}

// tend checks the idle machines: age, disuse, health; and lets targets follow demand.
func (p *pool) tend(context.Context) {
	p.sweep()
	p.checkHealth()
}

// sweep destroys idle machines that are too old or that nobody needs.
func (p *pool) sweep() {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, s := range p.shelves {
		target := p.target(s, now)
		var keep []*machine
		for i, m := range s.idle {
			surplus := len(s.idle)-i > target && now.Sub(m.idleAt) > p.config.IdleLimit
			switch {
			case !m.alive():
				p.discardLocked(m, "died")
			case now.Sub(m.booted) > p.config.AgeLimit:
				p.discardLocked(m, "aged")
			case surplus:
				p.discardLocked(m, "surplus")
			default:
				keep = append(keep, m)
			}
		}
		s.idle = keep
		if len(keep)+s.booting+len(s.waiters)+s.minimum == 0 && now.Sub(s.lastUse) > p.config.IdleLimit {
			delete(p.shelves, key)
		}
	}
	p.sweepWarm(now)
	p.fill()
}

// checkHealth pings the idle machine of each shelf that was checked least recently. It is off the
// shelf meanwhile, so that nobody gets a machine that is being talked to.
func (p *pool) checkHealth() {
	p.mu.Lock()
	var checked []*machine
	for _, s := range p.shelves {
		if len(s.idle) > 1 || (len(s.idle) == 1 && len(s.waiters) == 0 && time.Since(s.lastUse) > time.Second) {
			checked = append(checked, s.idle[0])
			s.idle = s.idle[1:]
		}
	}
	p.mu.Unlock()
	for _, m := range checked {
		err := m.ping()
		p.mu.Lock()
		if err != nil {
			p.log.Warn("an idle machine failed its health check", zap.String("machine", m.vm.ID()), zap.Error(err))
			p.discardLocked(m, "unhealthy")
		} else {
			p.offer(m)
		}
		p.mu.Unlock()
	}
}

// PoolState counts machines by state, for metrics and people.
type PoolState struct {
	Booting, Idle, Warm, Busy, Total, Max int
}

func (p *pool) state() PoolState {
	p.mu.Lock()
	defer p.mu.Unlock()
	st := PoolState{Booting: p.boots, Busy: p.busy, Total: p.machines, Max: p.config.MaxMachines}
	for _, s := range p.shelves {
		st.Idle += len(s.idle)
	}
	for _, r := range p.warm {
		st.Warm += len(r.idle)
	}
	return st
}

// shelfStates describes every shelf, by runtime and size.
func (p *pool) shelfStates(now time.Time) []ShelfState {
	p.mu.Lock()
	defer p.mu.Unlock()
	states := make([]ShelfState, 0, len(p.shelves))
	for key, s := range p.shelves {
		states = append(states, ShelfState{Runtime: key.runtime, MemoryMB: key.memoryMB, CPUs: key.cpus,
			Idle: len(s.idle), Booting: s.booting, Waiting: len(s.waiters), Target: p.target(s, now)})
	}
	slices.SortFunc(states, func(a, b ShelfState) int {
		return cmp.Or(strings.Compare(a.Runtime, b.Runtime), cmp.Compare(a.MemoryMB, b.MemoryMB), cmp.Compare(a.CPUs, b.CPUs))
	})
	return states
}

// close destroys every idle machine, refuses new ones, and waits. Busy machines must have been given back.
func (p *pool) close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	for _, s := range p.shelves {
		for _, m := range s.idle {
			p.discardLocked(m, "closed")
		}
		s.idle = nil
		for _, wait := range s.waiters {
			wait <- acquired{err: voltrun.Errorf(voltrun.CodeUnavailable, "the server is stopping")}
		}
		s.waiters = nil
	}
	p.closeWarm()
	p.mu.Unlock()
	return p.group.Stop(ctx)
}
