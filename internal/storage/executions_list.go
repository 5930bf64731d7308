package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/voltrun/voltrun"
)

// MaxScan is how many rows a page looks at when its filter is tried row by row.
const MaxScan = 10_000

// ListExecutions returns executions newest first, without input and output.
//
// A page costs the same however many executions there are. Owner, function, an unsuccessful status and times have
// indexes, what has not ended is found among all that has not; several such statuses are as many walks. What else the filter asks for is tried row by row on at most MaxScan
// of what these leave: such a page may hold fewer rows than asked for, or none, and still a token that leads on.
func (db *DB) ListExecutions(ctx context.Context, filter voltrun.ExecutionFilter, page voltrun.PageRequest) (voltrun.Page[voltrun.Execution], error) {
	size, below, err := cursor(page, voltrun.PrefixExecution)
	if err != nil {
		return voltrun.Page[voltrun.Execution]{}, err
	}
	found := []voltrun.Execution{}
	floor := ""
	for _, walk := range walks(filter) {
		rows, end, err := db.walk(ctx, walk, below, size+1)
		if err != nil {
			return voltrun.Page[voltrun.Execution]{}, failure("listing executions", err)
		}
		found, floor = append(found, rows...), max(floor, end)
	}
	slices.SortFunc(found, func(a, b voltrun.Execution) int { return strings.Compare(b.ID, a.ID) })
	// Below the floor not every walk has looked yet.
	found = slices.DeleteFunc(found, func(e voltrun.Execution) bool { return e.ID < floor })
	listed := paged(found, size, func(e voltrun.Execution) string { return e.ID })
	if listed.NextToken == "" && floor != "" {
		listed.NextToken = pageToken(floor)
	}
	return listed, nil
}

// walks splits a filter into those that one index each answers in the order of the list, without a row in common.
func walks(filter voltrun.ExecutionFilter) []voltrun.ExecutionFilter {
	statuses := slices.Compact(slices.Sorted(slices.Values(filter.Statuses)))
	if len(statuses) < 2 || slices.ContainsFunc(statuses, func(s voltrun.Status) bool { return !statusIndexed(s) }) {
		filter.Statuses = statuses
		return []voltrun.ExecutionFilter{filter}
	}
	var all []voltrun.ExecutionFilter
	for _, status := range statuses {
		filter.Statuses = []voltrun.Status{status}
		all = append(all, filter)
	}
	return all
}

// walk reads up to limit rows below an id. Where it had to stop before the end of the history it returns the id of the last
// row that it looked at.
func (db *DB) walk(ctx context.Context, filter voltrun.ExecutionFilter, below string, limit int) (found []voltrun.Execution, floor string, err error) {
	from := executionSource(filter)
	where, tried := executionConditions(filter)
	if below != "" {
		where.add("id < ?", below)
	}
	if len(tried.texts) > 0 {
		if floor, err = db.scanFloor(ctx, from, where); err != nil {
			return nil, "", err
		}
		if floor != "" {
			tried.add("id >= ?", floor)
		}
	}
	found, err = db.listSummaries(ctx, from, where.and(tried), limit)
	return found, floor, err
}

// scanFloor is the id of the last row that a page may look at, "" when there are fewer. It reads index entries only.
func (db *DB) scanFloor(ctx context.Context, from string, where conditions) (string, error) {
	var floor string
	err := db.reader.WithContext(ctx).Raw("SELECT id FROM "+from+where.String()+" ORDER BY id DESC LIMIT 1 OFFSET ?",
		append(where.arguments, MaxScan-1)...).Row().Scan(&floor)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return floor, err
}

func (db *DB) listSummaries(ctx context.Context, from string, where conditions, limit int) ([]voltrun.Execution, error) {
	found := make([]voltrun.Execution, 0, limit)
	query := db.reader.WithContext(ctx).Raw("SELECT "+summaryColumns+" FROM "+from+where.String()+" ORDER BY id DESC LIMIT ?",
		append(where.arguments, limit)...)
	err := each(query, func(rows *sql.Rows) error {
		e, err := scanSummary(rows)
		if err == nil {
			found = append(found, *e)
		}
		return err
	})
	return found, err
}

// conditions are the parts of a WHERE with their arguments.
type conditions struct {
	texts     []string
	arguments []any
}

func (c *conditions) add(text string, arguments ...any) {
	c.texts, c.arguments = append(c.texts, text), append(c.arguments, arguments...)
}

func (c conditions) and(more conditions) conditions {
	return conditions{slices.Concat(c.texts, more.texts), slices.Concat(c.arguments, more.arguments)}
}

func (c conditions) String() string {
	if len(c.texts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.texts, " AND ")
}

// executionConditions splits filter into what an index finds and what is tried row by row.
func executionConditions(filter voltrun.ExecutionFilter) (where, tried conditions) {
	if filter.OwnerID != "" {
		where.add("owner_id = ?", filter.OwnerID)
	}
	switch {
	case filter.FunctionID == "":
	case filter.OwnerID != "":
		where.add("function_id = ?", filter.FunctionID)
	default:
		tried.add("function_id = ?", filter.FunctionID)
	}
	switch {
	case len(filter.Statuses) == 0:
	case unfinished(filter) != "": // see executionSource
	case len(filter.Statuses) == 1 && statusIndexed(filter.Statuses[0]):
		// Only a status in the text tells the database which partial index fits.
		where.add("status = '" + string(filter.Statuses[0]) + "'")
	default:
		tried.add("status IN ("+placeholders(len(filter.Statuses))+")", anys(filter.Statuses)...)
	}
	if filter.Version != 0 {
		tried.add("version = ?", filter.Version)
	}
	if filter.MinDuration > 0 {
		tried.add("duration_us >= ?", filter.MinDuration.Microseconds())
	}
	if !filter.From.IsZero() {
		where.add("id >= ?", firstID(filter.From.Add(-idSlack)))
		tried.add("created_at >= ?", micros(filter.From))
	}
	if !filter.To.IsZero() {
		where.add("id < ?", firstID(filter.To.Add(idSlack)))
		tried.add("created_at < ?", micros(filter.To))
	}
	if filter.Trigger != "" {
		tried.add("trigger_kind = ?", string(filter.Trigger))
	}
	if filter.Query != "" {
		pattern := containing(filter.Query)
		tried.add(`(LOWER(id) LIKE ? ESCAPE '\' OR search LIKE ? ESCAPE '\')`, pattern, pattern)
	}
	return where, tried
}

// unfinished is the one status of filter that an execution leaves again, or "".
func unfinished(filter voltrun.ExecutionFilter) voltrun.Status {
	if len(filter.Statuses) == 1 && !filter.Statuses[0].Terminal() {
		return filter.Statuses[0]
	}
	return ""
}

// executionSource is what a list is read from: all executions, or those of everybody that wait or run, of which there are never
// many. The limit, which is none, keeps a database from looking for them in the owner's whole history instead.
func executionSource(filter voltrun.ExecutionFilter) string {
	order := ""
	switch unfinished(filter) {
	case voltrun.StatusPending:
		order = "id DESC"
	case voltrun.StatusRunning:
		order = "lease_until"
	default:
		return "executions"
	}
	return "(SELECT " + summaryColumns + ", search FROM executions WHERE status = '" + string(filter.Statuses[0]) +
		"' ORDER BY " + order + " LIMIT 9223372036854775807) executions"
}

// statusIndexed reports whether executions of this status have a partial index.
func statusIndexed(status voltrun.Status) bool {
	switch status {
	case voltrun.StatusFailed, voltrun.StatusTimeout, voltrun.StatusCanceled, voltrun.StatusPending, voltrun.StatusRunning:
		return true
	}
	return false
}

// idSlack is how far the time in an execution's id and its created_at may be apart:
// the id narrows the scan of the index, created_at decides.
const idSlack = 10 * time.Minute

// firstID is the lowest execution id that can be made at t.
func firstID(t time.Time) string {
	return voltrun.FirstID(voltrun.PrefixExecution, time.UnixMilli(min(max(t.UnixMilli(), 0), 1<<48-1)))
}
