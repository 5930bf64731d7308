package storage

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/voltrun/voltrun"
)

// The roll-up is written in the transaction that ends executions, so that it is exact: what is counted is on record and what
// is on record is counted, once.

const (
	statsKeyColumns = `owner_id, width, function_id, minute, status, cold, bucket`
	statsColumns    = statsKeyColumns + `, executions, max_duration_us, memory_peak_bytes`
	statsWidth      = 10

	// statsMerge adds a row to the one that has its key.
	statsMerge = ` ON CONFLICT (` + statsKeyColumns + `) DO UPDATE SET executions = execution_stats.executions + excluded.executions,
		max_duration_us = CASE WHEN excluded.max_duration_us > execution_stats.max_duration_us THEN excluded.max_duration_us ELSE execution_stats.max_duration_us END,
		memory_peak_bytes = CASE WHEN excluded.memory_peak_bytes > execution_stats.memory_peak_bytes THEN excluded.memory_peak_bytes ELSE execution_stats.memory_peak_bytes END`
)

func addStatsText(rows int) string {
	return "INSERT INTO execution_stats (" + statsColumns + ") VALUES " + tuples(rows, statsWidth) + statsMerge
}

// statsKey names a row of the roll-up.
type statsKey struct {
	owner        string
	width        int64 // in minutes
	function     string
	minute       int64 // of Unix time
	status       string
	cold, bucket int64
}

func (a statsKey) compare(b statsKey) int {
	return cmp.Or(strings.Compare(a.owner, b.owner), cmp.Compare(a.width, b.width), strings.Compare(a.function, b.function), cmp.Compare(a.minute, b.minute),
		strings.Compare(a.status, b.status), cmp.Compare(a.cold, b.cold), cmp.Compare(a.bucket, b.bucket))
}

// statsSum is what some executions add to one row.
type statsSum struct {
	statsKey
	executions, maxDuration, memoryPeak int64
}

// values are the columns of the row, in the order of statsColumns.
func (s *statsSum) values() []any {
	return []any{s.owner, s.width, s.function, s.minute, s.status, s.cold, s.bucket, s.executions, s.maxDuration, s.memoryPeak}
}

// statsSums is what the executions of one transaction add to the roll-up. There are few rows, so that looking through them is fastest.
type statsSums []statsSum

// add counts an execution that ended at finished, in microseconds.
func (sums *statsSums) add(e *voltrun.Execution, finished int64) {
	duration := max(e.Duration.Microseconds(), 0)
	key := statsKey{owner: e.OwnerID, width: 1, function: e.FunctionID, minute: finished / 60_000_000, status: string(e.Status), bucket: bucketOf(duration)}
	if e.Start == voltrun.StartCold {
		key.cold = 1
	}
	sums.merge(statsSum{key, 1, duration, e.MemoryPeakBytes})
}

func (sums *statsSums) merge(more statsSum) {
	for i := range *sums {
		if sum := &(*sums)[i]; sum.statsKey == more.statsKey {
			sum.executions += more.executions
			sum.maxDuration, sum.memoryPeak = max(sum.maxDuration, more.maxDuration), max(sum.memoryPeak, more.memoryPeak)
			return
		}
	}
	*sums = append(*sums, more)
}

// addStats writes sums, in the order of their keys: two transactions cannot lock each other out.
func (db *DB) addStats(ctx context.Context, on session, sums statsSums) error {
	if len(sums) > 1 {
		slices.SortFunc(sums, func(a, b statsSum) int { return a.compare(b.statsKey) })
	}
	for chunk := range chunks(sums) {
		values := make([]any, 0, len(chunk)*statsWidth)
		for i := range chunk {
			values = append(values, chunk[i].values()...)
		}
		if _, err := on.ExecContext(ctx, db.statements.addStats[len(chunk)], values...); err != nil {
			return err
		}
	}
	return nil
}
