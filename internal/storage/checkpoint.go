package storage

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"
)

// A commit of SQLite that makes the log longer than wal_autocheckpoint moves the log's pages to their places and waits for the disk,
// and everybody behind it waits as well. So that this hardly ever happens, another connection does it beside the commits.
const (
	checkpointEvery = 100 * time.Millisecond
	// checkpointWrites is how many transactions are worth a checkpoint.
	checkpointWrites = 256
	// restartPages is how long the log, in pages, may be before it is begun anew. That needs the writer's connection
	// for a moment: only between two commits is everything moved.
	restartPages = 8000
)

// checkpointer moves what is committed from the log to its place, in the background.
type checkpointer struct {
	pool   *sql.DB // one connection of its own
	writer *sql.DB
	writes atomic.Int64 // transactions since the last round
	stop   context.CancelFunc
	ended  chan struct{}
}

func startCheckpointer(pool, writer *sql.DB) *checkpointer {
	ctx, stop := context.WithCancel(context.Background())
	c := &checkpointer{pool: pool, writer: writer, stop: stop, ended: make(chan struct{})}
	go func() { // ends with close, which waits for it
		defer close(c.ended)
		c.run(ctx)
	}()
	return c
}

// wrote counts a transaction.
func (c *checkpointer) wrote() {
	if c != nil {
		c.writes.Add(1)
	}
}

func (c *checkpointer) close() error {
	c.stop()
	<-c.ended
	return c.pool.Close()
}

func (c *checkpointer) run(ctx context.Context) {
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if c.writes.Load() < checkpointWrites {
			continue
		}
		c.writes.Store(0)
		// What fails here is done by a later round or, in the end, by a commit: it is no loss.
		if pages, err := checkpoint(ctx, c.pool); err == nil && pages > restartPages {
			_, _ = checkpoint(ctx, c.writer)
		}
	}
}

// checkpoint moves as much of the log as it can without waiting for anybody, and returns the log's length in pages.
// See https://www.sqlite.org/pragma.html#pragma_wal_checkpoint.
func checkpoint(ctx context.Context, on *sql.DB) (pages int, err error) {
	var busy, moved int
	err = on.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &moved)
	return pages, err
}
