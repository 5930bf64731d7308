package storage

import (
	"context"
	"database/sql"
	"slices"

	"github.com/voltrun/voltrun"
)

// ExecutionsAfter lists the ids of a function's executions, or with functionID "" of all of the owner's, above id, lowest
// first, at most limit: what a watcher has not seen yet.
func (db *DB) ExecutionsAfter(ctx context.Context, owner, functionID, id string, limit int) ([]string, error) {
	where := ownedBy(owner, functionID)
	where.add("id > ?", id)
	ids, err := texts(db.reader.WithContext(ctx).Raw("SELECT id FROM executions"+where.String()+" ORDER BY id LIMIT ?", append(where.arguments, limit)...))
	return ids, failure("listing new executions", err)
}

// UnfinishedExecutions lists the ids of the owner's executions, of one function or with functionID "" of all, that wait or run, oldest
// first, at most limit.
func (db *DB) UnfinishedExecutions(ctx context.Context, owner, functionID string, limit int) ([]string, error) {
	var found []string
	for _, status := range []voltrun.Status{voltrun.StatusPending, voltrun.StatusRunning} {
		where := ownedBy(owner, functionID)
		from := executionSource(voltrun.ExecutionFilter{Statuses: []voltrun.Status{status}})
		ids, err := texts(db.reader.WithContext(ctx).Raw("SELECT id FROM "+from+where.String()+" ORDER BY id LIMIT ?", append(where.arguments, limit)...))
		if err != nil {
			return nil, failure("listing unfinished executions", err)
		}
		found = append(found, ids...)
	}
	slices.Sort(found)
	found = slices.Compact(found) // one may have been claimed between the two
	return found[:min(len(found), limit)], nil
}

// Statuses returns the statuses of the owner's executions by id; one that he does not have is left out.
func (db *DB) Statuses(ctx context.Context, owner string, ids []string) (map[string]voltrun.Status, error) {
	found := make(map[string]voltrun.Status, len(ids))
	for chunk := range chunks(ids) {
		query := db.reader.WithContext(ctx).Raw("SELECT id, status FROM executions WHERE owner_id = ? AND id IN ("+placeholders(len(chunk))+")",
			append([]any{owner}, anys(chunk)...)...)
		if err := each(query, func(rows *sql.Rows) error {
			var id string
			var status voltrun.Status
			err := rows.Scan(&id, &status)
			found[id] = status
			return err
		}); err != nil {
			return nil, failure("reading statuses", err)
		}
	}
	return found, nil
}

// ownedBy finds the executions of an owner, of one function of his or, with functionID "", of all.
func ownedBy(owner, functionID string) (where conditions) {
	where.add("owner_id = ?", owner)
	if functionID != "" {
		where.add("function_id = ?", functionID)
	}
	return where
}
