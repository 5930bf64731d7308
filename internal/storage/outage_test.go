package storage_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/pgtest"
)

// TestConnectionsTerminated cuts every connection again and again while executions are inserted: a call fails
// as unavailable or its rows are there, and afterwards everything works as before.
func TestConnectionsTerminated(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	db := open(t, url)
	admin, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()

	const writers, wanted = 4, 40
	var group sync.WaitGroup
	var failed [writers]error
	acknowledged := make([][]string, writers)
	for i := range writers {
		group.Go(func() {
			for len(acknowledged[i]) < wanted && failed[i] == nil {
				e := benchExecution(voltrun.StatusPending)
				_, err := db.InsertExecutions(context.Background(), []*voltrun.Execution{e})
				switch voltrun.CodeOf(err) {
				case "":
					acknowledged[i] = append(acknowledged[i], e.ID)
				case voltrun.CodeUnavailable:
				default:
					failed[i] = err
				}
			}
		})
	}
	finished := make(chan struct{})
	go func() { group.Wait(); close(finished) }()
	for cutting := true; cutting; {
		if _, err := admin.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'voltrun' AND datname = current_database()"); err != nil {
			t.Error(err)
		}
		select {
		case <-finished:
			cutting = false
		default:
		}
	}
	for i := range writers {
		if failed[i] != nil {
			t.Fatalf("not unavailable but: %v", failed[i])
		}
		for _, id := range acknowledged[i] {
			_, err := db.Execution(t.Context(), benchOwner, id)
			// Each connection that was cut while it was idle may say so once.
			for range 50 {
				if voltrun.CodeOf(err) != voltrun.CodeUnavailable {
					break
				}
				_, err = db.Execution(t.Context(), benchOwner, id)
			}
			if err != nil {
				t.Fatalf("acknowledged %s: %v", id, err)
			}
		}
	}
}

// TestWritesRefused takes the right to write away from a database, as a failover to a standby does.
func TestWritesRefused(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	open(t, url)
	db := open(t, url+"&default_transaction_read_only=on")
	_, err := db.InsertExecutions(t.Context(), []*voltrun.Execution{benchExecution(voltrun.StatusPending)})
	if voltrun.CodeOf(err) != voltrun.CodeUnavailable {
		t.Fatalf("got %v, want unavailable", err)
	}
	if _, err := db.CountPending(t.Context()); err != nil {
		t.Fatalf("reading: %v", err)
	}
}
