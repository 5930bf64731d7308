// Package inmem holds the single-node drivers of the ports that Redis serves across nodes.
package inmem

import "sync"

// Signals wakes waiters within this process; it implements exec.Signals. The zero value is not usable; see NewSignals.
type Signals struct {
	mu     sync.RWMutex
	topics map[string]map[chan struct{}]struct{}
}

// NewSignals returns Signals without subscribers.
func NewSignals() *Signals {
	return &Signals{topics: make(map[string]map[chan struct{}]struct{})}
}

// Notify wakes the subscribers of topic. A subscriber that has not yet seen the last wake-up gets no second one.
func (s *Signals) Notify(topic string) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for wake := range s.topics[topic] {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// Subscribe returns a channel that receives after each Notify of topic, until cancel is called.
func (s *Signals) Subscribe(topic string) (<-chan struct{}, func()) {
	wake := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.topics[topic] == nil {
		s.topics[topic] = make(map[chan struct{}]struct{})
	}
	s.topics[topic][wake] = struct{}{}
	return wake, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.topics[topic], wake)
		if len(s.topics[topic]) == 0 {
			delete(s.topics, topic)
		}
	}
}
