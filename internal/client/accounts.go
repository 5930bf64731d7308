package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// SignIn is the answer to register, login and refresh. Cookies hold the refresh
// token: keep them as secret as a password.
type SignIn struct {
	Token     string         `json:"token"`
	ExpiresAt time.Time      `json:"expires_at"`
	User      User           `json:"user"`
	Cookies   []*http.Cookie `json:"-"`
}

// Register makes an account and signs in to it. name may be empty.
func (c *Client) Register(ctx context.Context, email, password, name string) (SignIn, error) {
	body := map[string]string{"email": email, "password": password}
	if name != "" {
		body["name"] = name
	}
	return c.signIn(ctx, "/auth/register", body, nil)
}

// Login signs in with a password.
func (c *Client) Login(ctx context.Context, email, password string) (SignIn, error) {
	return c.signIn(ctx, "/auth/login", map[string]string{"email": email, "password": password}, nil)
}

// Refresh exchanges the cookies of the last sign-in for a new one. Each set of
// cookies works once: presenting it again revokes the session.
func (c *Client) Refresh(ctx context.Context, cookies []*http.Cookie) (SignIn, error) {
	return c.signIn(ctx, "/auth/refresh", nil, cookieHeader(cookies))
}

// Logout revokes the session of the token and of the cookies.
func (c *Client) Logout(ctx context.Context, cookies []*http.Cookie) error {
	return c.do(ctx, call{method: http.MethodPost, path: "/auth/logout", header: cookieHeader(cookies)})
}

func (c *Client) signIn(ctx context.Context, path string, body any, header http.Header) (SignIn, error) {
	var answer SignIn
	var cookies []*http.Cookie
	err := c.do(ctx, call{method: http.MethodPost, path: path, header: header, body: body, out: &answer, public: true, cookies: &cookies})
	answer.Cookies = cookies
	return answer, err
}

func cookieHeader(cookies []*http.Cookie) http.Header {
	header := http.Header{}
	request := http.Request{Header: header}
	for _, cookie := range cookies {
		request.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
	}
	return header
}

// Me returns the signed-in user.
func (c *Client) Me(ctx context.Context) (User, error) {
	var user User
	err := c.do(ctx, call{method: http.MethodGet, path: "/me", out: &user})
	return user, err
}

// ChangePassword sets a new password and revokes the other sessions.
func (c *Client) ChangePassword(ctx context.Context, current, next string) error {
	body := map[string]string{"current_password": current, "new_password": next}
	return c.do(ctx, call{method: http.MethodPut, path: "/me/password", body: body})
}

// CreateKey makes an API key. expiresInDays zero means that it never expires.
func (c *Client) CreateKey(ctx context.Context, name string, scopes []string, expiresInDays int) (Key, error) {
	body := map[string]any{"name": name, "scopes": scopes}
	if expiresInDays > 0 {
		body["expires_in_days"] = expiresInDays
	}
	var key Key
	err := c.do(ctx, call{method: http.MethodPost, path: "/keys", body: body, out: &key})
	return key, err
}

// Keys lists the API keys of the user.
func (c *Client) Keys(ctx context.Context) ([]Key, error) {
	var page Page[Key]
	err := c.do(ctx, call{method: http.MethodGet, path: "/keys", out: &page})
	return page.Items, err
}

// RevokeKey makes a key useless at once.
func (c *Client) RevokeKey(ctx context.Context, id string) error {
	return c.do(ctx, call{method: http.MethodDelete, path: "/keys/" + url.PathEscape(id)})
}
