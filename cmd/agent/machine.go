//go:build linux

package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/voltrun/voltrun/internal/agent"
	"github.com/voltrun/voltrun/internal/vm/container/inside"
	process "github.com/voltrun/voltrun/internal/vm/process/inside"
	"golang.org/x/sys/unix"
)

func initContainer() error {
	env, err := inside.Setup()
	if err != nil {
		return fmt.Errorf("set up the machine: %w", err)
	}
	return serve(env.Control, env, env.Command, env.Env, true)
}

func initProcess() error {
	env, err := process.Setup()
	if err != nil {
		return fmt.Errorf("set up the machine: %w", err)
	}
	return serve(env.Control, env, env.Command, env.Env, false)
}

// serve runs the agent in as little memory as it needs: the rest belongs to the function.
func serve(control *os.File, env agent.Environment, command, runtimeEnv []string, pid1 bool) error {
	runtime.GOMAXPROCS(1) // it mostly waits, and is woken faster on one
	debug.SetGCPercent(50)
	debug.SetMemoryLimit(64 << 20)
	conn, err := pollable(control)
	if err != nil {
		return fmt.Errorf("use the connection to the host: %w", err)
	}
	return agent.Run(agent.Config{
		Conn: conn, Env: env, Command: command, RuntimeEnv: runtimeEnv, PID1: pid1,
	})
}

// pollable reopens f so that reads wait in Go's poller, and end when the file is closed.
func pollable(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	f.Close()
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), "host"), nil
}
