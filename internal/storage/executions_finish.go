package storage

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/voltrun/voltrun"
)

// finishColumns are what ends an execution; the first two find it.
const (
	finishColumns = `id, attempt, status, start_kind, started_at, finished_at, duration_us, exit_code,
	logs_truncated_bytes, memory_peak_bytes, phases, error, search, output`
	finishWidth = 14
)

// finishText ends this many distinct executions and returns the ids of those it ended.
func (d dialect) finishText(rows int) string { return d.endedText(rows) + finishUpdate }

// endedText names the rows that hold how executions ended.
func (d dialect) endedText(rows int) string {
	// PostgreSQL takes the types of the columns from the first row.
	types := []string{"TEXT", "INTEGER", "TEXT", "TEXT", "BIGINT", "BIGINT", "BIGINT", "INTEGER", "BIGINT", "BIGINT", "TEXT", "TEXT", "TEXT", d.bytes}
	return "WITH ended (" + finishColumns + ") AS (VALUES " + typedTuples(types, rows) + ")"
}

const finishUpdate = `
		UPDATE executions SET status = ended.status, start_kind = ended.start_kind,
			started_at = COALESCE(ended.started_at, executions.started_at), finished_at = ended.finished_at, duration_us = ended.duration_us,
			exit_code = ended.exit_code, logs_truncated_bytes = ended.logs_truncated_bytes, memory_peak_bytes = ended.memory_peak_bytes,
			phases = ended.phases, error = ended.error, search = executions.search || ended.search, output = ended.output, lease_until = NULL
		FROM ended WHERE executions.id = ended.id AND executions.attempt = ended.attempt
			AND (executions.status = 'running' OR (executions.status = 'pending' AND ended.status = 'canceled'))
		RETURNING executions.id`

// ending is what ending rows takes.
type ending struct {
	rows     []*voltrun.Execution
	finished []int64 // when each ended, in microseconds
	values   [][]any
	rounds   [][]int // indexes of distinct executions
	written  []bool  // the answer
}

func newEnding(rows []*voltrun.Execution) (*ending, error) {
	end := &ending{rows: rows, finished: make([]int64, len(rows)), values: make([][]any, len(rows)), rounds: distinctRounds(rows),
		written: make([]bool, len(rows))}
	for i, e := range rows {
		var err error
		end.finished[i] = finishedAt(e)
		if end.values[i], err = finishValues(e, end.finished[i]); err != nil {
			return nil, voltrun.Internal("finishing execution "+e.ID, err)
		}
	}
	return end, nil
}

func (db *DB) finish(ctx context.Context, on session, end *ending) error {
	clear(end.written)
	for _, round := range end.rounds {
		for chunk := range chunks(round) {
			if err := db.finishChunk(ctx, on, end, chunk); err != nil {
				return err
			}
		}
	}
	return nil
}

func finishValues(e *voltrun.Execution, finished int64) ([]any, error) {
	if !e.Status.Terminal() {
		return nil, fmt.Errorf("%q is not a terminal status", e.Status)
	}
	phases, err := encodePhases(e.Phases)
	if err != nil {
		return nil, err
	}
	failed, search, err := encodeError(e.Error)
	if err != nil {
		return nil, err
	}
	return []any{e.ID, int64(e.Attempt), string(e.Status), string(e.Start), timeValue(e.StartedAt), finished, e.Duration.Microseconds(),
		intValue(e.ExitCode), e.LogsTruncatedBytes, e.MemoryPeakBytes, phases, failed, search, bytesOrNull(e.Output)}, nil
}

// distinctRounds splits the indexes of rows so that no execution is twice in a round: one
// statement cannot tell which of two ends of the same execution it took.
func distinctRounds(rows []*voltrun.Execution) [][]int {
	var rounds [][]int
	seen := make(map[string]int, len(rows))
	for i, e := range rows {
		round := seen[e.ID]
		seen[e.ID]++
		if round == len(rounds) {
			rounds = append(rounds, nil)
		}
		rounds[round] = append(rounds[round], i)
	}
	// PostgreSQL locks in the order of the join: sorting keeps two servers from locking each other out more often than need be.
	for _, round := range rounds {
		slices.SortFunc(round, func(a, b int) int { return strings.Compare(rows[a].ID, rows[b].ID) })
	}
	return rounds
}

// finishChunk ends the executions at these indexes, which are distinct, in one statement and marks those it has written.
func (db *DB) finishChunk(ctx context.Context, on session, end *ending, indexes []int) error {
	arguments := make([]any, 0, len(indexes)*finishWidth)
	for _, i := range indexes {
		arguments = append(arguments, end.values[i]...)
	}
	return query(ctx, on, func(rows *sql.Rows) error {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		for _, i := range indexes {
			end.written[i] = end.written[i] || end.values[i][0] == id
		}
		return nil
	}, db.statements.finish[len(indexes)], arguments...)
}
