package api

import (
	"context"

	"github.com/voltrun/voltrun"
)

// APIKey is a key as listed; the key itself is never shown again.
type APIKey struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Prefix     string   `json:"prefix" doc:"The first characters of the key, to recognise it by"`
	Scopes     []string `json:"scopes" nullable:"false"`
	CreatedAt  string   `json:"created_at" format:"date-time"`
	ExpiresAt  *string  `json:"expires_at" format:"date-time" doc:"null: never"`
	LastUsedAt *string  `json:"last_used_at" format:"date-time"`
}

// NewAPIKey is the answer to creating a key.
type NewAPIKey struct {
	APIKey
	Key string `json:"key" doc:"Shown this once"`
}

type createKeyInput struct {
	Body struct {
		Name      string   `json:"name" minLength:"1" maxLength:"200"`
		Scopes    []string `json:"scopes" minItems:"1" maxItems:"100" nullable:"false" doc:"functions:read, functions:write, functions:execute, executions:read, or functions:execute:<function id>"`
		ExpiresIn *int     `json:"expires_in_days,omitempty" minimum:"1" maximum:"3650" doc:"Never when left out"`
	}
}

type newKeyOutput struct{ Body NewAPIKey }

func (s *Server) createKey(ctx context.Context, in *createKeyInput) (*newKeyOutput, error) {
	scopes := make([]voltrun.Scope, len(in.Body.Scopes))
	for i, scope := range in.Body.Scopes {
		scopes[i] = voltrun.Scope(scope)
	}
	key, err := s.Keys.Create(ctx, callOf(ctx).principal, in.Body.Name, scopes, in.Body.ExpiresIn)
	if err != nil {
		return nil, err
	}
	return &newKeyOutput{NewAPIKey{APIKey: keyOf(key.APIKey), Key: key.Key}}, nil
}

type keysOutput struct {
	Body struct {
		Items []APIKey `json:"items" nullable:"false"`
	}
}

func (s *Server) listKeys(ctx context.Context, _ *struct{}) (*keysOutput, error) {
	keys, err := s.Keys.List(ctx, callOf(ctx).principal)
	if err != nil {
		return nil, err
	}
	out := &keysOutput{}
	out.Body.Items = make([]APIKey, 0, len(keys))
	for _, key := range keys {
		out.Body.Items = append(out.Body.Items, keyOf(key))
	}
	return out, nil
}

func (s *Server) revokeKey(ctx context.Context, in *idInput) (*struct{}, error) {
	defer s.streams.recheck(owner(ctx))
	return nil, s.Keys.Revoke(ctx, callOf(ctx).principal, in.ID)
}

func keyOf(k voltrun.APIKey) APIKey {
	out := APIKey{ID: k.ID, Name: k.Name, Prefix: k.Prefix, Scopes: make([]string, len(k.Scopes)),
		CreatedAt: stamp(k.CreatedAt), ExpiresAt: optionalStamp(k.ExpiresAt), LastUsedAt: optionalStamp(k.LastUsedAt)}
	for i, scope := range k.Scopes {
		out.Scopes[i] = string(scope)
	}
	return out
}
