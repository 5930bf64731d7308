// Package cli is the volt command: what a person types to deploy functions, run them
// and see what they did. Data goes to stdout, everything else to stderr.
package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"
)

// IO is the world around the command; tests supply their own.
type IO struct {
	In     io.Reader // a terminal when it is an *os.File that is one
	Out    io.Writer
	Err    io.Writer
	Getenv func(string) string
	Dir    string // the working directory
	Now    func() time.Time
}

// Run executes one command line and returns the exit code. When ctx ends the command stops as on Ctrl-C.
func Run(ctx context.Context, world IO, version string, args []string) int {
	s := newSession(world, version)
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(world.In)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	s.close()
	if err != nil && !s.ran && !errors.As(err, new(*exitCode)) {
		err = usage("%v; see volt --help", err) // cobra found the command line wanting
	}
	if ctx.Err() != nil && err != nil {
		err = canceled
	}
	return s.fail(err)
}

func newRoot(s *session) *cobra.Command {
	root := &cobra.Command{
		Use:   "volt",
		Short: "Deploy functions, run them and see what they did",
		Long: `volt works with a VoltRun server: it deploys functions, runs them and shows what they did.

Data goes to stdout and everything else to stderr, so that output can be piped.

Settings are looked up in this order: flag, environment variable, volt.yaml in the
project, the user's own file (see "volt whoami").

Environment:
  VOLT_SERVER         address of the server (default http://127.0.0.1:8080)
  VOLT_API_KEY        API key to use instead of a sign-in
  VOLT_EMAIL, VOLT_PASSWORD   for volt login and volt register without a terminal
  VOLT_INSECURE_HTTP  1 allows plain http to other machines
  NO_COLOR            no colour

Exit codes: 0 fine, 1 error, 2 usage or canceled, 3 the function failed,
4 sign-in needed, 5 not found, 124 timeout.`,
		Example: `  volt login
  volt init hello --template node
  volt deploy hello
  volt invoke hello --input '{"name":"Ada"}'
  volt logs -f hello`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       s.version,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%v; see %s --help", err, cmd.CommandPath())
	})
	flags := root.PersistentFlags()
	flags.StringVar(&s.flags.server, "server", "", "address of the server")
	flags.BoolVar(&s.flags.json, "json", false, "print data as JSON")
	flags.BoolVar(&s.flags.insecure, "insecure-http", false, "allow plain http to other machines")
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(
		loginCommand(s), registerCommand(s), logoutCommand(s), whoamiCommand(s),
		initCommand(s), deployCommand(s), devCommand(s), invokeCommand(s), logsCommand(s),
		functionsCommand(s), executionsCommand(s), envCommand(s), keysCommand(s),
		completionCommand(s), versionCommand(s),
	)
	noteRuns(s, root)
	return root
}

// noteRuns makes every command say that it has begun, which tells its errors from those of the command line.
func noteRuns(s *session, cmd *cobra.Command) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			s.ran = true
			return run(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		noteRuns(s, sub)
	}
}

func versionCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of volt", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if s.flags.json {
				return s.printJSON(map[string]string{"version": s.version})
			}
			s.printf("volt %s\n", s.version)
			return nil
		},
	}
}

// group makes a command of several about one noun. By itself it lists, with the flags of its first subcommand, which is
// named list and made by the function.
func group(use, short string, list func() *cobra.Command, others ...*cobra.Command) *cobra.Command {
	cmd := list()
	cmd.Use, cmd.Short, cmd.Aliases = use, short, nil
	cmd.AddCommand(list())
	cmd.AddCommand(others...)
	return cmd
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("unknown argument %q; see %s --help", args[0], cmd.CommandPath())
	}
	return nil
}

// between makes a check of the number of arguments that names what is expected.
func between(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || (most >= 0 && len(args) > most) {
			return usage("usage: %s", cmd.UseLine())
		}
		return nil
	}
}
