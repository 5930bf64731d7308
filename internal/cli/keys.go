package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/voltrun/voltrun"
)

func keysCommand(s *session) *cobra.Command {
	cmd := group("keys", "List, create and revoke API keys", func() *cobra.Command { return keysList(s) }, keysCreate(s), keysRevoke(s))
	cmd.Aliases = []string{"key"}
	return cmd
}

func keysList(s *session) *cobra.Command {
	return &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List your API keys", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := s.client()
			if err != nil {
				return err
			}
			keys, err := api.Keys(cmd.Context())
			if err != nil {
				return err
			}
			if s.flags.json {
				return s.printJSON(map[string]any{"items": keys})
			}
			if len(keys) == 0 {
				s.errf("no API keys; make one with: volt keys create\n")
				return nil
			}
			rows := [][]string{{"ID", "NAME", "PREFIX", "SCOPES", "CREATED", "EXPIRES", "LAST USED"}}
			for _, k := range keys {
				rows = append(rows, []string{k.ID, k.Name, k.Prefix, scopeText(k.Scopes), s.ago(k.CreatedAt), s.agoOrDash(k.ExpiresAt), s.agoOrDash(k.LastUsedAt)})
			}
			s.table(rows)
			return nil
		},
	}
}

func scopeText(scopes []voltrun.Scope) string {
	var names []string
	for _, scope := range scopes {
		names = append(names, string(scope))
	}
	return strings.Join(names, ",")
}

func keysCreate(s *session) *cobra.Command {
	var scopes []string
	var days int
	cmd := &cobra.Command{
		Use: "create <name>", Short: "Make an API key; it is shown once", Args: between(1, 1),
		Long: `Make an API key. The key goes to stdout, this once: the server keeps only its hash.

Scopes: functions:read, functions:write, functions:execute, executions:read, and
functions:execute:<function id> for one function only.`,
		Example: "  volt keys create ci --scope functions:write,functions:read --expires-in-days 90",
		RunE: func(cmd *cobra.Command, args []string) error {
			if days < 0 {
				return usage("--expires-in-days must be positive")
			}
			api, err := s.client()
			if err != nil {
				return err
			}
			key, err := api.CreateKey(cmd.Context(), args[0], scopes, days)
			if err != nil {
				return err
			}
			if s.flags.json {
				return s.printJSON(key)
			}
			s.printf("%s\n", key.Key)
			s.errf("store it now: it is not shown again. Revoke it with: volt keys revoke %s\n", key.ID)
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&scopes, "scope", nil, "what the key may do (repeat or separate by commas)")
	cmd.Flags().IntVar(&days, "expires-in-days", 0, "days until the key ends (default: never)")
	cmd.MarkFlagRequired("scope")
	return cmd
}

func keysRevoke(s *session) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "revoke <id>", Short: "Make a key useless at once", Args: between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := s.client()
			if err != nil {
				return err
			}
			if err := s.confirm(cmd.Context(), "Revoke "+args[0]+"?", yes); err != nil {
				return err
			}
			if err := api.RevokeKey(cmd.Context(), args[0]); err != nil {
				return err
			}
			s.errf("revoked %s\n", args[0])
			return nil
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}
