package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v3"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/exec"
)

// executeInput describes the request of execute, which is read by hand because it is the hot path.
type executeInput struct {
	FunctionRef
	Prefer         string `header:"Prefer" doc:"respond-async: answer 202 with the pending execution" example:"respond-async"`
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"255" doc:"Visible ASCII. The same key for the same function gives the same execution"`
	Async          bool   `query:"async" doc:"true: the same as Prefer: respond-async"`
	Body           *struct {
		Input   json.RawMessage `json:"input,omitempty" doc:"Any JSON up to 6 MiB and 100 levels; null when left out"`
		Version int             `json:"version,omitempty" minimum:"1" doc:"The active one when left out"`
	} `required:"false"`
}

// executeOutput describes the answer: 200 once finished, 202 for an asynchronous execution.
type executeOutput struct {
	Location          string `header:"Location" doc:"Of the execution, with 202"`
	PreferenceApplied string `header:"Preference-Applied" doc:"respond-async, with 202"`
	Body              Execution
}

func (s *Server) execute() fiber.Handler {
	return func(c fiber.Ctx) error {
		ctx := contextOf(c)
		k := callOf(ctx)
		async, err := wantsAsync(c)
		if err != nil {
			return err
		}
		key, err := idempotencyKey(c)
		if err != nil {
			return err
		}
		body, err := decodeExecute(c.Request().Body())
		if err != nil {
			return err
		}
		ref := c.Params("id")
		if !k.principal.Can(voltrun.ScopeFunctionsExecute) {
			d, err := s.Functions.Resolve(ctx, k.principal.UserID, ref, body.version)
			if err != nil {
				return err
			}
			if err := s.mayExecute(k.principal, d.Function.ID); err != nil {
				return err
			}
		}
		request := exec.Request{
			Owner: k.principal.UserID, Function: ref, Version: body.version, Input: body.input, Trigger: voltrun.TriggerAPI,
			RequestID: k.requestID, IdempotencyKey: key, Received: k.received,
		}
		if async {
			return s.submit(c, k, request)
		}
		e, err := s.Executions.Execute(ctx, request)
		if err != nil {
			return err
		}
		return sendExecution(c, k, e, http.StatusOK)
	}
}

func (s *Server) submit(c fiber.Ctx, k *call, request exec.Request) error {
	request.Trigger = voltrun.TriggerAsync
	e, err := s.Executions.Submit(contextOf(c), request)
	if err != nil {
		return err
	}
	k.header(fiber.HeaderLocation, "/api/executions/"+e.ID)
	k.header("Preference-Applied", "respond-async")
	return sendExecution(c, k, e, http.StatusAccepted)
}

func sendExecution(c fiber.Ctx, k *call, e *voltrun.Execution, status int) error {
	k.executionID = e.ID
	response := c.Response()
	response.SetStatusCode(status)
	response.Header.SetContentType("application/json")
	response.SetBodyRaw(append(appendExecution(make([]byte, 0, 1024+len(e.Input)+len(e.Output)+len(e.Logs)), e), '\n'))
	return nil
}

// wantsAsync reads both ways of asking for 202.
func wantsAsync(c fiber.Ctx) (bool, error) {
	for _, value := range c.Request().Header.PeekAll("Prefer") {
		for preference := range strings.SplitSeq(string(value), ",") {
			name, _, _ := strings.Cut(preference, ";")
			if strings.EqualFold(strings.TrimSpace(name), "respond-async") {
				return true, nil
			}
		}
	}
	text := c.Query("async")
	if text == "" {
		return false, nil
	}
	async, err := strconv.ParseBool(text)
	if err != nil {
		return false, voltrun.Invalid([]voltrun.FieldError{{Location: "query.async", Message: "must be true or false"}})
	}
	return async, nil
}

// idempotencyKey returns the key, or "" when there is none.
func idempotencyKey(c fiber.Ctx) (string, error) {
	values := c.Request().Header.PeekAll("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	key := string(values[0])
	if err := checkKey(key, len(values)); err != nil {
		return "", voltrun.Invalid([]voltrun.FieldError{{Location: "header.Idempotency-Key", Message: err.Error()}})
	}
	return key, nil
}

func checkKey(key string, count int) error {
	if count > 1 {
		return errors.New("must be given once")
	}
	if key == "" || len(key) > voltrun.MaxIdempotencyChars {
		return errors.New("must have 1 to 255 characters")
	}
	for i := 0; i < len(key); i++ {
		if key[i] < '!' || key[i] > '~' {
			return errors.New("must consist of visible ASCII characters")
		}
	}
	return nil
}
