package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
)

// Exit codes of volt.
const (
	exitFine     = 0
	exitError    = 1
	exitUsage    = 2 // wrong use, or canceled
	exitFunction = 3 // the function failed
	exitSignIn   = 4
	exitNotFound = 5
	exitTimeout  = 124
)

// exitError is an error with the exit code to leave with. An empty message prints nothing.
type exitCode struct {
	code    int
	message string
}

func (e *exitCode) Error() string { return e.message }

// canceled is how a command ends that the user stopped.
var canceled = &exitCode{exitUsage, "canceled"}

func usage(format string, args ...any) error {
	return &exitCode{exitUsage, fmt.Sprintf(format, args...)}
}

func signInNeeded(format string, args ...any) error {
	return &exitCode{exitSignIn, fmt.Sprintf(format, args...)}
}

// fail reports err on stderr, with what to do next, and returns the exit code.
func (s *session) fail(err error) int {
	if err == nil {
		return exitFine
	}
	var exit *exitCode
	if errors.As(err, &exit) {
		if exit.message != "" {
			s.complain(err.Error())
		}
		return exit.code
	}
	if errors.Is(err, context.Canceled) {
		s.complain("canceled")
		return exitUsage
	}
	s.complain(err.Error())
	var problem *client.Error
	if errors.As(err, &problem) {
		return s.explain(problem)
	}
	var gone *client.UnreachableError
	if errors.As(err, &gone) {
		s.hint("is the server running, and is the address right? Set it with --server or VOLT_SERVER")
	}
	return exitError
}

// explain adds what the server said beyond the message, and the next step.
func (s *session) explain(problem *client.Error) int {
	for _, field := range problem.Fields {
		s.errf("  %s: %s\n", field.Location, field.Message)
	}
	code := exitError
	switch problem.Code {
	case voltrun.CodeUnauthenticated:
		s.hint("sign in with: volt login")
		code = exitSignIn
	case voltrun.CodeForbidden:
		s.hint("the API key lacks a scope for this; see: volt keys list")
	case voltrun.CodeNotFound:
		s.hint("see what there is: volt functions list, volt executions list")
		code = exitNotFound
	case voltrun.CodeRateLimited, voltrun.CodeCapacity, voltrun.CodeUnavailable:
		if problem.RetryAfter > 0 {
			s.hint("try again in " + duration(problem.RetryAfter))
		} else {
			s.hint("try again in a moment")
		}
	case voltrun.CodeInternal:
		s.hint("the server's log has the details under this request id")
	}
	if problem.RequestID != "" {
		s.errf("  request id: %s\n", problem.RequestID)
	}
	return code
}

func (s *session) complain(message string) {
	s.errf("%s %s\n", s.styleErr(red, "volt:"), message)
}

func (s *session) hint(text string) { s.errf("  %s\n", text) }
