package voltrun

import (
	"errors"
	"fmt"
	"time"
)

// Code says what kind of failure an Error is. Codes are stable: clients rely on them.
type Code string

const (
	CodeValidation      Code = "validation"      // the request is malformed or breaks a rule; nothing was done
	CodeUnauthenticated Code = "unauthenticated" // who is calling is unknown
	CodeForbidden       Code = "forbidden"       // the caller is known and may not do this
	CodeNotFound        Code = "not_found"       // no such thing, or it belongs to somebody else
	CodeConflict        Code = "conflict"        // the state of the thing does not allow it
	CodeTooLarge        Code = "too_large"       // over a size limit
	CodeRateLimited     Code = "rate_limited"    // too many requests; see RetryAfter
	CodeCapacity        Code = "capacity"        // no machine or slot free in time; see RetryAfter
	CodeUnavailable     Code = "unavailable"     // a dependency is down or the server is draining
	CodeInternal        Code = "internal"        // a defect; the detail is logged, never shown
)

// FieldError names one field of the request and what is wrong with it.
type FieldError struct {
	Location string // such as "body.memory_mb"
	Message  string
}

// Error is the one error type that crosses package boundaries. Message is
// written for the person who called; Err is the cause, for the log only.
//
// A function that fails is not an Error: that is an outcome, recorded on the Execution.
type Error struct {
	Code       Code
	Message    string
	Fields     []FieldError
	RetryAfter time.Duration // zero when unknown
	Err        error
}

// Errorf makes an Error. A %w verb sets the cause.
func Errorf(code Code, format string, args ...any) *Error {
	wrapped := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: wrapped.Error(), Err: errors.Unwrap(wrapped)}
}

// Internal wraps a cause that the caller must not see.
func Internal(doing string, err error) *Error {
	return &Error{Code: CodeInternal, Message: doing + " failed", Err: err}
}

// Invalid makes a validation error from what is wrong with each field, or returns nil when nothing is.
func Invalid(fields []FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	message := fields[0].Location + ": " + fields[0].Message
	if len(fields) > 1 {
		message = fmt.Sprintf("%d fields are invalid; the first: %s", len(fields), message)
	}
	return &Error{Code: CodeValidation, Message: message, Fields: fields}
}

func (e *Error) Error() string {
	if e.Err != nil && e.Code == CodeInternal {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of err: CodeInternal for an error that carries none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}
