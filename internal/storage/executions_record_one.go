package storage

import (
	"context"
	"database/sql"
)

// recordOne records one execution without log lines. One that ends is summed up by the same statement: it is what an idle server does
// for every call, and a transaction of two would take three more round trips to PostgreSQL. SQLite knows no such statements.
func (db *DB) recordOne(ctx context.Context, on session, in *insertion, end *ending) error {
	if len(end.rows) == 1 {
		end.written[0] = false
		var sums statsSums
		sums.add(end.rows[0], end.finished[0])
		return query(ctx, on, func(rows *sql.Rows) error {
			var id string
			end.written[0] = true
			return rows.Scan(&id)
		}, db.statements.finishOne, append(end.values[0], sums[0].values()...)...)
	}
	if in.finished[0] == 0 {
		return db.insert(ctx, on, in)
	}
	sums := statsOf(in, end)
	_, err := on.ExecContext(ctx, db.statements.insertOne, append(in.free, sums[0].values()...)...)
	return err
}

func insertOneText() string { return "WITH added AS (" + insertText(false)(1) + ") " + addStatsText(1) }

func (d dialect) finishOneText() string {
	return d.endedText(1) + ", written AS (" + finishUpdate + "), counted AS (INSERT INTO execution_stats (" + statsColumns + `)
		SELECT CAST(? AS TEXT), CAST(? AS INTEGER), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS INTEGER), CAST(? AS INTEGER),
			CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT) FROM written` + statsMerge + ") SELECT id FROM written"
}
