// Package limitertest is the suite that every rate limiter driver passes.
package limitertest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

// Limiter is auth.Limiter.
type Limiter interface {
	Allow(ctx context.Context, key string, rate voltrun.Rate) (voltrun.Decision, error)
}

// Fixture is an empty limiter whose clock stands still until Advance is called.
type Fixture struct {
	Limiter Limiter
	Advance func(time.Duration)
}

// Run runs the suite; open makes a new fixture.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	tests := map[string]func(*testing.T, Fixture){
		"burst, then one call per interval":    testBurst,
		"the budget refills and never exceeds": testRefill,
		"a refused call costs nothing":         testRefusedIsFree,
		"keys do not share a budget":           testKeys,
		"concurrent calls":                     testConcurrent,
		"impossible rates":                     testImpossible,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var rate = voltrun.Rate{Burst: 5, Per: 10 * time.Second} // one call every 2 s

func take(t *testing.T, f Fixture, key string) voltrun.Decision {
	t.Helper()
	d, err := f.Limiter.Allow(context.Background(), key, rate)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func testBurst(t *testing.T, f Fixture) {
	for i := 1; i <= rate.Burst; i++ {
		want := voltrun.Decision{Allowed: true, Limit: 5, Remaining: 5 - i, Reset: time.Duration(i) * 2 * time.Second}
		if got := take(t, f, "k"); got != want {
			t.Errorf("call %d: got %+v, want %+v", i, got, want)
		}
	}
	f.Advance(500 * time.Millisecond)
	want := voltrun.Decision{Limit: 5, Reset: 9500 * time.Millisecond, RetryAfter: 1500 * time.Millisecond}
	if got := take(t, f, "k"); got != want {
		t.Errorf("over the budget: got %+v, want %+v", got, want)
	}
	f.Advance(want.RetryAfter)
	if got := take(t, f, "k"); !got.Allowed || got.RetryAfter != 0 {
		t.Errorf("after RetryAfter: got %+v, want it allowed", got)
	}
}

func testRefill(t *testing.T, f Fixture) {
	for range 5 {
		take(t, f, "k")
	}
	f.Advance(24 * time.Hour)
	for i := range 5 {
		if got := take(t, f, "k"); !got.Allowed {
			t.Errorf("call %d after the refill was refused", i+1)
		}
	}
	if got := take(t, f, "k"); got.Allowed {
		t.Error("an idle key saved up more than a burst")
	}
}

func testRefusedIsFree(t *testing.T, f Fixture) {
	for range 50 {
		take(t, f, "k")
	}
	f.Advance(2 * time.Second)
	if got := take(t, f, "k"); !got.Allowed {
		t.Errorf("refused calls prolonged the wait: %+v", got)
	}
}

func testKeys(t *testing.T, f Fixture) {
	long := strings.Repeat("x", 5000)
	for range 6 {
		take(t, f, "a")
		take(t, f, long+"1")
	}
	for _, key := range []string{"b", "", "A", "a ", long + "2"} {
		if got := take(t, f, key); got.Remaining != 4 {
			t.Errorf("a key of %d bytes shares the budget of another: %+v", len(key), got)
		}
	}
	if got := take(t, f, long+"1"); got.Allowed {
		t.Error("a long key has no limit")
	}
}

func testConcurrent(t *testing.T, f Fixture) {
	var allowed atomic.Int64
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 25 {
				d, err := f.Limiter.Allow(context.Background(), "k", voltrun.Rate{Burst: 30, Per: time.Minute})
				if err != nil {
					t.Error(err)
				}
				if d.Allowed {
					allowed.Add(1)
				}
			}
		})
	}
	wait.Wait()
	if got := allowed.Load(); got != 30 {
		t.Errorf("%d calls were allowed, want 30", got)
	}
}

func testImpossible(t *testing.T, f Fixture) {
	for _, rate := range []voltrun.Rate{{}, {Burst: 1}, {Burst: -1, Per: time.Second}, {Burst: 10, Per: 9}} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			if d, err := f.Limiter.Allow(context.Background(), "k", rate); voltrun.CodeOf(err) != voltrun.CodeInternal || d.Allowed {
				t.Errorf("got %+v, %v; want an internal error", d, err)
			}
		})
	}
}
