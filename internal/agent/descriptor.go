//go:build linux

package agent

import (
	"io"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// descriptor reads and writes a non-blocking file by system calls that the Go scheduler is not told about.
//
// Go prepares for every call that may block: it wakes its monitor thread, which then polls for a while. An invocation
// takes about ten calls, none of which can block, and the preparation cost several times as much as they did. Only when
// there is nothing to read, or no room to write, does the goroutine wait, in Go's poller as usual.
type descriptor struct {
	file io.Closer
	raw  syscall.RawConn

	// One read and one write may go on at a time. The functions are made once, and work on what lies beside them.
	in, out         []byte
	read            int
	readErr, outErr error
	tryRead, tryAll func(fd uintptr) bool
}

func newDescriptor(file interface {
	io.Closer
	syscall.Conn
}) (*descriptor, error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, err
	}
	d := &descriptor{file: file, raw: raw}
	d.tryRead = func(fd uintptr) bool {
		var wait bool
		d.read, wait, d.readErr = readNow(int(fd), d.in)
		return !wait
	}
	d.tryAll = func(fd uintptr) bool {
		var wait bool
		for len(d.out) > 0 && !wait && d.outErr == nil {
			var n int
			n, wait, d.outErr = writeNow(int(fd), d.out)
			d.out = d.out[n:]
		}
		return !wait
	}
	return d, nil
}

// Read waits until there is something to read.
func (d *descriptor) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	d.in = p
	err := d.raw.Read(d.tryRead)
	d.in = nil
	switch {
	case err != nil: // closed by this side
		return 0, err
	case d.readErr != nil:
		return 0, d.readErr
	case d.read == 0:
		return 0, io.EOF
	}
	return d.read, nil
}

// Write waits until all of p is written.
func (d *descriptor) Write(p []byte) (int, error) {
	d.out, d.outErr = p, nil
	err := d.raw.Write(d.tryAll)
	n := len(p) - len(d.out)
	d.out = nil
	if err == nil {
		err = d.outErr
	}
	return n, err
}

// Close ends whoever waits.
func (d *descriptor) Close() error { return d.file.Close() }

// now runs f with the open descriptor, and not at all when it is closed.
func (d *descriptor) now(f func(fd uintptr)) { _ = d.raw.Control(f) }

// readNow reads what is there without waiting: wait tells that nothing is, and n is 0 without an error
// when no writer is left. p is not empty.
func readNow(fd int, p []byte) (n int, wait bool, err error) {
	return result(syscall.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p))))
}

// writeNow writes what there is room for without waiting; p is not empty.
func writeNow(fd int, p []byte) (n int, wait bool, err error) {
	return result(syscall.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p))))
}

// preadNow reads a file that the kernel makes up from the start.
func preadNow(fd int, p []byte) (n int, err error) {
	n, _, err = result(syscall.RawSyscall6(unix.SYS_PREAD64, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), 0, 0, 0))
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
	var n int32
	if _, _, errno := syscall.RawSyscall(unix.SYS_IOCTL, uintptr(fd), unix.TIOCINQ, uintptr(unsafe.Pointer(&n))); errno != 0 {
		return 0
	}
	return int(n)
}
