package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/voltrun/voltrun/internal/app"
	"github.com/voltrun/voltrun/internal/config"
)

func serveCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Start the API and the machines",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			return app.Serve(cmd.Context(), c, app.Process{Version: version, Stdout: cmd.OutOrStdout(), Stderr: cmd.ErrOrStderr()})
		},
	}
}

func migrateCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database's schema to this version; serve does so by itself",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			return app.Migrate(cmd.Context(), c, cmd.OutOrStdout())
		},
	}
}

func seedCommand(s *settings) *cobra.Command {
	var options app.SeedOptions
	var now string
	command := &cobra.Command{
		Use:   "seed",
		Short: "Fill an empty database with test data, for development",
		Long: `Fill an empty database with test data, for development: a demo user, functions in both languages with several versions, and a month of
executions of every outcome, most of them of the last day. A database that has users is refused.

The demo user is demo@voltrun.local. The password is printed at the end: that of the environment variable
VOLTRUN_SEED_PASSWORD, or else a new one. It is no flag, because other users of a machine can see those.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			options.Now, options.Password = time.Now(), os.Getenv(config.EnvPrefix+"SEED_PASSWORD")
			if now != "" {
				if options.Now, err = time.Parse(time.RFC3339, now); err != nil {
					return fmt.Errorf("--now is %q; give a time such as 2026-01-31T12:00:00Z", now)
				}
			}
			return app.Seed(cmd.Context(), c, options, cmd.OutOrStdout())
		},
	}
	command.Flags().Uint64Var(&options.Number, "seed", 1, "number that chooses the data: the same number and time give the same")
	command.Flags().StringVar(&now, "now", "", "end of the history, as RFC 3339 (default now)")
	return command
}

func doctorCommand(s *settings) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine can and cannot do, and how to fix it",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			return app.Doctor(cmd.Context(), c, cmd.OutOrStdout(), asJSON)
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return command
}
