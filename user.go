package voltrun

import "time"

// User is a person with an account. E-mail addresses are unique, compared in lower case.
type User struct {
	ID           string
	Email        string
	Name         string
	PasswordHash string // bcrypt; never leaves the server
	CreatedAt    time.Time
}

// Session is one sign-in of a user, and the family of its refresh tokens.
// Only the newest refresh token of a session is valid, and for seconds the one before; presenting an older one
// revokes the session, because somebody holds a stolen copy.
type Session struct {
	ID          string
	UserID      string
	RefreshHash []byte // SHA-256 of the newest refresh token's secret
	UserAgent   string
	Address     string
	CreatedAt   time.Time
	RefreshedAt time.Time
	ExpiresAt   time.Time
	RevokedAt   *time.Time
}

// APIKey lets a program act for a user within its scopes.
type APIKey struct {
	ID         string
	UserID     string
	Name       string
	Prefix     string // the first characters of the key, to recognise it by
	Hash       []byte // SHA-256 of the whole key, which is random and long
	Scopes     []Scope
	CreatedAt  time.Time
	ExpiresAt  *time.Time
	LastUsedAt *time.Time
	RevokedAt  *time.Time
}

// Scope is one thing an API key may do. ScopeExecute may be narrowed to one
// function: "functions:execute:fn_…".
type Scope string

const (
	ScopeFunctionsRead    Scope = "functions:read"
	ScopeFunctionsWrite   Scope = "functions:write"
	ScopeFunctionsExecute Scope = "functions:execute"
	ScopeExecutionsRead   Scope = "executions:read"
)
