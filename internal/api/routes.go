package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v3"

	"github.com/voltrun/voltrun"
)

// Access says who may call a route. The zero value is no answer, and the server refuses to start with it.
type Access string

const (
	Public   Access = "public"  // anybody
	SignedIn Access = "any"     // a session, or an API key whatever its scopes
	Person   Access = "session" // a session only: no API key may do it
	Cookie   Access = "cookie"  // the refresh cookie, checked by the handler; not usable across sites

	ReadFunctions  = Access(voltrun.ScopeFunctionsRead)
	WriteFunctions = Access(voltrun.ScopeFunctionsWrite)
	ReadExecutions = Access(voltrun.ScopeExecutionsRead)
	// Execute also lets a key in that may execute some functions; the handler checks which.
	Execute = Access(voltrun.ScopeFunctionsExecute)
)

func (a Access) valid() bool {
	return slices.Contains([]Access{Public, SignedIn, Person, Cookie, ReadFunctions, WriteFunctions, ReadExecutions, Execute}, a)
}

// Scope is the API key scope the route needs, or "".
func (a Access) Scope() voltrun.Scope {
	switch a {
	case ReadFunctions, WriteFunctions, ReadExecutions, Execute:
		return voltrun.Scope(a)
	}
	return ""
}

// Route is one entry of the table.
type Route struct {
	Method string
	Path   string // with parameters as in OpenAPI: /api/functions/{id}
	Access Access
	ID     string // of the operation in the OpenAPI document
	Tag    string
	About  string // one line
	// WebSocket is set for a route that only answers upgrades.
	WebSocket bool

	status    int   // of success; 0: 200
	errors    []int // documented besides those every route of its kind has
	largeBody bool  // takes more than smallBody
	operation bool  // liveness, readiness, metrics: no rate limit, quiet log
	bind      bind
}

// Params names the parameters of the path.
func (r Route) Params() []string {
	var names []string
	for part := range strings.SplitSeq(r.Path, "/") {
		if strings.HasPrefix(part, "{") {
			names = append(names, strings.Trim(part, "{}"))
		}
	}
	return names
}

// Routes is the whole table, for tests that try every route.
func Routes() []Route { return slices.Clone(table) }

const (
	tagAuth       = "Accounts"
	tagFunctions  = "Functions"
	tagExecutions = "Executions"
	tagKeys       = "API keys"
	tagSystem     = "System"
)

// operations are the routes that may move to a listener of their own.
var operations = []Route{
	{Method: "GET", Path: "/livez", Access: Public, ID: "livez", Tag: tagSystem, About: "Whether the process runs", operation: true, bind: typed((*Server).live)},
	{Method: "GET", Path: "/readyz", Access: Public, ID: "readyz", Tag: tagSystem, About: "Whether everything the server needs is usable", operation: true, errors: []int{503}, bind: typed((*Server).ready)},
	{Method: "GET", Path: "/metrics", Access: Public, ID: "metrics", Tag: tagSystem, About: "Metrics in the Prometheus text format", operation: true, bind: plain[struct{}, textOutput]((*Server).scrape)},
}

// table is every route there is; nothing else is registered anywhere.
var table = slices.Concat([]Route{
	{Method: "POST", Path: "/api/auth/register", Access: Public, ID: "register", Tag: tagAuth, About: "Create an account and sign in", status: 201, errors: []int{409, 429}, bind: typed((*Server).signUp)},
	{Method: "POST", Path: "/api/auth/login", Access: Public, ID: "login", Tag: tagAuth, About: "Sign in", errors: []int{401, 429}, bind: typed((*Server).login)},
	{Method: "POST", Path: "/api/auth/refresh", Access: Cookie, ID: "refresh", Tag: tagAuth, About: "Get a new token for the refresh cookie", bind: typed((*Server).refresh)},
	{Method: "POST", Path: "/api/auth/logout", Access: Cookie, ID: "logout", Tag: tagAuth, About: "Revoke the session", status: 204, bind: typed((*Server).logout)},
	{Method: "GET", Path: "/api/me", Access: SignedIn, ID: "me", Tag: tagAuth, About: "Who is calling", bind: typed((*Server).me)},
	{Method: "PATCH", Path: "/api/me", Access: Person, ID: "update-me", Tag: tagAuth, About: "Change the name of the account", bind: typed((*Server).updateMe)},
	{Method: "DELETE", Path: "/api/me", Access: Person, ID: "delete-me", Tag: tagAuth, About: "Delete the account with everything it has", status: 204, errors: []int{400, 413, 415}, bind: typed((*Server).deleteMe)},
	{Method: "PUT", Path: "/api/me/password", Access: Person, ID: "change-password", Tag: tagAuth, About: "Change the password and revoke the other sessions", status: 204, bind: typed((*Server).changePassword)},
	{Method: "GET", Path: "/api/me/sessions", Access: Person, ID: "list-sessions", Tag: tagAuth, About: "List the live sessions, newest first", bind: typed((*Server).sessions)},
	{Method: "DELETE", Path: "/api/me/sessions", Access: Person, ID: "sign-out-everywhere", Tag: tagAuth, About: "Revoke every session, this one included", status: 204, bind: typed((*Server).signOutEverywhere)},
	{Method: "DELETE", Path: "/api/me/sessions/{id}", Access: Person, ID: "revoke-session", Tag: tagAuth, About: "Revoke one session", status: 204, bind: typed((*Server).revokeSession)},

	{Method: "GET", Path: "/api/runtimes", Access: SignedIn, ID: "list-runtimes", Tag: tagFunctions, About: "List what functions can be written in", bind: typed((*Server).runtimes)},
	{Method: "POST", Path: "/api/functions", Access: WriteFunctions, ID: "create-function", Tag: tagFunctions, About: "Create a function", status: 201, errors: []int{409, 413}, largeBody: true, bind: typed((*Server).createFunction)},
	{Method: "GET", Path: "/api/functions", Access: ReadFunctions, ID: "list-functions", Tag: tagFunctions, About: "List functions, newest first", bind: typed((*Server).listFunctions)},
	{Method: "GET", Path: "/api/functions/{id}", Access: ReadFunctions, ID: "get-function", Tag: tagFunctions, About: "Read a function with its active code", bind: typed((*Server).getFunction)},
	{Method: "PATCH", Path: "/api/functions/{id}", Access: WriteFunctions, ID: "update-function", Tag: tagFunctions, About: "Change a function; a change of code makes a new version", errors: []int{409, 413}, largeBody: true, bind: typed((*Server).updateFunction)},
	{Method: "DELETE", Path: "/api/functions/{id}", Access: WriteFunctions, ID: "delete-function", Tag: tagFunctions, About: "Delete a function; its executions stay readable", status: 204, bind: typed((*Server).deleteFunction)},
	{Method: "GET", Path: "/api/functions/{id}/versions", Access: ReadFunctions, ID: "list-versions", Tag: tagFunctions, About: "List versions, newest first", bind: typed((*Server).listVersions)},
	{Method: "GET", Path: "/api/functions/{id}/versions/{n}", Access: ReadFunctions, ID: "get-version", Tag: tagFunctions, About: "Read one version with its code", bind: typed((*Server).getVersion)},
	{Method: "POST", Path: "/api/functions/{id}/versions/{n}/activate", Access: WriteFunctions, ID: "activate-version", Tag: tagFunctions, About: "Make a version the active one", bind: typed((*Server).activateVersion)},
	{Method: "POST", Path: "/api/functions/{id}/execute", Access: Execute, ID: "execute-function", Tag: tagFunctions, About: "Execute a function and wait for it, or accept it for later", errors: []int{400, 409, 413, 422, 503}, largeBody: true, bind: plain[executeInput, executeOutput]((*Server).execute)},
	{Method: "GET", Path: "/api/functions/{id}/events", Access: ReadFunctions, ID: "list-test-events", Tag: tagFunctions, About: "List the test events of a function, by name", bind: typed((*Server).listTestEvents)},
	{Method: "PUT", Path: "/api/functions/{id}/events/{name}", Access: WriteFunctions, ID: "put-test-event", Tag: tagFunctions, About: "Keep an input under a name, to try the function with", errors: []int{409}, largeBody: true, bind: typed((*Server).putTestEvent)},
	{Method: "DELETE", Path: "/api/functions/{id}/events/{name}", Access: WriteFunctions, ID: "delete-test-event", Tag: tagFunctions, About: "Delete a test event", status: 204, bind: typed((*Server).deleteTestEvent)},
	{Method: "GET", Path: "/api/functions/{id}/stream", Access: ReadExecutions, ID: "stream-function", Tag: tagFunctions, About: "WebSocket: every execution of a function as it happens", WebSocket: true, status: 101, errors: []int{400, 426}, bind: plain[streamFunctionInput, struct{}]((*Server).streamFunction)},

	{Method: "GET", Path: "/api/executions", Access: ReadExecutions, ID: "list-executions", Tag: tagExecutions, About: "List executions, newest first", bind: typed((*Server).listExecutions)},
	{Method: "GET", Path: "/api/executions/{id}", Access: ReadExecutions, ID: "get-execution", Tag: tagExecutions, About: "Read an execution", bind: typed((*Server).getExecution)},
	{Method: "GET", Path: "/api/executions/{id}/logs", Access: ReadExecutions, ID: "get-logs", Tag: tagExecutions, About: "Read the log lines of an execution", bind: typed((*Server).getLogs)},
	{Method: "GET", Path: "/api/executions/{id}/stream", Access: ReadExecutions, ID: "stream-execution", Tag: tagExecutions, About: "WebSocket: an execution as it happens", WebSocket: true, status: 101, errors: []int{400, 426}, bind: plain[streamExecutionInput, struct{}]((*Server).streamExecution)},
	{Method: "GET", Path: "/api/logs", Access: ReadExecutions, ID: "search-logs", Tag: tagExecutions, About: "Search the log lines of all executions, newest first", bind: typed((*Server).searchLogs)},
	{Method: "GET", Path: "/api/stream", Access: ReadExecutions, ID: "stream-all", Tag: tagExecutions, About: "WebSocket: every execution of every function as it happens", WebSocket: true, status: 101, errors: []int{400, 422, 426}, bind: plain[streamAllInput, struct{}]((*Server).streamAll)},
	{Method: "POST", Path: "/api/executions/{id}/cancel", Access: Execute, ID: "cancel-execution", Tag: tagExecutions, About: "Cancel an execution; its machine is destroyed", status: 202, errors: []int{409}, bind: typed((*Server).cancelExecution)},
	{Method: "POST", Path: "/api/executions/{id}/replay", Access: Execute, ID: "replay-execution", Tag: tagExecutions, About: "Execute again with the same input", status: 202, errors: []int{409, 503}, bind: typed((*Server).replayExecution)},

	{Method: "GET", Path: "/api/stats", Access: ReadExecutions, ID: "stats", Tag: tagExecutions, About: "Sum up the executions that ended within a range", bind: typed((*Server).stats)},
	{Method: "GET", Path: "/api/stats/functions", Access: ReadExecutions, ID: "stats-functions", Tag: tagExecutions, About: "Sum up the executions of each function", bind: typed((*Server).functionStats)},

	{Method: "POST", Path: "/api/keys", Access: Person, ID: "create-key", Tag: tagKeys, About: "Create an API key, which is shown this once", status: 201, bind: typed((*Server).createKey)},
	{Method: "GET", Path: "/api/keys", Access: Person, ID: "list-keys", Tag: tagKeys, About: "List the API keys", bind: typed((*Server).listKeys)},
	{Method: "DELETE", Path: "/api/keys/{id}", Access: Person, ID: "revoke-key", Tag: tagKeys, About: "Revoke an API key at once", status: 204, bind: typed((*Server).revokeKey)},

	{Method: "GET", Path: "/api/system", Access: SignedIn, ID: "system", Tag: tagSystem, About: "This server's version and what isolates functions", bind: typed((*Server).system)},
	{Method: "GET", Path: "/api/status", Access: SignedIn, ID: "status", Tag: tagSystem, About: "How this server is doing", bind: typed((*Server).serverStatus)},
	{Method: "GET", Path: "/api/openapi.json", Access: Public, ID: "openapi", Tag: tagSystem, About: "This document", bind: plain[struct{}, documentOutput]((*Server).serveDocument)},
	{Method: "GET", Path: "/api/docs", Access: Public, ID: "docs", Tag: tagSystem, About: "This document for people", bind: plain[struct{}, htmlOutput]((*Server).serveDocs)},
}, operations)

// register puts the edge around a route and adds it to the app and to the document.
func (s *Server) register(r Route) {
	if !r.Access.valid() {
		panic(fmt.Sprintf("api: route %s %s does not say who may call it", r.Method, r.Path))
	}
	handler := r.bind(s, s.operation(r))
	path := strings.NewReplacer("{", ":", "}", "").Replace(r.Path)
	s.app.Add([]string{r.Method}, path, s.edge(r, handler))
}

// operation describes a route for the document: who may call it and how it fails.
func (s *Server) operation(r Route) huma.Operation {
	op := huma.Operation{
		OperationID: r.ID, Method: r.Method, Path: r.Path, Tags: []string{r.Tag}, Summary: r.About,
		Description: accessText(r), DefaultStatus: r.status, MaxBodyBytes: -1,
		Errors: slices.Clone(r.errors),
	}
	if op.DefaultStatus == 0 {
		op.DefaultStatus = http.StatusOK
	}
	add := func(codes ...int) { op.Errors = append(op.Errors, codes...) }
	if !r.operation {
		add(429)
	}
	switch r.Access {
	case Public:
		op.Security = []map[string][]string{}
	case Cookie:
		op.Security = []map[string][]string{{securityCookie: {}}}
		add(401, 403)
	case SignedIn:
		op.Security = []map[string][]string{{securityBearer: {}}}
		add(401)
	default:
		op.Security = []map[string][]string{{securityBearer: {}}}
		add(401, 403)
	}
	if len(r.Params()) > 0 {
		add(404)
	}
	if r.Method == "POST" || r.Method == "PUT" || r.Method == "PATCH" {
		add(400, 413, 415)
	}
	add(500)
	slices.Sort(op.Errors)
	op.Errors = slices.Compact(op.Errors)
	return op
}

func accessText(r Route) string {
	switch {
	case r.Access == Public:
		return "Anybody may call this."
	case r.Access == SignedIn:
		return "Needs a session or any API key."
	case r.Access == Person:
		return "Needs a session; API keys are refused."
	case r.Access == Cookie:
		return "Uses the cookie `voltrun_refresh`; refused when another site makes the browser send it."
	}
	return "Needs a session, or an API key with the scope `" + string(r.Access) + "`."
}

var _ fiber.ErrorHandler = (*Server)(nil).unmatched
