// Command voltrun is the platform: the API, the dashboard and the machines, in one binary.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the build: -ldflags "-X main.version=v1.2.3".
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := &cobra.Command{
		Use:           "voltrun",
		Short:         "A self-hosted serverless platform: every execution in a machine of its own",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	settings := addSettings(root)
	root.AddCommand(serveCommand(settings), migrateCommand(settings), configCommand(settings), doctorCommand(settings), seedCommand(settings))
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "voltrun:", err)
		os.Exit(1)
	}
}
