package storage

import "context"

// ExecutionsAfter lists the ids of a function's executions above id, lowest first, at most limit: what a
// watcher of the function has not seen yet.
func (db *DB) ExecutionsAfter(ctx context.Context, owner, functionID, id string, limit int) ([]string, error) {
	query := db.reader.WithContext(ctx).Raw(
		"SELECT id FROM executions WHERE owner_id = ? AND function_id = ? AND id > ? ORDER BY id LIMIT ?", owner, functionID, id, limit)
	ids, err := texts(query)
	return ids, failure("listing the executions of a function", err)
}
