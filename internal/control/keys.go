package control

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
)

const (
	maxKeyDays   = 3650
	maxKeyScopes = 100
	maxKeys      = 200 // live ones of one user
)

// scopes are those a key may have, besides execute for one function.
var scopes = []voltrun.Scope{voltrun.ScopeFunctionsRead, voltrun.ScopeFunctionsWrite, voltrun.ScopeFunctionsExecute, voltrun.ScopeExecutionsRead}

// Keys are the use cases of API keys.
type Keys struct {
	store     KeyStore
	functions FunctionStore
	revoker   Revoker
}

// NewKeys makes the use cases. revoker is the authenticator of this node.
func NewKeys(store KeyStore, functions FunctionStore, revoker Revoker) *Keys {
	return &Keys{store: store, functions: functions, revoker: revoker}
}

// Create makes a key. expiresInDays nil means never.
func (k *Keys) Create(ctx context.Context, p auth.Principal, name string, scopes []voltrun.Scope, expiresInDays *int) (NewKey, error) {
	if err := inPerson(p); err != nil {
		return NewKey{}, err
	}
	name = strings.TrimSpace(name)
	problems := keyProblems(name, expiresInDays)
	scopes, scopeProblems, err := k.checkScopes(ctx, p.UserID, scopes)
	if err != nil {
		return NewKey{}, err
	}
	if err := voltrun.Invalid(append(problems, scopeProblems...)); err != nil {
		return NewKey{}, err
	}
	existing, err := k.List(ctx, p)
	if err != nil {
		return NewKey{}, err
	}
	if len(existing) >= maxKeys {
		return NewKey{}, voltrun.Errorf(voltrun.CodeConflict, "you have %d API keys, the most allowed; revoke one first", len(existing))
	}
	text, prefix, hash := auth.NewAPIKey()
	key := voltrun.APIKey{ID: voltrun.NewID(voltrun.PrefixKey), UserID: p.UserID, Name: name, Prefix: prefix, Hash: hash, Scopes: scopes, CreatedAt: now()}
	if expiresInDays != nil {
		expires := key.CreatedAt.AddDate(0, 0, *expiresInDays)
		key.ExpiresAt = &expires
	}
	if err := k.store.CreateKey(ctx, key); err != nil {
		return NewKey{}, err
	}
	return NewKey{APIKey: key, Key: text}, nil
}

// List returns the keys of p's user that were not revoked, the expired ones included.
func (k *Keys) List(ctx context.Context, p auth.Principal) ([]voltrun.APIKey, error) {
	if err := inPerson(p); err != nil {
		return nil, err
	}
	keys, err := k.store.Keys(ctx, p.UserID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(keys, func(key voltrun.APIKey) bool { return key.RevokedAt != nil }), nil
}

// Revoke ends a key: the next call with it fails.
func (k *Keys) Revoke(ctx context.Context, p auth.Principal, id string) error {
	if err := inPerson(p); err != nil {
		return err
	}
	if !voltrun.ValidID(voltrun.PrefixKey, id) {
		return voltrun.Errorf(voltrun.CodeNotFound, "you have no such API key")
	}
	key, err := k.store.RevokeKey(ctx, p.UserID, id, now())
	if err != nil {
		return err
	}
	k.revoker.Revoked(key.ID)
	return nil
}

func keyProblems(name string, expiresInDays *int) []voltrun.FieldError {
	problem := lineProblem(name, maxKeyNameChars)
	if name == "" {
		problem = "must not be empty"
	}
	expiry := ""
	if expiresInDays != nil && (*expiresInDays < 1 || *expiresInDays > maxKeyDays) {
		expiry = fmt.Sprintf("must be from 1 to %d, or left out for a key that never expires", maxKeyDays)
	}
	return located("body.name", problem, "body.expires_in_days", expiry)
}

// checkScopes returns the scopes sorted and without repetition, or what is wrong with each.
func (k *Keys) checkScopes(ctx context.Context, owner string, wanted []voltrun.Scope) ([]voltrun.Scope, []voltrun.FieldError, error) {
	if len(wanted) == 0 || len(wanted) > maxKeyScopes {
		return nil, located("body.scopes", fmt.Sprintf("must hold from 1 to %d scopes", maxKeyScopes)), nil
	}
	var problems []voltrun.FieldError
	for i, scope := range wanted {
		problem, err := k.scopeProblem(ctx, owner, scope)
		if err != nil {
			return nil, nil, err
		}
		problems = append(problems, located(fmt.Sprintf("body.scopes[%d]", i), problem)...)
	}
	sorted := slices.Clone(wanted)
	slices.Sort(sorted)
	return slices.Compact(sorted), problems, nil
}

func (k *Keys) scopeProblem(ctx context.Context, owner string, scope voltrun.Scope) (string, error) {
	if slices.Contains(scopes, scope) {
		return "", nil
	}
	id, ok := strings.CutPrefix(string(scope), string(voltrun.ScopeFunctionsExecute)+":")
	if !ok {
		return fmt.Sprintf("must be one of %s, or %s:<function id>", joined(scopes), voltrun.ScopeFunctionsExecute), nil
	}
	const missing = "names a function that you do not have; use its id, such as fn_…"
	if !voltrun.ValidID(voltrun.PrefixFunction, id) {
		return missing, nil
	}
	_, err := k.functions.Function(ctx, owner, id)
	if voltrun.CodeOf(err) == voltrun.CodeNotFound {
		return missing, nil
	}
	return "", err
}

func joined[S ~string](words []S) string {
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = string(word)
	}
	return strings.Join(texts, ", ")
}
