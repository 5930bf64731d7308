package control

import (
	"context"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
)

// Keys are the use cases of API keys.
type Keys struct{}

// Create makes a key. expiresInDays nil means never.
func (k *Keys) Create(ctx context.Context, p auth.Principal, name string, scopes []voltrun.Scope, expiresInDays *int) (NewKey, error) {
	panic("not yet")
}
func (k *Keys) List(ctx context.Context, p auth.Principal) ([]voltrun.APIKey, error) {
	panic("not yet")
}
func (k *Keys) Revoke(ctx context.Context, p auth.Principal, id string) error { panic("not yet") }
