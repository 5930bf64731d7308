package auth

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/voltrun/voltrun"
)

func newTokens(t testing.TB, seed byte) *Tokens {
	t.Helper()
	tokens, err := NewTokens(TokensConfig{Key: bytes.Repeat([]byte{seed}, KeyBytes)})
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func TestTokenRoundTrip(t *testing.T) {
	t.Parallel()
	tokens := newTokens(t, 1)
	user, session := voltrun.NewID(voltrun.PrefixUser), voltrun.NewID(voltrun.PrefixSession)
	token, expires, err := tokens.Issue(user, session, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	claims, err := tokens.Verify(token)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Claims{UserID: user, SessionID: session, ExpiresAt: expires}); claims != want {
		t.Errorf("got %+v, want %+v", claims, want)
	}
}

// craft signs claims that are good unless edit changes them.
func craft(t *testing.T, method jwt.SigningMethod, key any, edit func(header, claims map[string]any)) string {
	t.Helper()
	now := time.Now()
	claims := jwt.MapClaims{"iss": DefaultIssuer, "aud": DefaultAudience, "sub": voltrun.NewID(voltrun.PrefixUser),
		"sid": voltrun.NewID(voltrun.PrefixSession), "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = newTokens(t, 1).keyID
	if edit != nil {
		edit(token.Header, claims)
	}
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestForgedTokensAreAllRefusedAlike(t *testing.T) {
	t.Parallel()
	tokens, other := newTokens(t, 1), newTokens(t, 2)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	hs := jwt.SigningMethodHS256
	good := craft(t, hs, tokens.signing, nil)
	if _, err := tokens.Verify(good); err != nil {
		t.Fatalf("the unchanged token is refused, so that the rest proves nothing: %v", err)
	}
	header := func(name string, value any) func(h, c map[string]any) {
		return func(h, _ map[string]any) { h[name] = value }
	}
	claim := func(name string, value any) func(h, c map[string]any) {
		return func(_, c map[string]any) {
			if c[name] = value; value == nil {
				delete(c, name)
			}
		}
	}
	past, future := time.Now().Add(-time.Second).Unix(), time.Now().Add(time.Hour).Unix()
	parts := strings.Split(good, ".")
	forged := map[string]string{
		"empty":            "",
		"garbage":          "a.b.c",
		"alg none":         craft(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil),
		"alg none, signed": base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"`+tokens.keyID+`"}`)) + "." + parts[1] + "." + parts[2],
		"alg nOnE":         base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"nOnE"}`)) + "." + parts[1] + ".",
		"RS256":            craft(t, jwt.SigningMethodRS256, private, nil),
		"PS256":            craft(t, jwt.SigningMethodPS256, private, nil),
		"HS384":            craft(t, jwt.SigningMethodHS384, tokens.signing, nil),
		"HS512":            craft(t, jwt.SigningMethodHS512, tokens.signing, nil),
		"HS256 under RS":   craft(t, hs, tokens.signing, header("alg", "RS256")),
		"no kid":           craft(t, hs, tokens.signing, func(h, _ map[string]any) { delete(h, "kid") }),
		"other kid":        craft(t, hs, tokens.signing, header("kid", "../../dev/null")),
		"kid of a number":  craft(t, hs, tokens.signing, header("kid", 7)),
		"critical":         craft(t, hs, tokens.signing, header("crit", []string{"exp"})),
		"other key":        craft(t, hs, other.signing, nil),
		"refresh key":      craft(t, hs, tokens.refresh, nil),
		"empty key":        craft(t, hs, []byte{}, nil),
		"expired":          craft(t, hs, tokens.signing, claim("exp", past)),
		"never expires":    craft(t, hs, tokens.signing, claim("exp", nil)),
		"exp of a text":    craft(t, hs, tokens.signing, claim("exp", "later")),
		"from the future":  craft(t, hs, tokens.signing, claim("iat", future)),
		"not yet":          craft(t, hs, tokens.signing, claim("nbf", future)),
		"other audience":   craft(t, hs, tokens.signing, claim("aud", "another-service")),
		"no audience":      craft(t, hs, tokens.signing, claim("aud", nil)),
		"other issuer":     craft(t, hs, tokens.signing, claim("iss", "somebody")),
		"no user":          craft(t, hs, tokens.signing, claim("sub", nil)),
		"no session":       craft(t, hs, tokens.signing, claim("sid", nil)),
		"odd session":      craft(t, hs, tokens.signing, claim("sid", "ses_' OR 1=1")),
		"no signature":     parts[0] + "." + parts[1] + ".",
		"two parts":        parts[0] + "." + parts[1],
		"cut signature":    good[:len(good)-1],
		"longer signature": good + "A",
		"other payload":    parts[0] + "." + strings.Split(craft(t, hs, other.signing, nil), ".")[1] + "." + parts[2],
		"padded":           good + "=",
	}
	for name, token := range forged {
		_, err := tokens.Verify(token)
		if voltrun.CodeOf(err) != voltrun.CodeUnauthenticated {
			t.Errorf("%s: got %v, want it refused", name, err)
		} else if err.Error() != errToken.Error() {
			t.Errorf("%s: the error tells something: %v", name, err)
		}
	}
}

func TestTokenEndsExactlyOnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens := newTokens(t, 1)
		token, expires, err := tokens.Issue(voltrun.NewID(voltrun.PrefixUser), voltrun.NewID(voltrun.PrefixSession), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(expires) - time.Nanosecond)
		if _, err := tokens.Verify(token); err != nil {
			t.Errorf("right before its end: %v", err)
		}
		time.Sleep(time.Nanosecond)
		if _, err := tokens.Verify(token); err == nil {
			t.Error("the token outlived expires_at")
		}
	})
}

func TestTokenOfANodeWhoseClockIsAhead(t *testing.T) {
	t.Parallel()
	tokens := newTokens(t, 1)
	token, _, err := tokens.Issue(voltrun.NewID(voltrun.PrefixUser), voltrun.NewID(voltrun.PrefixSession), time.Now().Add(clockLeeway/2))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Verify(token); err != nil {
		t.Error(err)
	}
}

func TestShortKeyIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := NewTokens(TokensConfig{Key: make([]byte, KeyBytes-1)}); err == nil {
		t.Error("want an error")
	}
}

func TestNextRefreshFollowsFromTheToken(t *testing.T) {
	t.Parallel()
	tokens, other := newTokens(t, 1), newTokens(t, 2)
	id := voltrun.NewID(voltrun.PrefixSession)
	first, firstHash := tokens.NewRefresh(id)
	next, hash, err := tokens.NextRefresh(first)
	if err != nil {
		t.Fatal(err)
	}
	gotID, gotHash, err := tokens.ParseRefresh(next)
	if err != nil || gotID != id || !bytes.Equal(gotHash, hash) || bytes.Equal(hash, firstHash) {
		t.Errorf("got %s, %x, %v", gotID, gotHash, err)
	}
	if again, _, _ := tokens.NextRefresh(first); again != next {
		t.Error("the same token has two successors")
	}
	if second, _, _ := tokens.NextRefresh(next); second == next || second == first {
		t.Error("the chain stands still")
	}
	sibling, _ := tokens.NewRefresh(id)
	if elsewhere, _, _ := tokens.NextRefresh(sibling); elsewhere == next {
		t.Error("two tokens have one successor")
	}
	for _, bad := range []string{"", first + "x", id} {
		if _, _, err := tokens.NextRefresh(bad); voltrun.CodeOf(err) != voltrun.CodeUnauthenticated {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, _, err := other.NextRefresh(first); voltrun.CodeOf(err) != voltrun.CodeUnauthenticated {
		t.Errorf("another server's token: %v", err)
	}
}

func TestRefreshTokens(t *testing.T) {
	t.Parallel()
	tokens, other := newTokens(t, 1), newTokens(t, 2)
	id := voltrun.NewID(voltrun.PrefixSession)
	token, hash := tokens.NewRefresh(id)
	gotID, gotHash, err := tokens.ParseRefresh(token)
	if err != nil || gotID != id || !bytes.Equal(gotHash, hash) {
		t.Fatalf("got %s %x %v, want %s %x", gotID, gotHash, err, id, hash)
	}
	parts := strings.Split(token, ".")
	foreign, _ := other.NewRefresh(id)
	moved := voltrun.NewID(voltrun.PrefixSession) + "." + parts[1] + "." + parts[2]
	for _, forged := range []string{"", ".", "..", id, id + "..", id + "." + parts[1], id + "." + parts[1] + ".", foreign, moved,
		token + ".", token + "A", token[:len(token)-1], id + "." + parts[2] + "." + parts[1], strings.Repeat("x", 10_000)} {
		if _, _, err := tokens.ParseRefresh(forged); voltrun.CodeOf(err) != voltrun.CodeUnauthenticated {
			t.Errorf("%.80q: got %v, want it refused", forged, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	// A key that no other process has: a worker of the fuzzer must not accept what the others issue as seeds.
	key := make([]byte, KeyBytes)
	if _, err := rand.Read(key); err != nil {
		f.Fatal(err)
	}
	tokens, err := NewTokens(TokensConfig{Key: key})
	if err != nil {
		f.Fatal(err)
	}
	token, _, _ := tokens.Issue(voltrun.NewID(voltrun.PrefixUser), voltrun.NewID(voltrun.PrefixSession), time.Now())
	refresh, _ := tokens.NewRefresh(voltrun.NewID(voltrun.PrefixSession))
	f.Add(token)
	f.Add(refresh)
	f.Add("eyJhbGciOiJub25lIn0..")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := tokens.Verify(text); err == nil && text != token {
			t.Errorf("made up and accepted: %q", text)
		}
		if _, _, err := tokens.ParseRefresh(text); err == nil && text != refresh {
			t.Errorf("made up and accepted: %q", text)
		}
	})
}
