package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v3"
)

//go:generate go test . -run TestOpenAPIDocument -count=1 -update

const (
	securityBearer = "bearer"
	securityCookie = "refresh"
	contractNumber = "1" // of the HTTP contract, not of the program
)

const introduction = `VoltRun runs functions, each execution in a machine of its own.

Times are RFC 3339 in UTC with milliseconds, durations are in milliseconds (_ms), sizes in bytes unless a name says _mb.
Every answer carries X-Request-Id. Every answer that is not 2xx is application/problem+json with a stable code:
400 is for what cannot be read, 422 for what can be read and breaks a rule; both have the code validation.`

// describeStreams is added to the WebSocket operations.
const describeStreams = `
Send the token as Authorization, or as the subprotocol pair "voltrun.v1, bearer.<token>"; the answer selects voltrun.v1.
Messages are JSON objects of the schema Event. Close codes: 1000 the execution ended, 1001 the server is shutting down,
1011 internal, 4401 the token is not valid any more, 4408 the client reads too slowly. After 1001, 4408 and a lost
connection, connect again with after set to the last seq, or for a function or everything with cursor set to that of the last event.`

// newDocument makes the huma API that the route table fills.
func newDocument(adapter huma.Adapter) huma.API {
	config := huma.DefaultConfig("VoltRun", contractNumber)
	config.Info.Description = introduction
	config.CreateHooks = nil // no $schema in bodies
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		securityBearer: {Type: "http", Scheme: "bearer", Description: "The token of a login, or an API key (vr_…)"},
		securityCookie: {Type: "apiKey", In: "cookie", Name: refreshCookie, Description: "Set by register, login and refresh"},
	}
	return huma.NewAPI(config, adapter)
}

// textOutput, documentOutput and htmlOutput describe answers that are not JSON values of a Go type.
type textOutput struct {
	ContentType string `header:"Content-Type" doc:"text/plain"`
	Body        []byte
}

type documentOutput struct {
	Body map[string]any
}

type htmlOutput struct {
	ContentType string `header:"Content-Type" doc:"text/html"`
	Body        []byte
}

// encodeDocument completes what huma cannot know from the types, and writes the document with sorted keys.
func encodeDocument(document *huma.OpenAPI) []byte {
	registry := document.Components.Schemas
	for _, item := range document.Paths {
		for _, op := range operationsOf(item) {
			completeOperation(op, registry)
		}
	}
	text, err := json.Marshal(document)
	if err != nil {
		panic("api: the OpenAPI document: " + err.Error())
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "  "); err != nil {
		panic("api: the OpenAPI document: " + err.Error())
	}
	return append(indented.Bytes(), '\n')
}

// media gives an answer's body another type.
func media(r *huma.Response, contentType string) {
	r.Content = map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{Type: huma.TypeString}}}
	delete(r.Headers, "Content-Type")
}

func completeOperation(op *huma.Operation, registry huma.Registry) {
	delete(op.Responses, "default")
	for _, r := range op.Responses {
		if r.Headers == nil {
			r.Headers = map[string]*huma.Param{}
		}
		r.Headers["X-Request-Id"] = &huma.Header{Description: "Names the request in the server's log", Schema: &huma.Schema{Type: huma.TypeString}}
	}
	for _, status := range []string{"429", "503"} {
		if r := op.Responses[status]; r != nil {
			r.Headers["Retry-After"] = &huma.Header{Description: "Seconds to wait", Schema: &huma.Schema{Type: huma.TypeInteger}}
		}
	}
	switch op.OperationID {
	case "execute-function":
		accepted := *op.Responses["200"]
		accepted.Description = "Accepted: the execution is durable and pending"
		op.Responses["202"] = &accepted
		finished := *op.Responses["200"]
		finished.Headers = map[string]*huma.Header{"X-Request-Id": finished.Headers["X-Request-Id"]}
		finished.Description = "Finished: the function succeeded or failed, see status"
		op.Responses["200"] = &finished
	case "stream-execution", "stream-function", "stream-all":
		op.Description += describeStreams
		event := registry.Schema(eventType, true, "Event")
		op.Responses["101"] = &huma.Response{Description: "Switching protocols; the schema is that of each message",
			Content: map[string]*huma.MediaType{"application/json": {Schema: event}}}
	case "metrics":
		media(op.Responses["200"], "text/plain")
	case "docs":
		media(op.Responses["200"], "text/html")
	}
}

func operationsOf(item *huma.PathItem) []*huma.Operation {
	all := []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete}
	return slices.DeleteFunc(all, func(op *huma.Operation) bool { return op == nil })
}

func (s *Server) serveDocument() fiber.Handler {
	return func(c fiber.Ctx) error {
		c.Response().Header.SetContentType("application/openapi+json")
		c.Response().Header.Set(fiber.HeaderCacheControl, "no-cache")
		c.Response().SetBodyRaw(s.openapi)
		return nil
	}
}

func (s *Server) serveDocs() fiber.Handler {
	return func(c fiber.Ctx) error {
		c.Response().SetStatusCode(http.StatusOK)
		c.Response().Header.SetContentType("text/html; charset=utf-8")
		c.Response().Header.Set(fiber.HeaderContentSecurityPolicy, s.docs.policy)
		c.Response().Header.Set(fiber.HeaderCacheControl, "no-cache")
		c.Response().SetBodyRaw(s.docs.html)
		return nil
	}
}
