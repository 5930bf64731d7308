package storage

import (
	"context"
	"database/sql"
	"time"
)

// statsTier says what becomes of the rows of one width.
type statsTier struct {
	width int64
	age   time.Duration // from this age on
	into  int64         // they are merged into rows of this width; 0: they are dropped
}

// statsTiers keep every range of voltrun.StatsRange exact: a step of its grid is never finer than the rows within it.
var statsTiers = []statsTier{
	{1, 3 * time.Hour, 15},
	{15, 2 * 24 * time.Hour, 180},
	{180, 8 * 24 * time.Hour, 1440},
	{1440, 92 * 24 * time.Hour, 0},
}

// reach is the width of what one transaction takes: the minutes of one row that comes out of it.
func (t statsTier) reach() int64 { return max(t.into, t.width) }

// CompactStats merges statistics that have grown old at now into rows that cover more time, and drops the oldest. It takes at
// most limit steps a call, each a small transaction, and returns how many: call it again until that is none.
func (db *DB) CompactStats(ctx context.Context, now time.Time, limit int) (int, error) {
	taken := 0
	for _, tier := range statsTiers {
		before := now.Add(-tier.age).Unix() / 60
		before -= before % tier.reach()
		old, err := db.oldStats(ctx, tier, before, limit-taken)
		if err != nil {
			return taken, err
		}
		for _, s := range old {
			if err := db.compact(ctx, tier, s); err != nil {
				return taken, err
			}
			taken++
		}
	}
	return taken, nil
}

// statsSpan is what one step of compaction takes.
type statsSpan struct {
	owner, function string
	from            int64 // minute
}

// oldStats finds the oldest span of each function that has rows of a tier before a minute. It hops from function to function in
// the key, so that what need not be compacted costs nothing.
func (db *DB) oldStats(ctx context.Context, tier statsTier, before int64, limit int) ([]statsSpan, error) {
	var found []statsSpan
	err := db.read(ctx, "looking for old statistics", func(rows *sql.Rows) error {
		var s statsSpan
		err := rows.Scan(&s.owner, &s.function, &s.from)
		s.from -= s.from % tier.reach()
		found = append(found, s)
		return err
	}, db.dialect.text(`WITH RECURSIVE
		owners (owner_id) AS (
			SELECT MIN(owner_id) FROM execution_stats
			UNION ALL
			SELECT (SELECT MIN(s.owner_id) FROM execution_stats s WHERE s.owner_id > owners.owner_id) FROM owners WHERE owners.owner_id IS NOT NULL),
		used (owner_id, function_id) AS (
			SELECT owner_id, (SELECT MIN(s.function_id) FROM execution_stats s WHERE s.owner_id = owners.owner_id AND s.width = ?)
			FROM owners WHERE owner_id IS NOT NULL
			UNION ALL
			SELECT used.owner_id, (SELECT MIN(s.function_id) FROM execution_stats s
				WHERE s.owner_id = used.owner_id AND s.width = ? AND s.function_id > used.function_id)
			FROM used WHERE used.function_id IS NOT NULL),
		oldest (owner_id, function_id, minute) AS (
			SELECT used.owner_id, used.function_id, (SELECT MIN(s.minute) FROM execution_stats s
				WHERE s.owner_id = used.owner_id AND s.width = ? AND s.function_id = used.function_id)
			FROM used WHERE used.function_id IS NOT NULL)
		SELECT owner_id, function_id, minute FROM oldest WHERE minute < ? LIMIT ?`), tier.width, tier.width, tier.width, before, int64(limit))
	return found, err
}

// compact takes one span. Rows are taken by whoever deletes them: when two servers try at the same time, one finds nothing.
func (db *DB) compact(ctx context.Context, tier statsTier, span statsSpan) error {
	return db.write(ctx, "compacting statistics", func(ctx context.Context, tx session) error {
		var sums statsSums
		err := query(ctx, tx, func(rows *sql.Rows) error {
			s := statsSum{statsKey: statsKey{owner: span.owner, width: tier.into, function: span.function, minute: span.from}}
			err := rows.Scan(&s.status, &s.cold, &s.bucket, &s.executions, &s.maxDuration, &s.memoryPeak)
			sums.merge(s)
			return err
		}, db.statements.takeStats, span.owner, tier.width, span.function, span.from, span.from+tier.reach())
		if err != nil || tier.into == 0 {
			return err
		}
		return db.addStats(ctx, tx, sums)
	})
}

const takeStatsText = `DELETE FROM execution_stats WHERE owner_id = ? AND width = ? AND function_id = ? AND minute >= ? AND minute < ?
	RETURNING status, cold, bucket, executions, max_duration_us, memory_peak_bytes`

// removeStats removes statistics of an owner, at most limit rows a call, and returns how many.
func (db *DB) removeStats(ctx context.Context, owner string, limit int) (int, error) {
	result := db.writer.WithContext(ctx).Exec("DELETE FROM execution_stats WHERE ("+statsKeyColumns+") IN (SELECT "+statsKeyColumns+
		" FROM execution_stats WHERE owner_id = ? LIMIT ?)", owner, limit)
	return int(result.RowsAffected), result.Error
}
