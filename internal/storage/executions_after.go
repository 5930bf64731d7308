package storage

import "context"

// ExecutionsAfter lists the ids of a function's executions, or with functionID "" of all of the owner's, above id, lowest
// first, at most limit: what a watcher has not seen yet.
func (db *DB) ExecutionsAfter(ctx context.Context, owner, functionID, id string, limit int) ([]string, error) {
	where := ownedBy(owner, functionID)
	where.add("id > ?", id)
	ids, err := texts(db.reader.WithContext(ctx).Raw("SELECT id FROM executions"+where.String()+" ORDER BY id LIMIT ?", append(where.arguments, limit)...))
	return ids, failure("listing new executions", err)
}

// ownedBy finds the executions of an owner, of one function of his or, with functionID "", of all.
func ownedBy(owner, functionID string) (where conditions) {
	where.add("owner_id = ?", owner)
	if functionID != "" {
		where.add("function_id = ?", functionID)
	}
	return where
}
