package exec

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"go.uber.org/zap/zaptest"
)

// rowStore keeps rows as the store does, and fails on demand.
type rowStore struct {
	Store
	mu   sync.Mutex
	rows map[string]voltrun.Status
	logs map[string]int
	fail func(inserts, finishes []*voltrun.Execution) error
}

func newRowStore() *rowStore {
	return &rowStore{rows: make(map[string]voltrun.Status), logs: make(map[string]int)}
}

func (s *rowStore) Record(_ context.Context, inserts, finishes []*voltrun.Execution, logs map[string][]voltrun.LogLine) ([]string, []bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(inserts, finishes); err != nil {
			return nil, nil, err
		}
	}
	for _, e := range inserts {
		s.rows[e.ID] = e.Status
	}
	written := make([]bool, len(finishes))
	for i, e := range finishes {
		if written[i] = s.rows[e.ID] == voltrun.StatusRunning; written[i] {
			s.rows[e.ID] = e.Status
		}
	}
	for id, lines := range logs {
		s.logs[id] += len(lines)
	}
	return make([]string, len(inserts)), written, nil
}

// startWriter runs a writer until the test ends.
func startWriter(t *testing.T, store Store) *writer {
	t.Helper()
	w := newWriter(store, zaptest.NewLogger(t))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); w.run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	return w
}

func TestWriterRecordsAStartBeforeItsEnd(t *testing.T) {
	t.Parallel()
	store := newRowStore()
	w := startWriter(t, store)
	var wg sync.WaitGroup
	for i := range 400 {
		wg.Go(func() {
			e := &voltrun.Execution{ID: fmt.Sprint("exe_", i), Status: voltrun.StatusRunning}
			w.start(e)
			time.Sleep(time.Duration(i%40) * time.Millisecond) // some end before their start is due, some after, some at that moment
			e.Status = voltrun.StatusSuccess
			if won, err := w.finish(e, []voltrun.LogLine{{Seq: 1}}); !won || err != nil {
				t.Errorf("%s: won %v, %v", e.ID, won, err)
			}
		})
	}
	wg.Wait()
	for id, status := range store.rows {
		if status != voltrun.StatusSuccess || store.logs[id] != 1 {
			t.Errorf("%s is %s with %d lines", id, status, store.logs[id])
		}
	}
	w.mu.Lock() // the writer still looks after its starts
	defer w.mu.Unlock()
	if len(store.rows) != 400 || len(w.starts) > 400 || len(w.unsent) != 0 {
		t.Errorf("%d rows, %d starts, %d unsent", len(store.rows), len(w.starts), len(w.unsent))
	}
}

func TestWriterOffersAgainWhatAnUnavailableStoreDidNotTake(t *testing.T) {
	t.Parallel()
	store := newRowStore()
	failures := 3
	store.fail = func([]*voltrun.Execution, []*voltrun.Execution) error {
		if failures--; failures >= 0 {
			return voltrun.Errorf(voltrun.CodeUnavailable, "down")
		}
		return nil
	}
	w := startWriter(t, store)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			if _, err := w.insert(&voltrun.Execution{ID: fmt.Sprint("exe_", i), Status: voltrun.StatusPending}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(store.rows) != 50 || w.committing {
		t.Errorf("%d rows, committing %v", len(store.rows), w.committing)
	}
}

func TestWriterGivesUpInTime(t *testing.T) {
	t.Parallel()
	store := newRowStore()
	store.fail = func([]*voltrun.Execution, []*voltrun.Execution) error {
		return voltrun.Errorf(voltrun.CodeUnavailable, "down")
	}
	w := startWriter(t, store)
	if _, err := w.insert(&voltrun.Execution{ID: "exe_1"}); voltrun.CodeOf(err) != voltrun.CodeUnavailable {
		t.Errorf("err = %v", err)
	}
}

func TestWriterDoesNotLetABadRowFailItsNeighbours(t *testing.T) {
	t.Parallel()
	store := newRowStore()
	store.fail = func(inserts, _ []*voltrun.Execution) error {
		for _, e := range inserts {
			if e.ID == "exe_bad" {
				return errors.New("cannot be stored")
			}
		}
		return nil
	}
	w := startWriter(t, store)
	var wg sync.WaitGroup
	for i := range 40 {
		id := fmt.Sprint("exe_", i)
		if i%10 == 5 {
			id = "exe_bad"
		}
		wg.Go(func() {
			if _, err := w.insert(&voltrun.Execution{ID: id, Status: voltrun.StatusPending}); (err != nil) != (id == "exe_bad") {
				t.Errorf("%s: %v", id, err)
			}
		})
	}
	wg.Wait()
	if len(store.rows) != 36 {
		t.Errorf("%d rows", len(store.rows))
	}
}
