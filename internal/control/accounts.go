package control

import (
	"context"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
)

// Accounts are the use cases of users and their sessions.
type Accounts struct{}

func (a *Accounts) Register(ctx context.Context, email, password, name string, from Client) (SignIn, error) {
	panic("not yet")
}
func (a *Accounts) Login(ctx context.Context, email, password string, from Client) (SignIn, error) {
	panic("not yet")
}
func (a *Accounts) Refresh(ctx context.Context, refreshToken string, from Client) (SignIn, error) {
	panic("not yet")
}

// Logout revokes the session of p, if it is one, and the one refreshToken belongs to, if any.
func (a *Accounts) Logout(ctx context.Context, p auth.Principal, refreshToken string) error {
	panic("not yet")
}
func (a *Accounts) Me(ctx context.Context, p auth.Principal) (voltrun.User, error) { panic("not yet") }
func (a *Accounts) ChangePassword(ctx context.Context, p auth.Principal, current, next string) error {
	panic("not yet")
}

// Sessions lists the live sessions of p's user, newest first.
func (a *Accounts) Sessions(ctx context.Context, p auth.Principal) ([]voltrun.Session, error) {
	panic("not yet")
}
func (a *Accounts) RevokeSession(ctx context.Context, p auth.Principal, id string) error {
	panic("not yet")
}
