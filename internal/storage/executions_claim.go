package storage

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/voltrun/voltrun"
)

// ExpireBatch is how many lost executions one call of ExpireLeases treats.
const ExpireBatch = 500

// ClaimExecution takes one pending execution: running, attempt+1, lease. With id "" it takes
// the oldest pending one whose function is not in busy. nil means there was none.
func (db *DB) ClaimExecution(ctx context.Context, id, worker string, busy []string, now, leaseUntil time.Time) (*voltrun.Execution, error) {
	switch {
	case id != "" && !plain(id):
		return nil, nil
	case id != "":
		return db.claim(ctx, db.statements.claimID, worker, now, leaseUntil, id)
	case len(busy) == 0:
		return db.claim(ctx, db.statements.claimOldest, worker, now, leaseUntil)
	}
	// Somebody else may be faster with the function found; a few tries are enough, as nothing is lost by missing one.
	for range 3 {
		function, err := db.idleFunction(ctx, busy)
		if err != nil || function == "" {
			return nil, err
		}
		claimed, err := db.claim(ctx, db.statements.claimFunction, worker, now, leaseUntil, function)
		if err != nil || claimed != nil {
			return claimed, err
		}
	}
	return nil, nil
}

// claimText takes the oldest pending execution that meets a condition.
func (d dialect) claimText(condition string) string {
	return d.text(`UPDATE executions
		SET status = 'running', attempt = attempt + 1, worker = ?, lease_until = ?, started_at = ?
		WHERE status = 'pending' AND id = (
			SELECT id FROM executions WHERE status = 'pending'` + condition + ` ORDER BY id LIMIT 1` + d.skipLocked + `)
		RETURNING ` + allColumns)
}

// claim runs one of the claims' statements; keys are the values of its condition.
func (db *DB) claim(ctx context.Context, text, worker string, now, leaseUntil time.Time, keys ...any) (*voltrun.Execution, error) {
	var claimed *voltrun.Execution
	err := db.writeOne(ctx, "claiming an execution", func(ctx context.Context, conn session) error {
		return query(ctx, conn, func(rows *sql.Rows) (err error) {
			claimed, err = scanExecution(rows)
			return err
		}, text, append([]any{worker, micros(leaseUntil), micros(now)}, keys...)...)
	})
	return claimed, err
}

// idleFunction returns the function, other than those in busy, that has waited longest for its oldest pending execution.
// It hops from function to function in the index, so that the length of a busy function's queue does not matter.
func (db *DB) idleFunction(ctx context.Context, busy []string) (string, error) {
	var function string
	err := db.read(ctx, "claiming an execution", func(rows *sql.Rows) error { return rows.Scan(&function) }, db.dialect.text(`WITH RECURSIVE
		waiting (function_id) AS (
			SELECT MIN(function_id) FROM executions WHERE status = 'pending'
			UNION ALL
			SELECT (SELECT MIN(e.function_id) FROM executions e WHERE e.status = 'pending' AND e.function_id > waiting.function_id)
			FROM waiting WHERE waiting.function_id IS NOT NULL)
		SELECT function_id FROM waiting WHERE function_id IS NOT NULL AND function_id NOT IN (`+placeholders(len(busy))+`)
		ORDER BY (SELECT MIN(e.id) FROM executions e WHERE e.status = 'pending' AND e.function_id = waiting.function_id) LIMIT 1`), anys(busy)...)
	return function, err
}

// RenewLeases extends the leases that worker holds for these (id → attempt); it returns the ids it no longer holds, sorted.
func (db *DB) RenewLeases(ctx context.Context, worker string, held map[string]int, leaseUntil time.Time) ([]string, error) {
	var lost []string
	err := db.transact(ctx, "renewing leases", func(tx *gorm.DB) error {
		lost = nil
		for ids := range chunks(slices.Sorted(maps.Keys(held))) {
			renewed, err := renewChunk(tx, worker, ids, held, leaseUntil)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if !renewed[id] {
					lost = append(lost, id)
				}
			}
		}
		return nil
	})
	return lost, err
}

func renewChunk(tx *gorm.DB, worker string, ids []string, held map[string]int, leaseUntil time.Time) (map[string]bool, error) {
	var arguments []any
	for _, id := range ids {
		arguments = append(arguments, id, held[id])
	}
	renewed := make(map[string]bool, len(ids))
	query := tx.Raw("WITH held (id, attempt) AS (VALUES "+typedTuples([]string{"TEXT", "INTEGER"}, len(ids))+`)
		UPDATE executions SET lease_until = ? FROM held
		WHERE executions.id = held.id AND executions.attempt = held.attempt AND executions.status = 'running' AND executions.worker = ?
		RETURNING executions.id`, append(arguments, micros(leaseUntil), worker)...)
	err := each(query, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		renewed[id] = true
		return err
	})
	return renewed, err
}

// ExpireLeases treats every running execution whose lease ended before now, or is held by one of deadWorkers: back to pending
// while attempts are left, otherwise failed with ErrorLost. It returns the changed ones, without input and output, at most
// ExpireBatch a call. An execution that runs without a lease is lost only with its worker.
func (db *DB) ExpireLeases(ctx context.Context, now time.Time, deadWorkers []string) ([]*voltrun.Execution, error) {
	failed, search, err := encodeError(&voltrun.ExecutionError{Type: voltrun.ErrorLost,
		Message: "The worker that ran this execution stopped, and no attempts are left. Replay it to try again."})
	if err != nil {
		return nil, voltrun.Internal("expiring leases", err)
	}
	lost, arguments := "lease_until < ?", []any{micros(now)}
	if len(deadWorkers) > 0 {
		lost += " OR worker IN (" + placeholders(len(deadWorkers)) + ")"
		arguments = append(arguments, anys(deadWorkers)...)
	}
	arguments = append(arguments, ExpireBatch, micros(now), failed, search)
	var changed []*voltrun.Execution
	err = db.transact(ctx, "expiring leases", func(tx *gorm.DB) error {
		changed = nil
		query := tx.Raw(fmt.Sprintf(`WITH lost AS MATERIALIZED (
				SELECT id FROM executions WHERE status = 'running' AND (%s) ORDER BY lease_until LIMIT ?%s)
			UPDATE executions SET lease_until = NULL,
				status      = CASE WHEN attempt < max_attempts THEN 'pending' ELSE 'failed' END,
				worker      = CASE WHEN attempt < max_attempts THEN '' ELSE worker END,
				started_at  = CASE WHEN attempt < max_attempts THEN NULL ELSE started_at END,
				finished_at = CASE WHEN attempt < max_attempts THEN NULL ELSE CAST(? AS BIGINT) END,
				error       = CASE WHEN attempt < max_attempts THEN NULL ELSE CAST(? AS TEXT) END,
				search      = CASE WHEN attempt < max_attempts THEN search ELSE search || CAST(? AS TEXT) END
			WHERE status = 'running' AND id IN (SELECT id FROM lost) RETURNING %s`, lost, db.dialect.skipLocked, summaryColumns), arguments...)
		err := each(query, func(rows *sql.Rows) error {
			e, err := scanSummary(rows)
			changed = append(changed, e)
			return err
		})
		if err != nil {
			return err
		}
		return db.addStats(ctx, tx.Statement.ConnPool, statsOfEnded(changed))
	})
	return changed, err
}

// CancelPending takes a pending execution to canceled; false means it is not pending any more.
func (db *DB) CancelPending(ctx context.Context, id string, now time.Time) (bool, error) {
	failed, search, err := canceledPending()
	if err != nil {
		return false, err
	}
	if !plain(id) {
		return false, nil
	}
	canceled := 0
	err = db.write(ctx, "canceling execution "+id, func(ctx context.Context, tx session) (err error) {
		canceled, err = db.cancelRows(ctx, tx, db.statements.cancelPending, micros(now), failed, search, id)
		return err
	})
	return canceled == 1, err
}

// cancelRows runs an update that cancels executions and returns their summaries, and sums them up. It returns how many there were.
func (db *DB) cancelRows(ctx context.Context, tx session, text string, arguments ...any) (int, error) {
	var canceled []*voltrun.Execution
	err := query(ctx, tx, func(rows *sql.Rows) error {
		e, err := scanSummary(rows)
		canceled = append(canceled, e)
		return err
	}, text, arguments...)
	if err != nil {
		return 0, err
	}
	return len(canceled), db.addStats(ctx, tx, statsOfEnded(canceled))
}

// cancelPendingText cancels one execution that is still pending.
const cancelPendingText = `UPDATE executions SET status = 'canceled', finished_at = ?, error = ?, search = search || CAST(? AS TEXT)
	WHERE id = ? AND status = 'pending' RETURNING ` + summaryColumns

// statsOfEnded sums up those of rows, as they are stored now, that have ended.
func statsOfEnded(rows []*voltrun.Execution) (sums statsSums) {
	for _, e := range rows {
		if finished := finishedAt(e); finished != 0 {
			sums.add(e, finished)
		}
	}
	return sums
}

func anys[S ~string](texts []S) []any {
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = string(text)
	}
	return values
}
