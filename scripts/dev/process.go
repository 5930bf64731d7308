package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// grace is how long a process may take to end by itself.
const grace = 10 * time.Second

// process is a command in a process group of its own, whose lines appear with its name before them.
type process struct {
	command *exec.Cmd
	done    chan struct{} // closed when it has ended and all it printed has appeared
	err     error         // how it ended, once done is closed
}

// start starts a command in the current folder. The caller stops it.
func start(name string, command ...string) (*process, error) {
	p := &process{command: exec.Command(command[0], command[1:]...), done: make(chan struct{})}
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.command.Stdout, p.command.Stderr = writer, writer
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	err = p.command.Start()
	writer.Close()
	if err != nil {
		reader.Close()
		return nil, fmt.Errorf("start %s: %w", command[0], err)
	}
	go func() { // ends when the process and its children have: stop waits for it
		defer close(p.done)
		lines := bufio.NewReader(reader)
		for {
			line, err := lines.ReadString('\n')
			if line != "" {
				say(name, line)
			}
			if err != nil {
				break
			}
		}
		reader.Close()
		p.err = p.command.Wait()
	}()
	return p, nil
}

// stop ends the process and its children, kindly first. Stopping none, or twice, is fine.
func (p *process) stop() {
	if p == nil {
		return
	}
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := syscall.Kill(-p.command.Process.Pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			say("dev", fmt.Sprintf("%s cannot be stopped: %v", p.command.Path, err))
		}
		select {
		case <-p.done:
			return
		case <-time.After(grace):
		}
	}
	<-p.done
}

// ended is done of a process, and nil, which never delivers, of none.
func (p *process) ended() <-chan struct{} {
	if p == nil {
		return nil
	}
	return p.done
}

var screen sync.Mutex

// say prints a line, with or without its end, after the name of who speaks.
func say(name, line string) {
	if line[len(line)-1] != '\n' {
		line += "\n"
	}
	screen.Lock()
	defer screen.Unlock()
	_, _ = io.WriteString(os.Stdout, fmt.Sprintf("%-4s | %s", name, line)) // nobody reads it: go on
}
