package storage

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/voltrun/voltrun"
)

// Executions are written with hand-made SQL: they are the hot path, and many rows go into one statement.

// summaryColumns is an execution without its input and output, in the order of summaryFields.
const summaryColumns = `id, owner_id, function_id, function_name, version, status, trigger_kind, start_kind, attempt, max_attempts,
	worker, lease_until, created_at, started_at, finished_at, duration_us, exit_code, logs_truncated_bytes, memory_peak_bytes,
	replay_of, request_id, idempotency_key, phases, error`

const allColumns = summaryColumns + `, input, output`

// executionRow is where the columns of one execution are scanned to.
type executionRow struct {
	voltrun.Execution
	lease, created, started, finished, duration, exit *int64
	phases                                            string
	failure                                           *string
	input, output                                     []byte
}

func (r *executionRow) summaryFields() []any {
	return []any{&r.ID, &r.OwnerID, &r.FunctionID, &r.FunctionName, &r.Version, &r.Status, &r.Trigger, &r.Start, &r.Attempt, &r.MaxAttempts,
		&r.Worker, &r.lease, &r.created, &r.started, &r.finished, &r.duration, &r.exit, &r.LogsTruncatedBytes, &r.MemoryPeakBytes,
		&r.ReplayOf, &r.RequestID, &r.IdempotencyKey, &r.phases, &r.failure}
}

// scanExecution reads a row of allColumns.
func scanExecution(rows *sql.Rows) (*voltrun.Execution, error) {
	var row executionRow
	if err := rows.Scan(append(row.summaryFields(), &row.input, &row.output)...); err != nil {
		return nil, err
	}
	return row.execution()
}

// scanSummary reads a row of summaryColumns.
func scanSummary(rows *sql.Rows) (*voltrun.Execution, error) {
	var row executionRow
	if err := rows.Scan(row.summaryFields()...); err != nil {
		return nil, err
	}
	return row.execution()
}

func (r *executionRow) execution() (*voltrun.Execution, error) {
	e := r.Execution
	e.Input, e.Output = r.input, r.output
	e.CreatedAt = timeOf(*r.created)
	e.Duration = time.Duration(*r.duration) * time.Microsecond
	e.StartedAt, e.FinishedAt, e.LeaseUntil = timeOrNil(r.started), timeOrNil(r.finished), timeOrNil(r.lease)
	if r.exit != nil {
		code := int(*r.exit)
		e.ExitCode = &code
	}
	var err error
	if e.Phases, err = decodePhases(r.phases); err != nil {
		return nil, fmt.Errorf("execution %s: %w", e.ID, err)
	}
	if r.failure != nil {
		if e.Error, err = decodeError(*r.failure); err != nil {
			return nil, fmt.Errorf("execution %s: %w", e.ID, err)
		}
	}
	return &e, nil
}

// encodePhases writes a line for each phase: microseconds and name. Every execution has some, so this is cheaper than JSON.
func encodePhases(phases []voltrun.Phase) (string, error) {
	var text []byte
	for _, p := range phases {
		if strings.Contains(p.Name, "\n") {
			return "", fmt.Errorf("the name of a phase has two lines: %q", p.Name)
		}
		text = strconv.AppendInt(text, p.Duration.Microseconds(), 10)
		text = append(text, ' ')
		text = append(text, p.Name...)
		text = append(text, '\n')
	}
	return string(text), nil
}

func decodePhases(text string) ([]voltrun.Phase, error) {
	if text == "" {
		return nil, nil
	}
	phases := make([]voltrun.Phase, 0, strings.Count(text, "\n"))
	for line := range strings.Lines(text) {
		number, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		us, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("phases: %w", err)
		}
		phases = append(phases, voltrun.Phase{Name: name, Duration: time.Duration(us) * time.Microsecond})
	}
	return phases, nil
}

// storedError is an ExecutionError as JSON.
type storedError struct {
	Type    string   `json:"type"`
	Message string   `json:"message"`
	Stack   []string `json:"stack,omitempty"`
}

// encodeError returns the column of e, which is NULL for none, and what is searched of it.
func encodeError(e *voltrun.ExecutionError) (column any, search string, err error) {
	if e == nil {
		return nil, "", nil
	}
	text, err := encode(storedError{e.Type, e.Message, e.Stack})
	return text, "\n" + fold(e.Type) + "\n" + fold(e.Message), err
}

func decodeError(text string) (*voltrun.ExecutionError, error) {
	var stored storedError
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return nil, fmt.Errorf("error: %w", err)
	}
	return &voltrun.ExecutionError{Type: stored.Type, Message: stored.Message, Stack: stored.Stack}, nil
}

// finishedAt is when a terminal execution ended, in microseconds: now, unless it says so itself. It is 0 for one that has not ended.
func finishedAt(e *voltrun.Execution) int64 {
	switch {
	case !e.Status.Terminal():
		return 0
	case e.FinishedAt == nil:
		return micros(time.Now())
	}
	return micros(*e.FinishedAt)
}
