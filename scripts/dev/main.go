// Command dev runs VoltRun for those who develop it: the server, built and started again when a file of it changes,
// beside the dashboard in Next.js's development server, which reloads by itself. `make dev` starts it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

const (
	folder  = "build/dev" // where the server is built; a link in it leads to the runtimes, as in bin
	program = folder + "/voltrun"
)

// options are what may be chosen when another program has the ports.
type options struct {
	listen  string // address of the API, host:port
	port    string // of the dashboard
	dataDir string
}

// The system ends the children when the thread that started them ends: it must be one that lives as long as the program.
func init() { runtime.LockOSThread() }

func main() {
	var o options
	flag.StringVar(&o.listen, "listen", "127.0.0.1:8080", "address of the API, host:port")
	flag.StringVar(&o.port, "port", "3000", "port of the dashboard")
	flag.StringVar(&o.dataDir, "data-dir", ".voltrun-dev", "folder for the data; a new one is filled with test data")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dev:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	ctx, cancel := context.WithCancel(ctx)
	changes, err := watch(ctx, ".")
	if err != nil {
		cancel()
		return fmt.Errorf("watch the files: %w", err)
	}
	defer func() {
		cancel()
		for range changes { // until the watcher has ended
		}
	}()
	if err := link(); err != nil {
		return err
	}
	web, err := start("web", "env", "VOLTRUN_API=http://"+o.listen, "scripts/web", "dev", "--port", o.port, "--hostname", "127.0.0.1")
	if err != nil {
		return err
	}
	defer web.stop()
	say("dev", "the dashboard will be on http://localhost:"+o.port+" and the API on http://"+o.listen+"; Ctrl-C stops both")
	return follow(ctx, o, changes, web)
}

// follow runs the server, built anew after every change, until ctx ends or web does.
func follow(ctx context.Context, o options, changes <-chan struct{}, web *process) error {
	api, err := o.renew(ctx, nil)
	defer func() { api.stop() }()
	ended := api.ended()
	for err == nil {
		select {
		case <-web.done:
			return fmt.Errorf("the dashboard's server ended (%v): what it printed above says why", web.err)
		case <-ended:
			say("api", fmt.Sprintf("the server ended (%v); it is started again when a file changes", api.err))
			ended = nil
		case _, open := <-changes:
			if !open { // ctx has ended
				return nil
			}
			say("api", "a file has changed: building")
			api, err = o.renew(ctx, api)
			ended = api.ended()
		}
	}
	return err
}

// renew builds the server and puts it in the place of api; when it cannot be built, api stays.
func (o options) renew(ctx context.Context, api *process) (*process, error) {
	if err := build(ctx); err != nil {
		if ctx.Err() == nil {
			say("api", fmt.Sprintf("not built (%v); it is built again when a file changes", err))
		}
		return api, nil
	}
	api.stop()
	return o.serve(ctx)
}

// link makes the runtimes that were fetched visible to a server in folder.
func link() error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.Symlink("../runtimes", filepath.Join(folder, "runtimes")); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// build makes the agent, which the server embeds, and the server. What is wrong is printed by the compiler.
func build(ctx context.Context) error {
	for _, command := range [][]string{{"make", "--no-print-directory", "agent"}, {"go", "build", "-o", program, "./cmd/server"}} {
		if err := runToEnd(ctx, "api", command...); err != nil {
			return err
		}
	}
	return nil
}

// demoPassword is that of the demo user in new data, unless VOLTRUN_SEED_PASSWORD is set: the server listens on this machine
// only, and who develops signs in often.
const demoPassword = "voltrun-demo"

// serve starts the server. A data folder that is new gets data to develop with.
func (o options) serve(ctx context.Context) (*process, error) {
	if _, err := os.Stat(filepath.Join(o.dataDir, "voltrun.db")); errors.Is(err, fs.ErrNotExist) {
		if os.Getenv("VOLTRUN_SEED_PASSWORD") == "" {
			if err := os.Setenv("VOLTRUN_SEED_PASSWORD", demoPassword); err != nil {
				return nil, err
			}
		}
		if err := runToEnd(ctx, "seed", program, "seed", "--data-dir", o.dataDir); err != nil {
			say("seed", fmt.Sprintf("%s has no test data (%v); to try again, stop, remove the folder and start", o.dataDir, err))
		}
	}
	// The browser speaks to the other port, which passes /api on: its origin is not the server's.
	return start("api", program, "serve", "--data-dir", o.dataDir, "--listen", o.listen, "--drain-timeout", "2s",
		"--log-format", "console", "--cors-origins", "http://localhost:"+o.port+",http://127.0.0.1:"+o.port)
}

// runToEnd runs a command that ends by itself, or with ctx.
func runToEnd(ctx context.Context, name string, command ...string) error {
	p, err := start(name, command...)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		p.stop()
		return ctx.Err()
	case <-p.done:
		if p.err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(command[0]), p.err)
		}
		return nil
	}
}
