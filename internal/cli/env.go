package cli

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/voltrun/voltrun/internal/client"
)

func envCommand(s *session) *cobra.Command {
	var function string
	cmd := group("env", "List, set and unset environment variables and secrets",
		func() *cobra.Command { return envList(s, &function) }, envSet(s, &function), envUnset(s, &function))
	cmd.PersistentFlags().StringVarP(&function, "function", "F", "", "name of the function (default: that of the volt.yaml here)")
	cmd.RegisterFlagCompletionFunc("function", s.completeFunctions)
	return cmd
}

// chosen finds the function of an env command.
func (s *session) chosen(ctx context.Context, name string) (*client.Client, client.Function, error) {
	var args []string
	if name != "" {
		args = []string{name}
	}
	name, err := s.functionName(args)
	if err != nil {
		return nil, client.Function{}, err
	}
	api, err := s.client()
	if err != nil {
		return nil, client.Function{}, err
	}
	function, err := api.Function(ctx, name)
	return api, function, err
}

func envList(s *session, function *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List variables, and the names of secrets", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, f, err := s.chosen(cmd.Context(), *function)
			if err != nil {
				return err
			}
			if s.flags.json {
				return s.printJSON(map[string]any{"env": f.Env, "secret_names": f.SecretNames})
			}
			if len(f.Env)+len(f.SecretNames) == 0 {
				s.errf("%s has no variables and no secrets; add one with: volt env set NAME=VALUE\n", f.Name)
			}
			for _, name := range slices.Sorted(maps.Keys(f.Env)) {
				s.printf("%s=%s\n", name, oneLine(f.Env[name]))
			}
			for _, name := range f.SecretNames {
				s.printf("%s  %s\n", name, s.out.style(dim, "(secret)"))
			}
			return nil
		},
	}
}

func envSet(s *session, function *string) *cobra.Command {
	var secret string
	cmd := &cobra.Command{
		Use: "set [NAME=VALUE…]", Short: "Set variables, or one secret", Args: between(0, -1),
		Long: `Set variables. With --secret NAME the value is asked for on a terminal, otherwise read from
stdin: the value of a secret is never an argument, as other users could see it.`,
		Example: "  volt env set -F hello GREETING=hi LEVEL=debug\n  volt env set -F hello --secret API_TOKEN < token.txt",
		RunE: func(cmd *cobra.Command, args []string) error {
			if secret != "" {
				if len(args) > 0 {
					return usage("--secret sets one secret and takes no NAME=VALUE; its value comes from stdin")
				}
				return s.setSecret(cmd.Context(), *function, secret)
			}
			return s.setVariables(cmd.Context(), *function, args)
		},
	}
	cmd.Flags().StringVar(&secret, "secret", "", "name of a secret to set")
	return cmd
}

func (s *session) setSecret(ctx context.Context, function, name string) error {
	if !environmentName.MatchString(name) {
		return usage("%q is not a name of a secret", name)
	}
	api, f, err := s.chosen(ctx, function)
	if err != nil {
		return err
	}
	var value string
	if s.interactive() {
		value, err = s.askSecret(ctx, "Value of "+name)
	} else {
		value, err = s.secretFromInput()
	}
	if err != nil {
		return err
	}
	if value == "" {
		return usage("the value is empty; to remove the secret: volt env unset %s", name)
	}
	if _, err := api.UpdateFunction(ctx, f.ID, client.FunctionChange{Secrets: map[string]string{name: value}}); err != nil {
		return err
	}
	s.errf("set the secret %s of %s\n", name, f.Name)
	return nil
}

func (s *session) setVariables(ctx context.Context, function string, args []string) error {
	if len(args) == 0 {
		return usage("give NAME=VALUE, or --secret NAME")
	}
	wanted := map[string]string{}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok || !environmentName.MatchString(name) {
			return usage("%q is not NAME=VALUE", name)
		}
		wanted[name] = value
	}
	api, f, err := s.chosen(ctx, function)
	if err != nil {
		return err
	}
	env := map[string]string{}
	maps.Copy(env, f.Env)
	maps.Copy(env, wanted)
	if maps.Equal(env, f.Env) {
		s.errf("nothing to change\n")
		return nil
	}
	if _, err := api.UpdateFunction(ctx, f.ID, client.FunctionChange{Env: &env}); err != nil {
		return err
	}
	s.errf("set %s of %s\n", strings.Join(slices.Sorted(maps.Keys(wanted)), ", "), f.Name)
	return nil
}

func envUnset(s *session, function *string) *cobra.Command {
	return &cobra.Command{
		Use: "unset NAME…", Short: "Remove variables or secrets", Args: between(1, -1),
		Example: "  volt env unset -F hello GREETING API_TOKEN",
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.unset(cmd.Context(), *function, args)
		},
	}
}

func (s *session) unset(ctx context.Context, function string, names []string) error {
	api, f, err := s.chosen(ctx, function)
	if err != nil {
		return err
	}
	env := maps.Clone(f.Env)
	var change client.FunctionChange
	for _, name := range names {
		_, variable := env[name]
		switch {
		case variable:
			delete(env, name)
			change.Env = &env
		case slices.Contains(f.SecretNames, name):
			if change.Secrets == nil {
				change.Secrets = map[string]string{}
			}
			change.Secrets[name] = ""
		default:
			return &exitCode{exitNotFound, f.Name + " has no variable or secret " + name + "; nothing was changed"}
		}
	}
	if _, err := api.UpdateFunction(ctx, f.ID, change); err != nil {
		return err
	}
	s.errf("removed %s from %s\n", strings.Join(names, ", "), f.Name)
	return nil
}
