//go:build linux

// Command agent is the first process inside a machine. VoltRun carries it and starts it; nobody else does.
//
//	agent launch   the container driver's helper, which creates machines
//	agent init     the first process of a container
//	agent process  the first process of a machine without isolation
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"

	"github.com/voltrun/voltrun/internal/agent"
	"github.com/voltrun/voltrun/internal/vm/container/inside"
	"github.com/voltrun/voltrun/internal/vm/container/launcher"
	process "github.com/voltrun/voltrun/internal/vm/process/inside"
	"golang.org/x/sys/unix"
)

func main() {
	mode := ""
	if len(os.Args) == 2 {
		mode = os.Args[1]
	}
	var err error
	switch mode {
	case "launch":
		os.Exit(launcher.Main())
	case "init":
		err = initContainer()
	case process.Mode:
		err = initProcess()
	default:
		err = fmt.Errorf("this program is started by VoltRun only; see voltrun --help")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

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

type environment interface {
	AttachCode(digest string) (string, error)
	Start(cmd *exec.Cmd) error
}

// serve runs the agent in as little memory as it needs: the rest belongs to the function.
func serve(control *os.File, env environment, command, runtimeEnv []string, pid1 bool) error {
	runtime.GOMAXPROCS(1) // it mostly waits, and is woken faster on one
	debug.SetGCPercent(50)
	debug.SetMemoryLimit(64 << 20)
	conn, err := pollable(control)
	if err != nil {
		return fmt.Errorf("use the connection to the host: %w", err)
	}
	return agent.Run(context.Background(), agent.Config{
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
