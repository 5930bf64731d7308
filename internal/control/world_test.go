package control_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
	"github.com/voltrun/voltrun/internal/control"
	"github.com/voltrun/voltrun/internal/storage"
)

// world is the control plane over a real database.
type world struct {
	db        *storage.DB
	canceler  *canceler
	tokens    *auth.Tokens
	authn     *auth.Authenticator
	accounts  *control.Accounts
	keys      *control.Keys
	vault     *control.Vault
	functions *control.Functions
}

// canceler stands in for the data plane.
type canceler struct{ owners []string }

func (c *canceler) CancelAll(_ context.Context, owner string) error {
	c.owners = append(c.owners, owner)
	return nil
}

type runtimes []voltrun.Runtime

func (r runtimes) Runtimes() []voltrun.Runtime { return r }

func (r runtimes) Runtime(id string) (voltrun.Runtime, bool) {
	for _, runtime := range r {
		if runtime.ID == id {
			return runtime, true
		}
	}
	return voltrun.Runtime{}, false
}

var installed = runtimes{
	{ID: "nodejs", Language: "nodejs", DefaultHandler: "index.handler", DefaultFile: "index.mjs"},
	{ID: "nodejs22", Language: "nodejs", DefaultHandler: "index.handler", DefaultFile: "index.mjs"},
	{ID: "python", Language: "python", DefaultHandler: "lambda_function.lambda_handler", DefaultFile: "lambda_function.py"},
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Config{URL: filepath.Join(t.TempDir(), "voltrun.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	passwords, err := auth.NewPasswords(bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := auth.NewTokens(auth.TokensConfig{Key: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	vault, err := control.NewVault(bytes.Repeat([]byte{2}, 32))
	if err != nil {
		t.Fatal(err)
	}
	canceler := &canceler{}
	authn := auth.NewAuthenticator(auth.AuthenticatorConfig{Store: db, Tokens: tokens})
	return &world{
		db: db, canceler: canceler, tokens: tokens, authn: authn, vault: vault,
		accounts:  control.NewAccounts(db, passwords, tokens, authn, canceler),
		keys:      control.NewKeys(db, db, authn),
		functions: control.NewFunctions(control.FunctionsConfig{Store: db, Runtimes: installed, Vault: vault}),
	}
}

const password = "correct horse battery"

// person registers and returns the sign-in and who it makes the caller.
func (w *world) person(t testing.TB, email string) (control.SignIn, auth.Principal) {
	t.Helper()
	signIn, err := w.accounts.Register(t.Context(), email, password, "Ann", control.Client{Address: "192.0.2.1", UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.authn.Authenticate(t.Context(), signIn.Token)
	if err != nil {
		t.Fatal(err)
	}
	return signIn, p
}

func (w *world) alive(t *testing.T, bearer string, want bool) {
	t.Helper()
	_, err := w.authn.Authenticate(t.Context(), bearer)
	if got := err == nil; got != want || err != nil && voltrun.CodeOf(err) != voltrun.CodeUnauthenticated {
		t.Errorf("the bearer is alive: %v (%v), want %v", got, err, want)
	}
}

func wantCode(t *testing.T, err error, code voltrun.Code) {
	t.Helper()
	if voltrun.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}
