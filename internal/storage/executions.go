package storage

import (
	"database/sql"
	"encoding/json"
	"fmt"
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

// storedPhase is a phase as JSON, in microseconds.
type storedPhase struct {
	Name string `json:"n"`
	US   int64  `json:"us"`
}

func encodePhases(phases []voltrun.Phase) (string, error) {
	if len(phases) == 0 {
		return "", nil
	}
	stored := make([]storedPhase, len(phases))
	for i, p := range phases {
		stored[i] = storedPhase{p.Name, p.Duration.Microseconds()}
	}
	return encode(stored)
}

func decodePhases(text string) ([]voltrun.Phase, error) {
	if text == "" {
		return nil, nil
	}
	var stored []storedPhase
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return nil, fmt.Errorf("phases: %w", err)
	}
	phases := make([]voltrun.Phase, len(stored))
	for i, p := range stored {
		phases[i] = voltrun.Phase{Name: p.Name, Duration: time.Duration(p.US) * time.Microsecond}
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
func encodeError(e *voltrun.ExecutionError) (column *string, search string, err error) {
	if e == nil {
		return nil, "", nil
	}
	text, err := encode(storedError{e.Type, e.Message, e.Stack})
	return &text, "\n" + fold(e.Type) + "\n" + fold(e.Message), err
}

func decodeError(text string) (*voltrun.ExecutionError, error) {
	var stored storedError
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return nil, fmt.Errorf("error: %w", err)
	}
	return &voltrun.ExecutionError{Type: stored.Type, Message: stored.Message, Stack: stored.Stack}, nil
}

// finishedAt is when a terminal execution ended: now, unless it says so itself.
func finishedAt(e *voltrun.Execution) *int64 {
	if e.FinishedAt == nil && e.Status.Terminal() {
		now := micros(time.Now())
		return &now
	}
	return microsOrNull(e.FinishedAt)
}
