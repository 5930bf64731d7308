package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"

	"go.uber.org/zap"
	"golang.org/x/term"

	"github.com/voltrun/voltrun/internal/agent/binary"
	"github.com/voltrun/voltrun/internal/config"
	"github.com/voltrun/voltrun/internal/doctor"
	"github.com/voltrun/voltrun/internal/logging"
	"github.com/voltrun/voltrun/internal/storage"
	"github.com/voltrun/voltrun/internal/webui"
)

// Process is what a command has of the program that runs it.
type Process struct {
	Version        string
	Stdout, Stderr io.Writer
}

// Serve runs a server until ctx ends, then drains it for as long as the configuration allows. A second signal ends it at once.
func Serve(ctx context.Context, c config.Config, p Process) (err error) {
	log, closeLog, err := logging.New(p.Stderr, logging.Options{Level: c.LogLevel, Format: logFormat(c.LogFormat, p.Stderr)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	tuneCollector()
	server, err := New(ctx, c, p.Version, log)
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // starting took several times what running takes
	server.announce(p.Stdout)
	failed := server.Wait(ctx)
	log.Info("stopping: running executions may finish", zap.Duration("at_most", c.DrainTimeout))
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.DrainTimeout)
	defer cancel()
	stop, impatient := signal.NotifyContext(stop, os.Interrupt, syscall.SIGTERM)
	defer impatient()
	err = errors.Join(failed, server.Stop(stop))
	log.Info("stopped")
	return err
}

// tuneCollector lets the heap grow to four times what lives before it is collected, unless GOGC says otherwise: little
// lives in a server, so that this costs some 30 MB under load and spares one part in fifteen of its CPU time.
func tuneCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
}

// logFormat is lines for people on a terminal and JSON otherwise, unless it is set.
func logFormat(format string, out io.Writer) string {
	if format != "auto" {
		return format
	}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return "console"
	}
	return "json"
}

// announce says where the server is, what isolates functions, and what to do next.
func (s *Server) announce(out io.Writer) {
	c := s.driver.Capabilities()
	var text strings.Builder
	fmt.Fprintf(&text, "\nVoltRun %s is ready at %s\n\n", s.version, s.URL())
	if webui.Dashboard {
		fmt.Fprintf(&text, "  dashboard  %s\n", s.URL())
	} else {
		fmt.Fprintf(&text, "  dashboard  not in this build; `make build` adds it\n")
	}
	fmt.Fprintf(&text, "  isolation  %s: %s\n", c.Name, c.Summary)
	for _, fallback := range c.Fallbacks {
		fmt.Fprintf(&text, "             ! %s\n", fallback)
	}
	fmt.Fprintf(&text, "  runtimes   %s\n", strings.Join(s.runtimeNames(), ", "))
	fmt.Fprintf(&text, "  data       %s\n", s.config.DataDir)
	next := "Next, in another terminal:"
	if webui.Dashboard {
		next = "Next: open the dashboard in a browser, or in another terminal:"
	}
	fmt.Fprintf(&text, "\n%s\n\n  %s register --server %s\n  %s init hello && cd hello && %[4]s deploy && %[4]s invoke hello\n\n", next, voltCommand(), s.URL(), voltCommand())
	_, _ = io.WriteString(out, text.String()) // nobody reads it: the server runs all the same
	for _, problem := range s.problems {
		s.log.Warn("a language runtime was not used", zap.String("path", problem.Path), zap.String("reason", problem.Reason))
	}
	if len(s.runtimes) == 0 {
		s.log.Error("no language runtime was found: functions cannot run; `voltrun doctor` says how to add one")
	}
}

func (s *Server) runtimeNames() []string {
	var names []string
	seen := make(map[string]bool)
	for _, r := range s.runtimes {
		if name := r.Name + " (" + r.Version + ")"; !seen[r.Digest] {
			seen[r.Digest] = true
			names = append(names, name)
		}
	}
	if names == nil {
		return []string{"none found"}
	}
	return names
}

// voltCommand is what to type for the CLI: the one beside this program, as an absolute path that works in every folder.
func voltCommand() string {
	program, err := os.Executable()
	if err != nil {
		return "volt"
	}
	path := filepath.Join(filepath.Dir(program), "volt")
	if _, err := os.Stat(path); err != nil {
		return "volt"
	}
	return path
}

// Migrate brings the database's schema to this version.
func Migrate(ctx context.Context, c config.Config, out io.Writer) error {
	d, err := openData(c.DataDir)
	if err != nil {
		return err
	}
	defer d.close()
	db, err := openMigrated(ctx, c, d)
	if err != nil {
		return err
	}
	version, _, err := db.SchemaVersion(ctx)
	if err == nil {
		_, err = fmt.Fprintf(out, "the schema is at version %d\n", version)
	}
	return errors.Join(err, db.Close())
}

// openDatabase opens the database with the schema that it has.
func openDatabase(ctx context.Context, c config.Config, d *data) (*storage.DB, error) {
	url := c.DatabaseURL
	if url == "" {
		url = d.path("voltrun.db")
	}
	db, err := storage.Open(ctx, storage.Config{URL: url})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return db, nil
}

// openMigrated opens the database and brings its schema to this version.
func openMigrated(ctx context.Context, c config.Config, d *data) (*storage.DB, error) {
	db, err := openDatabase(ctx, c, d)
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Doctor prints what this machine can and cannot do. It fails when something that VoltRun needs does not work.
func Doctor(ctx context.Context, c config.Config, out io.Writer, asJSON bool) error {
	options := doctor.Options{DataDir: c.DataDir}
	options.Agent, _ = binary.Bytes() // without it the findings say that no machine was tried
	d := &data{dir: c.DataDir}
	installed, problems := discover(ctx, d)
	for _, r := range installed {
		options.Runtimes = append(options.Runtimes, fmt.Sprintf("%s: %s (%s)", r.ID, r.Name, r.Version))
	}
	findings := doctor.Check(ctx, options)
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(findings); err != nil {
			return err
		}
	} else {
		for _, f := range findings {
			fmt.Fprintf(out, "%-5s %-18s %s\n", f.Status, f.Name, strings.ReplaceAll(f.Detail, "\n", "\n                         "))
			if f.Fix != "" {
				fmt.Fprintf(out, "%-5s %-18s fix: %s\n", "", "", f.Fix)
			}
		}
		for _, problem := range problems {
			fmt.Fprintf(out, "note  %-18s %s: %s\n", "runtimes", problem.Path, problem.Reason)
		}
	}
	if doctor.Failed(findings) {
		return errors.New("something that VoltRun needs does not work here; see the fixes above")
	}
	return nil
}
