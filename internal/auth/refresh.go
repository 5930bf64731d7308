package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/voltrun/voltrun"
)

const refreshSecretBytes = 32

// NewRefresh makes a refresh token "<session id>.<secret>.<mac>" and the hash of its secret to keep.
//
// The MAC tells a token that was once issued from one that was made up: only the first
// may count as reuse and end the session, otherwise knowing a session's id would be enough to do so.
func (t *Tokens) NewRefresh(sessionID string) (token string, hash []byte) {
	secret := make([]byte, refreshSecretBytes)
	rand.Read(secret) // never fails: it would crash the process
	return t.writeRefresh(sessionID, secret)
}

// NextRefresh makes the token that a refresh token is exchanged for, and its hash. It follows from the old one and this server's
// key alone: two tabs that exchange the same token at the same moment get the same one, whichever answer the browser keeps.
func (t *Tokens) NextRefresh(token string) (next string, hash []byte, err error) {
	sessionID, secret, err := t.openRefresh(token)
	if err != nil {
		return "", nil, err
	}
	mac := hmac.New(sha256.New, t.refresh)
	mac.Write([]byte("next."))
	mac.Write([]byte(sessionID))
	mac.Write([]byte{'.'})
	mac.Write(secret)
	next, hash = t.writeRefresh(sessionID, mac.Sum(nil))
	return next, hash, nil
}

// ParseRefresh returns the session and the secret's hash of a token that NewRefresh or NextRefresh made,
// current or not, and CodeUnauthenticated for anything else.
func (t *Tokens) ParseRefresh(token string) (sessionID string, hash []byte, err error) {
	sessionID, secret, err := t.openRefresh(token)
	if err != nil {
		return "", nil, err
	}
	sum := sha256.Sum256(secret)
	return sessionID, sum[:], nil
}

func (t *Tokens) writeRefresh(sessionID string, secret []byte) (token string, hash []byte) {
	sum := sha256.Sum256(secret)
	encode := base64.RawURLEncoding.EncodeToString
	return sessionID + "." + encode(secret) + "." + encode(t.refreshMAC(sessionID, secret)), sum[:]
}

func (t *Tokens) openRefresh(token string) (sessionID string, secret []byte, err error) {
	parts := strings.SplitN(token, ".", 4)
	if len(parts) != 3 || len(token) > MaxBearerBytes || !voltrun.ValidID(voltrun.PrefixSession, parts[0]) {
		return "", nil, errToken
	}
	secret, err1 := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	mac, err2 := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err1 != nil || err2 != nil || len(secret) != refreshSecretBytes || !hmac.Equal(mac, t.refreshMAC(parts[0], secret)) {
		return "", nil, errToken
	}
	return parts[0], secret, nil
}

func (t *Tokens) refreshMAC(sessionID string, secret []byte) []byte {
	mac := hmac.New(sha256.New, t.refresh)
	mac.Write([]byte(sessionID))
	mac.Write([]byte{'.'})
	mac.Write(secret)
	return mac.Sum(nil)
}
