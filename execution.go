package voltrun

import (
	"encoding/json"
	"time"
)

// Status is where an execution stands: pending → running → success | failed | timeout | canceled.
// A lost lease takes running back to pending with the next attempt. A terminal status never changes.
type Status string

const (
	StatusPending  Status = "pending"
	StatusRunning  Status = "running"
	StatusSuccess  Status = "success"
	StatusFailed   Status = "failed"
	StatusTimeout  Status = "timeout"
	StatusCanceled Status = "canceled"
)

// Terminal reports whether s is final.
func (s Status) Terminal() bool { return s != StatusPending && s != StatusRunning }

// Statuses lists every status, in the order of an execution's life.
var Statuses = []Status{StatusPending, StatusRunning, StatusSuccess, StatusFailed, StatusTimeout, StatusCanceled}

// Trigger says what started an execution.
type Trigger string

const (
	TriggerAPI    Trigger = "api"    // POST …/execute, waiting for the answer
	TriggerAsync  Trigger = "async"  // POST …/execute with Prefer: respond-async
	TriggerReplay Trigger = "replay" // POST …/replay
)

// StartKind says how the machine of an execution came to be.
type StartKind string

const (
	StartCold     StartKind = "cold"     // booted for it, or taken from the pool of booted machines
	StartWarm     StartKind = "warm"     // had served the same version before
	StartRestored StartKind = "restored" // cloned from a snapshot
)

// Error types of failures that are not the handler's own, in the style of Lambda's "Runtime.…".
const (
	ErrorTimeout     = "Sandbox.Timedout"
	ErrorOutOfMemory = "Runtime.OutOfMemory"
	ErrorExit        = "Runtime.ExitError"
	ErrorCanceled    = "Execution.Canceled"
	ErrorProtocol    = "Runtime.ProtocolError" // the function wrote on the runtime's own channel
	ErrorOutputSize  = "Function.ResponseSizeTooLarge"
	ErrorLost        = "platform.lost" // the worker died too often while it ran this
	ErrorPlatform    = "platform.error"
)

// ExecutionError is why a function failed: an outcome, not a platform error.
type ExecutionError struct {
	Type    string
	Message string
	Stack   []string
}

// Phase is one step of an execution's waterfall, in the order they happened.
type Phase struct {
	Name     string
	Duration time.Duration
}

// Names of the phases, in their order.
const (
	PhaseAdmit   = "admit"   // authentication, quota, size
	PhaseQueue   = "queue"   // waiting for a slot
	PhaseAcquire = "acquire" // getting a machine: pool hit, boot or restore
	PhaseLoad    = "load"    // code and dependencies, the module's own initialisation
	PhaseHandler = "handler"
	PhaseRecord  = "record" // collecting logs and usage
)

// Phases are the names of all phases, in order.
var Phases = []string{PhaseAdmit, PhaseQueue, PhaseAcquire, PhaseLoad, PhaseHandler, PhaseRecord}

// Execution is one run of a function's version, and the truth about it.
type Execution struct {
	ID           string
	OwnerID      string
	FunctionID   string
	FunctionName string
	Version      int
	Status       Status
	Trigger      Trigger
	Start        StartKind // empty until a machine was acquired
	Input        json.RawMessage
	Output       json.RawMessage // nil unless success
	Error        *ExecutionError
	ExitCode     *int

	// Logs is the text of both streams in order, filled where one whole execution was asked for.
	Logs               string
	LogsTruncatedBytes int64
	MemoryPeakBytes    int64

	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
	Duration   time.Duration // the handler's own time
	Phases     []Phase

	ReplayOf       string
	RequestID      string
	IdempotencyKey string

	// Attempt counts from 1 once running and is the fencing token: a write for an older attempt is refused.
	Attempt     int
	MaxAttempts int
	// Worker holds the lease until LeaseUntil while running.
	Worker     string
	LeaseUntil *time.Time
}

// Stream says where a log line came from.
type Stream string

const (
	StreamStdout Stream = "stdout"
	StreamStderr Stream = "stderr"
	StreamSystem Stream = "system" // VoltRun's own remarks, which a function cannot forge
)

// LogLine is one line of an execution's log. Seq counts from 1 without gaps, over all streams together.
type LogLine struct {
	Seq    int64
	Time   time.Time
	Stream Stream
	// Text is without the line feed. Invalid UTF-8 is replaced by U+FFFD here and kept exactly in Raw.
	Text string
	// Raw holds the exact bytes when Text could not, otherwise nil.
	Raw []byte
	// Partial is set when no line feed ended the line: at the end of the output, or where a long line was split.
	Partial bool
}

// Limits of payloads and logs, in bytes. MaxInput and MaxOutput follow Lambda (6 MB).
const (
	MaxInputBytes       = 6 << 20
	MaxOutputBytes      = 6 << 20
	DefaultMaxLogBytes  = 1 << 20
	MaxLogLineBytes     = 64 << 10 // a longer line is split into partial ones
	DefaultMaxAttempts  = 3
	MaxIdempotencyChars = 255
)

// Page is one page of a list, newest first. NextToken is empty on the last page.
type Page[T any] struct {
	Items     []T
	NextToken string
}

// PageRequest asks for a page. Size zero means DefaultPageSize.
type PageRequest struct {
	Size  int
	Token string
}

const (
	DefaultPageSize = 50
	MaxPageSize     = 200
)

// ExecutionFilter narrows a list of executions; zero fields do not filter.
type ExecutionFilter struct {
	OwnerID     string
	FunctionID  string
	Version     int
	Statuses    []Status // any of these
	Trigger     Trigger
	From, To    time.Time     // created_at within [From, To)
	MinDuration time.Duration // the handler's own time, at least
	Query       string        // part of the id, the function's name or the error's type or message, case-insensitive
}

// FunctionFilter narrows a list of functions; zero fields do not filter.
type FunctionFilter struct {
	OwnerID string
	Runtime string
	Query   string // part of the name or description, case-insensitive
}

// Runtime is a language runtime that this server can run functions on.
type Runtime struct {
	ID             string // exact, such as "nodejs22", or the language's default, such as "nodejs"
	Language       string // "nodejs" or "python"
	Name           string // "Node.js 22"
	Version        string // "22.23.3"
	DefaultHandler string
	DefaultFile    string // where single-file code goes, such as "index.mjs"
	Template       string
}
