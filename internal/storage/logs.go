package storage

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/voltrun/voltrun"
)

// storedLine is one log line as JSON. Its seq follows from its place in the chunk.
type storedLine struct {
	US      int64          `json:"t"`
	Stream  voltrun.Stream `json:"s"`
	Text    string         `json:"x,omitempty"`
	Raw     []byte         `json:"r,omitempty"`
	Partial bool           `json:"p,omitempty"`
}

// seqRange is the lines from first to last, both included.
type seqRange struct{ first, last int64 }

// appendLogs adds the lines of these executions that are not stored yet.
func (db *DB) appendLogs(ctx context.Context, tx session, logs map[string][]voltrun.LogLine) error {
	var values []any
	for _, id := range slices.Sorted(maps.Keys(logs)) { // in order, so that two transactions cannot wait for each other
		if len(logs[id]) == 0 {
			continue
		}
		var err error
		if values, err = db.newLogs(ctx, tx, values, id, logs[id]); err != nil {
			return err
		}
	}
	for rows, chunk := range valueChunks(values, logWidth) {
		if _, err := tx.ExecContext(ctx, db.statements.insertLogs[rows], chunk...); err != nil {
			return err
		}
	}
	return nil
}

// newLogs appends to values the rows for those lines of an execution that are not stored.
func (db *DB) newLogs(ctx context.Context, tx session, values []any, executionID string, lines []voltrun.LogLine) ([]any, error) {
	if db.dialect.name == "postgres" {
		// Two writers of one execution must see each other's chunks; SQLite has one writer only.
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", executionID); err != nil {
			return nil, err
		}
	}
	bySeq := func(a, b voltrun.LogLine) int { return cmp.Compare(a.Seq, b.Seq) }
	if !slices.IsSortedFunc(lines, bySeq) {
		lines = slices.Clone(lines)
		slices.SortStableFunc(lines, bySeq)
	}
	stored, err := db.storedRanges(ctx, tx, executionID, seqRange{lines[0].Seq, lines[len(lines)-1].Seq})
	if err != nil {
		return nil, err
	}
	for _, run := range newRuns(lines, stored) {
		chunk, err := encodeLines(run)
		if err != nil {
			return nil, err
		}
		values = append(values, executionID, run[0].Seq, run[len(run)-1].Seq, chunk)
	}
	return values, nil
}

const logWidth = 4

func insertLogsText(rows int) string {
	return "INSERT INTO execution_logs (execution_id, first_seq, last_seq, lines) VALUES " + tuples(rows, logWidth)
}

const storedLogsText = "SELECT first_seq, last_seq FROM execution_logs WHERE execution_id = ? AND first_seq <= ? AND last_seq >= ? ORDER BY first_seq"

// storedRanges returns the stored ranges that touch span, in order.
func (db *DB) storedRanges(ctx context.Context, tx session, executionID string, span seqRange) ([]seqRange, error) {
	var stored []seqRange
	err := query(ctx, tx, func(rows *sql.Rows) error {
		var r seqRange
		err := rows.Scan(&r.first, &r.last)
		stored = append(stored, r)
		return err
	}, db.statements.storedLogs, executionID, span.last, span.first)
	return stored, err
}

// newRuns splits lines, which are sorted, into runs without a gap, without those that are stored or repeated.
func newRuns(lines []voltrun.LogLine, stored []seqRange) [][]voltrun.LogLine {
	var runs [][]voltrun.LogLine
	previous := int64(math.MinInt64)
	for _, line := range lines {
		for len(stored) > 0 && stored[0].last < line.Seq {
			stored = stored[1:]
		}
		if line.Seq == previous || len(stored) > 0 && stored[0].first <= line.Seq {
			continue
		}
		if len(runs) == 0 || line.Seq != previous+1 {
			runs = append(runs, nil)
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], line)
		previous = line.Seq
	}
	return runs
}

func encodeLines(lines []voltrun.LogLine) ([]byte, error) {
	stored := make([]storedLine, len(lines))
	for i, line := range lines {
		stored[i] = storedLine{US: micros(line.Time), Stream: line.Stream, Text: line.Text, Raw: line.Raw, Partial: line.Partial}
	}
	text, err := encode(stored)
	return []byte(text), err
}

func decodeLines(first int64, chunk []byte) ([]voltrun.LogLine, error) {
	var stored []storedLine
	if err := json.Unmarshal(chunk, &stored); err != nil {
		return nil, fmt.Errorf("log lines from %d: %w", first, err)
	}
	lines := make([]voltrun.LogLine, len(stored))
	for i, line := range stored {
		lines[i] = voltrun.LogLine{Seq: first + int64(i), Time: timeOf(line.US), Stream: line.Stream,
			Text: strings.ToValidUTF8(line.Text, "\uFFFD"), Raw: line.Raw, Partial: line.Partial}
	}
	return lines, nil
}

// errEnough ends reading before the last row.
var errEnough = errors.New("enough rows")

// Logs returns up to limit lines with seq > after, in order; limit 0 is no limit but what an execution may log.
func (db *DB) Logs(ctx context.Context, executionID string, after int64, limit int) ([]voltrun.LogLine, error) {
	if !plain(executionID) {
		return nil, nil
	}
	if limit <= 0 {
		limit = math.MaxInt
	}
	var found []voltrun.LogLine
	query := db.reader.WithContext(ctx).Raw("SELECT first_seq, lines FROM execution_logs WHERE execution_id = ? AND last_seq > ? ORDER BY first_seq", executionID, after)
	err := each(query, func(rows *sql.Rows) error {
		if len(found) >= limit {
			return errEnough
		}
		var first int64
		var chunk []byte
		if err := rows.Scan(&first, &chunk); err != nil {
			return err
		}
		lines, err := decodeLines(first, chunk)
		if err != nil {
			return err
		}
		lines = lines[min(max(after-first+1, 0), int64(len(lines))):]
		found = append(found, lines[:min(len(lines), limit-len(found))]...)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, failure("reading logs of execution "+executionID, err)
	}
	return found, nil
}
