//go:build linux

// Command standin is an agent for the drivers' own tests: it speaks package wire and starts the runtime
// as the real one does, but its runner protocol is a line of JSON each way. It lets a driver be tested without any language runner.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"

	container "github.com/voltrun/voltrun/internal/vm/container/inside"
	"github.com/voltrun/voltrun/internal/vm/container/launcher"
	process "github.com/voltrun/voltrun/internal/vm/process/inside"
	"github.com/voltrun/voltrun/internal/wire"
)

type environment interface {
	AttachCode(digest string) (string, error)
	Start(cmd *exec.Cmd) error
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == launcher.Mode {
		os.Exit(launcher.Main())
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(mode string) error {
	if mode == process.Mode {
		e, err := process.Setup()
		if err != nil {
			return err
		}
		return serve(e, e.Control, e.Command, e.Env)
	}
	e, err := container.Setup()
	if err != nil {
		return err
	}
	return serve(e, e.Control, e.Command, e.Env)
}

func serve(e environment, control *os.File, command, env []string) error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	mine, theirs := os.NewFile(uintptr(pair[0]), "mine"), os.NewFile(uintptr(pair[1]), "theirs")
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = env
	cmd.ExtraFiles = []*os.File{theirs}
	if err := e.Start(cmd); err != nil {
		return err
	}
	theirs.Close()
	runner := bufio.NewReader(mine)
	if _, err := runner.ReadString('\n'); err != nil {
		return fmt.Errorf("the runner did not say that it is ready: %w", err)
	}
	conn, err := net.FileConn(control)
	if err != nil {
		return err
	}
	c := wire.NewConn(conn)
	if err := c.WriteJSON(wire.TypeHello, wire.Hello{Protocol: wire.Version, Runtime: "standin"}); err != nil {
		return err
	}
	for {
		frame, err := c.Read()
		if err != nil {
			return nil
		}
		switch frame.Type {
		case wire.TypePing:
			err = c.WriteEmpty(wire.TypePong)
		case wire.TypeLoad:
			err = load(c, e, frame, mine)
		case wire.TypeInvoke:
			err = invoke(c, frame, mine, runner, cmd)
		}
		if err != nil {
			return err
		}
	}
}

func load(c *wire.Conn, e environment, frame wire.Frame, runner *os.File) error {
	var l wire.Load
	if err := frame.DecodeJSON(&l); err != nil {
		return err
	}
	root, err := e.AttachCode(l.Digest)
	if err != nil {
		return c.WriteJSON(wire.TypeLoaded, wire.Loaded{Failure: &wire.Failure{Kind: wire.FailureHandler, Message: err.Error()}})
	}
	if _, err := fmt.Fprintf(runner, "%s\n", root); err != nil {
		return err
	}
	return c.WriteJSON(wire.TypeLoaded, wire.Loaded{})
}

func invoke(c *wire.Conn, frame wire.Frame, w *os.File, r *bufio.Reader, cmd *exec.Cmd) error {
	var i wire.Invoke
	input, err := frame.DecodeBlock(&i)
	if err != nil {
		return err
	}
	result := wire.Result{Invocation: i.Invocation, Alive: true}
	if _, err := fmt.Fprintf(w, "%s\n", input); err == nil {
		line, err := r.ReadBytes('\n')
		if err == nil && json.Valid(line) {
			if err := c.WriteBlock(wire.TypeResult, result, line[:len(line)-1]); err != nil {
				return err
			}
			return c.WriteEmpty(wire.TypeIdle)
		}
	}
	state, err := cmd.Process.Wait()
	if err != nil {
		return err
	}
	code := state.ExitCode()
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = 128 + int(status.Signal())
	}
	result.Alive, result.ExitCode = false, &code
	result.Failure = &wire.Failure{Kind: wire.FailureExit, Message: "the runtime ended"}
	if err := c.WriteBlock(wire.TypeResult, result, nil); err != nil {
		return err
	}
	return c.WriteEmpty(wire.TypeIdle)
}
