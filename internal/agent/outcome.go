//go:build linux

package agent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/wire"
	"golang.org/x/sys/unix"
)

// outcome is how a call ended without an answer of the runner that counts.
type outcome struct {
	killed  bool // by the agent, so that the exit status says nothing about the function
	failure *wire.Failure
}

// decide sets how the call ended. What comes first counts.
func (c *call) decide(o outcome) {
	if c.outcome == nil {
		c.outcome = &o
	}
}

// hello tells the host that the runtime waits for code.
func (a *agent) hello(version string) error {
	a.phase = ready
	a.runtime.threads = threads(a.runtime.pid)
	a.runtime.newest = newestPID(a.pid1)
	a.report(a.host.WriteJSON(wire.TypeHello, wire.Hello{
		Protocol: wire.Version, Runtime: version, BootUS: time.Since(a.started).Microseconds(),
	}))
	return nil
}

// answered takes the handler's answer.
func (a *agent) answered(output []byte) error {
	if !json.Valid(output) {
		return fmt.Errorf("%w: an answer that is not JSON", errChannel)
	}
	if len(output) > voltrun.MaxOutputBytes {
		a.conclude(&wire.Failure{
			Kind: wire.FailureOutput, Type: voltrun.ErrorOutputSize,
			Message: fmt.Sprintf("the answer has %d bytes, more than the %d that are allowed", len(output), voltrun.MaxOutputBytes),
		}, nil)
		return nil
	}
	a.conclude(nil, output)
	return nil
}

// conclude ends the call in progress with what the runner said, and leaves the machine quiet.
func (a *agent) conclude(failure *wire.Failure, output []byte) {
	c := a.call
	if c.outcome != nil {
		return // too late: the time was up
	}
	elapsed := time.Since(c.begun)
	a.call = nil
	a.drainRaw()
	alive := !a.runtime.dead
	if c.number == 0 {
		a.phase = idle
		if failure != nil || !alive {
			a.phase = finished
		}
		a.report(a.host.WriteJSON(wire.TypeLoaded, wire.Loaded{DurationUS: elapsed.Microseconds(), Failure: failure}))
		return
	}
	result := wire.Result{Invocation: c.number, DurationUS: elapsed.Microseconds(), Failure: failure, Alive: alive}
	if alive && a.runtime.restsAlone() {
		// Nothing can be running: result and Idle travel together, so that the machine is free at once.
		a.phase = idle
		a.host.Hold()
		a.report(a.host.WriteBlock(wire.TypeResult, result, output))
		a.report(a.host.WriteEmpty(wire.TypeIdle))
		a.report(a.host.Release())
		return
	}
	a.report(a.host.WriteBlock(wire.TypeResult, result, output))
	if !alive {
		a.phase = finished
		return
	}
	a.quiesce()
}

// quiesce stops what the invocation left running and collects what it still wrote, then says Idle.
func (a *agent) quiesce() {
	r := a.runtime
	newest := newestPID(a.pid1) // before looking: what starts meanwhile is looked for again next time
	// With no more threads than it started with, the runtime rests in the runner's read and there is
	// nothing to stop; stopping wakes all its threads, twice.
	n := threads(r.pid)
	if n == 0 || n > r.threads {
		r.stop()
		newest = 0
	}
	if !killStrays(r.pid, a.pid1) {
		a.end(errors.New("it cannot be made sure that nothing of the function still runs"))
		return
	}
	a.drainChannel()
	a.drainRaw()
	if r.dead || r.condemned {
		return // the exit is about to be reported
	}
	r.newest = newest
	a.phase = idle
	a.report(a.host.WriteEmpty(wire.TypeIdle))
}

// restsAlone reports, for the price of one read, that the runtime has no more threads than it began with and no other process exists:
// nothing was started in this pid namespace since that was last made sure of.
func (r *runtime) restsAlone() bool {
	return r.newest != 0 && !r.stopped && newestPID(true) == r.newest
}

// deadline is when the call in progress has to be ended; zero when there is nothing to end.
func (a *agent) deadline() time.Time {
	if a.call == nil || a.call.expired {
		return time.Time{}
	}
	return a.call.deadline
}

// expire ends the call in progress if its time is up.
func (a *agent) expire() {
	deadline := a.deadline()
	if deadline.IsZero() || time.Now().Before(deadline) {
		return
	}
	c := a.call
	c.expired = true
	c.decide(outcome{killed: true, failure: &wire.Failure{
		Kind: wire.FailureTimeout, Type: voltrun.ErrorTimeout,
		Message: fmt.Sprintf("Task timed out after %.2f seconds", c.limit.Seconds()),
	}})
	a.runtime.kill(a.pid1)
}

// violation ends the runtime because something else than the runner wrote on its channel.
func (a *agent) violation(err error) {
	r := a.runtime
	r.condemned = true
	if a.call != nil {
		a.call.decide(outcome{killed: true, failure: &wire.Failure{
			Kind: wire.FailureProtocol, Type: voltrun.ErrorProtocol,
			Message: fmt.Sprintf("the function wrote on a descriptor that belongs to the runtime: %v", err),
		}})
	}
	r.kill(a.pid1)
}

// exited reports the end of the runtime's process.
func (a *agent) exited(status unix.WaitStatus) {
	r := a.runtime
	r.dead = true
	r.kill(a.pid1) // what is left of its children, which may hold the pipes open
	a.drainChannel()
	a.drainRaw()
	c := a.call
	if c == nil {
		if a.phase != finished {
			a.phase = finished
			a.end(fmt.Errorf("%w while it was idle: %s%s", ErrRuntime, describeStatus(status), lastWords(r.tail)))
		}
		return
	}
	a.call, a.phase = nil, finished
	c.decide(outcome{failure: exitFailure(c.requestID, status, r.tail)})
	o := c.outcome
	elapsed := time.Since(c.begun).Microseconds()
	if c.number == 0 {
		a.report(a.host.WriteJSON(wire.TypeLoaded, wire.Loaded{DurationUS: elapsed, Failure: o.failure}))
		return
	}
	result := wire.Result{Invocation: c.number, DurationUS: elapsed, Failure: o.failure}
	if !o.killed {
		code := exitCode(status)
		result.ExitCode = &code
	}
	a.report(a.host.WriteBlock(wire.TypeResult, result, nil))
}

func exitCode(status unix.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

func describeStatus(status unix.WaitStatus) string {
	if status.Signaled() {
		return "signal: " + signalName(status.Signal())
	}
	return fmt.Sprintf("exit status %d", status.ExitStatus())
}

// exitFailure is Lambda's report of a runtime that exited by itself. Running out of memory inside V8 ends in an
// abort, and is told apart by what V8 wrote before.
func exitFailure(requestID string, status unix.WaitStatus, tail []byte) *wire.Failure {
	f := &wire.Failure{Kind: wire.FailureExit, Type: voltrun.ErrorExit}
	switch {
	case exitCode(status) == 128+int(unix.SIGABRT) && bytes.Contains(tail, []byte("JavaScript heap out of memory")):
		f.Type = voltrun.ErrorOutOfMemory
		f.Message = "Runtime exited with error: JavaScript heap out of memory"
	case exitCode(status) == 0:
		f.Message = "Runtime exited without providing a reason"
	default:
		f.Message = "Runtime exited with error: " + describeStatus(status)
	}
	if requestID != "" {
		f.Message = "RequestId: " + requestID + " Error: " + f.Message
	}
	return f
}

// lastWords quotes the end of what the runtime wrote, for the operator.
func lastWords(tail []byte) string {
	tail = bytes.TrimSpace(tail)
	if len(tail) == 0 {
		return ""
	}
	return "; it wrote: " + string(tail)
}
