package storage

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

func openFile(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := Open(t.Context(), Config{URL: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db.writerPool()
}

// kept is how many statements the pool's only connection keeps.
func kept(t *testing.T, pool *sql.DB) int {
	t.Helper()
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	n := 0
	err = conn.Raw(func(driverConn any) error {
		c := driverConn.(*sqliteConn)
		if n = c.order.Len(); n != len(c.idle) {
			return fmt.Errorf("%d statements in order, %d by text", n, len(c.idle))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStatementsAreKept(t *testing.T) {
	t.Parallel()
	pool := openFile(t, filepath.Join(t.TempDir(), "x.db"))
	before := kept(t, pool)
	for range 3 {
		for i := range 5 {
			var got int
			if err := pool.QueryRow("SELECT "+fmt.Sprint(i)+" + ?", 10).Scan(&got); err != nil || got != i+10 {
				t.Fatalf("got %d, %v", got, err)
			}
		}
	}
	if n := kept(t, pool); n != before+5 {
		t.Fatalf("%d statements kept, want 5 more than %d", n, before)
	}
	for i := range 3 * maxPrepared {
		if _, err := pool.Exec("SELECT 'x', " + fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := kept(t, pool); n != maxPrepared {
		t.Fatalf("%d statements kept, want %d", n, maxPrepared)
	}
	if _, err := pool.Exec("no SQL"); err == nil {
		t.Fatal("nonsense was executed")
	}
}

// TestStatementInUse runs a text again, in the same transaction, while its rows are being read.
func TestStatementInUse(t *testing.T) {
	t.Parallel()
	pool := openFile(t, filepath.Join(t.TempDir(), "x.db"))
	tx, err := pool.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	const text = "WITH RECURSIVE n (i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT i FROM n"
	outer, err := tx.Query(text, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	for want := 1; outer.Next(); want++ {
		var i, first int
		if err := outer.Scan(&i); err != nil || i != want {
			t.Fatalf("got %d, %v; want %d", i, err, want)
		}
		if err := tx.QueryRow(text, i).Scan(&first); err != nil || first != i {
			t.Fatalf("the inner query gave %d, %v; want %d", first, err, i)
		}
	}
	if err := outer.Err(); err != nil {
		t.Fatal(err)
	}
}

// TestCanceledBegin gives up waiting for another process's transaction, and begins one later.
func TestCanceledBegin(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	pool, other := openFile(t, path), openFile(t, path)
	for range 3 {
		holding, err := other.Begin()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if tx, err := pool.BeginTx(ctx, nil); err == nil {
			t.Fatal("two transactions write at once", tx.Rollback())
		}
		cancel()
		if err := holding.Rollback(); err != nil {
			t.Fatal(err)
		}
		tx, err := pool.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("CREATE TABLE IF NOT EXISTS x (y)"); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBeginRacesCancel cancels at every moment of beginning: no transaction may stay open behind database/sql's back.
func TestBeginRacesCancel(t *testing.T) {
	t.Parallel()
	pool := openFile(t, filepath.Join(t.TempDir(), "x.db"))
	for i := range 500 {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			time.Sleep(time.Duration(i%50) * time.Microsecond)
			cancel()
		}()
		if tx, err := pool.BeginTx(ctx, nil); err == nil {
			_ = tx.Rollback() // the cancel may have done so
		}
		cancel()
		tx, err := pool.Begin()
		if err != nil {
			t.Fatalf("after cancel %d: %v", i, err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}
