package voltrun

import "time"

// LogFilter narrows a search in the log lines of all executions of an owner; zero fields do not filter.
type LogFilter struct {
	OwnerID     string
	FunctionID  string
	ExecutionID string
	Stream      Stream
	From, To    time.Time // of executions created within [From, To), as their ids tell it: to the millisecond
	Query       string    // part of a line's text, case-insensitive
}

// FoundLine is a log line together with the execution that wrote it.
type FoundLine struct {
	LogLine
	ExecutionID  string
	FunctionID   string
	FunctionName string
	Version      int
	Status       Status
}

// LogPage is one page of a search: lines of the newest execution first, and of one execution the last line first.
// A search looks at a bounded part of the history at a time, so a page may hold few lines, or none, and still have a NextToken.
type LogPage struct {
	Lines     []FoundLine
	NextToken string // empty once the whole history was looked at
	// SearchedUntil is when the oldest execution that was looked at was created; zero: there is nothing older.
	SearchedUntil time.Time
	Truncated     []TruncatedLog // of the executions that have lines on this page
}

// TruncatedLog says how many bytes of an execution's log were dropped by the log limit.
type TruncatedLog struct {
	ExecutionID string
	Bytes       int64
}

// Limits of a search in log lines.
const (
	MaxLogPageSize     = 1000
	DefaultLogPageSize = 200
)
