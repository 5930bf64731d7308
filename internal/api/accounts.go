package api

import (
	"context"
	"net/http"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/control"
)

// refreshCookie holds the refresh token. Only the API receives it, and no script can read it. It counts for
// /api/auth and for opening WebSockets, from pages of this server only.
const (
	refreshCookie     = "voltrun_refresh"
	refreshCookiePath = "/api"
)

// User is a person with an account.
type User struct {
	ID        string `json:"id"`
	Email     string `json:"email"`
	Name      string `json:"name"`
	CreatedAt string `json:"created_at" format:"date-time"`
}

// SignIn is the answer to register, login and refresh.
type SignIn struct {
	Token     string `json:"token" doc:"Send as Authorization: Bearer"`
	ExpiresAt string `json:"expires_at" format:"date-time"`
	User      User   `json:"user"`
}

type signInOutput struct{ Body SignIn }

// Credentials are what a person signs in with.
type Credentials struct {
	Email    string `json:"email" maxLength:"254" doc:"Compared in lower case"`
	Password string `json:"password" maxLength:"1024" doc:"At most 72 bytes"`
}

type signUpInput struct {
	Body struct {
		Credentials
		Name string `json:"name,omitempty" maxLength:"200"`
	}
}

type loginInput struct{ Body Credentials }

func (s *Server) signUp(ctx context.Context, in *signUpInput) (*signInOutput, error) {
	if err := s.limitSignIn(ctx, in.Body.Email); err != nil {
		return nil, err
	}
	signed, err := s.Accounts.Register(ctx, in.Body.Email, in.Body.Password, in.Body.Name, clientOf(ctx))
	return s.signedIn(ctx, signed, err)
}

func (s *Server) login(ctx context.Context, in *loginInput) (*signInOutput, error) {
	if err := s.limitSignIn(ctx, in.Body.Email); err != nil {
		return nil, err
	}
	signed, err := s.Accounts.Login(ctx, in.Body.Email, in.Body.Password, clientOf(ctx))
	return s.signedIn(ctx, signed, err)
}

// cookieInput is what refresh and logout read: the cookie, and for logout the token as well.
type cookieInput struct {
	Refresh string `cookie:"voltrun_refresh" doc:"The refresh token"`
	Bearer  string `header:"Authorization" doc:"Logout also revokes the session of this token"`
}

func (s *Server) refresh(ctx context.Context, in *cookieInput) (*signInOutput, error) {
	if in.Refresh == "" || len(in.Refresh) > maxToken {
		return nil, &voltrun.Error{Code: voltrun.CodeUnauthenticated, Message: "no refresh cookie; sign in again"}
	}
	signed, err := s.Accounts.Refresh(ctx, in.Refresh, clientOf(ctx))
	if voltrun.CodeOf(err) == voltrun.CodeUnauthenticated {
		s.forgetCookie(ctx)
	}
	return s.signedIn(ctx, signed, err)
}

func (s *Server) logout(ctx context.Context, in *cookieInput) (*struct{}, error) {
	k := callOf(ctx)
	s.forgetCookie(ctx)
	if token := tokenOf(in.Bearer); token != "" {
		// An expired token is no reason not to end the session of the cookie.
		if p, err := s.principal(ctx, token); err == nil {
			k.principal = p
		} else if in.Refresh == "" {
			return nil, err
		}
	}
	if k.principal.UserID == "" && in.Refresh == "" {
		return nil, &voltrun.Error{Code: voltrun.CodeUnauthenticated, Message: "nobody is signed in"}
	}
	defer s.streams.recheck(k.principal.UserID)
	return nil, s.Accounts.Logout(ctx, k.principal, in.Refresh)
}

type userOutput struct{ Body User }

func (s *Server) me(ctx context.Context, _ *struct{}) (*userOutput, error) {
	user, err := s.Accounts.Me(ctx, callOf(ctx).principal)
	if err != nil {
		return nil, err
	}
	return &userOutput{userOf(user)}, nil
}

type updateMeInput struct {
	Body struct {
		Name string `json:"name" maxLength:"200"`
	}
}

func (s *Server) updateMe(ctx context.Context, in *updateMeInput) (*userOutput, error) {
	user, err := s.Accounts.Rename(ctx, callOf(ctx).principal, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &userOutput{userOf(user)}, nil
}

type deleteMeInput struct {
	Body struct {
		Password string `json:"password" maxLength:"1024"`
	}
}

func (s *Server) deleteMe(ctx context.Context, in *deleteMeInput) (*struct{}, error) {
	p := callOf(ctx).principal
	if err := s.limitSignIn(ctx, p.UserID); err != nil { // a stolen token must not allow guessing the password
		return nil, err
	}
	defer s.streams.recheck(p.UserID)
	if err := s.Accounts.Delete(ctx, p, in.Body.Password); err != nil {
		return nil, err
	}
	s.forgetCookie(ctx)
	return nil, nil
}

type passwordInput struct {
	Body struct {
		Current string `json:"current_password" maxLength:"1024"`
		New     string `json:"new_password" maxLength:"1024" doc:"At most 72 bytes"`
	}
}

func (s *Server) changePassword(ctx context.Context, in *passwordInput) (*struct{}, error) {
	p := callOf(ctx).principal
	if err := s.limitSignIn(ctx, p.UserID); err != nil { // a stolen token must not allow guessing the password
		return nil, err
	}
	defer s.streams.recheck(p.UserID)
	return nil, s.Accounts.ChangePassword(ctx, p, in.Body.Current, in.Body.New)
}

// Session is one sign-in of the caller.
type Session struct {
	ID          string `json:"id"`
	UserAgent   string `json:"user_agent"`
	Address     string `json:"address"`
	Current     bool   `json:"current" doc:"Whether it is the one that is asking"`
	CreatedAt   string `json:"created_at" format:"date-time"`
	RefreshedAt string `json:"refreshed_at" format:"date-time"`
	ExpiresAt   string `json:"expires_at" format:"date-time"`
}

type sessionsOutput struct {
	Body struct {
		Items []Session `json:"items" nullable:"false"`
	}
}

func (s *Server) sessions(ctx context.Context, _ *struct{}) (*sessionsOutput, error) {
	p := callOf(ctx).principal
	sessions, err := s.Accounts.Sessions(ctx, p)
	if err != nil {
		return nil, err
	}
	out := &sessionsOutput{}
	out.Body.Items = make([]Session, 0, len(sessions))
	for _, x := range sessions {
		out.Body.Items = append(out.Body.Items, Session{
			ID: x.ID, UserAgent: x.UserAgent, Address: x.Address, Current: x.ID == p.SessionID,
			CreatedAt: stamp(x.CreatedAt), RefreshedAt: stamp(x.RefreshedAt), ExpiresAt: stamp(x.ExpiresAt),
		})
	}
	return out, nil
}

type idInput struct {
	ID string `path:"id" maxLength:"128"`
}

func (s *Server) revokeSession(ctx context.Context, in *idInput) (*struct{}, error) {
	defer s.streams.recheck(owner(ctx))
	return nil, s.Accounts.RevokeSession(ctx, callOf(ctx).principal, in.ID)
}

// signOutEverywhere ends the caller's session as well.
func (s *Server) signOutEverywhere(ctx context.Context, _ *struct{}) (*struct{}, error) {
	defer s.streams.recheck(owner(ctx))
	if err := s.Accounts.SignOutEverywhere(ctx, callOf(ctx).principal); err != nil {
		return nil, err
	}
	s.forgetCookie(ctx)
	return nil, nil
}

func clientOf(ctx context.Context) control.Client {
	k := callOf(ctx)
	return control.Client{Address: k.address, UserAgent: shorten(k.userAgent)}
}

func userOf(u voltrun.User) User {
	return User{ID: u.ID, Email: u.Email, Name: u.Name, CreatedAt: stamp(u.CreatedAt)}
}

func (s *Server) signedIn(ctx context.Context, signed control.SignIn, err error) (*signInOutput, error) {
	if err != nil {
		return nil, err
	}
	k := callOf(ctx)
	k.principal.UserID = signed.User.ID // for the log
	s.setCookie(k, signed.RefreshToken, signed.RefreshExpiresAt)
	return &signInOutput{SignIn{Token: signed.Token, ExpiresAt: stamp(signed.ExpiresAt), User: userOf(signed.User)}}, nil
}

func (s *Server) setCookie(k *call, value string, expires time.Time) {
	cookie := http.Cookie{
		Name: refreshCookie, Value: value, Path: refreshCookiePath, Expires: expires,
		HttpOnly: true, Secure: s.Config.SecureCookies || k.tls, SameSite: http.SameSiteStrictMode,
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	k.header("Set-Cookie", cookie.String())
}

func (s *Server) forgetCookie(ctx context.Context) { s.setCookie(callOf(ctx), "", time.Unix(1, 0)) }

// stamp is RFC 3339 in UTC with milliseconds.
func stamp(t time.Time) string { return t.UTC().Format(stampLayout) }

// stampLayout is RFC 3339 with milliseconds.
const stampLayout = "2006-01-02T15:04:05.000Z07:00"

func optionalStamp(t *time.Time) *string {
	if t == nil {
		return nil
	}
	text := stamp(*t)
	return &text
}
