package test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
	"github.com/voltrun/voltrun/test/harness"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{})
	t.Run("refresh rotates and an old cookie revokes the family", func(t *testing.T) { refreshRotates(t, s.For(t)) })
	t.Run("two tabs that refresh at the same moment stay signed in", func(t *testing.T) { tabsRefresh(t, s.For(t)) })
	t.Run("a deleted account is gone at once with everything it had", func(t *testing.T) { accountDeleted(t, s.For(t)) })
	t.Run("logout ends the session at once", func(t *testing.T) { logoutEnds(t, s.For(t)) })
	t.Run("a new password ends the other sessions at once", func(t *testing.T) { passwordEnds(t, s.For(t)) })
	t.Run("wrong e-mail and wrong password answer the same", func(t *testing.T) { sameAnswer(t, s.For(t)) })
	t.Run("forged tokens are refused", func(t *testing.T) { forgedTokens(t, s.For(t)) })
	t.Run("a key does what its scopes say and no more", func(t *testing.T) { keyScopes(t, s.For(t)) })
	t.Run("a revoked key stops at once", func(t *testing.T) { keyRevoked(t, s.For(t)) })
	t.Run("login is limited and says so", func(t *testing.T) { loginLimited(t, s.For(t)) })
}

func refreshRotates(t *testing.T, s *harness.Server) {
	a := s.Register("rotate")
	ctx := harness.Context(t)
	second, err := a.Refresh(ctx, a.SignIn.Cookies)
	if err != nil {
		t.Fatal(err)
	}
	if second.Cookies[0].Value == a.SignIn.Cookies[0].Value {
		t.Error("the cookie is the same after a refresh")
	}
	for _, c := range second.Cookies {
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode {
			t.Errorf("the cookie %s is not HttpOnly and SameSite=Strict", c.Name)
		}
	}
	if _, err := s.WithToken(second.Token).Me(ctx); err != nil {
		t.Errorf("the new token does not work: %v", err)
	}
	third, err := a.Refresh(ctx, second.Cookies)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Refresh(ctx, a.SignIn.Cookies)
	code(t, err, voltrun.CodeUnauthenticated)
	_, err = a.Refresh(ctx, third.Cookies)
	code(t, err, voltrun.CodeUnauthenticated) // the family is revoked
	_, err = s.WithToken(third.Token).Me(ctx)
	code(t, err, voltrun.CodeUnauthenticated)
}

// tabsRefresh has many tabs present the same cookie, and goes on with the answer of each.
func tabsRefresh(t *testing.T, s *harness.Server) {
	a := s.Register("tabs")
	ctx := harness.Context(t)
	var tabs [6]client.SignIn
	var wait sync.WaitGroup
	for i := range tabs {
		wait.Go(func() {
			var err error
			if tabs[i], err = s.Anonymous().Refresh(ctx, a.SignIn.Cookies); err != nil {
				t.Errorf("tab %d: %v", i, err)
			}
		})
	}
	wait.Wait()
	for i, tab := range tabs {
		if _, err := s.WithToken(tab.Token).Me(ctx); err != nil {
			t.Errorf("tab %d: %v", i, err)
		}
		if len(tab.Cookies) == 0 || tab.Cookies[0].Value != tabs[0].Cookies[0].Value {
			t.Errorf("tab %d has another cookie", i)
		}
	}
	if _, err := a.Refresh(ctx, tabs[len(tabs)-1].Cookies); err != nil {
		t.Errorf("the cookie that the browser keeps: %v", err)
	}
}

// accountDeleted deletes an account that runs, waits, watches and has a key.
func accountDeleted(t *testing.T, s *harness.Server) {
	a := s.Register("leaves")
	ctx := harness.Context(t)
	f := a.Deploy(t, "sleeps", `exports.handler = async () => { console.log("asleep"); await new Promise((r) => setTimeout(r, 300000)); }`, harness.Timeout(600_000),
		func(c *client.FunctionChange) { c.MaxConcurrency = harness.Ptr(1) })
	key := must(a.CreateKey(ctx, "ci", []string{"executions:read"}, 0))(t)
	running := must(a.Submit(ctx, f.ID, client.ExecuteRequest{Input: []byte("1")}))(t)
	for range 3 {
		must(a.Submit(ctx, f.ID, client.ExecuteRequest{Input: []byte("2")}))(t)
	}
	conn, _, err := dialStream(s, "/api/stream", nil, []string{"voltrun.v1", "bearer." + a.SignIn.Token}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	harness.Eventually(t, "it sleeps", func() error {
		if found := s.Call("GET", "/api/logs?q=ASLEEP", a.SignIn.Token, nil); !strings.Contains(string(found.Body), running.ID) {
			return fmt.Errorf("the logs are %s", found.Body)
		}
		return nil
	})

	if got := s.Call("DELETE", "/api/me", a.SignIn.Token, map[string]string{"password": "not the password"}); got.Problem(t) != "forbidden" {
		t.Errorf("a wrong password: %d", got.Status)
	}
	if got := s.Call("DELETE", "/api/me", a.SignIn.Token, map[string]string{"password": harness.Password}); got.Status != http.StatusNoContent {
		t.Fatalf("delete: %d %s", got.Status, got.Body)
	}
	for _, token := range []string{a.SignIn.Token, key.Key} {
		_, err := s.WithToken(token).Execution(ctx, running.ID)
		code(t, err, voltrun.CodeUnauthenticated)
	}
	_, err = a.Refresh(ctx, a.SignIn.Cookies)
	code(t, err, voltrun.CodeUnauthenticated)
	_, err = s.Anonymous().Login(ctx, a.Email, harness.Password)
	code(t, err, voltrun.CodeUnauthenticated)
	for err == nil || !websocket.IsCloseError(err, 4401) {
		if _, _, err = conn.ReadMessage(); err != nil && !websocket.IsCloseError(err, 4401) {
			t.Fatalf("the stream ends with %v", err)
		}
	}
	harness.Eventually(t, "nothing of it runs or waits", func() error {
		for _, gauge := range []string{"voltrun_executions_running", "voltrun_queue_pending"} {
			if metrics := s.Call("GET", "/metrics", "", nil); !strings.Contains(string(metrics.Body), "\n"+gauge+" 0\n") {
				return fmt.Errorf("%s is not 0", gauge)
			}
		}
		return nil
	})

	again := s.Register("leaves") // the address is free
	if list := must(again.Executions(ctx, client.ExecutionFilter{}))(t); again.SignIn.User.ID == a.SignIn.User.ID || len(list.Items) != 0 {
		t.Errorf("the new account %s has %d executions", again.SignIn.User.ID, len(list.Items))
	}
	_, err = again.Execution(ctx, running.ID)
	code(t, err, voltrun.CodeNotFound)
}

func logoutEnds(t *testing.T, s *harness.Server) {
	a := s.Register("logout")
	ctx := harness.Context(t)
	if err := a.Logout(ctx, a.SignIn.Cookies); err != nil {
		t.Fatal(err)
	}
	_, err := a.Me(ctx)
	code(t, err, voltrun.CodeUnauthenticated)
	_, err = a.Refresh(ctx, a.SignIn.Cookies)
	code(t, err, voltrun.CodeUnauthenticated)
}

func passwordEnds(t *testing.T, s *harness.Server) {
	a := s.Register("password")
	ctx := harness.Context(t)
	other, err := s.Anonymous().Login(ctx, a.Email, harness.Password)
	if err != nil {
		t.Fatal(err)
	}
	code(t, a.ChangePassword(ctx, "not the password", "another long password"), voltrun.CodeForbidden)
	if err := a.ChangePassword(ctx, harness.Password, "another long password"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Me(ctx); err != nil {
		t.Errorf("the session that changed it ended: %v", err)
	}
	_, err = s.WithToken(other.Token).Me(ctx)
	code(t, err, voltrun.CodeUnauthenticated)
	_, err = s.Anonymous().Login(ctx, a.Email, harness.Password)
	code(t, err, voltrun.CodeUnauthenticated)
	if _, err := s.Anonymous().Login(ctx, strings.ToUpper(a.Email), "another long password"); err != nil {
		t.Errorf("the new password does not work: %v", err)
	}
}

func sameAnswer(t *testing.T, s *harness.Server) {
	a := s.Register("same")
	login := func(email, password string) string {
		answer := s.Call("POST", "/api/auth/login", "", map[string]string{"email": email, "password": password})
		var problem map[string]any
		answer.Into(t, &problem)
		answer.Problem(t)
		delete(problem, "request_id")
		text, err := json.Marshal(problem)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(answer.Status, string(text))
	}
	if known, unknown := login(a.Email, "wrong password"), login("nobody@example.com", "wrong password"); known != unknown {
		t.Errorf("they differ:\n%s\n%s", known, unknown)
	}
	again := s.Call("POST", "/api/auth/register", "", map[string]string{"email": "SAME@example.com", "password": harness.Password})
	if got := again.Problem(t); got != "conflict" {
		t.Errorf("registering twice gives %s", got)
	}
}

// forgedTokens tries what libraries have fallen for.
func forgedTokens(t *testing.T, s *harness.Server) {
	a := s.Register("forger")
	parts := strings.Split(a.SignIn.Token, ".")
	if len(parts) != 3 {
		t.Fatalf("the token is not a JWT: %d parts", len(parts))
	}
	encode := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	var claims, header map[string]any
	for i, into := range []*map[string]any{&header, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil || json.Unmarshal(text, into) != nil {
			t.Fatalf("part %d of the token: %q, %v", i, text, err)
		}
	}
	with := func(changes map[string]any) string {
		copied := map[string]any{}
		for k, v := range claims {
			copied[k] = v
		}
		for k, v := range changes {
			copied[k] = v
		}
		return encode(copied)
	}
	sign := func(head, body, key string) string {
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte(head + "." + body))
		return head + "." + body + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	hs256 := encode(map[string]any{"alg": "HS256", "typ": "JWT"})
	flipped := "A"
	if strings.HasPrefix(parts[2], "A") {
		flipped = "B"
	}
	tokens := map[string]string{
		"alg none":             encode(map[string]any{"alg": "none", "typ": "JWT"}) + "." + parts[1] + ".",
		"alg NONE, signature":  encode(map[string]any{"alg": "NONE", "typ": "JWT"}) + "." + parts[1] + "." + parts[2],
		"alg RS256":            encode(map[string]any{"alg": "RS256", "typ": "JWT"}) + "." + parts[1] + "." + parts[2],
		"alg HS512":            encode(map[string]any{"alg": "HS512", "typ": "JWT"}) + "." + parts[1] + "." + parts[2],
		"empty key":            sign(hs256, parts[1], ""),
		"guessed key":          sign(hs256, parts[1], "secret"),
		"bad kid":              encode(map[string]any{"alg": header["alg"], "typ": "JWT", "kid": "../../../../dev/null"}) + "." + parts[1] + "." + parts[2],
		"cut signature":        parts[0] + "." + parts[1] + "." + parts[2][:len(parts[2])/2],
		"no signature":         parts[0] + "." + parts[1] + ".",
		"changed signature":    parts[0] + "." + parts[1] + "." + flipped + parts[2][1:],
		"longer life":          parts[0] + "." + with(map[string]any{"exp": 1 << 40}) + "." + parts[2],
		"another audience":     parts[0] + "." + with(map[string]any{"aud": "somebody else"}) + "." + parts[2],
		"another subject":      parts[0] + "." + with(map[string]any{"sub": "usr_00000000000000000000000000"}) + "." + parts[2],
		"two tokens":           a.SignIn.Token + " " + a.SignIn.Token,
		"trailing dot":         a.SignIn.Token + ".",
		"key of nobody":        "vr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"a megabyte of As":     strings.Repeat("A", 8<<10),
		"jwk in the header":    encode(map[string]any{"alg": "HS256", "jwk": map[string]any{"kty": "oct", "k": "c2VjcmV0"}}) + "." + parts[1] + "." + parts[2],
		"the refresh cookie":   a.SignIn.Cookies[0].Value,
		"spaces":               "   ",
		"algorithm in a array": encode(map[string]any{"alg": []string{"HS256"}}) + "." + parts[1] + "." + parts[2],
	}
	for name, token := range tokens {
		answer := s.Call("GET", "/api/me", token, nil)
		if answer.Status != http.StatusUnauthorized || answer.Problem(t) != "unauthenticated" {
			t.Errorf("%s: status %d, %s", name, answer.Status, answer.Body)
		}
	}
	if _, err := a.Me(harness.Context(t)); err != nil {
		t.Errorf("the genuine token stopped: %v", err)
	}
}

func keyScopes(t *testing.T, s *harness.Server) {
	a := s.Register("scopes")
	ctx := harness.Context(t)
	one, two := a.Deploy(t, "one", echoNode), a.Deploy(t, "two", echoNode)
	ran := a.Run(t, one.ID, 1)
	withScopes := func(scopes ...string) *client.Client {
		key, err := a.CreateKey(ctx, strings.Join(scopes, " "), scopes, 0)
		if err != nil {
			t.Fatal(err)
		}
		return s.WithToken(key.Key)
	}
	type action struct {
		name string
		do   func(*client.Client) error
	}
	execute := func(c *client.Client, ref string) error {
		_, err := c.Execute(ctx, ref, client.ExecuteRequest{Input: json.RawMessage("1")})
		return err
	}
	actions := []action{
		{"functions:read", func(c *client.Client) error { _, err := c.Function(ctx, one.ID); return err }},
		{"functions:write", func(c *client.Client) error {
			_, err := c.UpdateFunction(ctx, one.ID, client.FunctionChange{Description: harness.Ptr("changed")})
			return err
		}},
		{"functions:execute", func(c *client.Client) error { return execute(c, two.ID) }},
		{"executions:read", func(c *client.Client) error { _, err := c.Execution(ctx, ran.ID); return err }},
	}
	for _, scope := range actions {
		c := withScopes(scope.name)
		for _, action := range actions {
			err := action.do(c)
			if action.name == scope.name && err != nil {
				t.Errorf("a key with %s may not do it: %v", scope.name, err)
			}
			if action.name != scope.name && client.CodeOf(err) != voltrun.CodeForbidden {
				t.Errorf("a key with %s does what needs %s: %v", scope.name, action.name, err)
			}
		}
	}
	narrow := withScopes("functions:execute:" + one.ID)
	if err := execute(narrow, one.ID); err != nil {
		t.Errorf("a key for one function may not execute it: %v", err)
	}
	if err := execute(narrow, "one"); err != nil {
		t.Errorf("a key for one function may not execute it by name: %v", err)
	}
	for _, ref := range []string{two.ID, "two"} {
		code(t, execute(narrow, ref), voltrun.CodeForbidden)
	}
	_, err := narrow.Replay(ctx, a.Run(t, two.ID, 1).ID, 0)
	code(t, err, voltrun.CodeForbidden)
	_, err = withScopes("functions:write", "functions:read", "functions:execute", "executions:read").Keys(ctx)
	code(t, err, voltrun.CodeForbidden) // a key makes no keys
	_, err = a.CreateKey(ctx, "wrong", []string{"everything"}, 0)
	code(t, err, voltrun.CodeValidation)
}

func keyRevoked(t *testing.T, s *harness.Server) {
	a := s.Register("revoke")
	ctx := harness.Context(t)
	key, err := a.CreateKey(ctx, "short", []string{"functions:read"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if key.ExpiresAt == nil || !strings.HasPrefix(key.Key, "vr_") || !strings.HasPrefix(key.Key, key.Prefix) {
		t.Errorf("the key is %+v", key)
	}
	c := s.WithToken(key.Key)
	if _, err := c.Functions(ctx, client.FunctionFilter{}); err != nil {
		t.Fatal(err)
	}
	harness.Eventually(t, "the use is noted", func() error {
		keys, err := a.Keys(ctx)
		if err == nil && (len(keys) != 1 || keys[0].LastUsedAt == nil) {
			err = fmt.Errorf("keys: %+v", keys)
		}
		if err == nil && keys[0].Key != "" {
			t.Error("the key is shown again")
		}
		return err
	})
	if err := a.RevokeKey(ctx, key.ID); err != nil {
		t.Fatal(err)
	}
	_, err = c.Functions(ctx, client.FunctionFilter{})
	code(t, err, voltrun.CodeUnauthenticated)
}

// loginLimited comes last: it uses up what this address may try.
func loginLimited(t *testing.T, s *harness.Server) {
	body := map[string]string{"email": "guess@example.com", "password": "wrong password"}
	for range 200 {
		answer := s.Call("POST", "/api/auth/login", "", body)
		for _, header := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
			if answer.Header.Get(header) == "" {
				t.Fatalf("status %d without %s", answer.Status, header)
			}
		}
		if answer.Status == http.StatusUnauthorized {
			continue
		}
		if answer.Status != http.StatusTooManyRequests || answer.Problem(t) != "rate_limited" {
			t.Fatalf("status %d: %s", answer.Status, answer.Body)
		}
		if wait := answer.Header.Get("Retry-After"); wait == "" || wait == "0" {
			t.Errorf("Retry-After is %q", wait)
		}
		return
	}
	t.Errorf("200 wrong passwords are not limited")
}

func TestCallsAreLimitedPerCallerWhenConfigured(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{Settings: map[string]string{"RATE_LIMIT": "5"}})
	a, b := s.Register("greedy"), s.Register("modest")
	limited := false
	for began := time.Now(); !limited && time.Since(began) < harness.Patience; {
		answer := s.Call("GET", "/api/me", a.SignIn.Token, nil)
		limited = answer.Status == http.StatusTooManyRequests
		if limited && (answer.Problem(t) != "rate_limited" || answer.Header.Get("Retry-After") == "") {
			t.Errorf("the refusal is %v %s", answer.Header, answer.Body)
		}
	}
	if !limited {
		t.Fatal("nothing was limited")
	}
	if answer := s.Call("GET", "/api/me", b.SignIn.Token, nil); answer.Status != http.StatusOK {
		t.Errorf("another caller gets %d", answer.Status)
	}
	if answer := s.Call("GET", "/readyz", "", nil); answer.Status != http.StatusOK {
		t.Errorf("/readyz answers %d", answer.Status)
	}
}
