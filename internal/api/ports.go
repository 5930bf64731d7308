package api

import (
	"context"
	"encoding/json"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
	"github.com/voltrun/voltrun/internal/control"
	"github.com/voltrun/voltrun/internal/exec"
)

// Accounts are the use cases of users and sessions; *control.Accounts fulfils it.
type Accounts interface {
	Register(ctx context.Context, email, password, name string, from control.Client) (control.SignIn, error)
	Login(ctx context.Context, email, password string, from control.Client) (control.SignIn, error)
	Refresh(ctx context.Context, refreshToken string, from control.Client) (control.SignIn, error)
	Logout(ctx context.Context, p auth.Principal, refreshToken string) error
	Me(ctx context.Context, p auth.Principal) (voltrun.User, error)
	Rename(ctx context.Context, p auth.Principal, name string) (voltrun.User, error)
	// Delete removes the account with everything it has.
	Delete(ctx context.Context, p auth.Principal, password string) error
	ChangePassword(ctx context.Context, p auth.Principal, current, next string) error
	Sessions(ctx context.Context, p auth.Principal) ([]voltrun.Session, error)
	RevokeSession(ctx context.Context, p auth.Principal, id string) error
	// SignOutEverywhere revokes all sessions, that of p included.
	SignOutEverywhere(ctx context.Context, p auth.Principal) error
}

// Keys are the use cases of API keys; *control.Keys fulfils it.
type Keys interface {
	Create(ctx context.Context, p auth.Principal, name string, scopes []voltrun.Scope, expiresInDays *int) (control.NewKey, error)
	List(ctx context.Context, p auth.Principal) ([]voltrun.APIKey, error)
	Revoke(ctx context.Context, p auth.Principal, id string) error
}

// Functions are the use cases of functions and versions; *control.Functions fulfils it.
type Functions interface {
	Create(ctx context.Context, owner string, change control.FunctionChange) (voltrun.Function, error)
	List(ctx context.Context, filter voltrun.FunctionFilter, page voltrun.PageRequest) (voltrun.Page[voltrun.Function], error)
	Get(ctx context.Context, owner, ref string) (voltrun.Function, voltrun.Version, error)
	Update(ctx context.Context, owner, ref string, change control.FunctionChange) (voltrun.Function, error)
	Delete(ctx context.Context, owner, ref string) error
	Versions(ctx context.Context, owner, ref string) ([]control.VersionInfo, error)
	Version(ctx context.Context, owner, ref string, number int) (control.VersionInfo, error)
	Activate(ctx context.Context, owner, ref string, number int) (voltrun.Function, error)
	Resolve(ctx context.Context, owner, ref string, version int) (*voltrun.Deployment, error)
	TestEvents(ctx context.Context, owner, ref string) ([]voltrun.TestEvent, error)
	PutTestEvent(ctx context.Context, owner, ref, name string, input json.RawMessage) (voltrun.TestEvent, error)
	DeleteTestEvent(ctx context.Context, owner, ref, name string) error
	// Code is the text of a version that single-file code made; false: its files say it all.
	Code(v voltrun.Version) (string, bool)
}

// Executions is the data plane; *exec.Service fulfils it.
type Executions interface {
	// Execute waits until the execution is finished.
	Execute(ctx context.Context, request exec.Request) (*voltrun.Execution, error)
	// Submit returns once the execution is durable and pending.
	Submit(ctx context.Context, request exec.Request) (*voltrun.Execution, error)
	Cancel(ctx context.Context, owner, id string) (*voltrun.Execution, error)
	Replay(ctx context.Context, owner, id string, version int, requestID string) (*voltrun.Execution, error)
	// Get fills Logs, as Execute and the End of a stream do.
	Get(ctx context.Context, owner, id string) (*voltrun.Execution, error)
	List(ctx context.Context, filter voltrun.ExecutionFilter, page voltrun.PageRequest) (voltrun.Page[voltrun.Execution], error)
	// Logs returns up to limit lines after seq, and how many bytes the log limit dropped.
	Logs(ctx context.Context, owner, id string, after int64, limit int) ([]voltrun.LogLine, int64, error)
	// Stats sums up the executions that ended within a range, of one function or, with functionID "", of all.
	Stats(ctx context.Context, owner, functionID string, within voltrun.StatsRange) (voltrun.Stats, error)
	// FunctionStats does so for each function of the owner, newest first, at most voltrun.MaxFunctionStats.
	FunctionStats(ctx context.Context, owner string, within voltrun.StatsRange) (voltrun.StatsGrid, []voltrun.FunctionStats, error)
	// SearchLogs looks through the lines of many executions, a bounded part of the history at a time.
	SearchLogs(ctx context.Context, filter voltrun.LogFilter, page voltrun.PageRequest) (voltrun.LogPage, error)
	WatchExecution(ctx context.Context, owner, id string, after int64) (exec.Stream, error)
	// WatchFunction goes on where cursor left off; "" starts now.
	WatchFunction(ctx context.Context, owner, ref, cursor string) (exec.Stream, error)
	// WatchAll does the same for every function of the owner.
	WatchAll(ctx context.Context, owner, cursor string) (exec.Stream, error)
	Ready(ctx context.Context) error
}

// Authenticator turns what a caller presents into a principal. CodeUnauthenticated: it does not count.
type Authenticator interface {
	// Authenticate takes a bearer token: a JWT or an API key.
	Authenticate(ctx context.Context, bearer string) (auth.Principal, error)
	// AuthenticateCookie takes a refresh token, and does not exchange it.
	AuthenticateCookie(ctx context.Context, refreshToken string) (auth.Principal, error)
	// CheckSession reports whether a session is still alive.
	CheckSession(ctx context.Context, id string) error
}
