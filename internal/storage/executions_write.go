package storage

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/voltrun/voltrun"
)

const (
	insertColumns = allColumns + `, search`
	insertWidth   = 27

	// finishColumns are what ends an execution; the first two find it.
	finishColumns = `id, attempt, status, start_kind, started_at, finished_at, duration_us, exit_code,
	logs_truncated_bytes, memory_peak_bytes, phases, error, search, output`
	finishWidth = 14
)

// InsertExecutions adds executions, pending, running or terminal, in one transaction.
// One whose (owner, function, idempotency key) exists already is left out, and the
// id of the earlier one is returned at its index; the other indexes hold "".
func (db *DB) InsertExecutions(ctx context.Context, rows []*voltrun.Execution) ([]string, error) {
	var plainRows, keyed [][]any
	for _, e := range rows {
		values, err := insertValues(e)
		if err != nil {
			return nil, voltrun.Internal("encoding execution "+e.ID, err)
		}
		if e.IdempotencyKey == "" {
			plainRows = append(plainRows, values)
		} else {
			keyed = append(keyed, values)
		}
	}
	const doing = "recording executions"
	if len(keyed) == 0 && len(plainRows) == chunkSize(len(plainRows)) {
		// One statement is a transaction of its own.
		return make([]string, len(rows)), failure(doing, insertChunk(db.writer.WithContext(ctx), plainRows))
	}
	var earlier []string
	err := db.transact(ctx, doing, func(tx *gorm.DB) error {
		earlier = make([]string, len(rows))
		for chunk := range chunks(plainRows) {
			if err := insertChunk(tx, chunk); err != nil {
				return err
			}
		}
		if len(keyed) == 0 {
			return nil
		}
		inserted, err := insertKeyed(tx, keyed)
		if err != nil {
			return err
		}
		return findEarlier(tx, rows, inserted, earlier)
	})
	return earlier, err
}

func insertValues(e *voltrun.Execution) ([]any, error) {
	phases, err := encodePhases(e.Phases)
	if err != nil {
		return nil, err
	}
	failed, search, err := encodeError(e.Error)
	if err != nil {
		return nil, err
	}
	return []any{e.ID, e.OwnerID, e.FunctionID, e.FunctionName, e.Version, string(e.Status), string(e.Trigger), string(e.Start), e.Attempt, e.MaxAttempts,
		e.Worker, microsOrNull(e.LeaseUntil), micros(e.CreatedAt), microsOrNull(e.StartedAt), finishedAt(e), e.Duration.Microseconds(), e.ExitCode,
		e.LogsTruncatedBytes, e.MemoryPeakBytes, e.ReplayOf, e.RequestID, e.IdempotencyKey, phases, failed,
		bytesOrNull(e.Input), bytesOrNull(e.Output), fold(e.FunctionName) + search}, nil
}

func insertChunk(tx *gorm.DB, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.Exec("INSERT INTO executions ("+insertColumns+") VALUES "+tuples(len(rows), insertWidth), slices.Concat(rows...)...).Error
}

// insertKeyed adds rows with idempotency keys and returns the ids of those that were the first with their key.
func insertKeyed(tx *gorm.DB, rows [][]any) (map[string]bool, error) {
	inserted := make(map[string]bool, len(rows))
	for chunk := range chunks(rows) {
		query := tx.Raw("INSERT INTO executions ("+insertColumns+") VALUES "+tuples(len(chunk), insertWidth)+
			" ON CONFLICT (owner_id, function_id, idempotency_key) WHERE idempotency_key <> '' DO NOTHING RETURNING id", slices.Concat(chunk...)...)
		if err := each(query, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			inserted[id] = true
			return err
		}); err != nil {
			return nil, err
		}
	}
	return inserted, nil
}

// findEarlier fills in, for every keyed row that was not inserted, the execution that has its key.
func findEarlier(tx *gorm.DB, rows []*voltrun.Execution, inserted map[string]bool, earlier []string) error {
	for i, e := range rows {
		if e.IdempotencyKey == "" || inserted[e.ID] {
			continue
		}
		err := tx.Raw("SELECT id FROM executions WHERE owner_id = ? AND function_id = ? AND idempotency_key = ? AND idempotency_key <> ''",
			e.OwnerID, e.FunctionID, e.IdempotencyKey).Row().Scan(&earlier[i])
		if err != nil {
			// Only retention can have removed it in between: the caller may simply try again.
			return &voltrun.Error{Code: voltrun.CodeUnavailable, Message: "the earlier execution with this idempotency key is just being removed; try again",
				RetryAfter: retryAfter, Err: err}
		}
	}
	return nil
}

// FinishExecutions writes terminal states in one transaction, each guarded by (id, attempt,
// status=running or, for a canceled one, pending). It reports for each row whether it was
// written: false means that a later attempt or another terminal state won.
func (db *DB) FinishExecutions(ctx context.Context, rows []*voltrun.Execution) ([]bool, error) {
	values := make([][]any, len(rows))
	for i, e := range rows {
		var err error
		if values[i], err = finishValues(e); err != nil {
			return nil, voltrun.Internal("finishing execution "+e.ID, err)
		}
	}
	const doing = "recording the end of executions"
	rounds := distinctRounds(rows)
	if len(rounds) == 1 && len(rows) == chunkSize(len(rows)) {
		// One statement is a transaction of its own.
		written := make([]bool, len(rows))
		err := db.finishChunk(db.writer.WithContext(ctx), values, rounds[0], written)
		return written, failure(doing, err)
	}
	var written []bool
	err := db.transact(ctx, doing, func(tx *gorm.DB) error {
		written = make([]bool, len(rows))
		for _, round := range rounds {
			for chunk := range chunks(round) {
				if err := db.finishChunk(tx, values, chunk, written); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return written, err
}

func finishValues(e *voltrun.Execution) ([]any, error) {
	if !e.Status.Terminal() {
		return nil, fmt.Errorf("%q is not a terminal status", e.Status)
	}
	phases, err := encodePhases(e.Phases)
	if err != nil {
		return nil, err
	}
	failed, search, err := encodeError(e.Error)
	if err != nil {
		return nil, err
	}
	return []any{e.ID, e.Attempt, string(e.Status), string(e.Start), microsOrNull(e.StartedAt), finishedAt(e), e.Duration.Microseconds(), e.ExitCode,
		e.LogsTruncatedBytes, e.MemoryPeakBytes, phases, failed, search, bytesOrNull(e.Output)}, nil
}

// distinctRounds splits the indexes of rows so that no execution is twice in a round: one
// statement cannot tell which of two ends of the same execution it took.
func distinctRounds(rows []*voltrun.Execution) [][]int {
	var rounds [][]int
	seen := make(map[string]int, len(rows))
	for i, e := range rows {
		round := seen[e.ID]
		seen[e.ID]++
		if round == len(rounds) {
			rounds = append(rounds, nil)
		}
		rounds[round] = append(rounds[round], i)
	}
	return rounds
}

// finishChunk ends the executions at these indexes, which are distinct, in one statement and marks those it has written.
func (db *DB) finishChunk(tx *gorm.DB, values [][]any, indexes []int, written []bool) error {
	if len(indexes) == 0 {
		return nil
	}
	// PostgreSQL takes the types of the columns from the first row, and locks in the order of the join: sorting
	// keeps two servers from locking each other out more often than need be.
	types := []string{"TEXT", "INTEGER", "TEXT", "TEXT", "BIGINT", "BIGINT", "BIGINT", "INTEGER", "BIGINT", "BIGINT", "TEXT", "TEXT", "TEXT", db.dialect.bytes}
	indexes = slices.Clone(indexes)
	slices.SortFunc(indexes, func(a, b int) int { return compareText(values[a][0], values[b][0]) })
	arguments := make([]any, 0, len(indexes)*finishWidth)
	at := make(map[string]int, len(indexes))
	for _, i := range indexes {
		arguments = append(arguments, values[i]...)
		at[values[i][0].(string)] = i
	}
	query := tx.Raw("WITH ended ("+finishColumns+") AS (VALUES "+typedTuples(types, len(indexes))+`)
		UPDATE executions SET status = ended.status, start_kind = ended.start_kind,
			started_at = COALESCE(ended.started_at, executions.started_at), finished_at = ended.finished_at, duration_us = ended.duration_us,
			exit_code = ended.exit_code, logs_truncated_bytes = ended.logs_truncated_bytes, memory_peak_bytes = ended.memory_peak_bytes,
			phases = ended.phases, error = ended.error, search = executions.search || ended.search, output = ended.output, lease_until = NULL
		FROM ended WHERE executions.id = ended.id AND executions.attempt = ended.attempt
			AND (executions.status = 'running' OR (executions.status = 'pending' AND ended.status = 'canceled'))
		RETURNING executions.id`, arguments...)
	return each(query, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		written[at[id]] = err == nil
		return err
	})
}
