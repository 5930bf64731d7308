package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/voltrun/voltrun"
)

// Error is a problem that the server reported.
type Error struct {
	Status     int
	Code       voltrun.Code
	Title      string
	Detail     string
	RequestID  string
	Fields     []voltrun.FieldError
	RetryAfter time.Duration // zero when the server did not say
}

func (e *Error) Error() string {
	if e.Detail != "" {
		return e.Detail
	}
	if e.Title != "" {
		return e.Title
	}
	return fmt.Sprintf("the server answered %d %s", e.Status, http.StatusText(e.Status))
}

// UnreachableError means that no complete answer came back.
type UnreachableError struct {
	Server string
	Err    error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("no answer from %s: %v", e.Server, e.Err)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// CodeOf returns the code of the problem in err, or "" when err is not one that the server reported.
func CodeOf(err error) voltrun.Code {
	var problem *Error
	if errors.As(err, &problem) {
		return problem.Code
	}
	return ""
}

// problemOf reads application/problem+json, and makes the best of any other answer.
func problemOf(response *http.Response, body []byte) *Error {
	problem := &Error{
		Status:     response.StatusCode,
		Code:       codeOfStatus(response.StatusCode),
		RequestID:  response.Header.Get("X-Request-Id"),
		RetryAfter: retryAfter(response.Header.Get("Retry-After")),
	}
	if location := response.Header.Get("Location"); response.StatusCode/100 == 3 && location != "" {
		problem.Detail = fmt.Sprintf("the server redirects to %s; give that address as the server if you trust it", location)
		return problem
	}
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if kind != "application/problem+json" && kind != "application/json" {
		problem.Detail = fmt.Sprintf("the server answered %d %s, not as a VoltRun server does; check the server address", response.StatusCode, http.StatusText(response.StatusCode))
		return problem
	}
	var wire struct {
		Title     string       `json:"title"`
		Detail    string       `json:"detail"`
		Code      voltrun.Code `json:"code"`
		RequestID string       `json:"request_id"`
		Errors    []struct {
			Location string `json:"location"`
			Message  string `json:"message"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &wire) != nil {
		return problem
	}
	problem.Title, problem.Detail = wire.Title, wire.Detail
	if wire.Code != "" {
		problem.Code = wire.Code
	}
	if wire.RequestID != "" {
		problem.RequestID = wire.RequestID
	}
	for _, field := range wire.Errors {
		problem.Fields = append(problem.Fields, voltrun.FieldError{Location: field.Location, Message: field.Message})
	}
	return problem
}

func codeOfStatus(status int) voltrun.Code {
	switch status {
	case http.StatusUnauthorized:
		return voltrun.CodeUnauthenticated
	case http.StatusForbidden:
		return voltrun.CodeForbidden
	case http.StatusNotFound:
		return voltrun.CodeNotFound
	case http.StatusConflict:
		return voltrun.CodeConflict
	case http.StatusRequestEntityTooLarge:
		return voltrun.CodeTooLarge
	case http.StatusTooManyRequests:
		return voltrun.CodeRateLimited
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return voltrun.CodeUnavailable
	}
	if status >= 400 && status < 500 {
		return voltrun.CodeValidation
	}
	return voltrun.CodeInternal
}

// retryAfter reads the header in either form, seconds or a date.
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 && seconds < 1<<30 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
