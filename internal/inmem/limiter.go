package inmem

import (
	"context"
	"crypto/sha256"
	"strings"
	"sync"
	"time"

	"github.com/voltrun/voltrun"
)

const (
	// DefaultLimiterKeys bounds the memory of a Limiter at some 20 MB.
	DefaultLimiterKeys = 100_000

	maxLimiterKeyBytes = 128
	// evictionSample is how many budgets are looked at to make room for a new one.
	evictionSample = 16
)

// Limiter is a rate limiter for one node. Of each key it keeps one time: when the key's budget
// will be full again (the generic cell rate algorithm, https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
// A key that is not kept has a full budget.
type Limiter struct {
	maxKeys int
	now     func() time.Time

	mu   sync.Mutex
	full map[string]time.Time
}

// NewLimiter makes a limiter that keeps at most maxKeys budgets (zero: DefaultLimiterKeys)
// and reads the time from now (nil: time.Now).
func NewLimiter(maxKeys int, now func() time.Time) *Limiter {
	if maxKeys <= 0 {
		maxKeys = DefaultLimiterKeys
	}
	if now == nil {
		now = time.Now
	}
	return &Limiter{maxKeys: maxKeys, now: now, full: make(map[string]time.Time)}
}

// Allow takes one call from the budget of key. It never waits. The only error is CodeInternal for a rate that is none.
func (l *Limiter) Allow(_ context.Context, key string, rate voltrun.Rate) (voltrun.Decision, error) {
	if rate.Burst < 1 || rate.Per < time.Duration(rate.Burst) {
		return voltrun.Decision{}, voltrun.Errorf(voltrun.CodeInternal, "a rate of %d calls per %v is not possible", rate.Burst, rate.Per)
	}
	if len(key) > maxLimiterKeyBytes {
		sum := sha256.Sum256([]byte(key))
		key = string(sum[:])
	}
	cost := rate.Per / time.Duration(rate.Burst) // the time in which one call comes back
	budget := cost * time.Duration(rate.Burst)

	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	full, known := l.full[key]
	spent := max(0, full.Sub(now)) // a forgotten budget's zero time lies far in the past
	decision := voltrun.Decision{Limit: rate.Burst, Allowed: spent+cost <= budget}
	if decision.Allowed {
		spent += cost
		l.keep(key, known, now, now.Add(spent))
	} else {
		decision.RetryAfter = spent + cost - budget
	}
	decision.Reset = spent
	decision.Remaining = int(max(0, budget-spent) / cost)
	return decision, nil
}

// Len is how many budgets are kept.
func (l *Limiter) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.full)
}

func (l *Limiter) keep(key string, known bool, now, full time.Time) {
	if !known && len(l.full) >= l.maxKeys {
		l.evict(now)
	}
	if !known {
		key = strings.Clone(key) // the caller's may be part of a request's buffer
	}
	l.full[key] = full
}

// evict makes room for one: it drops every full budget in a random sample (a map is ranged over from a random
// place), or the one that is nearest to full. So a flood of new keys displaces its own and
// idle ones, and those that are being held back stay held back.
func (l *Limiter) evict(now time.Time) {
	var nearest string
	var nearestFull time.Time
	looked, dropped := 0, 0
	for key, full := range l.full {
		if !full.After(now) {
			delete(l.full, key)
			dropped++
		} else if nearestFull.IsZero() || full.Before(nearestFull) {
			nearest, nearestFull = key, full
		}
		if looked++; looked == evictionSample {
			break
		}
	}
	if dropped == 0 {
		delete(l.full, nearest)
	}
}
