//go:build linux

package agent

import (
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// poller waits for several descriptors at once, in one goroutine.
//
// Waiting in Go's own poller costs a pass through the scheduler, and a system call that may block wakes Go's monitor
// thread. While calls follow each other closely, both would cost more than the agent's own work, so the poller
// lingers: for a moment it waits in a system call that the scheduler knows nothing of. Meanwhile other goroutines stand
// still, which those there are can bear (docs/adr/0005). Only when nothing comes does it wait in Go's
// poller, without end.
type poller struct {
	fd     int
	file   *os.File // the same, known to Go's poller: an epoll descriptor can be read when it has events
	raw    syscall.RawConn
	linger time.Duration
	events [8]unix.EpollEvent
	found  int
	look   func(fd uintptr) bool
}

const lingerFor = 5 * time.Millisecond

func newPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a poller: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("make a poller: %w", err)
	}
	p := &poller{fd: fd, file: os.NewFile(uintptr(fd), "poller"), linger: lingerFor}
	p.look = func(uintptr) bool {
		p.check(0)
		return p.found != 0
	}
	if p.raw, err = p.file.SyscallConn(); err == nil {
		err = p.file.SetReadDeadline(time.Time{})
	}
	if err != nil {
		p.file.Close()
		return nil, fmt.Errorf("make a poller: %w", err)
	}
	return p, nil
}

func (p *poller) close() { p.file.Close() }

func (p *poller) add(fd int) error {
	return unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

// remove takes out a descriptor that has ended, which would be reported again and again.
func (p *poller) remove(fd int) {
	_ = unix.EpollCtl(p.fd, unix.EPOLL_CTL_DEL, fd, nil) // one that is not there is as good
}

// wait returns the descriptors that can be read or have ended, and none once it is later than the deadline. No deadline is zero.
func (p *poller) wait(deadline time.Time) ([]unix.EpollEvent, error) {
	first := p.linger
	if !deadline.IsZero() {
		first = max(min(first, time.Until(deadline)), 0)
	}
	p.check(int((first + time.Millisecond - 1) / time.Millisecond))
	if p.found == 0 {
		if err := p.file.SetReadDeadline(deadline); err != nil {
			return nil, err
		}
		if err := p.raw.Read(p.look); err != nil && !os.IsTimeout(err) {
			return nil, err
		}
	}
	return p.events[:p.found], nil
}

// check waits up to some milliseconds. An error, which can only be a signal, counts as nothing found.
func (p *poller) check(ms int) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events)), uintptr(len(p.events)), uintptr(ms), 0, 0)
	p.found = int(n)
	if errno != 0 {
		p.found = 0
	}
}

// readable reports whether one of two descriptors has something to read.
func readable(a, b int) bool {
	fds := [2]unix.PollFd{{Fd: int32(a), Events: unix.POLLIN}, {Fd: int32(b), Events: unix.POLLIN}}
	n, _, errno := syscall.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds)), uintptr(len(fds)), uintptr(unsafe.Pointer(&unix.Timespec{})), 0, 0, 0)
	return errno != 0 || n > 0 && (fds[0].Revents|fds[1].Revents)&unix.POLLIN != 0
}
