package control

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
)

const (
	// SessionLifetime is how long a session lives after its last refresh.
	SessionLifetime = 30 * 24 * time.Hour
	// refreshGrace is how long the token before the current one still counts, as long as the current one was not used: two tabs of a
	// browser may refresh with the same cookie, and an answer may be lost.
	refreshGrace = 10 * time.Second
)

var (
	errSignIn  = &voltrun.Error{Code: voltrun.CodeUnauthenticated, Message: "the e-mail address or the password is wrong"}
	errRefresh = &voltrun.Error{Code: voltrun.CodeUnauthenticated, Message: "the session has ended; sign in again"}
)

// Accounts are the use cases of users and their sessions.
type Accounts struct {
	store      AccountStore
	passwords  *auth.Passwords
	tokens     *auth.Tokens
	revoker    Revoker
	executions Executions
}

// NewAccounts makes the use cases. revoker is the authenticator of this node, executions its data plane.
func NewAccounts(store AccountStore, passwords *auth.Passwords, tokens *auth.Tokens, revoker Revoker, executions Executions) *Accounts {
	return &Accounts{store: store, passwords: passwords, tokens: tokens, revoker: revoker, executions: executions}
}

// Register makes an account and signs it in. CodeConflict: the e-mail address has one already.
func (a *Accounts) Register(ctx context.Context, email, password, name string, from Client) (SignIn, error) {
	email, emailProblem := normalEmail(email)
	name, nameProblem := normalName(name)
	if err := voltrun.Invalid(located(
		"body.email", emailProblem, "body.password", auth.PasswordProblem(password), "body.name", nameProblem)); err != nil {
		return SignIn{}, err
	}
	hash, err := a.passwords.Hash(ctx, password)
	if err != nil {
		return SignIn{}, err
	}
	user := voltrun.User{ID: voltrun.NewID(voltrun.PrefixUser), Email: email, Name: name, PasswordHash: hash, CreatedAt: now()}
	if err := a.store.CreateUser(ctx, user); err != nil {
		return SignIn{}, err
	}
	signIn, _, err := a.open(ctx, user, from)
	return signIn, err
}

// Login signs in. An unknown address and a wrong password give the same CodeUnauthenticated after the same time.
func (a *Accounts) Login(ctx context.Context, email, password string, from Client) (SignIn, error) {
	var user voltrun.User // unknown: its empty hash matches nothing
	if email, problem := normalEmail(email); problem == "" {
		var err error
		if user, err = a.store.UserByEmail(ctx, email); err != nil && voltrun.CodeOf(err) != voltrun.CodeNotFound {
			return SignIn{}, err
		}
	}
	ok, err := a.passwords.Verify(ctx, user.PasswordHash, password)
	if err != nil {
		return SignIn{}, err
	}
	if !ok {
		return SignIn{}, errSignIn
	}
	signIn, session, err := a.open(ctx, user, from)
	if err != nil {
		return SignIn{}, err
	}
	if err := a.confirm(ctx, user, session); err != nil {
		return SignIn{}, err
	}
	return signIn, nil
}

// confirm ends the session that was just opened if the password was changed meanwhile: ChangePassword
// may have ended the user's sessions right before this one came to be.
func (a *Accounts) confirm(ctx context.Context, user voltrun.User, sessionID string) error {
	current, err := a.store.User(ctx, user.ID)
	if err == nil && current.PasswordHash == user.PasswordHash {
		return nil
	}
	if ended := a.end(ctx, sessionID); ended != nil {
		return ended
	}
	if err != nil && voltrun.CodeOf(err) != voltrun.CodeNotFound { // not found: the account was deleted meanwhile
		return err
	}
	return errSignIn
}

// open makes a session, and returns its id too.
func (a *Accounts) open(ctx context.Context, user voltrun.User, from Client) (SignIn, string, error) {
	at := now()
	id := voltrun.NewID(voltrun.PrefixSession)
	refresh, hash := a.tokens.NewRefresh(id)
	session := voltrun.Session{
		ID: id, UserID: user.ID, RefreshHash: hash, Address: cleanText(from.Address, 64), UserAgent: cleanText(from.UserAgent, 256),
		CreatedAt: at, RefreshedAt: at, ExpiresAt: at.Add(SessionLifetime),
	}
	if err := a.store.CreateSession(ctx, session); err != nil {
		return SignIn{}, "", err
	}
	signIn, err := a.signIn(user, session, refresh)
	return signIn, id, err
}

func (a *Accounts) signIn(user voltrun.User, session voltrun.Session, refresh string) (SignIn, error) {
	token, expires, err := a.tokens.Issue(user.ID, session.ID, session.RefreshedAt)
	if err != nil {
		return SignIn{}, err
	}
	return SignIn{Token: token, ExpiresAt: expires, RefreshToken: refresh, RefreshExpiresAt: session.ExpiresAt, User: user}, nil
}

// Refresh exchanges a refresh token for a new one and a new JWT, and prolongs the session. A token that
// was exchanged before, but for the grace, ends the session: two parties hold it, and one of them is a thief.
func (a *Accounts) Refresh(ctx context.Context, refreshToken string, _ Client) (SignIn, error) {
	id, hash, err := a.tokens.ParseRefresh(refreshToken)
	if err != nil {
		return SignIn{}, errRefresh
	}
	next, nextHash, err := a.tokens.NextRefresh(refreshToken)
	if err != nil {
		return SignIn{}, errRefresh
	}
	session, err := a.refreshable(ctx, id)
	if err != nil {
		return SignIn{}, err
	}
	if bytes.Equal(session.RefreshHash, hash) {
		at := now()
		if _, err := a.store.RotateSession(ctx, id, hash, nextHash, at, at.Add(SessionLifetime)); err != nil {
			return SignIn{}, err
		}
		// Whoever presented the same token at the same time may have been faster: what is on record now counts.
		if session, err = a.refreshable(ctx, id); err != nil {
			return SignIn{}, err
		}
	}
	if !bytes.Equal(session.RefreshHash, nextHash) || now().Sub(session.RefreshedAt) > refreshGrace {
		return SignIn{}, a.reused(ctx, id)
	}
	user, err := a.store.User(ctx, session.UserID)
	if err != nil {
		return SignIn{}, err
	}
	return a.signIn(user, session, next)
}

// refreshable returns a session that is alive.
func (a *Accounts) refreshable(ctx context.Context, id string) (voltrun.Session, error) {
	session, err := a.store.Session(ctx, id)
	if voltrun.CodeOf(err) == voltrun.CodeNotFound {
		return voltrun.Session{}, errRefresh
	}
	if err == nil && (session.RevokedAt != nil || !now().Before(session.ExpiresAt)) {
		return voltrun.Session{}, errRefresh
	}
	return session, err
}

func (a *Accounts) reused(ctx context.Context, sessionID string) error {
	if err := a.end(ctx, sessionID); err != nil {
		return err
	}
	return errRefresh
}

// end revokes a session, here and in the store. That it does not exist is as good.
func (a *Accounts) end(ctx context.Context, sessionID string) error {
	err := a.store.RevokeSession(ctx, sessionID, now())
	a.revoker.Revoked(sessionID)
	if voltrun.CodeOf(err) == voltrun.CodeNotFound {
		return nil
	}
	return err
}

// Logout revokes the session of p, if it is one, and the one refreshToken belongs to, if any.
func (a *Accounts) Logout(ctx context.Context, p auth.Principal, refreshToken string) error {
	if p.KeyID != "" {
		return inPerson(p)
	}
	if p.Session() {
		if err := a.end(ctx, p.SessionID); err != nil {
			return err
		}
	}
	id, _, err := a.tokens.ParseRefresh(refreshToken)
	if err != nil || id == p.SessionID {
		return nil // no token, or one that belongs to no session
	}
	return a.end(ctx, id)
}

// Me returns p's user.
func (a *Accounts) Me(ctx context.Context, p auth.Principal) (voltrun.User, error) {
	return a.store.User(ctx, p.UserID)
}

// ChangePassword revokes all other sessions of the user. A wrong current password is CodeForbidden.
func (a *Accounts) ChangePassword(ctx context.Context, p auth.Principal, current, next string) error {
	if err := inPerson(p); err != nil {
		return err
	}
	if err := voltrun.Invalid(located("body.new_password", auth.PasswordProblem(next))); err != nil {
		return err
	}
	user, err := a.store.User(ctx, p.UserID)
	if err != nil {
		return err
	}
	if err := a.check(ctx, user, current, "body.current_password"); err != nil {
		return err
	}
	hash, err := a.passwords.Hash(ctx, next)
	if err != nil {
		return err
	}
	if err := a.store.UpdatePassword(ctx, user.ID, hash); err != nil {
		return err
	}
	revoked, err := a.store.RevokeUserSessions(ctx, user.ID, p.SessionID, now())
	a.revoker.Revoked(revoked...)
	return err
}

// check refuses a password that is not the user's: CodeForbidden.
func (a *Accounts) check(ctx context.Context, user voltrun.User, password, location string) error {
	ok, err := a.passwords.Verify(ctx, user.PasswordHash, password)
	if err != nil || ok {
		return err
	}
	const message = "the current password is wrong"
	return &voltrun.Error{Code: voltrun.CodeForbidden, Message: message, Fields: located(location, message)}
}

// Rename gives the account another name.
func (a *Accounts) Rename(ctx context.Context, p auth.Principal, name string) (voltrun.User, error) {
	if err := inPerson(p); err != nil {
		return voltrun.User{}, err
	}
	name, problem := normalName(name)
	if err := voltrun.Invalid(located("body.name", problem)); err != nil {
		return voltrun.User{}, err
	}
	if err := a.store.RenameUser(ctx, p.UserID, name); err != nil {
		return voltrun.User{}, err
	}
	return a.store.User(ctx, p.UserID)
}

// Delete removes the account: nothing of it can be reached when it returns, and what waits or runs is canceled. Executions and
// logs are removed in the background. A wrong password is CodeForbidden.
func (a *Accounts) Delete(ctx context.Context, p auth.Principal, password string) error {
	if err := inPerson(p); err != nil {
		return err
	}
	user, err := a.store.User(ctx, p.UserID)
	if err != nil {
		return err
	}
	if err := a.check(ctx, user, password, "body.password"); err != nil {
		return err
	}
	ended, err := a.store.DeleteUser(ctx, user.ID, now())
	a.revoker.Revoked(append(ended, p.SessionID)...)
	if err != nil {
		return err
	}
	return a.executions.CancelAll(ctx, user.ID)
}

// SignOutEverywhere ends all sessions of p's user, that of p included.
func (a *Accounts) SignOutEverywhere(ctx context.Context, p auth.Principal) error {
	if err := inPerson(p); err != nil {
		return err
	}
	revoked, err := a.store.RevokeUserSessions(ctx, p.UserID, "", now())
	a.revoker.Revoked(append(revoked, p.SessionID)...)
	return err
}

// Sessions lists the live sessions of p's user, newest first.
func (a *Accounts) Sessions(ctx context.Context, p auth.Principal) ([]voltrun.Session, error) {
	if err := inPerson(p); err != nil {
		return nil, err
	}
	return a.store.Sessions(ctx, p.UserID, now())
}

// RevokeSession ends one session of p's user.
func (a *Accounts) RevokeSession(ctx context.Context, p auth.Principal, id string) error {
	if err := inPerson(p); err != nil {
		return err
	}
	missing := voltrun.Errorf(voltrun.CodeNotFound, "you have no such session")
	if !voltrun.ValidID(voltrun.PrefixSession, id) {
		return missing
	}
	session, err := a.store.Session(ctx, id)
	if voltrun.CodeOf(err) == voltrun.CodeNotFound || err == nil && session.UserID != p.UserID {
		return missing
	}
	if err != nil {
		return err
	}
	return a.end(ctx, strings.Clone(id))
}

// inPerson refuses API keys: a leaked key must not be able to change who has access.
func inPerson(p auth.Principal) error {
	if p.Session() {
		return nil
	}
	return voltrun.Errorf(voltrun.CodeForbidden, "an API key cannot manage accounts, sessions or keys; sign in with your password")
}

// now is the time in the precision of the API.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
