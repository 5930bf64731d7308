package inmem

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/inmem/limitertest"
)

// clock stands still until it is advanced.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *clock { return &clock{now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)} }

func TestLimiter(t *testing.T) {
	t.Parallel()
	limitertest.Run(t, func(*testing.T) limitertest.Fixture {
		c := newClock()
		return limitertest.Fixture{Limiter: NewLimiter(0, c.Now), Advance: c.Advance}
	})
}

func TestLimiterStaysBoundedUnderAFlood(t *testing.T) {
	t.Parallel()
	c := newClock()
	l := NewLimiter(1000, c.Now)
	rate := voltrun.Rate{Burst: 10, Per: time.Minute}
	call := func(key string) bool {
		d, err := l.Allow(context.Background(), key, rate)
		if err != nil {
			t.Fatal(err)
		}
		return d.Allowed
	}
	for range 10 {
		call("attacked")
	}
	for i := range 50_000 {
		call(fmt.Sprint("flood ", i))
	}
	if l.Len() > 1000 {
		t.Errorf("%d budgets are kept, want at most 1000", l.Len())
	}
	if call("attacked") {
		t.Error("the flood made the limiter forget the key that it holds back")
	}
	c.Advance(time.Hour)
	call("later")
	if l.Len() > 1000-evictionSample+1 {
		t.Errorf("%d budgets are kept; full ones make room first", l.Len())
	}
}

func BenchmarkLimiter(b *testing.B) {
	l := NewLimiter(0, nil)
	rate := voltrun.Rate{Burst: 1000, Per: time.Second}
	for b.Loop() {
		l.Allow(context.Background(), "usr_01HZX3", rate)
	}
}
