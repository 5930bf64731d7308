// Package lifecycle starts and stops the long-lived parts of a program.
//
// A Stack releases in the reverse order of acquisition. A Group owns goroutines:
// nobody starts one without somebody waiting for it.
package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Stack collects what must be released. Release runs the entries last in, first out, once.
type Stack struct {
	mu      sync.Mutex
	entries []entry
}

type entry struct {
	name string
	stop func(context.Context) error
}

// Push registers stop. Call it on the line after the acquisition.
func (s *Stack) Push(name string, stop func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries = append(s.entries, entry{name, stop})
}

// Release runs every entry, whatever the others return, and joins their errors.
func (s *Stack) Release(ctx context.Context) error {
	s.mu.Lock()
	entries := s.entries
	s.entries = nil
	s.mu.Unlock()
	var all error
	for i := len(entries) - 1; i >= 0; i-- {
		if err := entries[i].stop(ctx); err != nil {
			all = errors.Join(all, fmt.Errorf("stop %s: %w", entries[i].name, err))
		}
	}
	return all
}

// Group owns goroutines that run until Stop. The zero value is not usable; see NewGroup.
type Group struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// NewGroup returns a group whose goroutines live until Stop, whatever becomes of a request.
func NewGroup() *Group {
	ctx, cancel := context.WithCancel(context.Background())
	return &Group{ctx: ctx, cancel: cancel}
}

// Context ends when Stop is called.
func (g *Group) Context() context.Context { return g.ctx }

// Go runs f until it returns; f must return soon after its context ends.
func (g *Group) Go(f func(ctx context.Context)) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		f(g.ctx)
	}()
}

// Every runs f again and again, a period after the group began to and then at most once a period, until Stop.
func (g *Group) Every(period time.Duration, f func(ctx context.Context)) {
	g.Go(func(ctx context.Context) {
		tick := time.NewTicker(period)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				f(ctx)
			}
		}
	})
}

// Cancel asks the goroutines to end, without waiting.
func (g *Group) Cancel() { g.cancel() }

// Stop asks the goroutines to end and waits for them, or for ctx.
func (g *Group) Stop(ctx context.Context) error {
	g.cancel()
	done := make(chan struct{})
	go func() { g.wg.Wait(); close(done) }() // ends with the group
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("goroutines still running: %w", ctx.Err())
	}
}
