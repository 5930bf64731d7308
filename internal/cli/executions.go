package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
)

func executionsCommand(s *session) *cobra.Command {
	cmd := group("executions", "List, show, cancel and replay executions",
		func() *cobra.Command { return executionsList(s) }, executionsGet(s), executionsCancel(s), executionsReplay(s))
	cmd.Aliases = []string{"execution", "exe"}
	return cmd
}

type listOptions struct {
	function, status, trigger, query, from, to string
	since                                      time.Duration
	limit                                      int
}

func executionsList(s *session) *cobra.Command {
	var options listOptions
	cmd := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List executions, newest first", Args: noArgs,
		Example: "  volt executions list --function hello --status failed --since 1h",
		RunE:    func(cmd *cobra.Command, _ []string) error { return s.listExecutions(cmd.Context(), options) },
	}
	flags := cmd.Flags()
	flags.StringVar(&options.function, "function", "", "name or id of a function")
	flags.StringVar(&options.status, "status", "", "pending, running, success, failed, timeout or canceled")
	flags.StringVar(&options.trigger, "trigger", "", "api, async or replay")
	flags.StringVarP(&options.query, "query", "q", "", "part of the id, the function's name or the error")
	flags.DurationVar(&options.since, "since", 0, "created at most this long ago, such as 90m")
	flags.StringVar(&options.from, "from", "", "created at or after this time (RFC 3339)")
	flags.StringVar(&options.to, "to", "", "created before this time (RFC 3339)")
	flags.IntVar(&options.limit, "limit", 20, "how many to list")
	cmd.MarkFlagsMutuallyExclusive("since", "from")
	cmd.RegisterFlagCompletionFunc("function", s.completeFunctions)
	return cmd
}

// filter checks the options and makes the server's filter of them.
func (s *session) filter(options listOptions) (client.ExecutionFilter, error) {
	filter := client.ExecutionFilter{Status: voltrun.Status(options.status), Trigger: voltrun.Trigger(options.trigger), Query: options.query}
	var err error
	if filter.From, err = readTime("--from", options.from); err != nil {
		return filter, err
	}
	if filter.To, err = readTime("--to", options.to); err != nil {
		return filter, err
	}
	if options.since < 0 {
		return filter, usage("--since must be positive")
	}
	if options.since > 0 {
		filter.From = s.world.Now().Add(-options.since)
	}
	return filter, nil
}

func readTime(flag, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return at, usage("%s must be a time such as 2026-01-31T12:00:00Z", flag)
	}
	return at, nil
}

func (s *session) listExecutions(ctx context.Context, options listOptions) error {
	filter, err := s.filter(options)
	if err != nil {
		return err
	}
	api, err := s.client()
	if err != nil {
		return err
	}
	if filter.FunctionID = options.function; options.function != "" && !voltrun.ValidID(voltrun.PrefixFunction, options.function) {
		function, err := api.Function(ctx, options.function)
		if err != nil {
			return err
		}
		filter.FunctionID = function.ID
	}
	page, err := collect(options.limit, func(size int, token string) (client.Page[client.Execution], error) {
		filter.PageSize, filter.PageToken = size, token
		return api.Executions(ctx, filter)
	})
	if err != nil {
		return err
	}
	if s.flags.json {
		return s.printJSON(page)
	}
	if len(page.Items) == 0 {
		s.errf("no executions\n")
		return nil
	}
	rows := [][]string{{"ID", "STATUS", "CREATED", "TRIGGER", "FUNCTION", "VERSION", "DURATION"}}
	for _, e := range page.Items {
		rows = append(rows, []string{e.ID, s.statusText(s.out, e.Status), s.ago(e.CreatedAt), string(e.Trigger), e.FunctionName, strconv.Itoa(e.Version), millis(e.DurationMS)})
	}
	s.table(rows)
	s.more(page.NextPageToken)
	return nil
}

func executionsGet(s *session) *cobra.Command {
	return &cobra.Command{
		Use: "get <id>", Short: "Show an execution: input, output, error, timing", Args: between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := s.client()
			if err != nil {
				return err
			}
			e, err := api.Execution(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if s.flags.json {
				return s.printJSON(e)
			}
			s.showExecution(e)
			return nil
		},
	}
}

func (s *session) showExecution(e client.Execution) {
	fields := [][2]string{
		{"id", e.ID}, {"function", e.FunctionName + " version " + strconv.Itoa(e.Version)}, {"status", s.statusText(s.out, e.Status)},
		{"trigger", string(e.Trigger)}, {"start", dash(string(e.Start))}, {"attempt", strconv.Itoa(e.Attempt)},
		{"created", s.ago(e.CreatedAt)}, {"finished", s.agoOrDash(e.FinishedAt)}, {"duration", millis(e.DurationMS)},
		{"memory peak", size(e.MemoryPeakBytes)}, {"request id", dash(e.RequestID)},
	}
	if e.ReplayOf != "" {
		fields = append(fields, [2]string{"replay of", e.ReplayOf})
	}
	if e.ExitCode != nil {
		fields = append(fields, [2]string{"exit code", strconv.Itoa(*e.ExitCode)})
	}
	s.fields(fields)
	s.waterfall(e.Phases)
	s.section("input", string(e.Input))
	if e.Status == voltrun.StatusSuccess {
		s.section("output", string(e.Output))
	}
	if e.Error != nil {
		s.section("error", e.Error.Type+": "+e.Error.Message+"\n"+strings.Join(e.Error.Stack, "\n"))
	}
	if e.Logs != "" {
		s.section("logs", e.Logs)
	}
	if e.LogsTruncatedBytes > 0 {
		s.errf("the log limit dropped %s\n", size(e.LogsTruncatedBytes))
	}
}

func (s *session) section(title, text string) {
	s.printf("\n%s\n%s\n", s.out.style(bold, title), strings.TrimRight(text, "\n"))
}

// waterfall draws each phase where it lies in the whole.
func (s *session) waterfall(phases []client.Phase) {
	const columns = 40
	total, before := 0.0, 0.0
	for _, phase := range phases {
		total += max(0, phase.MS)
	}
	if total <= 0 {
		return
	}
	s.printf("\n")
	for _, phase := range phases {
		from := int(before / total * columns)
		before += max(0, phase.MS)
		length := max(1, int(before/total*columns)-from)
		s.printf("%-8s %8s  %s%s\n", oneLine(phase.Name), millis(phase.MS), strings.Repeat(" ", from), s.out.style(cyan, strings.Repeat("█", length)))
	}
}

func executionsCancel(s *session) *cobra.Command {
	return &cobra.Command{
		Use: "cancel <id>", Short: "Stop an execution", Args: between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := s.client()
			if err != nil {
				return err
			}
			if err := api.Cancel(cmd.Context(), args[0]); err != nil {
				return fmt.Errorf("cancel %s: %w", args[0], err)
			}
			s.errf("canceled %s\n", args[0])
			return nil
		},
	}
}

func executionsReplay(s *session) *cobra.Command {
	var version int
	var async, noLogs bool
	cmd := &cobra.Command{
		Use: "replay <id>", Short: "Run an execution again with the same input", Args: between(1, 1),
		Example: "  volt executions replay exe_01JD… --version 4",
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := s.client()
			if err != nil {
				return err
			}
			execution, err := s.submit(cmd.Context(), api, func(ctx context.Context) (client.Execution, error) {
				return api.Replay(ctx, args[0], version)
			})
			if err != nil {
				return err
			}
			if async {
				return s.showSubmitted(execution)
			}
			return s.await(cmd.Context(), api, execution, noLogs)
		},
	}
	cmd.Flags().IntVar(&version, "version", 0, "version to run (default: the one that ran)")
	cmd.Flags().BoolVar(&async, "async", false, "do not wait: print the new execution's id")
	cmd.Flags().BoolVar(&noLogs, "no-logs", false, "do not show logs")
	return cmd
}
