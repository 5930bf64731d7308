package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
)

func logsCommand(s *session) *cobra.Command {
	var follow bool
	var limit int
	cmd := &cobra.Command{
		Use:   "logs [execution | function]",
		Short: "Show the logs of an execution or a function",
		Long: `Show the logs of one execution, or of the latest executions of a function (by default the one
of the volt.yaml here). With -f, follow them: an execution until it ends, a function until
Ctrl-C. When the connection breaks, following goes on without gap or duplicate.
With --json, every line of output is one log line as JSON.`,
		Example: `  volt logs exe_01JD…
  volt logs -f hello
  volt logs hello --limit 3 --json`,
		Args:              between(0, 1),
		ValidArgsFunction: s.completeFunctions,
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := s.functionName(args)
			if err != nil {
				return err
			}
			api, err := s.client()
			if err != nil {
				return err
			}
			switch isExecution := voltrun.ValidID(voltrun.PrefixExecution, ref); {
			case isExecution && follow:
				_, err = api.FollowExecution(cmd.Context(), ref, 0, s.logWatcher(false))
			case isExecution:
				err = s.printLogs(cmd.Context(), api, ref, false)
			case follow:
				s.errf("following %s; Ctrl-C ends\n", ref)
				err = api.FollowFunction(cmd.Context(), ref, s.logWatcher(true))
			default:
				err = s.printLatest(cmd.Context(), api, ref, limit)
			}
			return err
		},
	}
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "keep showing new lines")
	cmd.Flags().IntVar(&limit, "limit", 10, "of a function, how many executions to show")
	return cmd
}

// logWatcher prints lines and how executions end; many is set when they are of several executions.
func (s *session) logWatcher(many bool) client.Watcher {
	return client.Watcher{
		Log: func(line client.LogLine) error { return s.printLine(line, many) },
		End: func(e client.Execution) error {
			if e.LogsTruncatedBytes > 0 {
				s.errf("%s: the log limit dropped %s\n", e.ID, size(e.LogsTruncatedBytes))
			}
			if !s.flags.json {
				s.errf("%s %s in %s\n", s.styleErr(dim, e.ID), s.statusText(s.err, e.Status), millis(e.DurationMS))
			}
			return nil
		},
	}
}

// printLine prints a log line as data.
func (s *session) printLine(line client.LogLine, many bool) error {
	if s.flags.json {
		data, err := json.Marshal(line)
		if err != nil {
			return err
		}
		_, err = s.out.Write(append(data, '\n'))
		return err
	}
	prefix := ""
	if many {
		prefix = s.out.style(dim, shortID(line.ExecutionID)) + " "
	}
	_, err := fmt.Fprintf(s.out, "%s%s\n", prefix, s.logText(s.out, line))
	return err
}

// shortID is the end of an id, which tells executions apart.
func shortID(id string) string {
	if len(id) > 6 {
		return id[len(id)-6:]
	}
	return id
}

// logText is a log line for a person: time, stream, text.
func (s *session) logText(screen *screen, line client.LogLine) string {
	colour := map[voltrun.Stream]string{voltrun.StreamStderr: yellow, voltrun.StreamSystem: cyan}[line.Stream]
	stream := fmt.Sprintf("%-6s", line.Stream)
	if colour != "" {
		stream = screen.style(colour, stream)
	}
	return screen.style(dim, line.Time.Local().Format("15:04:05.000")) + " " + stream + " " + line.Text
}

func (s *session) printLogs(ctx context.Context, api *client.Client, id string, many bool) error {
	_, dropped, err := api.EachLog(ctx, id, 0, func(line client.LogLine) error { return s.printLine(line, many) })
	if dropped > 0 {
		s.errf("%s: the log limit dropped %s\n", id, size(dropped))
	}
	return err
}

// printLatest prints the logs of the latest executions of a function, oldest first.
func (s *session) printLatest(ctx context.Context, api *client.Client, ref string, limit int) error {
	function, err := api.Function(ctx, ref)
	if err != nil {
		return err
	}
	page, err := collect(limit, func(size int, token string) (client.Page[client.Execution], error) {
		return api.Executions(ctx, client.ExecutionFilter{FunctionID: function.ID, PageSize: size, PageToken: token})
	})
	if err != nil {
		return err
	}
	if len(page.Items) == 0 {
		s.errf("%s was not executed yet; run it with: volt invoke %s\n", ref, ref)
	}
	for _, execution := range slices.Backward(page.Items) {
		if err := s.printLogs(ctx, api, execution.ID, true); err != nil {
			return err
		}
	}
	return nil
}

// collect reads pages until limit items are there or the list ends. A page may be empty and not be the last: the
// server looks at a bounded number of rows for each.
func collect[T any](limit int, next func(size int, token string) (client.Page[T], error)) (client.Page[T], error) {
	all := client.Page[T]{Items: []T{}}
	if limit < 1 {
		return all, usage("--limit must be at least 1")
	}
	for {
		page, err := next(min(limit-len(all.Items), voltrun.MaxPageSize), all.NextPageToken)
		if err != nil {
			return all, err
		}
		all.Items = append(all.Items, page.Items...)
		all.NextPageToken = page.NextPageToken
		if page.NextPageToken == "" || len(all.Items) >= limit {
			return all, nil
		}
	}
}
