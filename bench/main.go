// Command bench measures VoltRun beside things everybody knows (a bare Node.js HTTP server,
// bwrap starting a runtime), in the same run on the same machine, and prints ratios.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

// options of a run.
type options struct {
	server  string        // the voltrun binary
	seconds time.Duration // of each load measurement
	rounds  int           // of each pair; the median counts
	only    string        // measurements to run, by name
	node    string
	python  string
}

func main() {
	var o options
	flag.StringVar(&o.server, "server", "bin/voltrun", "the server binary to measure")
	flag.DurationVar(&o.seconds, "duration", 5*time.Second, "length of each load measurement")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds of each measurement; the median is printed")
	flag.StringVar(&o.only, "only", "warm,fresh,burst,history", "which measurements to run")
	flag.StringVar(&o.node, "node", "build/runtimes/node22/bin/node", "Node.js to compare with")
	flag.StringVar(&o.python, "python", "/usr/bin/python3", "Python to compare with")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	for _, path := range []*string{&o.server, &o.node, &o.python} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		if _, err := os.Stat(absolute); err != nil {
			return fmt.Errorf("%w; run `make build` first", err)
		}
		*path = absolute
	}
	measurements := []struct {
		name    string
		measure func(context.Context, options) error
	}{{"warm", measureWarm}, {"fresh", measureFresh}, {"burst", measureBurst}, {"history", measureHistory}}
	for _, m := range measurements {
		if !strings.Contains(","+o.only+",", ","+m.name+",") {
			continue
		}
		if err := m.measure(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}
