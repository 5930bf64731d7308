//go:build linux

package agent

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Conn is a connection that waits in Go's poller, as those of package net and non-blocking files do.
type Conn interface {
	io.Closer
	syscall.Conn
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// stream reads and writes a Conn by system calls that cannot block, which the Go scheduler need not know of. Where
// there is nothing to read or no room to write it waits in Go's poller, and meanwhile keeps the time of
// the call in progress: a slow peer must not make it longer.
type stream struct {
	conn Conn
	raw  syscall.RawConn
	fd   int
	time timekeeper
}

// timekeeper is the agent.
type timekeeper interface {
	deadline() time.Time // when expire has something to do; zero when never
	expire()
}

func newStream(conn Conn, keeper timekeeper) (*stream, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		return nil, err // it does not wait in Go's poller
	}
	s := &stream{conn: conn, raw: raw, time: keeper}
	err = raw.Control(func(fd uintptr) { s.fd = int(fd) })
	return s, err
}

// Read waits until there is something to read.
func (s *stream) Read(p []byte) (n int, err error) {
	n, wait, err := readNow(s.fd, p)
	for wait {
		waited := s.await(s.raw.Read, s.conn.SetReadDeadline, func() bool {
			n, wait, err = readNow(s.fd, p)
			return !wait
		})
		if waited != nil {
			return 0, waited
		}
	}
	if n == 0 && err == nil && len(p) > 0 {
		return 0, io.EOF
	}
	return n, err
}

// Write waits until all of p is written.
func (s *stream) Write(p []byte) (done int, err error) {
	for done < len(p) {
		n, wait, err := writeNow(s.fd, p[done:])
		if wait {
			waited := s.await(s.raw.Write, s.conn.SetWriteDeadline, func() bool {
				n, wait, err = writeNow(s.fd, p[done:])
				return !wait
			})
			if waited != nil {
				return done, waited
			}
		}
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// await repeats try whenever the poller says so, until it succeeds or the time of the call in progress is up, which is no error.
func (s *stream) await(wait func(func(uintptr) bool) error, until func(time.Time) error, try func() bool) error {
	if err := until(s.time.deadline()); err != nil {
		return err
	}
	err := wait(func(uintptr) bool { return try() })
	if errors.Is(err, os.ErrDeadlineExceeded) {
		s.time.expire()
		return nil
	}
	return err
}

// readNow reads what is there without waiting: wait tells that nothing is, and n is 0 without an error when no
// writer is left.
func readNow(fd int, p []byte) (n int, wait bool, err error) {
	return result(syscall.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p))))
}

// writeNow writes what there is room for without waiting.
func writeNow(fd int, p []byte) (n int, wait bool, err error) {
	return result(syscall.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p))))
}

// preadNow reads a file that the kernel makes up, from its start.
func preadNow(fd int, p []byte) (n int, err error) {
	n, _, err = result(syscall.RawSyscall6(unix.SYS_PREAD64, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0))
	return n, err
}

// result sorts what a read or write came to. The calls above never wait, so no signal interrupts them.
func result(n, _ uintptr, errno syscall.Errno) (int, bool, error) {
	switch errno {
	case 0:
		return int(n), false, nil
	case unix.EAGAIN:
		return 0, true, nil
	}
	return 0, false, errno
}

// pending is how many bytes can be read from fd without waiting.
func pending(fd int) int {
	n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
	if err != nil {
		return 0
	}
	return n
}
