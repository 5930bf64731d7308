package auth

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/voltrun/voltrun"
)

const (
	DefaultTokenLifetime = 15 * time.Minute
	DefaultIssuer        = "voltrun"
	DefaultAudience      = "voltrun-api"

	// clockLeeway is how far ahead the clock of the node that issued a token may be. It never
	// prolongs a token: expiry is exact.
	clockLeeway = 5 * time.Second
)

// errToken is the one answer to every token or key that does not count, so
// that an attacker learns nothing from the difference.
var errToken = &voltrun.Error{Code: voltrun.CodeUnauthenticated,
	Message: "the token or API key is invalid, expired or revoked; sign in again or use another key"}

// TokensConfig configures Tokens. Zero fields get the defaults above.
type TokensConfig struct {
	Key      []byte // at least 32 random bytes, kept out of the database; every node has the same
	Issuer   string
	Audience string
	Lifetime time.Duration
}

// Tokens issues and verifies the credentials of sessions: short-lived JWTs signed
// with HS256 (RFC 7519), and the refresh tokens they are renewed with.
type Tokens struct {
	signing  []byte
	refresh  []byte
	keyID    string
	issuer   string
	audience string
	lifetime time.Duration
	parser   *jwt.Parser
}

// Claims is what a verified token says.
type Claims struct {
	UserID    string
	SessionID string
	ExpiresAt time.Time
}

type tokenClaims struct {
	jwt.RegisteredClaims
	SessionID string `json:"sid"`
}

// NewTokens makes Tokens. The keys for JWTs and refresh tokens are derived from config.Key,
// so that neither can stand in for the other.
func NewTokens(config TokensConfig) (*Tokens, error) {
	if len(config.Key) < KeyBytes {
		return nil, fmt.Errorf("the token key has %d bytes; it must have at least %d", len(config.Key), KeyBytes)
	}
	t := &Tokens{issuer: config.Issuer, audience: config.Audience, lifetime: config.Lifetime}
	if t.issuer == "" {
		t.issuer = DefaultIssuer
	}
	if t.audience == "" {
		t.audience = DefaultAudience
	}
	if t.lifetime <= 0 {
		t.lifetime = DefaultTokenLifetime
	}
	var err error
	if t.signing, err = hkdf.Key(sha256.New, config.Key, nil, "voltrun access token", 32); err != nil {
		return nil, err
	}
	if t.refresh, err = hkdf.Key(sha256.New, config.Key, nil, "voltrun refresh token", 32); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(t.signing)
	t.keyID = hex.EncodeToString(sum[:4])
	t.parser = jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(t.issuer), jwt.WithAudience(t.audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(clockLeeway),
		jwt.WithStrictDecoding())
	return t, nil
}

// Issue signs a token for a session of a user, and says when it expires.
func (t *Tokens) Issue(userID, sessionID string, now time.Time) (string, time.Time, error) {
	expires := now.Add(t.lifetime).Truncate(time.Second).UTC() // the precision of "exp"
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, tokenClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: t.issuer, Audience: jwt.ClaimStrings{t.audience}, Subject: userID,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expires),
		},
		SessionID: sessionID,
	})
	token.Header["kid"] = t.keyID
	signed, err := token.SignedString(t.signing)
	if err != nil {
		return "", time.Time{}, voltrun.Internal("signing a token", err)
	}
	return signed, expires, nil
}

// Verify checks a token. Whatever is wrong with it, the error is the same CodeUnauthenticated.
// Whether the session is still alive is for the Authenticator to find out.
func (t *Tokens) Verify(token string) (Claims, error) {
	var claims tokenClaims
	if _, err := t.parser.ParseWithClaims(token, &claims, t.key); err != nil {
		return Claims{}, errToken
	}
	expires := claims.ExpiresAt.UTC()
	if !time.Now().Before(expires) ||
		!voltrun.ValidID(voltrun.PrefixUser, claims.Subject) || !voltrun.ValidID(voltrun.PrefixSession, claims.SessionID) {
		return Claims{}, errToken
	}
	return Claims{UserID: claims.Subject, SessionID: claims.SessionID, ExpiresAt: expires}, nil
}

// key is asked for after the algorithm was found to be HS256.
func (t *Tokens) key(token *jwt.Token) (any, error) {
	if id, ok := token.Header["kid"].(string); !ok || id != t.keyID {
		return nil, errors.New("unknown key id")
	}
	// RFC 7515, 4.1.11: a token with critical extensions that are not understood must be refused.
	if _, ok := token.Header["crit"]; ok {
		return nil, errors.New("unknown critical extension")
	}
	return t.signing, nil
}
