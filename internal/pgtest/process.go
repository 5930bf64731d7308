package pgtest

import (
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// stopTime is how long the server may take to end before it is killed.
const stopTime = 30 * time.Second

// process is a child that dies with this process.
type process struct {
	command *exec.Cmd
	done    chan struct{} // closed when it has ended
}

// startProcess starts command on a thread that lives as long as the child: the
// kernel sends the death signal when the thread that made the child ends, not the process.
func startProcess(command *exec.Cmd) (*process, error) {
	p := &process{command: command, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			_ = command.Wait() // how it ended is in its output
		}
		close(p.done)
	}()
	return p, <-started
}

// stop asks for a fast shutdown (SIGINT) and kills a server that does not obey (SIGQUIT also ends its children).
func (p *process) stop() error {
	if p.command.Process == nil {
		return nil
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		_ = p.command.Process.Signal(signal) // it may have ended already
		select {
		case <-p.done:
			return nil
		case <-time.After(stopTime):
		}
	}
	return fmt.Errorf("postgres %d does not end", p.command.Process.Pid)
}
