package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/voltrun/voltrun/internal/agent/binary"
	"github.com/voltrun/voltrun/internal/config"
	"github.com/voltrun/voltrun/internal/lang"
	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/vm/container"
	"github.com/voltrun/voltrun/internal/vm/process"
	"go.uber.org/zap"
)

// openDriver chooses what isolates functions: the strongest that works, or the one that was asked for.
func openDriver(ctx context.Context, c config.Config, d *data, codeDir string, log *zap.Logger) (vm.Driver, error) {
	agent, err := binary.Bytes()
	if err != nil {
		return nil, err
	}
	switch c.Isolation {
	case "firecracker":
		return nil, errors.New("isolation firecracker is not part of this version; use --isolation container")
	case "process":
		return process.New(process.Config{DataDir: d.dir, Agent: agent, MaxMachines: c.MaxMachines})
	}
	driver, err := container.New(ctx, container.Config{DataDir: d.dir, CodeStore: codeDir, Agent: agent,
		MaxMachines: c.MaxMachines, MemoryBudgetMB: c.MachineMemory, Log: log})
	if err != nil {
		return nil, fmt.Errorf("functions cannot be isolated on this machine: %w\n`voltrun doctor` says what is missing; --isolation process runs functions without any isolation", err)
	}
	return driver, nil
}

// checkExposure refuses to serve others with an isolation weaker than a virtual machine, unless that was asked for.
func checkExposure(c config.Config, level vm.Level) error {
	if level >= vm.LevelVM || c.Loopback() || c.AllowWeakIsolation {
		return nil
	}
	return fmt.Errorf("refusing to listen on %s: functions share this machine's kernel (isolation: %s). "+
		"Listen on 127.0.0.1, or set --allow-weak-isolation when you trust everybody who can sign up", c.Listen, level)
}

// discover finds the language runtimes of this host, in the data directory and beside the program too.
func discover(ctx context.Context, d *data) ([]lang.Installed, []lang.Problem) {
	options := lang.Options{DataDir: d.dir}
	if program, err := os.Executable(); err == nil {
		// The pattern is fixed and valid, so Glob has no error to give.
		options.Extra, _ = filepath.Glob(filepath.Join(filepath.Dir(program), "runtimes", "*", "bin"))
	}
	return lang.Discover(ctx, options)
}
