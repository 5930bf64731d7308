package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
	"github.com/voltrun/voltrun/internal/control"
	"github.com/voltrun/voltrun/internal/exec"
)

// Tokens and things of the two users of the fake world.
const (
	annSession = "session-ann"
	bobSession = "session-bob"
	annKeyRead = "vr_read" // functions:read
	annKeyOne  = "vr_one"  // functions:execute of annFunction only
	annKeyNone = "vr_none" // no scope
	// annKeyWithout, with a scope behind it, has every scope but that; alone it has none.
	annKeyWithout = "vr_without:"
	annFunction   = "fn_00000000000000000000000ANN"
	annExec       = "exe_00000000000000000000000ANN"
	annSessID     = "ses_ann"
	annKeyID      = "key_ann"
	fakeRefresh   = "refresh-secret"
)

var fixedTime = time.Date(2026, 1, 2, 3, 4, 5, 6_789_000, time.UTC)

// world fakes the services behind the edge: one function and one execution of Ann's.
type world struct {
	mu        sync.Mutex
	requests  []exec.Request
	execute   func(context.Context, exec.Request) (*voltrun.Execution, error)
	changes   []control.FunctionChange
	pages     []voltrun.PageRequest
	filters   []voltrun.ExecutionFilter
	searches  []voltrun.LogFilter
	revoked   map[string]bool // tokens
	signedOut []string
	watch     func(after int64) exec.Stream
	ready     map[string]error
	limiter   fakeLimiter
	panics    bool
}

func notThere(what string) error {
	return voltrun.Errorf(voltrun.CodeNotFound, "no such %s", what)
}

func (w *world) AuthenticateCookie(_ context.Context, refreshToken string) (auth.Principal, error) {
	if refreshToken != fakeRefresh {
		return auth.Principal{}, voltrun.Errorf(voltrun.CodeUnauthenticated, "the cookie does not count")
	}
	return auth.Principal{UserID: "usr_ann", SessionID: annSessID}, nil
}

func (w *world) CheckSession(_ context.Context, id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if id != annSessID || w.revoked[id] {
		return voltrun.Errorf(voltrun.CodeUnauthenticated, "the session has ended")
	}
	return nil
}

func (w *world) Authenticate(_ context.Context, token string) (auth.Principal, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.revoked[token] {
		switch token {
		case annSession:
			return auth.Principal{UserID: "usr_ann", SessionID: annSessID}, nil
		case bobSession:
			return auth.Principal{UserID: "usr_bob", SessionID: "ses_bob"}, nil
		case annKeyRead:
			return auth.Principal{UserID: "usr_ann", KeyID: annKeyID, Scopes: []voltrun.Scope{voltrun.ScopeFunctionsRead}}, nil
		case annKeyOne:
			return auth.Principal{UserID: "usr_ann", KeyID: annKeyID, Scopes: []voltrun.Scope{"functions:execute:" + annFunction}}, nil
		case annKeyNone:
			return auth.Principal{UserID: "usr_ann", KeyID: annKeyID}, nil
		}
	}
	if lacking, ok := strings.CutPrefix(token, annKeyWithout); ok {
		p := auth.Principal{UserID: "usr_ann", KeyID: annKeyID}
		for _, scope := range []voltrun.Scope{voltrun.ScopeFunctionsRead, voltrun.ScopeFunctionsWrite, voltrun.ScopeFunctionsExecute, voltrun.ScopeExecutionsRead} {
			if lacking != "" && string(scope) != lacking {
				p.Scopes = append(p.Scopes, scope)
			}
		}
		return p, nil
	}
	return auth.Principal{}, voltrun.Errorf(voltrun.CodeUnauthenticated, "the token is not valid; sign in again")
}

func (w *world) revoke(token string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.revoked[token] = true
}

// fakeAccounts

type fakeAccounts struct{ *world }

func fakeSignIn() control.SignIn {
	return control.SignIn{Token: annSession, ExpiresAt: fixedTime, RefreshToken: fakeRefresh, RefreshExpiresAt: fixedTime.AddDate(50, 0, 0),
		User: voltrun.User{ID: "usr_ann", Email: "ann@example.com", PasswordHash: "never shown", CreatedAt: fixedTime}}
}

func (a fakeAccounts) Register(_ context.Context, email, _, _ string, _ control.Client) (control.SignIn, error) {
	if email == "taken@example.com" {
		return control.SignIn{}, voltrun.Errorf(voltrun.CodeConflict, "an account with this e-mail exists")
	}
	return fakeSignIn(), nil
}

func (a fakeAccounts) Login(_ context.Context, _, password string, _ control.Client) (control.SignIn, error) {
	if password != "correct horse" {
		return control.SignIn{}, voltrun.Errorf(voltrun.CodeUnauthenticated, "wrong e-mail or password")
	}
	return fakeSignIn(), nil
}

func (a fakeAccounts) Refresh(_ context.Context, token string, _ control.Client) (control.SignIn, error) {
	if token != fakeRefresh {
		return control.SignIn{}, voltrun.Errorf(voltrun.CodeUnauthenticated, "the refresh token is not valid")
	}
	return fakeSignIn(), nil
}

func (a fakeAccounts) Logout(_ context.Context, p auth.Principal, refresh string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.signedOut = append(a.signedOut, p.SessionID+"/"+refresh)
	return nil
}

func (a fakeAccounts) Me(context.Context, auth.Principal) (voltrun.User, error) {
	if a.panics {
		panic("a defect with a secret")
	}
	return fakeSignIn().User, nil
}

func (a fakeAccounts) Rename(_ context.Context, _ auth.Principal, name string) (voltrun.User, error) {
	user := fakeSignIn().User
	user.Name = name
	return user, nil
}

func (a fakeAccounts) Delete(ctx context.Context, p auth.Principal, password string) error {
	if password != "correct horse" {
		return voltrun.Errorf(voltrun.CodeForbidden, "the password is wrong")
	}
	return a.SignOutEverywhere(ctx, p)
}

func (a fakeAccounts) SignOutEverywhere(_ context.Context, p auth.Principal) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.signedOut = append(a.signedOut, p.UserID)
	a.revoked[annSession], a.revoked[annSessID] = true, true
	return nil
}

func (a fakeAccounts) ChangePassword(context.Context, auth.Principal, string, string) error {
	return nil
}

func (a fakeAccounts) Sessions(_ context.Context, p auth.Principal) ([]voltrun.Session, error) {
	return []voltrun.Session{{ID: p.SessionID, CreatedAt: fixedTime, RefreshedAt: fixedTime, ExpiresAt: fixedTime}}, nil
}

func (a fakeAccounts) RevokeSession(_ context.Context, p auth.Principal, id string) error {
	if p.UserID != "usr_ann" || id != annSessID {
		return notThere("session")
	}
	return nil
}

type fakeKeys struct{ *world }

func (fakeKeys) Create(_ context.Context, _ auth.Principal, name string, scopes []voltrun.Scope, _ *int) (control.NewKey, error) {
	return control.NewKey{Key: "vr_secret", APIKey: voltrun.APIKey{ID: annKeyID, Name: name, Prefix: "vr_se", Scopes: scopes, CreatedAt: fixedTime, Hash: []byte("hash")}}, nil
}

func (fakeKeys) List(context.Context, auth.Principal) ([]voltrun.APIKey, error) {
	return []voltrun.APIKey{{ID: annKeyID, CreatedAt: fixedTime}}, nil
}

func (fakeKeys) Revoke(_ context.Context, p auth.Principal, id string) error {
	if p.UserID != "usr_ann" || id != annKeyID {
		return notThere("API key")
	}
	return nil
}

type fakeFunctions struct{ *world }

func fakeFunction() voltrun.Function {
	return voltrun.Function{ID: annFunction, OwnerID: "usr_ann", Name: "hello", Runtime: "nodejs", Handler: "index.handler", Version: 1,
		MemoryMB: 128, Timeout: 3 * time.Second, Isolation: voltrun.IsolationFresh, MaxConcurrency: 100, CreatedAt: fixedTime, UpdatedAt: fixedTime}
}

func (f fakeFunctions) find(owner, ref string) (voltrun.Function, error) {
	if owner == "usr_ann" && (ref == annFunction || ref == "hello") {
		return fakeFunction(), nil
	}
	return voltrun.Function{}, notThere("function")
}

func (f fakeFunctions) Create(_ context.Context, _ string, change control.FunctionChange) (voltrun.Function, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changes = append(f.changes, change)
	return fakeFunction(), nil
}

func (f fakeFunctions) List(_ context.Context, _ voltrun.FunctionFilter, page voltrun.PageRequest) (voltrun.Page[voltrun.Function], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pages = append(f.pages, page)
	return voltrun.Page[voltrun.Function]{Items: []voltrun.Function{fakeFunction()}, NextToken: "next"}, nil
}

func (f fakeFunctions) version() voltrun.Version {
	return voltrun.Version{FunctionID: annFunction, Number: 1, Digest: "d1", Runtime: "nodejs", Handler: "index.handler",
		Files: map[string]string{"index.mjs": "export const handler = () => '<ok>'"}, CreatedAt: fixedTime}
}

func (f fakeFunctions) Get(_ context.Context, owner, ref string) (voltrun.Function, voltrun.Version, error) {
	found, err := f.find(owner, ref)
	return found, f.version(), err
}

func (f fakeFunctions) Update(_ context.Context, owner, ref string, change control.FunctionChange) (voltrun.Function, error) {
	f.mu.Lock()
	f.changes = append(f.changes, change)
	f.mu.Unlock()
	return f.find(owner, ref)
}

func (f fakeFunctions) Delete(_ context.Context, owner, ref string) error {
	_, err := f.find(owner, ref)
	return err
}

func (f fakeFunctions) Versions(_ context.Context, owner, ref string) ([]control.VersionInfo, error) {
	_, err := f.find(owner, ref)
	return []control.VersionInfo{{Version: f.version(), Active: true}}, err
}

func (f fakeFunctions) Version(_ context.Context, owner, ref string, n int) (control.VersionInfo, error) {
	_, err := f.find(owner, ref)
	if err == nil && n != 1 {
		err = notThere("version")
	}
	return control.VersionInfo{Version: f.version(), Active: true}, err
}

func (f fakeFunctions) Activate(_ context.Context, owner, ref string, _ int) (voltrun.Function, error) {
	return f.find(owner, ref)
}

func (f fakeFunctions) TestEvents(_ context.Context, owner, ref string) ([]voltrun.TestEvent, error) {
	_, err := f.find(owner, ref)
	return []voltrun.TestEvent{{Name: "a b", Input: json.RawMessage(`{"n":1e40}`), UpdatedAt: fixedTime}}, err
}

func (f fakeFunctions) PutTestEvent(_ context.Context, owner, ref, name string, input json.RawMessage) (voltrun.TestEvent, error) {
	_, err := f.find(owner, ref)
	return voltrun.TestEvent{Name: name, Input: input, UpdatedAt: fixedTime}, err
}

func (f fakeFunctions) DeleteTestEvent(_ context.Context, owner, ref, name string) error {
	_, err := f.find(owner, ref)
	if err == nil && name != "a b" {
		err = notThere("test event")
	}
	return err
}

func (f fakeFunctions) Code(v voltrun.Version) (string, bool) {
	text, ok := v.Files["index.mjs"]
	return text, ok && len(v.Files) == 1
}

func (f fakeFunctions) Resolve(_ context.Context, owner, ref string, _ int) (*voltrun.Deployment, error) {
	found, err := f.find(owner, ref)
	return &voltrun.Deployment{Function: found}, err
}

type fakeExecutions struct{ *world }

func fakeExecution() *voltrun.Execution {
	started := fixedTime.Add(time.Millisecond)
	return &voltrun.Execution{ID: annExec, OwnerID: "usr_ann", FunctionID: annFunction, FunctionName: "hello", Version: 1,
		Status: voltrun.StatusSuccess, Trigger: voltrun.TriggerAPI, Start: voltrun.StartCold, Attempt: 1,
		Input: json.RawMessage(`{"a":1e40}`), Output: json.RawMessage(`"<b>&"`), CreatedAt: fixedTime, StartedAt: &started, FinishedAt: &started,
		Duration: 1234567 * time.Nanosecond, Phases: []voltrun.Phase{{Name: "admit", Duration: 12345 * time.Nanosecond}}, RequestID: "req_1", Logs: "hello\n"}
}

func (x fakeExecutions) find(owner, id string) (*voltrun.Execution, error) {
	if owner == "usr_ann" && id == annExec {
		return fakeExecution(), nil
	}
	return nil, notThere("execution")
}

func (x fakeExecutions) Execute(ctx context.Context, r exec.Request) (*voltrun.Execution, error) {
	x.mu.Lock()
	x.requests = append(x.requests, r)
	run := x.execute
	x.mu.Unlock()
	if _, err := fakeFunctions(x).find(r.Owner, r.Function); err != nil {
		return nil, err
	}
	if run != nil {
		return run(ctx, r)
	}
	e := fakeExecution()
	e.Input = r.Input
	return e, nil
}

func (x fakeExecutions) Submit(ctx context.Context, r exec.Request) (*voltrun.Execution, error) {
	e, err := x.Execute(ctx, r)
	if err != nil {
		return nil, err
	}
	return &voltrun.Execution{ID: e.ID, FunctionID: e.FunctionID, FunctionName: e.FunctionName, Version: 1, Status: voltrun.StatusPending,
		Trigger: r.Trigger, Input: r.Input, CreatedAt: fixedTime}, nil
}

func (x fakeExecutions) Cancel(_ context.Context, owner, id string) (*voltrun.Execution, error) {
	return x.find(owner, id)
}

func (x fakeExecutions) Replay(_ context.Context, owner, id string, _ int, _ string) (*voltrun.Execution, error) {
	return x.find(owner, id)
}

func (x fakeExecutions) Get(_ context.Context, owner, id string) (*voltrun.Execution, error) {
	return x.find(owner, id)
}

func (x fakeExecutions) List(_ context.Context, f voltrun.ExecutionFilter, _ voltrun.PageRequest) (voltrun.Page[voltrun.Execution], error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.filters = append(x.filters, f)
	return voltrun.Page[voltrun.Execution]{Items: []voltrun.Execution{*fakeExecution()}}, nil
}

func (x fakeExecutions) Logs(_ context.Context, owner, id string, after int64, _ int) ([]voltrun.LogLine, int64, error) {
	_, err := x.find(owner, id)
	return []voltrun.LogLine{{Seq: after + 1, Time: fixedTime, Stream: voltrun.StreamStdout, Text: "hello"}}, 7, err
}

func (x fakeExecutions) SearchLogs(_ context.Context, f voltrun.LogFilter, page voltrun.PageRequest) (voltrun.LogPage, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.searches, x.pages = append(x.searches, f), append(x.pages, page)
	return voltrun.LogPage{
		Lines: []voltrun.FoundLine{{ExecutionID: annExec, FunctionID: annFunction, FunctionName: "hello", Version: 1, Status: voltrun.StatusRunning,
			LogLine: voltrun.LogLine{Seq: 3, Time: fixedTime, Stream: voltrun.StreamStderr, Text: "<found>", Partial: true}}},
		NextToken: "next", SearchedUntil: fixedTime, Truncated: []voltrun.TruncatedLog{{ExecutionID: annExec, Bytes: 7}},
	}, nil
}

func (x fakeExecutions) WatchAll(_ context.Context, _, cursor string) (exec.Stream, error) {
	return x.watch(int64(len(cursor))), nil
}

func (x fakeExecutions) WatchExecution(_ context.Context, owner, id string, after int64) (exec.Stream, error) {
	if _, err := x.find(owner, id); err != nil {
		return nil, err
	}
	return x.watch(after), nil
}

func (x fakeExecutions) WatchFunction(_ context.Context, owner, ref, cursor string) (exec.Stream, error) {
	if _, err := fakeFunctions(x).find(owner, ref); err != nil {
		return nil, err
	}
	return x.watch(int64(len(cursor))), nil
}

func (x fakeExecutions) Ready(context.Context) error { return nil }

// Stats knows of one execution of Ann's, in the last step.
func (x fakeExecutions) Stats(_ context.Context, owner, functionID string, within voltrun.StatsRange) (voltrun.Stats, error) {
	stats := voltrun.Stats{Grid: within.Grid(fixedTime)}
	stats.Points = make([]voltrun.StatsPoint, stats.Grid.Steps)
	for i := range stats.Points {
		stats.Points[i].Time = stats.Grid.From.Add(time.Duration(i) * stats.Grid.Step)
	}
	if owner == "usr_ann" && (functionID == "" || functionID == annFunction) {
		stats.Total = fakeTally()
		stats.Points[len(stats.Points)-1].Tally = fakeTally()
	}
	return stats, nil
}

func (x fakeExecutions) FunctionStats(_ context.Context, owner string, within voltrun.StatsRange) (voltrun.StatsGrid, []voltrun.FunctionStats, error) {
	grid := within.Sparkline(fixedTime)
	if owner != "usr_ann" {
		return grid, nil, nil
	}
	return grid, []voltrun.FunctionStats{
		{FunctionID: annFunction, Total: fakeTally(), Last: fakeExecution(), Points: []voltrun.ErrorPoint{{Time: grid.From, Executions: 4, Errors: 2}}},
		{FunctionID: "fn_idle"},
	}, nil
}

func fakeTally() voltrun.Tally {
	return voltrun.Tally{Executions: 4, Success: 1, Failed: 1, Timeout: 1, Canceled: 1, Cold: 2, MemoryPeakBytes: 5 << 20,
		Handler: &voltrun.Latency{P50: 1500 * time.Microsecond, P95: 20 * time.Millisecond, P99: 30 * time.Millisecond, Max: 40 * time.Millisecond}}
}

// script is a stream that tells what it was given and then waits, or ends.
type script struct {
	events chan exec.Event
	end    error // after the events; nil: waits
	closed chan struct{}
	once   sync.Once
}

func newScript(end error, events ...exec.Event) *script {
	s := &script{events: make(chan exec.Event, len(events)+1), end: end, closed: make(chan struct{})}
	for _, e := range events {
		s.events <- e
	}
	return s
}

func (s *script) Next(ctx context.Context) (exec.Event, error) {
	select {
	case e := <-s.events:
		return e, nil
	default:
	}
	if s.end != nil {
		return exec.Event{}, s.end
	}
	select {
	case e := <-s.events:
		return e, nil
	case <-ctx.Done():
		return exec.Event{}, ctx.Err()
	}
}

func (s *script) Close() { s.once.Do(func() { close(s.closed) }) }

// fakeLimiter allows each key a number of calls, for ever.
type fakeLimiter struct {
	mu   sync.Mutex
	used map[string]int
	fail bool
}

func (l *fakeLimiter) Allow(_ context.Context, key string, rate auth.Rate) (auth.Decision, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail {
		return auth.Decision{}, fmt.Errorf("limiter down")
	}
	if l.used == nil {
		l.used = map[string]int{}
	}
	l.used[key]++
	left := rate.Burst - l.used[key]
	d := auth.Decision{Allowed: left >= 0, Limit: rate.Burst, Remaining: left, Reset: rate.Per}
	if !d.Allowed {
		d.RetryAfter = 1500 * time.Millisecond
	}
	return d, nil
}

func newWorld() *world {
	return &world{revoked: map[string]bool{}, ready: map[string]error{"database": nil}}
}

func (w *world) deps(config Config) (Deps, *observer.ObservedLogs) {
	core, log := observer.New(zapcore.DebugLevel)
	return Deps{
		Accounts: fakeAccounts{w}, Keys: fakeKeys{w}, Functions: fakeFunctions{w}, Executions: fakeExecutions{w},
		Authenticator: w, Limiter: &w.limiter,
		Runtimes: func() []voltrun.Runtime {
			return []voltrun.Runtime{{ID: "nodejs", Language: "nodejs", Name: "Node.js 22", DefaultHandler: "index.handler", DefaultFile: "index.mjs"}}
		},
		Ready:   func(context.Context) map[string]error { return w.ready },
		System:  func() System { return System{Version: "test", IsolationLevel: "container"} },
		Started: fixedTime,
		Status: func(context.Context) ServerStatus {
			return ServerStatus{Version: "test", Runtimes: []RuntimeStatus{}, Pool: PoolStatus{Shelves: []ShelfStatus{}},
				Isolation: IsolationStatus{Driver: "container", Fallbacks: []string{}}, Database: DatabaseStatus{Kind: "sqlite"}}
		},
		Metrics: prometheus.NewRegistry(), Logger: zap.New(core), Config: config,
	}, log
}
