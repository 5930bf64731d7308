package client

import (
	"encoding/json"
	"time"

	"github.com/voltrun/voltrun"
)

// User is the signed-in user.
type User struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
}

// Runtime is a language runtime of the server.
type Runtime struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Version        string `json:"version"`
	DefaultHandler string `json:"default_handler"`
	Template       string `json:"template"`
}

// Function is a function and, where one was asked for, its code.
type Function struct {
	ID             string            `json:"id"`
	Name           string            `json:"name"`
	Description    string            `json:"description"`
	Runtime        string            `json:"runtime"`
	Handler        string            `json:"handler"`
	Version        int               `json:"version"`
	MemoryMB       int               `json:"memory_mb"`
	CPUs           float64           `json:"cpus,omitempty"`
	TimeoutMS      int64             `json:"timeout_ms"`
	Isolation      voltrun.Isolation `json:"isolation"`
	MaxConcurrency int               `json:"max_concurrency"`
	Env            map[string]string `json:"env"`
	SecretNames    []string          `json:"secret_names"`
	CreatedAt      time.Time         `json:"created_at"`
	UpdatedAt      time.Time         `json:"updated_at"`
	Code           string            `json:"code,omitempty"`
	Files          map[string]string `json:"files,omitempty"`
}

// FunctionChange holds the fields to set; nil ones are left as they are.
type FunctionChange struct {
	Name           *string            `json:"name,omitempty"`
	Description    *string            `json:"description,omitempty"`
	Runtime        *string            `json:"runtime,omitempty"`
	Handler        *string            `json:"handler,omitempty"`
	Code           *string            `json:"code,omitempty"`
	Files          map[string]string  `json:"files,omitempty"`
	Env            *map[string]string `json:"env,omitempty"`     // replaces all variables
	Secrets        map[string]string  `json:"secrets,omitempty"` // merged by name; "" removes one
	MemoryMB       *int               `json:"memory_mb,omitempty"`
	CPUs           *float64           `json:"cpus,omitempty"`
	TimeoutMS      *int64             `json:"timeout_ms,omitempty"`
	Isolation      *voltrun.Isolation `json:"isolation,omitempty"`
	MaxConcurrency *int               `json:"max_concurrency,omitempty"`
	Message        *string            `json:"message,omitempty"` // of the version, when one is made
}

// Version is one immutable state of a function's code.
type Version struct {
	Number    int               `json:"number"`
	Digest    string            `json:"digest"`
	CreatedAt time.Time         `json:"created_at"`
	Message   string            `json:"message"`
	Active    bool              `json:"active"`
	Code      string            `json:"code,omitempty"`
	Files     map[string]string `json:"files,omitempty"`
}

// Execution is one run of a function.
type Execution struct {
	ID                 string            `json:"id"`
	FunctionID         string            `json:"function_id"`
	FunctionName       string            `json:"function_name"`
	Version            int               `json:"version"`
	Status             voltrun.Status    `json:"status"`
	Trigger            voltrun.Trigger   `json:"trigger"`
	Attempt            int               `json:"attempt"`
	Start              voltrun.StartKind `json:"start"`
	Input              json.RawMessage   `json:"input"`
	Output             json.RawMessage   `json:"output"`
	Error              *ExecutionError   `json:"error"`
	Logs               string            `json:"logs"`
	LogsTruncatedBytes int64             `json:"logs_truncated_bytes"`
	ExitCode           *int              `json:"exit_code"`
	MemoryPeakBytes    int64             `json:"memory_peak_bytes"`
	CreatedAt          time.Time         `json:"created_at"`
	StartedAt          *time.Time        `json:"started_at"`
	FinishedAt         *time.Time        `json:"finished_at"`
	DurationMS         float64           `json:"duration_ms"`
	Phases             []Phase           `json:"phases"`
	ReplayOf           string            `json:"replay_of"`
	RequestID          string            `json:"request_id"`
}

// ExecutionError is why a function failed.
type ExecutionError struct {
	Type    string   `json:"type"`
	Message string   `json:"message"`
	Stack   []string `json:"stack"`
}

// Phase is one step of the waterfall, in milliseconds.
type Phase struct {
	Name string  `json:"name"`
	MS   float64 `json:"ms"`
}

// LogLine is one line of an execution's log.
type LogLine struct {
	ExecutionID string         `json:"execution_id,omitempty"`
	Seq         int64          `json:"seq"`
	Time        time.Time      `json:"time"`
	Stream      voltrun.Stream `json:"stream"`
	Text        string         `json:"text"`
}

// Logs is a stretch of an execution's log.
type Logs struct {
	Items          []LogLine `json:"items"`
	TruncatedBytes int64     `json:"truncated_bytes"`
}

// Key is an API key; Key.Key is set in the answer to creating it only.
type Key struct {
	ID         string          `json:"id"`
	Key        string          `json:"key,omitempty"`
	Name       string          `json:"name"`
	Prefix     string          `json:"prefix"`
	Scopes     []voltrun.Scope `json:"scopes"`
	CreatedAt  time.Time       `json:"created_at"`
	ExpiresAt  *time.Time      `json:"expires_at"`
	LastUsedAt *time.Time      `json:"last_used_at"`
}

// Page is one page of a list, newest first. NextPageToken is empty on the last one.
type Page[T any] struct {
	Items         []T    `json:"items"`
	NextPageToken string `json:"next_page_token"`
}
