package storage

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"
)

const terminal = `status IN ('success', 'failed', 'timeout', 'canceled')`

// PruneExecutions removes terminal executions with their logs: those finished before olderThan (the zero
// time: no such limit), and of each function those beyond the newest keep (0: no such limit).
// It removes at most limit of them a call and returns how many: call it again until that is less than limit.
func (db *DB) PruneExecutions(ctx context.Context, olderThan time.Time, keep, limit int) (int, error) {
	const doing = "removing old executions"
	var ids []string
	if !olderThan.IsZero() && limit > 0 {
		// Nothing ends before it is made, and ids are in order of creation: the walk from the oldest id stays among the candidates.
		found, err := texts(db.reader.WithContext(ctx).Raw(
			"SELECT id FROM executions WHERE id < ? AND finished_at < ? ORDER BY id LIMIT ?", firstID(olderThan.Add(idSlack)), micros(olderThan), limit))
		if err != nil {
			return 0, failure(doing, err)
		}
		ids = found
	}
	if keep > 0 && len(ids) < limit {
		found, err := db.beyondNewest(ctx, keep, limit-len(ids))
		if err != nil {
			return 0, failure(doing, err)
		}
		ids = append(ids, found...)
	}
	return db.removeExecutions(ctx, ids)
}

// beyondNewest finds terminal executions that have keep newer ones of the same function. It hops from function to
// function in the index and reads nothing but index entries until it knows where a function's surplus begins.
func (db *DB) beyondNewest(ctx context.Context, keep, limit int) ([]string, error) {
	return texts(db.reader.WithContext(ctx).Raw(`WITH RECURSIVE
		owners (owner_id) AS (
			SELECT MIN(owner_id) FROM executions
			UNION ALL
			SELECT (SELECT MIN(e.owner_id) FROM executions e WHERE e.owner_id > owners.owner_id) FROM owners WHERE owners.owner_id IS NOT NULL),
		used (owner_id, function_id) AS (
			SELECT owner_id, (SELECT MIN(e.function_id) FROM executions e WHERE e.owner_id = owners.owner_id) FROM owners WHERE owner_id IS NOT NULL
			UNION ALL
			SELECT used.owner_id, (SELECT MIN(e.function_id) FROM executions e WHERE e.owner_id = used.owner_id AND e.function_id > used.function_id)
			FROM used WHERE used.function_id IS NOT NULL),
		newest_surplus (owner_id, function_id, id) AS MATERIALIZED (
			SELECT used.owner_id, used.function_id, (SELECT e.id FROM executions e
				WHERE e.owner_id = used.owner_id AND e.function_id = used.function_id ORDER BY e.id DESC LIMIT 1 OFFSET ?)
			FROM used WHERE used.function_id IS NOT NULL)
		SELECT e.id FROM newest_surplus s JOIN executions e ON e.owner_id = s.owner_id AND e.function_id = s.function_id AND e.id <= s.id
		WHERE s.id IS NOT NULL AND e.`+terminal+` LIMIT ?`, keep, limit))
}

// removeExecutions deletes these executions, unless they are running again, and their logs, in small transactions.
func (db *DB) removeExecutions(ctx context.Context, ids []string) (int, error) {
	removed := 0
	for chunk := range chunks(ids) {
		n, err := db.removeChunk(ctx, chunk)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, nil
}

func (db *DB) removeChunk(ctx context.Context, ids []string) (int, error) {
	removed := 0
	err := db.transact(ctx, "removing old executions", func(tx *gorm.DB) error {
		in := " IN (" + placeholders(len(ids)) + ")"
		gone, err := texts(tx.Raw("DELETE FROM executions WHERE id"+in+" AND "+terminal+" RETURNING id", anys(ids)...))
		removed = len(gone)
		if err != nil || removed == 0 {
			return err
		}
		return tx.Exec("DELETE FROM execution_logs WHERE execution_id IN ("+placeholders(removed)+")", anys(gone)...).Error
	})
	return removed, err
}

// texts reads the rows of a query of one text column.
func texts(query *gorm.DB) ([]string, error) {
	var found []string
	err := each(query, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		found = append(found, text)
		return err
	})
	return found, err
}
