package storage

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/voltrun/voltrun"
)

// Execution returns the owner's execution with input and output.
func (db *DB) Execution(ctx context.Context, owner, id string) (*voltrun.Execution, error) {
	return db.oneExecution(ctx, "id = ? AND owner_id = ?", id, owner)
}

// ExecutionByIdempotencyKey returns the execution of the function that was asked for with key.
func (db *DB) ExecutionByIdempotencyKey(ctx context.Context, owner, functionID, key string) (*voltrun.Execution, error) {
	return db.oneExecution(ctx, "owner_id = ? AND function_id = ? AND idempotency_key = ? AND idempotency_key <> ''", owner, functionID, key)
}

func (db *DB) oneExecution(ctx context.Context, condition string, keys ...string) (*voltrun.Execution, error) {
	for _, key := range keys {
		if !plain(key) {
			return nil, notFound("execution")
		}
	}
	var found *voltrun.Execution
	query := db.reader.WithContext(ctx).Raw("SELECT "+allColumns+" FROM executions WHERE "+condition, anys(keys)...)
	err := each(query, func(rows *sql.Rows) (err error) {
		found, err = scanExecution(rows)
		return err
	})
	if err == nil && found == nil {
		return nil, notFound("execution")
	}
	return found, failure("reading the execution", err)
}

// ListExecutions returns executions newest first, without input and output.
//
// A page costs the same however many there are when it is narrowed by nothing, by function or by status.
// The other filters are tried row by row on what these leave.
func (db *DB) ListExecutions(ctx context.Context, filter voltrun.ExecutionFilter, page voltrun.PageRequest) (voltrun.Page[voltrun.Execution], error) {
	size, below, err := cursor(page, voltrun.PrefixExecution)
	if err != nil {
		return voltrun.Page[voltrun.Execution]{}, err
	}
	where, arguments := executionConditions(filter)
	if below != "" {
		where, arguments = append(where, "id < ?"), append(arguments, below)
	}
	query := "SELECT " + summaryColumns + " FROM executions"
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	found := make([]voltrun.Execution, 0, size+1)
	err = each(db.reader.WithContext(ctx).Raw(query+" ORDER BY id DESC LIMIT ?", append(arguments, size+1)...), func(rows *sql.Rows) error {
		e, err := scanSummary(rows)
		if err == nil {
			found = append(found, *e)
		}
		return err
	})
	if err != nil {
		return voltrun.Page[voltrun.Execution]{}, failure("listing executions", err)
	}
	return paged(found, size, func(e voltrun.Execution) string { return e.ID }), nil
}

func executionConditions(filter voltrun.ExecutionFilter) (where []string, arguments []any) {
	add := func(condition string, values ...any) {
		where, arguments = append(where, condition), append(arguments, values...)
	}
	if filter.OwnerID != "" {
		add("owner_id = ?", filter.OwnerID)
	}
	if filter.FunctionID != "" {
		add("function_id = ?", filter.FunctionID)
	}
	switch {
	case filter.Status == "":
	case filter.FunctionID != "":
		// Not a bare column, so that the index of the function is taken: it is the narrower one.
		add("status || '' = ?", string(filter.Status))
	default:
		add("status = ?", string(filter.Status))
	}
	if filter.Trigger != "" {
		add("trigger_kind = ?", string(filter.Trigger))
	}
	if !filter.From.IsZero() {
		add("created_at >= ? AND id >= ?", micros(filter.From), firstID(filter.From.Add(-idSlack)))
	}
	if !filter.To.IsZero() {
		add("created_at < ? AND id < ?", micros(filter.To), firstID(filter.To.Add(idSlack)))
	}
	if filter.Query != "" {
		pattern := containing(filter.Query)
		add(`(LOWER(id) LIKE ? ESCAPE '\' OR search LIKE ? ESCAPE '\')`, pattern, pattern)
	}
	return where, arguments
}

// idSlack is how far the time in an execution's id and its created_at may be apart:
// the id narrows the scan of the index, created_at decides.
const idSlack = 10 * time.Minute

// firstID is the lowest execution id that can be made at t: ids begin with 48 bits of Unix milliseconds, 5 bits a character.
func firstID(t time.Time) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	ms := min(max(t.UnixMilli(), 0), 1<<48-1)
	var digits [10]byte
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = alphabet[ms&31]
		ms >>= 5
	}
	return voltrun.PrefixExecution + "_" + string(digits[:]) + strings.Repeat("0", 16)
}

// CountPending counts the pending executions of all users.
func (db *DB) CountPending(ctx context.Context) (int64, error) {
	var count int64
	err := db.reader.WithContext(ctx).Raw("SELECT COUNT(*) FROM executions WHERE status = 'pending'").Row().Scan(&count)
	return count, failure("counting pending executions", err)
}
