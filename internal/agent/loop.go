//go:build linux

package agent

import (
	"errors"
	"fmt"
	"io"

	"github.com/voltrun/voltrun/internal/wire"
	"golang.org/x/sys/unix"
)

// serve handles whatever can be read, one thing after the other, until the host closes the connection or an error ends it.
func (a *agent) serve(bell int) error {
	r := a.runtime
	for _, fd := range []int{a.inbound.fd, r.channel.fd, r.stdout.fd, r.stderr.fd, bell} {
		if err := a.poller.add(fd); err != nil {
			return fmt.Errorf("wait for descriptor %d: %w", fd, err)
		}
	}
	death := a.watchDeath()
	defer unix.Close(death)
	for !a.over {
		events, err := a.poller.wait(a.deadline())
		if err != nil {
			return fmt.Errorf("wait for the host and the runtime: %w", err)
		}
		for i := 0; i < len(events) && !a.over; i++ {
			switch int(events[i].Fd) {
			case a.inbound.fd:
				a.readHost()
			case r.channel.fd:
				a.readChannel()
			case r.stdout.fd:
				a.readRaw(r.stdout, wire.Stdout)
			case r.stderr.fd:
				a.readRaw(r.stderr, wire.Stderr)
			case death:
				a.poller.linger = 0 // the goroutine that collects it must get to run, and haste is over
				a.poller.remove(death)
			case bell:
				a.answerBell(bell)
			}
		}
		a.expire()
	}
	return a.err
}

// readHost handles the frames that have arrived from the host.
func (a *agent) readHost() {
	for {
		f, err := a.host.Read()
		switch {
		case errors.Is(err, io.EOF):
			a.end(nil)
			return
		case err != nil:
			err = fmt.Errorf("read from the host: %w", err)
		default:
			err = a.obey(f)
		}
		if err != nil {
			a.end(err)
			return
		}
		if !a.host.Buffered() {
			return
		}
	}
}

func (a *agent) obey(f wire.Frame) error {
	switch f.Type {
	case wire.TypePing:
		return a.host.WriteEmpty(wire.TypePong)
	case wire.TypeLoad:
		return a.load(f)
	case wire.TypeInvoke:
		return a.invoke(f)
	}
	return fmt.Errorf("%w: type %q is not for an agent", wire.ErrFrame, f.Type)
}

// end makes Run return err, unless it is about to return already.
func (a *agent) end(err error) {
	if !a.over {
		a.over, a.err = true, err
	}
}

// watchDeath has the loop woken at once when the runtime ends: the goroutine that collects it cannot do so while the loop
// lingers. Without (an old kernel), that moment passes first. It returns -1 then.
func (a *agent) watchDeath() int {
	fd, err := unix.PidfdOpen(a.runtime.pid, 0)
	if err != nil {
		return -1
	}
	if err := a.poller.add(fd); err != nil {
		unix.Close(fd)
		return -1
	}
	return fd
}

// newBell makes a descriptor by which the goroutine that collects processes wakes the loop.
func newBell() (int, error) {
	bell, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return -1, fmt.Errorf("make a descriptor to wake up with: %w", err)
	}
	return bell, nil
}

func ring(bell int) {
	_, _ = unix.Write(bell, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // it cannot fail: it rings once
}

func (a *agent) answerBell(bell int) {
	var count [8]byte
	_, _, _ = readNow(bell, count[:])
	select {
	case status := <-a.exits:
		a.exited(status)
	default:
	}
}
