//go:build unix

package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/vm"
)

// machine is one agent with its descendants.
type machine struct {
	id      string
	driver  *Driver
	conn    *net.UnixConn
	command *exec.Cmd
	stderr  start
	done    chan struct{} // the agent and everything below it have ended
	gone    chan struct{}
	destroy sync.Once

	mu      sync.Mutex
	dialed  bool
	exited  bool
	cpuTime time.Duration
	peak    int64
}

func (m *machine) ID() string            { return m.id }
func (m *machine) Done() <-chan struct{} { return m.done }

// wait collects the agent, whose end is the end of the machine.
func (m *machine) wait() {
	_ = m.command.Wait() // WaitDelay bounds what the agent's orphans could hold up; how it ended is said by its standard error
	state := m.command.ProcessState
	m.mu.Lock()
	m.exited = true
	if state != nil {
		m.cpuTime = state.SystemTime() + state.UserTime()
		if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
			m.peak = usage.Maxrss * maxRSSUnit
		}
	}
	m.mu.Unlock()
	close(m.done)
}

// awaitHello returns once the agent's first bytes are there, unread.
func (m *machine) awaitHello(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = m.conn.SetReadDeadline(time.Unix(1, 0)) })
	raw, err := m.conn.SyscallConn()
	if err != nil {
		return err
	}
	var n int
	var peekErr error
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		n, _, peekErr = syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK)
		return peekErr != syscall.EAGAIN && peekErr != syscall.EINTR
	})
	if !stop() && ctx.Err() != nil {
		return fmt.Errorf("the agent did not answer: %w", ctx.Err())
	}
	if err := errors.Join(err, peekErr); err != nil {
		return fmt.Errorf("wait for the agent: %w", err)
	}
	if n == 0 {
		<-m.done // what it said last is there then
		return errors.New("the agent ended before its runtime was ready")
	}
	return nil
}

func (m *machine) said() string {
	if text := m.stderr.String(); text != "" {
		return ": " + text
	}
	return ""
}

func (m *machine) Dial(context.Context) (net.Conn, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dialed {
		return nil, voltrun.Errorf(voltrun.CodeConflict, "machine %s has been dialled before", m.id)
	}
	m.dialed = true
	return m.conn, nil
}

// Usage is known once the agent has ended: it is what the kernel tells about it and the children it waited for.
func (m *machine) Usage() vm.Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return vm.Usage{MemoryPeakBytes: m.peak, CPUTime: m.cpuTime}
}

// Destroy kills the agent and everything below it.
func (m *machine) Destroy(ctx context.Context) error {
	m.destroy.Do(func() {
		m.driver.group.Go(func(context.Context) { m.end() })
	})
	select {
	case <-m.gone:
		return nil
	case <-ctx.Done():
		return voltrun.Errorf(voltrun.CodeUnavailable, "machine %s is still being destroyed: %w", m.id, ctx.Err())
	}
}

// end stops the agent first, so that it starts nothing more and its orphans stay below it, then kills from the leaves up.
func (m *machine) end() {
	m.mu.Lock()
	if !m.exited { // so its number is still its own
		pid := m.command.Process.Pid
		_ = syscall.Kill(pid, syscall.SIGSTOP) // each of these may find the process ended already
		for range 100 {
			below := descendants(pid)
			if len(below) == 0 {
				break
			}
			for _, p := range below {
				_ = syscall.Kill(p, syscall.SIGKILL)
			}
			time.Sleep(time.Millisecond) // they are ending, and a stopped parent cannot tell
		}
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	dialed := m.dialed
	m.dialed = true
	m.mu.Unlock()
	<-m.done
	if !dialed {
		_ = m.conn.Close() // nothing was written that could get lost
	}
	m.driver.forget(m)
	close(m.gone)
}

// start keeps the start of what is written to it.
type start struct {
	mu   sync.Mutex
	text []byte
}

func (s *start) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, p[:min(len(p), 4000-len(s.text))]...)
	return len(p), nil
}

func (s *start) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.TrimSpace(string(s.text))
}
