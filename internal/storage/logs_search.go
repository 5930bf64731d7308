package storage

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/voltrun/voltrun"
)

// What one call of SearchLogs looks at, at most. The second may be exceeded by one stored piece of a log.
const (
	MaxSearchedExecutions = 2048
	MaxSearchedBytes      = 8 << 20
)

// maxSearches is how many searches run at a time: one takes a CPU and a connection for up to some tenths of a second, and others read too.
const maxSearches = 2

// SearchLogs returns the lines that filter lets through: of the newest execution first, and of one execution the last line first.
//
// A page costs the same however long the history is: it looks at MaxSearchedExecutions executions and MaxSearchedBytes of their
// lines, found by their ids, and hands out a token that leads on from there.
func (db *DB) SearchLogs(ctx context.Context, filter voltrun.LogFilter, page voltrun.PageRequest) (voltrun.LogPage, error) {
	from, size, err := logCursor(page)
	if err != nil {
		return voltrun.LogPage{}, err
	}
	if !plain(filter.FunctionID) || !plain(filter.ExecutionID) {
		return voltrun.LogPage{}, nil
	}
	select {
	case db.searches <- struct{}{}:
		defer func() { <-db.searches }()
	case <-ctx.Done():
		return voltrun.LogPage{}, failure("searching logs", ctx.Err())
	}
	s := logSearch{db: db, filter: filter, query: fold(filter.Query), size: size, at: from}
	if err := s.run(ctx); err != nil && !errors.Is(err, errEnough) {
		return voltrun.LogPage{}, failure("searching logs", err)
	}
	return s.page, nil
}

// logPosition is a line in the order of a search: what lies below it is yet to be looked at.
type logPosition struct {
	execution string // "": before the newest
	seq       int64  // lines of that execution below this one are next
}

func (p logPosition) token() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.execution + ":" + strconv.FormatInt(p.seq, 10)))
}

func logCursor(page voltrun.PageRequest) (from logPosition, size int, err error) {
	size = page.Size
	if size == 0 {
		size = voltrun.DefaultLogPageSize
	}
	if size < 1 || size > voltrun.MaxLogPageSize {
		return from, 0, voltrun.Invalid([]voltrun.FieldError{{Location: "query.page_size",
			Message: fmt.Sprintf("must be between 1 and %d", voltrun.MaxLogPageSize)}})
	}
	if page.Token == "" {
		return from, size, nil
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(page.Token)
	id, number, _ := strings.Cut(string(text), ":")
	seq, numberErr := strconv.ParseInt(number, 10, 64)
	if err != nil || numberErr != nil || seq < 0 || !voltrun.ValidID(voltrun.PrefixExecution, id) {
		return from, 0, voltrun.Invalid([]voltrun.FieldError{{Location: "query.page_token",
			Message: "is not one that this search returned: start from the first page, without a token"}})
	}
	return logPosition{id, seq}, size, nil
}

// searchStep is how many executions are read at once: most pages are full after a few.
const searchStep = 4 * maxChunk

// logSearch is one call of SearchLogs.
type logSearch struct {
	db     *DB
	filter voltrun.LogFilter
	query  string // folded
	size   int
	at     logPosition
	bytes  int
	page   voltrun.LogPage
}

// searched is what a search needs to know of an execution.
type searched struct {
	id, function, name string
	version            int
	status             voltrun.Status
	truncated          int64
	created            time.Time
}

// run looks at executions until the history ends, or with errEnough until the page is full or has looked at enough.
func (s *logSearch) run(ctx context.Context) error {
	var last searched
	for looked := 0; looked < MaxSearchedExecutions; looked += searchStep {
		step, err := s.executions(ctx, searchStep)
		if err != nil {
			return err
		}
		for batch := range slices.Chunk(step, maxChunk) {
			if err := s.lines(ctx, batch); err != nil {
				return err
			}
		}
		if len(step) < searchStep {
			return nil
		}
		last = step[searchStep-1]
		s.at = logPosition{last.id, 0}
	}
	return s.stop(&last, 0)
}

// executions lists up to limit executions from the search's position on, newest first.
func (s *logSearch) executions(ctx context.Context, limit int) ([]searched, error) {
	where := ownedBy(s.filter.OwnerID, s.filter.FunctionID)
	if s.filter.ExecutionID != "" {
		where.add("id = ?", s.filter.ExecutionID)
	}
	if s.at.execution != "" {
		comparison := "id <= ?"
		if s.at.seq <= 1 { // nothing is left of that one
			comparison = "id < ?"
		}
		where.add(comparison, s.at.execution)
	}
	if !s.filter.From.IsZero() {
		where.add("id >= ?", firstID(s.filter.From))
	}
	if !s.filter.To.IsZero() {
		where.add("id < ?", firstID(s.filter.To))
	}
	var found []searched
	query := s.db.reader.WithContext(ctx).Raw(`SELECT id, function_id, function_name, version, status, logs_truncated_bytes, created_at
		FROM executions`+where.String()+" ORDER BY id DESC LIMIT ?", append(where.arguments, limit)...)
	err := each(query, func(rows *sql.Rows) error {
		var e searched
		var created int64
		err := rows.Scan(&e.id, &e.function, &e.name, &e.version, &e.status, &e.truncated, &created)
		e.created = timeOf(created)
		found = append(found, e)
		return err
	})
	return found, err
}

// lines looks at the stored lines of these executions, which are in order. A row without lines costs nothing but its key, and so
// does what an earlier page has looked at.
func (s *logSearch) lines(ctx context.Context, batch []searched) error {
	ids := make([]any, len(batch))
	byID := make(map[string]*searched, len(batch))
	for i := range batch {
		ids[i], byID[batch[i].id] = batch[i].id, &batch[i]
	}
	query := s.db.reader.WithContext(ctx).Raw("SELECT execution_id, first_seq, lines FROM execution_logs WHERE execution_id IN ("+
		placeholders(len(ids))+") AND (execution_id <> ? OR first_seq < ?) ORDER BY execution_id DESC, first_seq DESC",
		append(ids, s.at.execution, s.at.seq)...)
	return each(query, func(rows *sql.Rows) error {
		var id string
		var first int64
		var stored sql.RawBytes
		if err := rows.Scan(&id, &first, &stored); err != nil {
			return err
		}
		s.bytes += len(stored)
		return s.piece(byID[id], first, stored)
	})
}

// piece looks at one stored piece of an execution's log, from its last line to its first.
func (s *logSearch) piece(e *searched, first int64, stored []byte) error {
	below := int64(math.MaxInt64)
	if e.id == s.at.execution {
		below = s.at.seq
	}
	lines, err := decodeLines(first, stored)
	if err != nil {
		return fmt.Errorf("execution %s: %w", e.id, err)
	}
	for _, line := range slices.Backward(lines) {
		if line.Seq >= below || !s.matches(line) {
			continue
		}
		s.add(e, line)
		if len(s.page.Lines) == s.size {
			return s.stop(e, line.Seq)
		}
	}
	if s.bytes >= MaxSearchedBytes {
		return s.stop(e, first)
	}
	return nil
}

// stop ends the page above a line.
func (s *logSearch) stop(e *searched, seq int64) error {
	s.page.NextToken, s.page.SearchedUntil = logPosition{e.id, seq}.token(), e.created
	return errEnough
}

func (s *logSearch) matches(line voltrun.LogLine) bool {
	return (s.filter.Stream == "" || line.Stream == s.filter.Stream) && (s.query == "" || strings.Contains(fold(line.Text), s.query))
}

func (s *logSearch) add(e *searched, line voltrun.LogLine) {
	s.page.Lines = append(s.page.Lines, voltrun.FoundLine{LogLine: line,
		ExecutionID: e.id, FunctionID: e.function, FunctionName: e.name, Version: e.version, Status: e.status})
	if n := len(s.page.Truncated); e.truncated > 0 && (n == 0 || s.page.Truncated[n-1].ExecutionID != e.id) {
		s.page.Truncated = append(s.page.Truncated, voltrun.TruncatedLog{ExecutionID: e.id, Bytes: e.truncated})
	}
}
