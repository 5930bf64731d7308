// Package auth turns what a caller presents (a password, a token, an API key)
// into a Principal, and says what a principal may do.
package auth

import (
	"context"
	"slices"
	"time"

	"github.com/voltrun/voltrun"
)

// Principal is who is calling: a user in person (a session) or by one of their API keys.
type Principal struct {
	UserID    string
	SessionID string          // set for a session
	KeyID     string          // set for an API key
	Scopes    []voltrun.Scope // what the key may do; a session may do everything. Shared: never changed
	ExpiresAt time.Time       // when the token or key stops being valid; zero means never
}

// Session reports whether the user is here in person, by password or refresh token.
func (p Principal) Session() bool { return p.SessionID != "" }

// Can reports whether p may do what scope names, on every thing of the user.
func (p Principal) Can(scope voltrun.Scope) bool {
	return p.Session() || slices.Contains(p.Scopes, scope)
}

// CanExecute reports whether p may execute the function with this id.
func (p Principal) CanExecute(functionID string) bool {
	return p.Can(voltrun.ScopeFunctionsExecute) ||
		slices.Contains(p.Scopes, voltrun.ScopeFunctionsExecute+":"+voltrun.Scope(functionID))
}

// CanExecuteSome reports whether p may execute any function at all: the check before the function is known.
func (p Principal) CanExecuteSome() bool {
	return p.Session() || slices.ContainsFunc(p.Scopes, func(s voltrun.Scope) bool {
		return len(s) >= len(voltrun.ScopeFunctionsExecute) && s[:len(voltrun.ScopeFunctionsExecute)] == voltrun.ScopeFunctionsExecute
	})
}

// Limiter counts calls per key in a window. In-memory and Redis drivers pass one suite.
type Limiter interface {
	// Allow takes one call from the budget of key. It never waits.
	Allow(ctx context.Context, key string, rate Rate) (Decision, error)
}

// Rate and Decision are the words of a Limiter; drivers know them from the root package.
type (
	Rate     = voltrun.Rate
	Decision = voltrun.Decision
)
