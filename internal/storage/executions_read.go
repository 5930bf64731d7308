package storage

import (
	"context"
	"database/sql"

	"github.com/voltrun/voltrun"
)

// Execution returns the owner's execution with input and output.
func (db *DB) Execution(ctx context.Context, owner, id string) (*voltrun.Execution, error) {
	return db.oneExecution(ctx, db.statements.execution, id, owner)
}

// ExecutionByIdempotencyKey returns the execution of the function that was asked for with key.
func (db *DB) ExecutionByIdempotencyKey(ctx context.Context, owner, functionID, key string) (*voltrun.Execution, error) {
	return db.oneExecution(ctx, db.statements.executionByKey, owner, functionID, key)
}

func (db *DB) oneExecution(ctx context.Context, text string, keys ...string) (*voltrun.Execution, error) {
	for _, key := range keys {
		if !plain(key) {
			return nil, notFound("execution")
		}
	}
	var found *voltrun.Execution
	err := db.read(ctx, "reading the execution", func(rows *sql.Rows) (err error) {
		found, err = scanExecution(rows)
		return err
	}, text, anys(keys)...)
	if err == nil && found == nil {
		return nil, notFound("execution")
	}
	return found, err
}

// CountPending counts the pending executions of all users.
func (db *DB) CountPending(ctx context.Context) (int64, error) {
	var count int64
	err := db.read(ctx, "counting pending executions", func(rows *sql.Rows) error { return rows.Scan(&count) }, db.statements.countPending)
	return count, err
}
