package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/gofiber/contrib/v3/websocket"
	"github.com/gofiber/fiber/v3"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
	"github.com/voltrun/voltrun/internal/exec"
)

// The subprotocol pair of a browser, which cannot set headers on a WebSocket:
// "voltrun.v1, bearer.<token>". The answer selects voltrun.v1. A page of this server need not send one: its cookie counts.
const (
	streamProtocol = "voltrun.v1"
	bearerProtocol = "bearer."
)

type streamExecutionInput struct {
	ExecutionRef
	After    int64  `query:"after" minimum:"0" doc:"Only log lines with a higher seq: resumes without gap or duplicate"`
	Protocol string `header:"Sec-WebSocket-Protocol" doc:"voltrun.v1, bearer.<token>; or send Authorization; a page of this server may rely on its cookie"`
}

type streamFunctionInput struct {
	FunctionRef
	Cursor   string `query:"cursor" doc:"Of the last event seen: resumes without gap or duplicate. Starts now when left out"`
	Protocol string `header:"Sec-WebSocket-Protocol" doc:"voltrun.v1, bearer.<token>; or send Authorization; a page of this server may rely on its cookie"`
}

type streamAllInput struct {
	Cursor   string `query:"cursor" doc:"Of the last event seen: resumes without gap or duplicate. Starts now when left out"`
	Protocol string `header:"Sec-WebSocket-Protocol" doc:"voltrun.v1, bearer.<token>; or send Authorization; a page of this server may rely on its cookie"`
}

// Event is one message of a stream: which of the optional fields are there depends on type.
type Event struct {
	Type         string     `json:"type" enum:"log,status,end"`
	ExecutionID  string     `json:"execution_id"`
	FunctionID   string     `json:"function_id"`
	FunctionName string     `json:"function_name"`
	Seq          int64      `json:"seq,omitempty"`
	Time         string     `json:"time,omitempty"`
	Stream       string     `json:"stream,omitempty" enum:"stdout,stderr,system"`
	Text         *string    `json:"text,omitempty"`
	Partial      bool       `json:"partial,omitempty"`
	Status       string     `json:"status,omitempty" enum:"pending,running,success,failed,timeout,canceled"`
	Execution    *Execution `json:"execution,omitempty"`
	Cursor       string     `json:"cursor,omitempty" doc:"Resumes the stream of a function, or of everything, right after this event"`
}

func (s *Server) streamExecution() fiber.Handler {
	return s.stream(func(ctx context.Context, c fiber.Ctx, owner string) (exec.Stream, error) {
		after, err := afterParam(c)
		if err != nil {
			return nil, err
		}
		return s.Executions.WatchExecution(ctx, owner, c.Params("id"), after)
	})
}

func (s *Server) streamFunction() fiber.Handler {
	return s.stream(func(ctx context.Context, c fiber.Ctx, owner string) (exec.Stream, error) {
		return s.Executions.WatchFunction(ctx, owner, c.Params("id"), c.Query("cursor"))
	})
}

func (s *Server) streamAll() fiber.Handler {
	return s.stream(func(ctx context.Context, c fiber.Ctx, owner string) (exec.Stream, error) {
		return s.Executions.WatchAll(ctx, owner, c.Query("cursor"))
	})
}

// stream upgrades once the watch is open: what can be refused is refused before, as a
// problem, and what happens after the answer is not missed.
func (s *Server) stream(open func(ctx context.Context, c fiber.Ctx, owner string) (exec.Stream, error)) fiber.Handler {
	upgrade := websocket.New(s.watch, websocket.Config{
		Subprotocols: []string{streamProtocol},
		Origins:      []string{"*"}, // checkUpgrade has looked at the origin: the library cannot compare it with the host
		RecoverHandler: func(conn *websocket.Conn) {
			if r := recover(); r != nil {
				s.streamPanicked(r)
			}
		},
	})
	return func(c fiber.Ctx) error {
		if err := s.checkUpgrade(c); err != nil {
			return err
		}
		k := callOf(contextOf(c))
		w, err := s.streams.add(s.ctx, k.principal.UserID)
		if err != nil {
			return err
		}
		w.requestID, w.authorized = k.requestID, s.stillAuthorized(c, k.principal)
		w.source, err = open(w.ctx, c, k.principal.UserID)
		if err != nil {
			s.streams.remove(w)
			return err
		}
		w.expectUpgrade(s.streams)
		c.Locals(watchLocal, w)
		if err := upgrade(c); err != nil {
			w.abandon(s.streams)
			return err
		}
		return nil
	}
}

// checkUpgrade refuses what is not a WebSocket handshake, and pages of other origins.
func (s *Server) checkUpgrade(c fiber.Ctx) error {
	if !websocket.IsWebSocketUpgrade(c) {
		return fiber.ErrUpgradeRequired
	}
	if c.Get("Sec-WebSocket-Version") != "13" {
		return malformed("header.Sec-WebSocket-Version", "only version 13 of the WebSocket protocol is spoken")
	}
	if key, err := base64.StdEncoding.DecodeString(c.Get("Sec-WebSocket-Key")); err != nil || len(key) != 16 {
		return malformed("header.Sec-WebSocket-Key", "must be 16 bytes in base64")
	}
	if origin := c.Get(fiber.HeaderOrigin); origin != "" && !s.originAllowed(c, origin) {
		return refuse(http.StatusForbidden, voltrun.CodeForbidden, "pages of this origin may not open streams here")
	}
	return nil
}

// stillAuthorized is asked now and then while a stream is open: whether the token it was opened with, or the
// session of its cookie, still counts. Cookies change with every refresh, the session stays.
func (s *Server) stillAuthorized(c fiber.Ctx, p auth.Principal) func(context.Context) error {
	token := streamToken(c)
	if token == "" {
		return func(ctx context.Context) error { return s.Authenticator.CheckSession(ctx, p.SessionID) }
	}
	return func(ctx context.Context) error {
		_, err := s.Authenticator.Authenticate(ctx, token)
		return err
	}
}

// streamCookie is the refresh token in the cookie of a page of this very server: a browser always names the page's
// origin in a WebSocket handshake, and other origins, configured ones included, must send a token.
func streamCookie(c fiber.Ctx) string {
	if origin := c.Get(fiber.HeaderOrigin); origin == "" || !sameOrigin(c, origin) {
		return ""
	}
	return c.Cookies(refreshCookie)
}

// streamToken is the token of the Authorization header or of the subprotocols.
func streamToken(c fiber.Ctx) string {
	if token := bearer(c); token != "" {
		return token
	}
	return subprotocolToken(c)
}

// subprotocolToken finds bearer.<token> among the subprotocols, next to voltrun.v1.
func subprotocolToken(c fiber.Ctx) string {
	token, speaks := "", false
	for part := range strings.SplitSeq(c.Get("Sec-WebSocket-Protocol"), ",") {
		part = strings.TrimSpace(part)
		if part == streamProtocol {
			speaks = true
		} else if rest, ok := strings.CutPrefix(part, bearerProtocol); ok && token == "" {
			token = rest
		}
	}
	if !speaks {
		return ""
	}
	return token
}

func afterParam(c fiber.Ctx) (int64, error) {
	text := c.Query("after")
	if text == "" {
		return 0, nil
	}
	after, err := strconv.ParseInt(text, 10, 64)
	if err != nil || after < 0 {
		return 0, voltrun.Invalid([]voltrun.FieldError{{Location: "query.after", Message: "must be the seq of a log line, or 0"}})
	}
	return after, nil
}

var eventType = reflect.TypeFor[Event]()

func eventOf(e exec.Event) Event {
	out := Event{ExecutionID: e.ExecutionID, FunctionID: e.FunctionID, FunctionName: e.FunctionName, Cursor: e.Cursor}
	switch {
	case e.Log != nil:
		l := lineOf(*e.Log)
		out.Type, out.Seq, out.Time, out.Stream, out.Text, out.Partial = "log", l.Seq, l.Time, l.Stream, &l.Text, l.Partial
	case e.End != nil:
		full := executionOf(e.End)
		out.Type, out.Execution = "end", &full
	default:
		out.Type, out.Status = "status", string(e.Status)
	}
	return out
}
