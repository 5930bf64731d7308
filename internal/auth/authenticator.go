package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"sync"
	"time"

	"github.com/voltrun/voltrun"
)

// MaxBearerBytes is the longest token that is looked at.
const MaxBearerBytes = 4096

// Store is where sessions and keys are looked up. A thing that does not exist is CodeNotFound.
// Reads must see every revocation that was acknowledged: they do not go to a lagging replica.
type Store interface {
	Session(ctx context.Context, id string) (voltrun.Session, error)
	KeyByHash(ctx context.Context, hash []byte) (voltrun.APIKey, error)
	// User tells whether the user of a session or key still exists: an account may be deleted while a call makes one.
	User(ctx context.Context, id string) (voltrun.User, error)
	// TouchKeys records when keys were last used.
	TouchKeys(ctx context.Context, used map[string]time.Time) error
}

// AuthenticatorConfig configures an Authenticator. Zero fields get the defaults.
type AuthenticatorConfig struct {
	Store  Store
	Tokens *Tokens
	// CacheSize is how many callers are remembered; default 10,000.
	CacheSize int
	// CacheAge bounds how long a caller is believed without looking again; default 10 s, negative: not at all.
	// Revoked takes effect at once on this node; CacheAge is the worst case on a node that was not told.
	CacheAge time.Duration
}

// Authenticator says who presents a token or key. Callers are remembered by the hash of
// what they presented, so that a busy one costs neither a signature nor a query each time.
type Authenticator struct {
	store  Store
	tokens *Tokens
	cache  *Cache[[sha256.Size]byte, Principal]

	mu   sync.Mutex
	used map[string]time.Time // key id → last use not yet flushed
}

// NewAuthenticator makes an Authenticator. The owner calls Flush every few seconds and at the end.
func NewAuthenticator(config AuthenticatorConfig) *Authenticator {
	if config.CacheSize <= 0 {
		config.CacheSize = 10_000
	}
	if config.CacheAge == 0 {
		config.CacheAge = 10 * time.Second
	}
	return &Authenticator{
		store: config.Store, tokens: config.Tokens,
		cache: NewCache[[sha256.Size]byte, Principal](int64(config.CacheSize), config.CacheAge),
		used:  make(map[string]time.Time),
	}
}

// Authenticate returns who presents bearer, a JWT or an API key. Everything that does not
// count is the same CodeUnauthenticated; other errors are those of the store.
func (a *Authenticator) Authenticate(ctx context.Context, bearer string) (Principal, error) {
	if bearer == "" || len(bearer) > MaxBearerBytes {
		return Principal{}, errToken
	}
	now := time.Now()
	sum := sha256.Sum256([]byte(bearer))
	p, generation, ok := a.cache.Get(sum, now)
	if !ok {
		var err error
		if p, err = a.lookup(ctx, bearer, sum[:], now); err != nil {
			return Principal{}, err
		}
		a.cache.Put(sum, p.SessionID+p.KeyID, p, 1, now, generation)
	}
	if !p.ExpiresAt.IsZero() && !now.Before(p.ExpiresAt) {
		return Principal{}, errToken
	}
	if p.KeyID != "" {
		a.touch(p.KeyID, now)
	}
	return p, nil
}

// AuthenticateCookie returns who presents the current refresh token of a session, without exchanging it. A token that was
// exchanged before does not count; unlike a refresh with it, that is no sign of a thief: a page may open a
// stream while another one refreshes.
func (a *Authenticator) AuthenticateCookie(ctx context.Context, refreshToken string) (Principal, error) {
	id, hash, err := a.tokens.ParseRefresh(refreshToken)
	if err != nil {
		return Principal{}, errToken
	}
	session, err := a.liveSession(ctx, id, time.Now())
	if err != nil {
		return Principal{}, err
	}
	if subtle.ConstantTimeCompare(session.RefreshHash, hash) != 1 {
		return Principal{}, errToken
	}
	return Principal{UserID: session.UserID, SessionID: session.ID, ExpiresAt: session.ExpiresAt}, nil
}

// CheckSession reports whether a session is still alive: CodeUnauthenticated when it is not.
func (a *Authenticator) CheckSession(ctx context.Context, id string) error {
	_, err := a.liveSession(ctx, id, time.Now())
	return err
}

func (a *Authenticator) liveSession(ctx context.Context, id string, now time.Time) (voltrun.Session, error) {
	session, err := a.store.Session(ctx, id)
	if err != nil {
		return voltrun.Session{}, unknown(err)
	}
	if session.RevokedAt != nil || !now.Before(session.ExpiresAt) {
		return voltrun.Session{}, errToken
	}
	_, err = a.store.User(ctx, session.UserID)
	return session, unknown(err)
}

// Revoked makes this node forget sessions and keys, by id. It is called after the store was told,
// and the next Authenticate after it returns asks the store.
func (a *Authenticator) Revoked(ids ...string) { a.cache.Drop(ids...) }

// Flush writes when keys were last used. What could not be written is kept for the next time.
func (a *Authenticator) Flush(ctx context.Context) error {
	a.mu.Lock()
	used := a.used
	a.used = make(map[string]time.Time)
	a.mu.Unlock()
	if len(used) == 0 {
		return nil
	}
	err := a.store.TouchKeys(ctx, used)
	if err != nil {
		for id, at := range used {
			a.touch(id, at)
		}
	}
	return err
}

func (a *Authenticator) touch(id string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if at.After(a.used[id]) {
		a.used[id] = at
	}
}

func (a *Authenticator) lookup(ctx context.Context, bearer string, hash []byte, now time.Time) (Principal, error) {
	if looksLikeAPIKey(bearer) {
		return a.lookupKey(ctx, bearer, hash)
	}
	claims, err := a.tokens.Verify(bearer)
	if err != nil {
		return Principal{}, err
	}
	session, err := a.liveSession(ctx, claims.SessionID, now)
	if err != nil {
		return Principal{}, err
	}
	if session.UserID != claims.UserID {
		return Principal{}, errToken
	}
	expires := claims.ExpiresAt
	if session.ExpiresAt.Before(expires) {
		expires = session.ExpiresAt
	}
	return Principal{UserID: session.UserID, SessionID: session.ID, ExpiresAt: expires}, nil
}

func (a *Authenticator) lookupKey(ctx context.Context, bearer string, hash []byte) (Principal, error) {
	if !wellFormedAPIKey(bearer) {
		return Principal{}, errToken
	}
	key, err := a.store.KeyByHash(ctx, hash)
	if err != nil {
		return Principal{}, unknown(err)
	}
	if key.RevokedAt != nil {
		return Principal{}, errToken
	}
	if _, err := a.store.User(ctx, key.UserID); err != nil {
		return Principal{}, unknown(err)
	}
	p := Principal{UserID: key.UserID, KeyID: key.ID, Scopes: key.Scopes}
	if key.ExpiresAt != nil {
		p.ExpiresAt = *key.ExpiresAt
	}
	return p, nil
}

// unknown turns "no such session or key" into the one answer for bad tokens.
func unknown(err error) error {
	if voltrun.CodeOf(err) == voltrun.CodeNotFound {
		return errToken
	}
	return err
}
