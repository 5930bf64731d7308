package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
)

// userFile is what volt remembers about its user. It holds secrets: mode 0600.
type userFile struct {
	Server   string             `yaml:"server,omitempty"`
	Accounts map[string]account `yaml:"accounts,omitempty"` // by server address: a token goes nowhere else
}

// account is a sign-in to one server: either an API key or a session.
type account struct {
	Email        string    `yaml:"email,omitempty"`
	InsecureHTTP bool      `yaml:"insecure_http,omitempty"`
	APIKey       string    `yaml:"api_key,omitempty"`
	Token        string    `yaml:"token,omitempty"`
	ExpiresAt    time.Time `yaml:"expires_at,omitempty"`
	Refresh      []cookie  `yaml:"refresh,omitempty"`
}

// cookie is a cookie of the sign-in, which holds the refresh token.
type cookie struct {
	Name  string `yaml:"name"`
	Value string `yaml:"value"`
}

func cookiesOf(answer []*http.Cookie) []cookie {
	var kept []cookie
	for _, c := range answer {
		if c.Value != "" && c.MaxAge >= 0 {
			kept = append(kept, cookie{c.Name, c.Value})
		}
	}
	return kept
}

func (a account) cookies() []*http.Cookie {
	var cookies []*http.Cookie
	for _, c := range a.Refresh {
		cookies = append(cookies, &http.Cookie{Name: c.Name, Value: c.Value})
	}
	return cookies
}

// userStore reads and writes the user's file.
type userStore struct{ path string }

// maxUserFile bounds the file: larger ones are not ours.
const maxUserFile = 1 << 20

func (s *session) store() userStore {
	dir := s.world.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(s.world.Getenv("HOME"), ".config")
		if runtime.GOOS == "windows" {
			dir = s.world.Getenv("APPDATA")
		}
	}
	return userStore{filepath.Join(dir, "volt", "config.yaml")}
}

// load reads the file; none is an empty one. A file that others may read is warned of and closed to them.
func (u userStore) load(s *session) (userFile, error) {
	var user userFile
	file, err := os.Open(u.path)
	if errors.Is(err, fs.ErrNotExist) {
		return user, nil
	}
	if err != nil {
		return user, fmt.Errorf("read your settings: %w", err)
	}
	defer file.Close()
	if err := u.closeToOthers(s, file); err != nil {
		return user, err
	}
	data, err := io.ReadAll(io.LimitReader(file, maxUserFile+1))
	if err != nil {
		return user, fmt.Errorf("read your settings: %w", err)
	}
	if len(data) > maxUserFile {
		return user, fmt.Errorf("%s is larger than 1 MiB; move it away and sign in again", u.path)
	}
	if err := yaml.Unmarshal(data, &user); err != nil {
		return user, fmt.Errorf("%s is damaged; move it away and sign in again: %w", u.path, err)
	}
	return user, nil
}

func (u userStore) closeToOthers(s *session, file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	if err := file.Chmod(0o600); err != nil {
		return fmt.Errorf("%s holds your sign-in and others may read it; fix it with chmod 600: %w", u.path, err)
	}
	s.errf("%s others could read %s; it is closed to them now. If somebody may have seen it, run: volt logout\n", s.styleErr(yellow, "warning:"), u.path)
	return nil
}

// save replaces the file in one step, so that no reader sees half of it.
func (u userStore) save(user userFile) (err error) {
	data, err := yaml.Marshal(user)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(u.path), 0o700); err != nil {
		return fmt.Errorf("save your settings: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(u.path), ".config-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("save your settings: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(file.Name(), u.path)
	}
	if err != nil {
		return fmt.Errorf("save your settings: %w", err)
	}
	return nil
}

// update changes the file while no other volt process does.
func (u userStore) update(ctx context.Context, s *session, change func(*userFile) error) error {
	if err := os.MkdirAll(filepath.Dir(u.path), 0o700); err != nil {
		return fmt.Errorf("save your settings: %w", err)
	}
	unlock, err := lock(ctx, u.path+".lock")
	if err != nil {
		return fmt.Errorf("wait for another volt to finish with your settings: %w", err)
	}
	defer unlock()
	user, err := u.load(s)
	if err != nil {
		return err
	}
	if user.Accounts == nil {
		user.Accounts = map[string]account{}
	}
	if err := change(&user); err != nil {
		return err
	}
	return u.save(user)
}

// signedIn are the credentials of a session: a short-lived token, and a refresh token that works
// once. The lock makes sure that of several volt processes one refreshes and the others use what it got.
type signedIn struct {
	session *session
	store   userStore
	target  target
}

// soon is how long before its end a token is exchanged.
const soon = 10 * time.Second

// Token returns the saved token, refreshed when it is about to expire.
func (c *signedIn) Token(ctx context.Context) (string, error) {
	user, err := c.store.load(c.session)
	if err != nil {
		return "", err
	}
	account := user.Accounts[c.target.address]
	if account.Token != "" && c.session.world.Now().Add(soon).Before(account.ExpiresAt) {
		return account.Token, nil
	}
	return c.Renew(ctx, account.Token)
}

// Renew exchanges the refresh token, unless another process did already.
func (c *signedIn) Renew(ctx context.Context, refused string) (string, error) {
	var token string
	// Once begun it is finished: stopping between the exchange and saving would lose the session.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	err := c.store.update(ctx, c.session, func(user *userFile) error {
		account := user.Accounts[c.target.address]
		if account.Token != "" && account.Token != refused {
			token = account.Token
			return nil
		}
		signIn, err := c.exchange(ctx, account)
		if err != nil {
			return err
		}
		account.Token, account.ExpiresAt, account.Refresh = signIn.Token, signIn.ExpiresAt, cookiesOf(signIn.Cookies)
		user.Accounts[c.target.address] = account
		token = signIn.Token
		return nil
	})
	return token, err
}

func (c *signedIn) exchange(ctx context.Context, account account) (client.SignIn, error) {
	if len(account.Refresh) == 0 {
		return client.SignIn{}, signInNeeded("your sign-in to %s has ended; sign in again with: volt login", c.target.address)
	}
	api, err := c.session.connect(c.target, nil)
	if err != nil {
		return client.SignIn{}, err
	}
	defer api.Close()
	signIn, err := api.Refresh(ctx, account.cookies())
	if client.CodeOf(err) == voltrun.CodeUnauthenticated {
		return client.SignIn{}, signInNeeded("your sign-in to %s has ended; sign in again with: volt login", c.target.address)
	}
	return signIn, err
}
