package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
)

type invokeOptions struct {
	input, file string
	async       bool
	noLogs      bool
	version     int
}

func invokeCommand(s *session) *cobra.Command {
	var options invokeOptions
	cmd := &cobra.Command{
		Use:   "invoke [function] [-]",
		Short: "Run a function, show its logs live and print its output",
		Long: `Run a function. Its logs go to stderr as they are written, its output goes to stdout as JSON.
The input is {} unless --input, --file or "-" (stdin) gives another. Without a name it is the
function of the volt.yaml here. Ctrl-C cancels the execution.

Exit code 3 means that the function failed, 124 that it took too long.`,
		Example: `  volt invoke hello --input '{"name":"Ada"}'
  volt invoke hello --file event.json
  echo '{"name":"Ada"}' | volt invoke hello - | jq .greeting
  volt invoke hello --async`,
		Args:              between(0, 2),
		ValidArgsFunction: s.completeFunctions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if last := len(args) - 1; last >= 0 && args[last] == "-" {
				if options.file != "" {
					return usage("give the input once: --file or -")
				}
				args, options.file = args[:last], "-"
			}
			if len(args) > 1 {
				return usage("usage: %s", cmd.UseLine())
			}
			if options.version < 0 {
				return usage("--version must be a version's number")
			}
			return s.invoke(cmd.Context(), args, options)
		},
	}
	cmd.Flags().StringVarP(&options.input, "input", "i", "", "the input, as JSON")
	cmd.Flags().StringVarP(&options.file, "file", "f", "", "file that holds the input, - for stdin")
	cmd.Flags().BoolVar(&options.async, "async", false, "do not wait: print the execution's id")
	cmd.Flags().IntVar(&options.version, "version", 0, "version to run (default: the active one)")
	cmd.Flags().BoolVar(&options.noLogs, "no-logs", false, "do not show logs")
	cmd.MarkFlagsMutuallyExclusive("input", "file")
	return cmd
}

func (s *session) invoke(ctx context.Context, args []string, options invokeOptions) error {
	name, err := s.functionName(args)
	if err != nil {
		return err
	}
	input, err := s.readInput(options)
	if err != nil {
		return err
	}
	api, err := s.client()
	if err != nil {
		return err
	}
	request := client.ExecuteRequest{Input: input, Version: options.version, IdempotencyKey: voltrun.NewID("cli")}
	execution, err := s.submit(ctx, api, func(ctx context.Context) (client.Execution, error) {
		return api.Submit(ctx, name, request)
	})
	if err != nil {
		return err
	}
	if options.async {
		return s.showSubmitted(execution)
	}
	return s.await(ctx, api, execution, options.noLogs)
}

// submit starts an execution. Stopping in the middle would leave one behind that nobody knows
// of, so the answer is waited for a little longer and what it started is canceled.
func (s *session) submit(ctx context.Context, api *client.Client, start func(context.Context) (client.Execution, error)) (client.Execution, error) {
	detached, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(5*time.Second, cancel) })
	defer stop()
	execution, err := start(detached)
	if ctx.Err() == nil {
		return execution, err
	}
	if err == nil {
		s.cancelExecution(api, execution.ID)
	}
	return execution, canceled
}

func (s *session) readInput(options invokeOptions) (json.RawMessage, error) {
	data, source := []byte(options.input), "--input"
	switch {
	case options.file != "":
		var err error
		if data, source, err = s.readInputFile(options.file); err != nil {
			return nil, err
		}
	case options.input == "":
		return json.RawMessage("{}"), nil
	}
	if len(data) > voltrun.MaxInputBytes {
		return nil, usage("the input from %s is larger than %s", source, size(voltrun.MaxInputBytes))
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var syntax *json.SyntaxError
	if err := json.Unmarshal(data, new(json.RawMessage)); errors.As(err, &syntax) {
		return nil, usage("the input from %s is not JSON: %v at byte %d (a string needs its quotes)", source, syntax, syntax.Offset)
	} else if err != nil {
		return nil, usage("the input from %s is not JSON: %v", source, err)
	}
	return data, nil
}

func (s *session) readInputFile(name string) (data []byte, source string, err error) {
	reader, source := s.world.In, "stdin"
	if name != "-" {
		file, err := os.Open(s.path(name))
		if err != nil {
			return nil, name, usage("read the input: %v", err)
		}
		defer file.Close()
		reader, source = file, name
	}
	data, err = io.ReadAll(io.LimitReader(reader, voltrun.MaxInputBytes+1))
	if err != nil {
		err = fmt.Errorf("read the input from %s: %w", source, err)
	}
	return data, source, err
}

func (s *session) showSubmitted(execution client.Execution) error {
	if s.flags.json {
		return s.printJSON(execution)
	}
	s.printf("%s\n", execution.ID)
	s.errf("follow it with: volt logs -f %s\n", execution.ID)
	return nil
}

// await shows the logs of an execution until it ends, prints what came out and says how it went.
func (s *session) await(ctx context.Context, api *client.Client, execution client.Execution, noLogs bool) error {
	progress := s.progress(execution.FunctionName + " pending")
	defer progress.stop()
	watch := client.Watcher{
		Status: func(_ string, status voltrun.Status) error {
			progress.set(execution.FunctionName + " " + string(status))
			return nil
		},
		Log: func(line client.LogLine) error {
			if !noLogs {
				progress.print(func() { s.errf("%s\n", s.logText(s.err, line)) })
			}
			return nil
		},
	}
	ended, err := api.FollowExecution(ctx, execution.ID, 0, watch)
	progress.stop()
	if ctx.Err() != nil {
		s.cancelExecution(api, execution.ID)
		return canceled
	}
	if err != nil {
		return fmt.Errorf("follow %s, which may still be running: %w", execution.ID, err)
	}
	if s.flags.json {
		err = s.printJSON(ended)
	} else if ended.Status == voltrun.StatusSuccess {
		err = s.printOutput(ended.Output)
	}
	if err != nil {
		return err
	}
	s.summarise(ended)
	return outcome(ended)
}

func (s *session) cancelExecution(api *client.Client, id string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := api.Cancel(ctx, id)
	if err != nil && client.CodeOf(err) != voltrun.CodeConflict { // conflict: it had ended
		s.errf("could not cancel %s, which may still be running: %v\n", id, err)
		return
	}
	s.errf("canceled %s\n", id)
}

// printOutput prints the JSON as the function gave it, indented for a person.
func (s *session) printOutput(output json.RawMessage) error {
	if output == nil {
		output = json.RawMessage("null")
	}
	var text bytes.Buffer
	if !s.out.terminal || json.Indent(&text, output, "", "  ") != nil {
		text.Reset()
		text.Write(output)
	}
	text.WriteByte('\n')
	_, err := s.out.Write(text.Bytes())
	return err
}

// summarise says on stderr how an execution went.
func (s *session) summarise(e client.Execution) {
	if e.LogsTruncatedBytes > 0 {
		s.errf("%s\n", s.styleErr(yellow, fmt.Sprintf("the log limit dropped %s", size(e.LogsTruncatedBytes))))
	}
	if e.Error != nil {
		s.errf("%s %s\n", s.styleErr(red, e.Error.Type+":"), e.Error.Message)
		for _, frame := range e.Error.Stack {
			s.errf("    %s\n", frame)
		}
	}
	total := 0.0
	for _, phase := range e.Phases {
		total += phase.MS
	}
	line := fmt.Sprintf("%s in %s", s.statusText(s.err, e.Status), millis(e.DurationMS))
	if total > 0 {
		line += ", " + millis(total) + " with everything"
	}
	if e.Start != "" {
		line += ", " + string(e.Start)
	}
	if e.MemoryPeakBytes > 0 {
		line += ", " + size(e.MemoryPeakBytes)
	}
	s.errf("%s  %s\n", line, s.styleErr(dim, e.ID))
}

func (s *session) statusText(screen *screen, status voltrun.Status) string {
	switch status {
	case voltrun.StatusSuccess:
		return screen.style(green, string(status))
	case voltrun.StatusFailed, voltrun.StatusTimeout:
		return screen.style(red, string(status))
	}
	return screen.style(yellow, string(status))
}

// outcome is the exit code of an execution that has ended; the summary has said why.
func outcome(e client.Execution) error {
	switch e.Status {
	case voltrun.StatusSuccess:
		return nil
	case voltrun.StatusTimeout:
		return &exitCode{code: exitTimeout}
	case voltrun.StatusCanceled:
		return &exitCode{code: exitUsage}
	}
	return &exitCode{code: exitFunction}
}
