package storage

import (
	"context"
	"database/sql"

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

// InsertExecutions adds executions, pending, running or terminal, in one transaction.
// One whose (owner, function, idempotency key) exists already is left out, and the
// id of the earlier one is returned at its index; the other indexes hold "".
func (db *DB) InsertExecutions(ctx context.Context, rows []*voltrun.Execution) ([]string, error) {
	free, keyed, err := insertValues(rows)
	if err != nil {
		return nil, err
	}
	const doing = "recording executions"
	earlier := make([]string, len(rows))
	if n := len(free) / insertWidth; len(keyed) == 0 && n == chunkSize(n) {
		return earlier, db.writeOne(ctx, doing, func(ctx context.Context, conn session) error { return db.insertFree(ctx, conn, free) })
	}
	err = db.write(ctx, doing, func(ctx context.Context, tx session) error {
		clear(earlier)
		if err := db.insertFree(ctx, tx, free); err != nil || len(keyed) == 0 {
			return err
		}
		inserted, err := db.insertKeyed(ctx, tx, keyed)
		if err != nil {
			return err
		}
		return db.findEarlier(ctx, tx, rows, inserted, earlier)
	})
	return earlier, err
}

// insertValues are the columns of all rows one after the other, of those without an idempotency key and of those with one.
func insertValues(rows []*voltrun.Execution) (free, keyed []any, err error) {
	free = make([]any, 0, len(rows)*insertWidth)
	for _, e := range rows {
		to := &free
		if e.IdempotencyKey != "" {
			to = &keyed
		}
		if *to, err = appendInsertValues(*to, e); err != nil {
			return nil, nil, voltrun.Internal("encoding execution "+e.ID, err)
		}
	}
	return free, keyed, nil
}

func appendInsertValues(to []any, e *voltrun.Execution) ([]any, error) {
	phases, err := encodePhases(e.Phases)
	if err != nil {
		return nil, err
	}
	failed, search, err := encodeError(e.Error)
	if err != nil {
		return nil, err
	}
	return append(to, e.ID, e.OwnerID, e.FunctionID, e.FunctionName, int64(e.Version), string(e.Status), string(e.Trigger), string(e.Start),
		int64(e.Attempt), int64(e.MaxAttempts), e.Worker, timeValue(e.LeaseUntil), micros(e.CreatedAt), timeValue(e.StartedAt), finishedAt(e),
		e.Duration.Microseconds(), intValue(e.ExitCode), e.LogsTruncatedBytes, e.MemoryPeakBytes, e.ReplayOf, e.RequestID, e.IdempotencyKey,
		phases, failed, bytesOrNull(e.Input), bytesOrNull(e.Output), fold(e.FunctionName)+search), nil
}

func (db *DB) insertFree(ctx context.Context, on session, values []any) error {
	for rows, chunk := range valueChunks(values, insertWidth) {
		if _, err := on.ExecContext(ctx, db.statements.insert[rows], chunk...); err != nil {
			return err
		}
	}
	return nil
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
