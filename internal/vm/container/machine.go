//go:build linux

package container

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/vm/container/cgroup"
	"github.com/voltrun/voltrun/internal/vm/container/inside"
	"github.com/voltrun/voltrun/internal/vm/container/launcher"
)

// machine is one running container.
type machine struct {
	id      string
	client  *client
	conn    *net.UnixConn
	report  *os.File
	release func() // gives back the slot and the memory
	groups  []cgroup.Location

	booted  chan error    // one value: how the fork went
	done    chan struct{} // every process has ended
	gone    chan struct{} // nothing is left
	destroy sync.Once
	finally sync.Once

	mu     sync.Mutex
	ended  bool
	status string
	failed error // what could not be released
	dialed bool
	pid    int // of the first process, on the host
	usage  vm.Usage
	meter  *cgroup.Meter // opened with the first Usage, closed with the machine
}

func (m *machine) ID() string            { return m.id }
func (m *machine) Done() <-chan struct{} { return m.done }

// handle takes a message of the launcher; messages of one machine come in order.
func (m *machine) handle(message launcher.Message) {
	var failure error
	if message.Error != "" {
		failure = errors.New(message.Error)
	}
	switch message.Kind {
	case launcher.Booted:
		m.mu.Lock()
		m.pid = message.PID
		m.mu.Unlock()
		m.booted <- failure
	case launcher.Exited:
		m.end(message.Status)
	case launcher.Gone:
		m.end("destroyed")
		m.finish(failure)
	}
}

// end closes Done, once.
func (m *machine) end(status string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended {
		return
	}
	m.ended, m.status = true, status
	close(m.done)
}

// finish releases the host's side, once, when the launcher's side is gone.
func (m *machine) finish(failure error) { m.finally.Do(func() { m.releaseAll(failure) }) }

func (m *machine) releaseAll(failure error) {
	m.mu.Lock()
	if !m.dialed {
		failure = errors.Join(failure, m.conn.Close())
	}
	m.failed = errors.Join(failure, m.report.Close())
	if m.meter != nil {
		m.meter.Close()
	}
	m.mu.Unlock()
	m.release()
	close(m.gone)
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
		n, _, peekErr = unix.Recvfrom(int(fd), one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		return peekErr != unix.EAGAIN && peekErr != unix.EINTR
	})
	if !stop() && ctx.Err() != nil {
		return fmt.Errorf("the agent did not answer: %w", ctx.Err())
	}
	if err := errors.Join(err, peekErr); err != nil {
		return fmt.Errorf("wait for the agent: %w", err)
	}
	if n == 0 {
		return errors.New("the agent ended before its runtime was ready")
	}
	return nil
}

func (m *machine) Dial(context.Context) (net.Conn, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dialed {
		return nil, voltrun.Errorf(voltrun.CodeConflict, "machine %s has been dialled before", m.id)
	}
	select {
	case <-m.gone:
		return nil, voltrun.Errorf(voltrun.CodeConflict, "machine %s is destroyed", m.id)
	default:
	}
	m.dialed = true
	return m.conn, nil
}

func (m *machine) Usage() vm.Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-m.gone:
		return m.usage
	default:
	}
	if m.meter == nil {
		m.meter = cgroup.NewMeter(m.groups, m.id)
	}
	u := m.meter.Read()
	var counters [inside.ReportText]byte
	if n, err := m.report.ReadAt(counters[:], 0); err == nil && n == len(counters) {
		// Only the agent's own sampler writes these, where no group counts memory.
		u.MemoryPeakBytes = max(u.MemoryPeakBytes, int64(binary.LittleEndian.Uint64(counters[:8])))
		u.OOMKills = max(u.OOMKills, int(binary.LittleEndian.Uint64(counters[8:])))
	}
	m.usage.MemoryPeakBytes = max(m.usage.MemoryPeakBytes, u.MemoryPeakBytes)
	m.usage.CPUTime = max(m.usage.CPUTime, u.CPUTime)
	m.usage.OOMKills = max(m.usage.OOMKills, u.OOMKills)
	return m.usage
}

// reason is what the agent said last, for a boot that failed.
func (m *machine) reason() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	text := make([]byte, inside.ReportSize)
	n, _ := m.report.ReadAt(text, 0) // a short file is no reason to say less
	if n <= inside.ReportText {
		return ""
	}
	said := bytes.Trim(text[inside.ReportText:n], "\x00 \n")
	if len(said) == 0 {
		return ""
	}
	return ": " + string(said)
}

// Destroy ends the machine. The work is the launcher's; ctx bounds only the waiting for it.
func (m *machine) Destroy(ctx context.Context) error {
	m.destroy.Do(func() { m.client.send(launcher.Message{Kind: launcher.Destroy, ID: m.id}) })
	select {
	case <-m.gone:
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.failed != nil {
			return voltrun.Internal("release machine "+m.id, m.failed)
		}
		return nil
	case <-ctx.Done():
		return voltrun.Errorf(voltrun.CodeUnavailable, "machine %s is still being destroyed: %w", m.id, ctx.Err())
	}
}
