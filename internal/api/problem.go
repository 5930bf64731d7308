package api

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v3"

	"github.com/voltrun/voltrun"
)

// Problem is the body of every answer that is not 2xx (RFC 9457), with VoltRun's stable code.
type Problem struct {
	Type      string         `json:"type" doc:"Where this code is explained" example:"/api/docs#error-not_found"`
	Title     string         `json:"title" doc:"The HTTP status in words" example:"Not Found"`
	Status    int            `json:"status" doc:"The HTTP status" example:"404"`
	Detail    string         `json:"detail" doc:"What happened, to what, and what to do next"`
	Code      string         `json:"code" doc:"Stable: programs may rely on it" enum:"validation,unauthenticated,forbidden,not_found,conflict,too_large,rate_limited,capacity,unavailable,internal"`
	RequestID string         `json:"request_id" doc:"Names this request in the server's log"`
	Errors    []ProblemField `json:"errors,omitempty" nullable:"false" doc:"What is wrong with each field"`
}

// ProblemField names one part of the request and what is wrong with it.
type ProblemField struct {
	Location string `json:"location" doc:"Such as body.memory_mb, query.page_size or path.n"`
	Message  string `json:"message"`
}

const problemType = "application/problem+json"

// ContentType makes the OpenAPI document say application/problem+json.
func (p *Problem) ContentType(string) string { return problemType }
func (p *Problem) GetStatus() int            { return p.Status }
func (p *Problem) Error() string             { return p.Detail }

// refusal is an error of the edge itself, with the status that HTTP prescribes for it.
type refusal struct {
	status int
	err    *voltrun.Error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

func refuse(status int, code voltrun.Code, message string, fields ...voltrun.FieldError) error {
	return &refusal{status, &voltrun.Error{Code: code, Message: message, Fields: fields}}
}

// malformed is for what cannot be read at all; what can be read and breaks a rule is 422.
func malformed(location, message string) error {
	return refuse(http.StatusBadRequest, voltrun.CodeValidation, message, voltrun.FieldError{Location: location, Message: message})
}

var statusOf = map[voltrun.Code]int{
	voltrun.CodeValidation:      http.StatusUnprocessableEntity,
	voltrun.CodeUnauthenticated: http.StatusUnauthorized,
	voltrun.CodeForbidden:       http.StatusForbidden,
	voltrun.CodeNotFound:        http.StatusNotFound,
	voltrun.CodeConflict:        http.StatusConflict,
	voltrun.CodeTooLarge:        http.StatusRequestEntityTooLarge,
	voltrun.CodeRateLimited:     http.StatusTooManyRequests,
	voltrun.CodeCapacity:        http.StatusServiceUnavailable,
	voltrun.CodeUnavailable:     http.StatusServiceUnavailable,
	voltrun.CodeInternal:        http.StatusInternalServerError,
}

// classify finds the status and the part of err that the caller may see.
func classify(err error) (int, *voltrun.Error) {
	var r *refusal
	if errors.As(err, &r) {
		return r.status, r.err
	}
	var e *voltrun.Error
	if errors.As(err, &e) {
		status, known := statusOf[e.Code]
		if !known || e.Code == voltrun.CodeInternal {
			return http.StatusInternalServerError, hidden(err)
		}
		return status, e
	}
	var f *fiber.Error
	if errors.As(err, &f) {
		return classifyTransport(f)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return http.StatusServiceUnavailable, &voltrun.Error{Code: voltrun.CodeUnavailable,
			Message: "the server is shutting down or took too long; try again", Err: err}
	}
	return http.StatusInternalServerError, hidden(err)
}

// hidden replaces a defect by words that give nothing away; the cause goes to the log.
func hidden(err error) *voltrun.Error {
	return &voltrun.Error{Code: voltrun.CodeInternal, Err: err,
		Message: "something went wrong on the server; the request id finds the cause in its log"}
}

// classifyTransport is for what Fiber and fasthttp refuse before or without a handler.
func classifyTransport(f *fiber.Error) (int, *voltrun.Error) {
	say := func(code voltrun.Code, message string) (int, *voltrun.Error) {
		return f.Code, &voltrun.Error{Code: code, Message: message}
	}
	switch f.Code {
	case http.StatusNotFound:
		return say(voltrun.CodeNotFound, "there is nothing at this path; /api/docs lists what there is")
	case http.StatusMethodNotAllowed:
		return say(voltrun.CodeValidation, "this path does not take this method; the Allow header names those it takes")
	case http.StatusRequestEntityTooLarge:
		return say(voltrun.CodeTooLarge, "the body is larger than this server accepts here")
	case http.StatusRequestHeaderFieldsTooLarge:
		return say(voltrun.CodeTooLarge, "the request's headers are larger than this server accepts")
	case http.StatusRequestTimeout:
		return say(voltrun.CodeValidation, "the request did not arrive completely in time; send it again")
	case http.StatusNotImplemented:
		return say(voltrun.CodeValidation, "this HTTP method is not known")
	case http.StatusUpgradeRequired:
		return say(voltrun.CodeValidation, "this path is a WebSocket: ask for an upgrade to it")
	}
	if f.Code >= 400 && f.Code < 500 {
		return say(voltrun.CodeValidation, "the request is not valid HTTP")
	}
	return http.StatusInternalServerError, hidden(f)
}

// writeProblem replaces whatever the response holds by the problem that err is.
func writeProblem(c fiber.Ctx, requestID string, err error) {
	status, e := classify(err)
	p := Problem{
		Type: "/api/docs#error-" + string(e.Code), Title: http.StatusText(status), Status: status,
		Detail: shorten(e.Message), Code: string(e.Code), RequestID: requestID,
	}
	p.Errors = problemFields(e.Fields)
	body, encodeErr := json.Marshal(p)
	if encodeErr != nil { // strings and numbers always encode
		panic(encodeErr)
	}
	response := c.Response()
	response.ResetBody()
	response.SetStatusCode(status)
	response.Header.SetContentType(problemType)
	response.SetBodyRaw(body)
	switch status {
	case http.StatusUnauthorized:
		response.Header.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="voltrun"`)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		response.Header.Set(fiber.HeaderRetryAfter, strconv.Itoa(retrySeconds(e.RetryAfter)))
	case http.StatusUpgradeRequired:
		response.Header.Set(fiber.HeaderUpgrade, "websocket")
	}
}

// Limits of what a problem repeats of a request, so that a hostile request cannot make a huge answer.
const (
	maxProblemFields = 50
	maxProblemText   = 500
)

func problemFields(fields []voltrun.FieldError) []ProblemField {
	var list []ProblemField
	for i, f := range fields {
		if i == maxProblemFields {
			more := strconv.Itoa(len(fields)-i) + " more are not listed"
			return append(list, ProblemField{Location: "request", Message: more})
		}
		list = append(list, ProblemField{shorten(f.Location), shorten(f.Message)})
	}
	return list
}

func shorten(s string) string {
	if len(s) <= maxProblemText {
		return s
	}
	return strings.ToValidUTF8(s[:maxProblemText], "") + "…"
}

// retrySeconds rounds up: a caller that waits as told is not refused again.
func retrySeconds(d time.Duration) int {
	return max(1, int(math.Ceil(d.Seconds())))
}

func init() {
	huma.ValidateStrictCasing = true // "Email" is not "email"
	// huma makes its errors through these two variables, of which there is one per process.
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return &problemFromHuma(status, message, errs).Problem
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		p := problemFromHuma(status, message, errs)
		if own, ok := ctx.(*typedContext); ok {
			own.failed = p.cause
		}
		return &p.Problem
	}
}

// humaProblem keeps the error behind what huma wants to write: the edge writes it itself.
type humaProblem struct {
	Problem
	cause error
}

func problemFromHuma(status int, message string, errs []error) *humaProblem {
	p := &humaProblem{Problem: Problem{Status: status, Title: http.StatusText(status), Detail: message}}
	if status >= http.StatusInternalServerError && len(errs) == 1 {
		p.cause = errs[0] // what a handler returned
		return p
	}
	e := &voltrun.Error{Code: voltrun.CodeValidation, Message: message}
	if status == http.StatusRequestEntityTooLarge {
		e.Code = voltrun.CodeTooLarge
	}
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			detail := d.ErrorDetail()
			e.Fields = append(e.Fields, voltrun.FieldError{Location: detail.Location, Message: detail.Message})
		} else if err != nil {
			e.Fields = append(e.Fields, voltrun.FieldError{Location: "request", Message: err.Error()})
		}
	}
	if len(e.Fields) > 0 {
		first := e.Fields[0]
		e.Message = strings.TrimPrefix(first.Location+": "+first.Message, ": ")
		if len(e.Fields) > 1 {
			e.Message = strconv.Itoa(len(e.Fields)) + " fields are invalid; the first: " + e.Message
		}
	}
	p.cause = &refusal{status, e}
	return p
}
