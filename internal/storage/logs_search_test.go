package storage

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

// TestSearchesTakeTurns has all turns taken: a search waits for one, no longer than its caller does, and gives it back.
func TestSearchesTakeTurns(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), Config{URL: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range maxSearches {
		db.searches <- struct{}{}
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := db.SearchLogs(short, voltrun.LogFilter{OwnerID: "usr_1"}, voltrun.PageRequest{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without a turn: %v", err)
	}
	waiting := make(chan error)
	go func() {
		_, err := db.SearchLogs(t.Context(), voltrun.LogFilter{OwnerID: "usr_1"}, voltrun.PageRequest{})
		waiting <- err
	}()
	<-db.searches
	if err := <-waiting; err != nil {
		t.Errorf("with a turn that came free: %v", err)
	}
	if n := len(db.searches); n != maxSearches-1 {
		t.Errorf("%d turns are taken", n)
	}
}
