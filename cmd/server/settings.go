package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/voltrun/voltrun/internal/config"
)

// settings reads the configuration that a command line, the environment and the file make together.
type settings struct {
	flags *pflag.FlagSet
	file  string
}

// addSettings gives every command a flag for each setting.
func addSettings(root *cobra.Command) *settings {
	s := &settings{flags: root.PersistentFlags()}
	s.flags.StringVar(&s.file, "config", "", "configuration file in YAML (default $VOLTRUN_CONFIG)")
	defaults := config.Default()
	for _, setting := range config.Settings() {
		s.flags.String(setting.Flag(), setting.Value(defaults), setting.Help)
	}
	return s
}

func (s *settings) load() (config.Config, error) {
	set := make(map[string]string)
	for _, setting := range config.Settings() {
		if f := s.flags.Lookup(setting.Flag()); f.Changed {
			set[setting.Key] = f.Value.String()
		}
	}
	path := s.file
	if path == "" {
		path = os.Getenv(config.EnvPrefix + "CONFIG")
	}
	return config.Load(path, os.Environ(), set)
}

func configCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Show the effective configuration and where each setting can be changed",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			defaults := config.Default()
			for _, setting := range config.Settings() {
				mark := " "
				if setting.Value(c) != setting.Value(defaults) {
					mark = "*"
				}
				if _, err := fmt.Fprintf(out, "%s %-22s %-28s # %s; %s\n", mark, setting.Key+":", setting.Value(c), setting.Help, setting.Env()); err != nil {
					return err
				}
			}
			_, err = fmt.Fprintln(out, "\n* differs from the default. Flags are named like --data-dir. Flag > environment > file > default.")
			return err
		},
	}
}
