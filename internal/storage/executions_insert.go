package storage

import (
	"context"
	"database/sql"
	"slices"

	"github.com/voltrun/voltrun"
)

const (
	insertColumns = allColumns + `, search`
	insertWidth   = 27
)

// insertText adds this many rows; a keyed one only if it is the first with its key.
func insertText(keyed bool) func(rows int) string {
	return func(rows int) string {
		text := "INSERT INTO executions (" + insertColumns + ") VALUES " + tuples(rows, insertWidth)
		if keyed {
			text += " ON CONFLICT (owner_id, function_id, idempotency_key) WHERE idempotency_key <> '' DO NOTHING RETURNING id"
		}
		return text
	}
}

// insertion is what adding rows takes.
type insertion struct {
	rows        []*voltrun.Execution
	finished    []int64  // when each ended, in microseconds; 0: it has not
	free, keyed []any    // the columns of all rows one after the other, of those without an idempotency key and of those with one
	earlier     []string // the answer
}

func newInsertion(rows []*voltrun.Execution) (*insertion, error) {
	in := &insertion{rows: rows, finished: make([]int64, len(rows)), free: make([]any, 0, len(rows)*insertWidth), earlier: make([]string, len(rows))}
	for i, e := range rows {
		to := &in.free
		if e.IdempotencyKey != "" {
			to = &in.keyed
		}
		var err error
		in.finished[i] = finishedAt(e)
		if *to, err = appendInsertValues(*to, e, in.finished[i]); err != nil {
			return nil, voltrun.Internal("encoding execution "+e.ID, err)
		}
	}
	return in, nil
}

// single reports that it takes one statement and ends nothing.
func (in *insertion) single() bool {
	n := len(in.free) / insertWidth
	return len(in.keyed) == 0 && n == chunkSize(n) && !slices.ContainsFunc(in.finished, func(us int64) bool { return us != 0 })
}

func appendInsertValues(to []any, e *voltrun.Execution, finished int64) ([]any, error) {
	phases, err := encodePhases(e.Phases)
	if err != nil {
		return nil, err
	}
	failed, search, err := encodeError(e.Error)
	if err != nil {
		return nil, err
	}
	ended := timeValue(e.FinishedAt)
	if finished != 0 {
		ended = finished
	}
	return append(to, e.ID, e.OwnerID, e.FunctionID, e.FunctionName, int64(e.Version), string(e.Status), string(e.Trigger), string(e.Start),
		int64(e.Attempt), int64(e.MaxAttempts), e.Worker, timeValue(e.LeaseUntil), micros(e.CreatedAt), timeValue(e.StartedAt), ended,
		e.Duration.Microseconds(), intValue(e.ExitCode), e.LogsTruncatedBytes, e.MemoryPeakBytes, e.ReplayOf, e.RequestID, e.IdempotencyKey,
		phases, failed, bytesOrNull(e.Input), bytesOrNull(e.Output), fold(e.FunctionName)+search), nil
}

func (db *DB) insert(ctx context.Context, on session, in *insertion) error {
	clear(in.earlier)
	for rows, chunk := range valueChunks(in.free, insertWidth) {
		if _, err := on.ExecContext(ctx, db.statements.insert[rows], chunk...); err != nil {
			return err
		}
	}
	if len(in.keyed) == 0 {
		return nil
	}
	inserted, err := db.insertKeyed(ctx, on, in.keyed)
	if err != nil {
		return err
	}
	return db.findEarlier(ctx, on, in.rows, inserted, in.earlier)
}

// insertKeyed adds rows with idempotency keys and returns the ids of those that were the first with their key.
func (db *DB) insertKeyed(ctx context.Context, tx session, values []any) (map[string]bool, error) {
	inserted := make(map[string]bool)
	for rows, chunk := range valueChunks(values, insertWidth) {
		err := query(ctx, tx, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			inserted[id] = true
			return err
		}, db.statements.insertKeyed[rows], chunk...)
		if err != nil {
			return nil, err
		}
	}
	return inserted, nil
}

// findEarlier fills in, for every keyed row that was not inserted, the execution that has its key.
func (db *DB) findEarlier(ctx context.Context, tx session, rows []*voltrun.Execution, inserted map[string]bool, earlier []string) error {
	for i, e := range rows {
		if e.IdempotencyKey == "" || inserted[e.ID] {
			continue
		}
		err := query(ctx, tx, func(rows *sql.Rows) error { return rows.Scan(&earlier[i]) }, db.statements.earlier, e.OwnerID, e.FunctionID, e.IdempotencyKey)
		if err != nil {
			return err
		}
		if earlier[i] == "" {
			// Only retention can have removed it in between: the caller may simply try again.
			return &voltrun.Error{Code: voltrun.CodeUnavailable, Message: "the earlier execution with this idempotency key is just being removed; try again",
				RetryAfter: retryAfter}
		}
	}
	return nil
}
