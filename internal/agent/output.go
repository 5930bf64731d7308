//go:build linux

package agent

import (
	"encoding/json"
	"fmt"

	"github.com/voltrun/voltrun/internal/wire"
)

// readRaw forwards what the function, or a process it started, wrote to a standard stream by itself. It reports false when
// there is nothing to read.
func (a *agent) readRaw(from *stream, stream wire.LogStream) bool {
	r := a.runtime
	n, wait, err := readNow(from.fd, r.buf)
	if n == 0 {
		if err != nil || !wait { // no writer is left
			a.poller.remove(from.fd)
		}
		return false
	}
	if stream == wire.Stderr {
		r.remember(r.buf[:n])
	}
	if a.phase != starting { // before Hello the host expects no output; the tail explains a failed start
		a.forward(a.number, stream, r.buf[:n])
	}
	return true
}

// readChannel takes in what the runner sent and acts on every whole frame. It reports false when there is nothing to read.
func (a *agent) readChannel() bool {
	r := a.runtime
	n, wait, err := readNow(r.channel.fd, r.frames.space())
	if n == 0 {
		if err != nil || !wait { // it was closed
			a.poller.remove(r.channel.fd)
		}
		return false
	}
	if r.condemned {
		return true // nothing that comes after a violation counts
	}
	r.frames.received(n)
	for {
		f, ok, err := r.frames.next()
		if err == nil && !ok {
			return true
		}
		if err == nil {
			err = a.handle(f)
		}
		if err != nil {
			a.violation(err)
			return true
		}
	}
}

func (a *agent) handle(f frame) error {
	if a.phase == starting {
		if f.kind != frameReady || f.number != 0 || len(f.payload) > 64 {
			return fmt.Errorf("%w: type %q before it was ready", errChannel, f.kind)
		}
		return a.hello(string(f.payload))
	}
	if !f.genuine(&a.nonces) {
		return fmt.Errorf("%w: type %q with a wrong nonce", errChannel, f.kind)
	}
	if f.kind == frameLog {
		stream, data, err := f.splitLog()
		if err != nil {
			return err
		}
		a.forward(f.number, stream, data)
		return nil
	}
	if a.call == nil || f.number != a.call.number {
		return fmt.Errorf("%w: type %q for a call that is over", errChannel, f.kind)
	}
	switch f.kind {
	case frameResult:
		return a.answered(f.payload)
	case frameError:
		return a.failed(f.payload)
	}
	return fmt.Errorf("%w: type %q", errChannel, f.kind)
}

// forward sends output to the host. It blocks while the host is slow, which in turn blocks the function.
func (a *agent) forward(number uint32, stream wire.LogStream, data []byte) {
	a.report(a.host.WriteLog(wire.LogHeader{Invocation: number, Stream: stream}, data))
}

// report ends Run when the host cannot be reached any more.
func (a *agent) report(err error) {
	if err != nil {
		a.end(fmt.Errorf("write to the host: %w", err))
	}
}

// drainRaw forwards what lies in the pipes now, not what a process that is still writing adds.
func (a *agent) drainRaw() {
	r := a.runtime
	if !readable(r.stdout.fd, r.stderr.fd) { // one cheap call tells of both
		return
	}
	drain := func(from *stream, stream wire.LogStream) {
		for left := pending(from.fd); left > 0; left -= len(r.buf) {
			if !a.readRaw(from, stream) {
				return
			}
		}
	}
	drain(r.stdout, wire.Stdout)
	drain(r.stderr, wire.Stderr)
}

// drainChannel handles what the runner had sent by now.
func (a *agent) drainChannel() {
	for left := pending(a.runtime.channel.fd); left > 0; left -= parserSize / 2 {
		if !a.readChannel() {
			return
		}
	}
}

// runnerError is the payload of an Error frame.
type runnerError struct {
	Kind    string   `json:"kind"` // empty: the handler's own
	Type    string   `json:"type"`
	Message string   `json:"message"`
	Stack   []string `json:"stack"`
	Fatal   bool     `json:"fatal"` // the runtime exits right after
}

func (e *runnerError) failure() *wire.Failure {
	kind := wire.FailureHandler
	if e.Kind == wire.FailureOutput {
		kind = wire.FailureOutput
	}
	f := &wire.Failure{Kind: kind, Type: shorten(e.Type, 256), Message: shorten(e.Message, maxMessage)}
	for i, line := range e.Stack {
		if i == maxStack {
			f.Stack = append(f.Stack, fmt.Sprintf("… %d more lines", len(e.Stack)-i))
			break
		}
		f.Stack = append(f.Stack, shorten(line, maxStackLine))
	}
	return f
}

// Limits of an error, which has to fit beside the rest of an execution.
const (
	maxMessage   = 64 << 10
	maxStack     = 200
	maxStackLine = 4 << 10
)

// shorten cuts s to about limit bytes and says by how much.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && s[cut]&0xc0 == 0x80 { // not within a character
		cut--
	}
	return fmt.Sprintf("%s… (%d more bytes)", s[:cut], len(s)-cut)
}

func (a *agent) failed(payload []byte) error {
	var e runnerError
	if err := json.Unmarshal(payload, &e); err != nil {
		return fmt.Errorf("%w: an error that is not JSON: %v", errChannel, err)
	}
	if e.Fatal { // the exit of the runtime ends the call, with this as the reason
		a.call.decide(outcome{failure: e.failure()})
		return nil
	}
	a.conclude(e.failure(), nil)
	return nil
}
