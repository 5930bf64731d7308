package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
)

// signInFlags are the flags of login and register.
type signInFlags struct {
	email, name       string
	passwordIn, keyIn bool
}

func loginCommand(s *session) *cobra.Command {
	var flags signInFlags
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in to a server",
		Long: `Sign in to a server and remember it. The password is asked for on a terminal; otherwise it
comes from VOLT_PASSWORD or, with --password-stdin, from stdin. It is never a flag.`,
		Example: `  volt login
  volt login --server https://volt.example.com --email ada@example.com
  pass volt | volt login --email ada@example.com --password-stdin
  volt login --api-key-stdin < key.txt`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.keyIn || (s.world.Getenv("VOLT_API_KEY") != "" && flags.email == "" && !flags.passwordIn) {
				return s.loginWithKey(cmd.Context(), flags.keyIn)
			}
			return s.signIn(cmd.Context(), flags, false)
		},
	}
	cmd.Flags().StringVar(&flags.email, "email", "", "e-mail address of the account")
	cmd.Flags().BoolVar(&flags.passwordIn, "password-stdin", false, "read the password from stdin")
	cmd.Flags().BoolVar(&flags.keyIn, "api-key-stdin", false, "read an API key from stdin and use it instead of a password")
	cmd.MarkFlagsMutuallyExclusive("password-stdin", "api-key-stdin")
	return cmd
}

func registerCommand(s *session) *cobra.Command {
	var flags signInFlags
	cmd := &cobra.Command{
		Use:   "register",
		Short: "Make an account on a server and sign in to it",
		Example: `  volt register
  volt register --email ada@example.com --name Ada --password-stdin < password.txt`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.signIn(cmd.Context(), flags, true) },
	}
	cmd.Flags().StringVar(&flags.email, "email", "", "e-mail address of the account")
	cmd.Flags().StringVar(&flags.name, "name", "", "your name")
	cmd.Flags().BoolVar(&flags.passwordIn, "password-stdin", false, "read the password from stdin")
	return cmd
}

// loginTarget is the server to sign in to, and its account so far.
func (s *session) loginTarget() (target, account, error) {
	user, err := s.store().load(s)
	if err != nil {
		return target{}, account{}, err
	}
	chosen, err := s.target(user)
	return chosen, user.Accounts[chosen.address], err
}

func (s *session) signIn(ctx context.Context, flags signInFlags, register bool) error {
	chosen, known, err := s.loginTarget()
	if err != nil {
		return err
	}
	email, password, err := s.credentials(ctx, chosen, known.Email, flags, register)
	if err != nil {
		return err
	}
	api, err := s.connect(chosen, nil)
	if err != nil {
		return err
	}
	defer api.Close()
	var signIn client.SignIn
	if register {
		signIn, err = api.Register(ctx, email, password, flags.name)
	} else {
		signIn, err = api.Login(ctx, email, password)
	}
	if err != nil {
		return err
	}
	made := account{Email: signIn.User.Email, Token: signIn.Token, ExpiresAt: signIn.ExpiresAt, Refresh: cookiesOf(signIn.Cookies)}
	if err := s.remember(ctx, chosen, made); err != nil {
		return err
	}
	s.errf("signed in to %s as %s\n", chosen.address, signIn.User.Email)
	if s.flags.json {
		return s.printJSON(signIn.User)
	}
	return nil
}

// credentials finds e-mail and password: flag, environment, terminal.
func (s *session) credentials(ctx context.Context, chosen target, known string, flags signInFlags, register bool) (email, password string, err error) {
	email = flags.email
	if email == "" {
		email = s.world.Getenv("VOLT_EMAIL")
	}
	ask := s.interactive() && !flags.passwordIn
	if email == "" && ask {
		s.errf("server: %s\n", chosen.address)
		if email, err = s.ask(ctx, "E-mail", known); err != nil {
			return "", "", err
		}
	}
	if email == "" {
		return "", "", usage("give the account with --email or VOLT_EMAIL")
	}
	switch env := s.world.Getenv("VOLT_PASSWORD"); {
	case flags.passwordIn:
		if err = chosen.guardSecret("the password"); err == nil {
			password, err = s.secretFromInput()
		}
	case env != "":
		password, err = env, chosen.guardSecret("VOLT_PASSWORD")
	case ask:
		password, err = s.askPassword(ctx, chosen, register)
	default:
		err = usage("there is no terminal to ask for the password on; use --password-stdin or VOLT_PASSWORD")
	}
	return email, password, err
}

func (s *session) askPassword(ctx context.Context, chosen target, register bool) (string, error) {
	password, err := s.askSecret(ctx, "Password for "+chosen.address)
	if err != nil || !register {
		return password, err
	}
	again, err := s.askSecret(ctx, "Password again")
	if err == nil && again != password {
		err = usage("the passwords differ; nothing was done")
	}
	return password, err
}

func (s *session) loginWithKey(ctx context.Context, stdin bool) error {
	chosen, _, err := s.loginTarget()
	if err != nil {
		return err
	}
	if err := chosen.guardSecret("the API key"); err != nil {
		return err
	}
	key := s.world.Getenv("VOLT_API_KEY")
	if stdin {
		if key, err = s.secretFromInput(); err != nil {
			return err
		}
	}
	if strings.ContainsAny(key, " \t\r\n") {
		return usage("that is not an API key: it holds white space")
	}
	if err := s.checkKey(ctx, chosen, key); err != nil {
		return err
	}
	if err := s.remember(ctx, chosen, account{APIKey: key}); err != nil {
		return err
	}
	s.errf("signed in to %s with an API key\n", chosen.address)
	return nil
}

// checkKey finds out whether the server knows the key. One that lacks a scope is still a good one.
func (s *session) checkKey(ctx context.Context, chosen target, key string) error {
	api, err := s.connect(chosen, client.StaticToken(key))
	if err != nil {
		return err
	}
	defer api.Close()
	_, err = api.Functions(ctx, client.FunctionFilter{PageSize: 1})
	if client.CodeOf(err) == voltrun.CodeForbidden {
		return nil
	}
	return err
}

func (s *session) remember(ctx context.Context, chosen target, made account) error {
	made.InsecureHTTP = chosen.insecure && strings.HasPrefix(chosen.address, "http://")
	return s.store().update(ctx, s, func(user *userFile) error {
		user.Server = chosen.address
		user.Accounts[chosen.address] = made
		return nil
	})
}

func logoutCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use: "logout", Short: "End the sign-in, here and on the server", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.logout(cmd.Context()) },
	}
}

func (s *session) logout(ctx context.Context) error {
	chosen, known, err := s.loginTarget()
	if err != nil {
		return err
	}
	if known.Token == "" && known.APIKey == "" && len(known.Refresh) == 0 {
		s.errf("not signed in to %s\n", chosen.address)
		return nil
	}
	if known.APIKey == "" {
		err = s.endSession(ctx, chosen, known)
	}
	// What is stored here goes in any case; the server's answer is reported all the same.
	forget := s.store().update(ctx, s, func(user *userFile) error {
		delete(user.Accounts, chosen.address)
		return nil
	})
	if err = errors.Join(err, forget); err != nil {
		return err
	}
	s.errf("signed out of %s\n", chosen.address)
	return nil
}

func (s *session) endSession(ctx context.Context, chosen target, known account) error {
	api, err := s.connect(chosen, client.StaticToken(known.Token))
	if err != nil {
		return err
	}
	defer api.Close()
	err = api.Logout(ctx, known.cookies())
	if client.CodeOf(err) == voltrun.CodeUnauthenticated { // it had ended already
		return nil
	}
	return err
}

func whoamiCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use: "whoami", Short: "Show who is signed in, and where", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := s.client()
			if err != nil {
				return err
			}
			me, err := api.Me(cmd.Context())
			if err != nil {
				return err
			}
			if s.flags.json {
				return s.printJSON(map[string]any{"server": api.Server(), "user": me})
			}
			s.printf("%s\n", me.Email)
			s.errf("on %s; settings in %s\n", api.Server(), s.store().path)
			return nil
		},
	}
}
