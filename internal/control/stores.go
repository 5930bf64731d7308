package control

import (
	"context"
	"time"

	"github.com/voltrun/voltrun"
)

// AccountStore keeps users and sessions. A thing that does not exist is CodeNotFound.
type AccountStore interface {
	// CreateUser is CodeConflict when the e-mail address is taken.
	CreateUser(ctx context.Context, user voltrun.User) error
	UserByEmail(ctx context.Context, email string) (voltrun.User, error)
	User(ctx context.Context, id string) (voltrun.User, error)
	UpdatePassword(ctx context.Context, userID, hash string) error
	RenameUser(ctx context.Context, userID, name string) error
	// DeleteUser removes the account with its sessions, keys and functions, and returns the ids of the sessions and keys that ended.
	DeleteUser(ctx context.Context, userID string, at time.Time) ([]string, error)

	CreateSession(ctx context.Context, session voltrun.Session) error
	Session(ctx context.Context, id string) (voltrun.Session, error)
	// RotateSession replaces oldHash by newHash; false means that oldHash is not current or the session is revoked.
	RotateSession(ctx context.Context, id string, oldHash, newHash []byte, refreshedAt, expiresAt time.Time) (bool, error)
	RevokeSession(ctx context.Context, id string, at time.Time) error
	// RevokeUserSessions revokes all sessions of a user but one, and returns the ids of those it revoked.
	RevokeUserSessions(ctx context.Context, userID, exceptID string, at time.Time) ([]string, error)
	// Sessions returns those neither revoked nor expired.
	Sessions(ctx context.Context, userID string, now time.Time) ([]voltrun.Session, error)
}

// KeyStore keeps API keys.
type KeyStore interface {
	CreateKey(ctx context.Context, key voltrun.APIKey) error
	Keys(ctx context.Context, userID string) ([]voltrun.APIKey, error)
	RevokeKey(ctx context.Context, userID, id string, at time.Time) (voltrun.APIKey, error)
}

// FunctionStore keeps functions, their versions and their sealed environment, whose
// names are "env:NAME" and "secret:NAME".
type FunctionStore interface {
	// CreateFunction is CodeConflict when the owner has a function of that name.
	CreateFunction(ctx context.Context, fn voltrun.Function, version voltrun.Version, sealed map[string][]byte) error
	// Function finds by id or name; Env is nil.
	Function(ctx context.Context, owner, ref string) (voltrun.Function, error)
	// UpdateFunction writes in one transaction. newVersion nil: none. sealed nil: unchanged, otherwise the whole new set.
	// CodeConflict: the function is no longer as of expectedUpdatedAt, or the name is taken.
	UpdateFunction(ctx context.Context, fn voltrun.Function, newVersion *voltrun.Version, sealed map[string][]byte, expectedUpdatedAt time.Time) error
	DeleteFunction(ctx context.Context, owner, id string, at time.Time) error
	Functions(ctx context.Context, filter voltrun.FunctionFilter, page voltrun.PageRequest) (voltrun.Page[voltrun.Function], error)
	// Versions returns all, newest first, without files.
	Versions(ctx context.Context, functionID string) ([]voltrun.Version, error)
	Version(ctx context.Context, functionID string, number int) (voltrun.Version, error)
	Secrets(ctx context.Context, functionID string) (map[string][]byte, error)
	// TestEvents returns all, by name.
	TestEvents(ctx context.Context, functionID string) ([]voltrun.TestEvent, error)
	// PutTestEvent is CodeConflict when it would be one too many.
	PutTestEvent(ctx context.Context, event voltrun.TestEvent) error
	DeleteTestEvent(ctx context.Context, functionID, name string) error
	SealedFor(ctx context.Context, functionIDs []string) (map[string]map[string][]byte, error)
}

// Runtimes are the language runtimes of this server.
type Runtimes interface {
	Runtime(id string) (voltrun.Runtime, bool)
	// Runtimes lists them all.
	Runtimes() []voltrun.Runtime
}

// Executions is told whose work is to end; *exec.Service fulfils it.
type Executions interface {
	// CancelAll ends what the owner has waiting and running.
	CancelAll(ctx context.Context, owner string) error
}

// Revoker is told which sessions and keys ended, after the store was; *auth.Authenticator fulfils it.
type Revoker interface {
	Revoked(ids ...string)
}
