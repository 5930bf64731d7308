package lifecycle

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestStackReleasesInReverseAndTellsEveryError(t *testing.T) {
	t.Parallel()
	var s Stack
	var order []string
	for _, name := range []string{"first", "second", "third"} {
		s.Push(name, func(context.Context) error {
			order = append(order, name)
			if name != "first" {
				return errors.New(name + " is stuck")
			}
			return nil
		})
	}
	err := s.Release(t.Context())
	if !slices.Equal(order, []string{"third", "second", "first"}) {
		t.Errorf("order %v", order)
	}
	if err == nil || !strings.Contains(err.Error(), "stop second: second is stuck") || !strings.Contains(err.Error(), "stop third: third is stuck") {
		t.Errorf("err = %v", err)
	}
	if err := s.Release(t.Context()); err != nil || len(order) != 3 {
		t.Errorf("a second release runs again: %v, %v", order, err)
	}
}

func TestGroupWaitsForItsGoroutines(t *testing.T) {
	t.Parallel()
	g := NewGroup()
	ended := false
	g.Go(func(ctx context.Context) { <-ctx.Done(); ended = true })
	if err := g.Stop(t.Context()); err != nil || !ended {
		t.Errorf("ended %v, %v", ended, err)
	}
	stubborn, release := NewGroup(), make(chan struct{})
	stubborn.Go(func(context.Context) { <-release })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := stubborn.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	close(release)
	if err := stubborn.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestEveryRunsOncePerPeriodUntilStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup()
		runs := 0
		g.Every(time.Minute, func(context.Context) { runs++ })
		time.Sleep(10*time.Minute + time.Second)
		if err := g.Stop(t.Context()); err != nil || runs != 10 {
			t.Errorf("%d runs, %v", runs, err)
		}
		time.Sleep(time.Hour)
		if runs != 10 {
			t.Errorf("%d runs after the stop", runs)
		}
	})
}
