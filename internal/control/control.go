// Package control is the control plane: the use cases that manage things (users,
// sessions, API keys, functions, versions, environment), and none that run them.
package control

import (
	"time"

	"github.com/voltrun/voltrun"
)

// Client is where a call comes from, recorded on the session.
type Client struct {
	Address   string
	UserAgent string
}

// SignIn is the answer to register, login and refresh.
type SignIn struct {
	Token            string // short-lived JWT
	ExpiresAt        time.Time
	RefreshToken     string // goes into the HttpOnly cookie only
	RefreshExpiresAt time.Time
	User             voltrun.User
}

// FunctionChange holds the settable fields of a function; nil leaves a field as it is (or at its default when creating).
type FunctionChange struct {
	Name           *string
	Description    *string
	Runtime        *string
	Handler        *string
	Code           *string           // single file; exclusive with Files
	Files          map[string]string // nil: unchanged
	Env            map[string]string // nil: unchanged; otherwise replaces all
	Secrets        map[string]string // nil: unchanged; merged by name, an empty value removes the secret
	MemoryMB       *int
	CPUs           *float64
	TimeoutMS      *int64
	Isolation      *voltrun.Isolation
	MaxConcurrency *int
	Message        *string // of the version, when one is made
}

// NewKey is the answer to creating an API key: the only time that the key is seen.
type NewKey struct {
	voltrun.APIKey
	Key string
}

// VersionInfo is a version as listed.
type VersionInfo struct {
	voltrun.Version
	Active bool
}
