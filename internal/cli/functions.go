package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/voltrun/voltrun/internal/client"
)

func functionsCommand(s *session) *cobra.Command {
	cmd := group("functions", "List, show, roll back and delete functions",
		func() *cobra.Command { return functionsList(s) }, functionsGet(s), functionsDelete(s), functionsVersions(s), functionsRollback(s))
	cmd.Aliases = []string{"function", "fn"}
	return cmd
}

func functionsList(s *session) *cobra.Command {
	var filter client.FunctionFilter
	var limit int
	cmd := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List your functions", Args: noArgs,
		Example: "  volt functions list --runtime python --query mail",
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := s.client()
			if err != nil {
				return err
			}
			page, err := collect(limit, func(size int, token string) (client.Page[client.Function], error) {
				filter.PageSize, filter.PageToken = size, token
				return api.Functions(cmd.Context(), filter)
			})
			if err != nil {
				return err
			}
			if s.flags.json {
				return s.printJSON(page)
			}
			s.showFunctions(page)
			return nil
		},
	}
	cmd.Flags().StringVarP(&filter.Query, "query", "q", "", "part of the name or description")
	cmd.Flags().StringVar(&filter.Runtime, "runtime", "", "runtime id")
	cmd.Flags().IntVar(&limit, "limit", 100, "how many to list")
	return cmd
}

func (s *session) showFunctions(page client.Page[client.Function]) {
	if len(page.Items) == 0 {
		s.errf("no functions; make one with: volt init hello\n")
		return
	}
	rows := [][]string{{"NAME", "RUNTIME", "VERSION", "MEMORY", "TIMEOUT", "ISOLATION", "UPDATED"}}
	for _, f := range page.Items {
		rows = append(rows, []string{f.Name, f.Runtime, strconv.Itoa(f.Version), strconv.Itoa(f.MemoryMB) + " MB", timeout(f), string(f.Isolation), s.ago(f.UpdatedAt)})
	}
	s.table(rows)
	s.more(page.NextPageToken)
}

// more says that a list was cut, and how to see the rest.
func (s *session) more(token string) {
	if token != "" {
		s.errf("there are more; show them with a higher --limit\n")
	}
}

func timeout(f client.Function) string {
	return (time.Duration(f.TimeoutMS) * time.Millisecond).String()
}

func functionsGet(s *session) *cobra.Command {
	return &cobra.Command{
		Use: "get [name]", Short: "Show a function and its settings", Args: between(0, 1), ValidArgsFunction: s.completeFunctions,
		Example: "  volt functions get hello\n  volt functions get hello --json | jq -r '.files[\"index.mjs\"]'",
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := s.functionName(args)
			if err != nil {
				return err
			}
			api, err := s.client()
			if err != nil {
				return err
			}
			f, err := api.Function(cmd.Context(), name)
			if err != nil {
				return err
			}
			if s.flags.json {
				return s.printJSON(f)
			}
			s.showFunction(f)
			return nil
		},
	}
}

func (s *session) showFunction(f client.Function) {
	cpus := "follow the memory"
	if f.CPUs > 0 {
		cpus = number(f.CPUs)
	}
	s.fields([][2]string{
		{"name", f.Name}, {"id", f.ID}, {"description", dash(f.Description)}, {"runtime", f.Runtime}, {"handler", f.Handler},
		{"version", strconv.Itoa(f.Version)}, {"memory", strconv.Itoa(f.MemoryMB) + " MB"}, {"cpus", cpus}, {"timeout", timeout(f)},
		{"isolation", string(f.Isolation)}, {"concurrency", strconv.Itoa(f.MaxConcurrency)},
		{"variables", strconv.Itoa(len(f.Env))}, {"secrets", dash(strings.Join(f.SecretNames, ", "))},
		{"created", s.ago(f.CreatedAt)}, {"updated", s.ago(f.UpdatedAt)},
	})
	for _, file := range compare(nil, f.Files) {
		s.printf("  %s  %d lines\n", file.Path, file.Added)
	}
}

// fields prints names and values, aligned.
func (s *session) fields(fields [][2]string) {
	widest := 0
	for _, field := range fields {
		widest = max(widest, len(field[0]))
	}
	for _, field := range fields {
		s.printf("%s  %s\n", s.out.style(bold, fmt.Sprintf("%-*s", widest, field[0])), field[1])
	}
}

func functionsDelete(s *session) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "delete <name>", Aliases: []string{"rm"}, Short: "Delete a function and its versions", Args: between(1, 1), ValidArgsFunction: s.completeFunctions,
		Example: "  volt functions delete hello --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := s.client()
			if err != nil {
				return err
			}
			if err := s.confirm(cmd.Context(), "Delete "+args[0]+" and all its versions?", yes); err != nil {
				return err
			}
			if err := api.DeleteFunction(cmd.Context(), args[0]); err != nil {
				return err
			}
			s.errf("deleted %s\n", args[0])
			return nil
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

func functionsVersions(s *session) *cobra.Command {
	return &cobra.Command{
		Use: "versions [name]", Short: "List the versions of a function", Args: between(0, 1), ValidArgsFunction: s.completeFunctions,
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := s.functionName(args)
			if err != nil {
				return err
			}
			api, err := s.client()
			if err != nil {
				return err
			}
			versions, err := api.Versions(cmd.Context(), name)
			if err != nil {
				return err
			}
			if s.flags.json {
				return s.printJSON(map[string]any{"items": versions})
			}
			rows := [][]string{{"VERSION", "ACTIVE", "CREATED", "DIGEST", "MESSAGE"}}
			for _, v := range versions {
				active := ""
				if v.Active {
					active = s.out.style(green, "yes")
				}
				rows = append(rows, []string{strconv.Itoa(v.Number), active, s.ago(v.CreatedAt), v.Digest[:min(12, len(v.Digest))], v.Message})
			}
			s.table(rows)
			return nil
		},
	}
}

func functionsRollback(s *session) *cobra.Command {
	return &cobra.Command{
		Use: "rollback <name> <version>", Short: "Make an earlier version the active one", Args: between(2, 2), ValidArgsFunction: s.completeFunctions,
		Example: "  volt functions rollback hello 3",
		RunE: func(cmd *cobra.Command, args []string) error {
			version, err := strconv.Atoi(args[1])
			if err != nil || version < 1 {
				return usage("%q is not a version's number; see: volt functions versions %s", args[1], args[0])
			}
			api, err := s.client()
			if err != nil {
				return err
			}
			f, err := api.Activate(cmd.Context(), args[0], version)
			if err != nil {
				return err
			}
			if s.flags.json {
				return s.printJSON(f)
			}
			s.printf("%s runs version %d\n", f.Name, f.Version)
			return nil
		},
	}
}
