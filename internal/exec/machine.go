package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/wire"
)

const (
	// answerGrace is how long after its own deadline the agent may still take to answer before the host ends the machine.
	answerGrace = 5 * time.Second
	// lateInvocations is how many earlier invocations of a machine may still write late output.
	lateInvocations = 16
	// pingTimeout is how long an idle agent may take to answer a health check.
	pingTimeout = 5 * time.Second
)

// machine is the host's side of one guest: it speaks wire with the agent. One goroutine uses it at a time.
type machine struct {
	vm     vm.Machine
	conn   net.Conn
	wire   *wire.Conn
	key    machineKey
	image  *runtimeImage
	booted time.Time
	idleAt time.Time // when it was put into the pool
	lentAt time.Time // when a machine of a warm function was handed out

	warmKey     string    // set once loaded: the revision it serves
	revision    *revision // the pool's, of a machine of a warm function; guarded by the pool's lock
	releaseCode func()
	peakBytes   int64 // of its memory, as of peakAt
	peakAt      time.Time
	invocations uint32
	recorders   map[uint32]*recorder // of the running and the last invocations

	destroyOnce sync.Once
}

// bootMachine boots a machine and waits until its runtime is ready for code.
func bootMachine(ctx context.Context, driver vm.Driver, key machineKey, image *runtimeImage, spec vm.Spec) (*machine, error) {
	guest, err := driver.Boot(ctx, spec)
	if err != nil {
		return nil, err
	}
	m := &machine{vm: guest, key: key, image: image, recorders: make(map[uint32]*recorder)}
	if err := m.connect(ctx); err != nil {
		destroyCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), destroyTimeout)
		defer cancel()
		return nil, errors.Join(voltrun.Internal("connecting to the machine's agent", err), guest.Destroy(destroyCtx))
	}
	m.booted = time.Now()
	return m, nil
}

func (m *machine) connect(ctx context.Context) error {
	conn, err := m.vm.Dial(ctx)
	if err != nil {
		return err
	}
	m.conn, m.wire = conn, wire.NewConn(conn)
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetReadDeadline(deadline)
	}
	frame, err := m.wire.Read()
	if err != nil {
		return fmt.Errorf("waiting for the agent's hello: %w", err)
	}
	var hello wire.Hello
	if frame.Type != wire.TypeHello {
		return fmt.Errorf("the agent began with %q: %w", frame.Type, wire.ErrFrame)
	}
	if err := frame.DecodeJSON(&hello); err != nil {
		return err
	}
	if hello.Protocol != wire.Version {
		return fmt.Errorf("the agent speaks protocol %d, this server %d", hello.Protocol, wire.Version)
	}
	return conn.SetReadDeadline(time.Time{})
}

// load gives the machine its code and waits for the module's initialisation. A non-nil failure is the function's own.
func (m *machine) load(d *voltrun.Deployment, code func(), rec *recorder, timeout time.Duration) (*wire.Failure, error) {
	m.warmKey, m.releaseCode = warmKeyOf(d), code
	m.recorders[0] = rec
	err := m.wire.WriteJSON(wire.TypeLoad, wire.Load{
		Digest:          d.Version.Digest,
		Handler:         d.Version.Handler,
		Environment:     d.Environment,
		FunctionName:    d.Function.Name,
		FunctionVersion: fmt.Sprint(d.Version.Number),
		ARN:             functionARN(d),
		MemoryMB:        d.Function.MemoryMB,
		TimeoutMS:       timeout.Milliseconds(),
	})
	if err != nil {
		return nil, err
	}
	_ = m.conn.SetReadDeadline(time.Now().Add(timeout + answerGrace))
	frame, err := m.readUntil(wire.TypeLoaded)
	if err != nil {
		return nil, err
	}
	var loaded wire.Loaded
	if err := frame.DecodeJSON(&loaded); err != nil {
		return nil, err
	}
	return loaded.Failure, nil
}

// invoke runs the handler once and returns its result and output. The output is valid until the machine is used again.
func (m *machine) invoke(d *voltrun.Deployment, e *voltrun.Execution, rec *recorder) (wire.Result, []byte, error) {
	m.invocations++
	m.recorders[0] = rec // what the module still writes belongs to the execution that loaded it
	m.recorders[m.invocations] = rec
	delete(m.recorders, m.invocations-lateInvocations)
	err := m.wire.WriteBlock(wire.TypeInvoke, wire.Invoke{
		Invocation: m.invocations,
		RequestID:  e.ID,
		TimeoutMS:  d.Function.Timeout.Milliseconds(),
	}, e.Input)
	if err != nil {
		return wire.Result{}, nil, err
	}
	_ = m.conn.SetReadDeadline(time.Now().Add(d.Function.Timeout + answerGrace))
	frame, err := m.readUntil(wire.TypeResult)
	if err != nil {
		return wire.Result{}, nil, err
	}
	var result wire.Result
	output, err := frame.DecodeBlock(&result)
	if err == nil && result.Invocation != m.invocations {
		err = fmt.Errorf("%w: a result for invocation %d while %d runs", wire.ErrFrame, result.Invocation, m.invocations)
	}
	return result, output, err
}

// settle waits until the agent has made the machine quiet after a result: then it may be invoked again.
func (m *machine) settle() error {
	_ = m.conn.SetReadDeadline(time.Now().Add(answerGrace))
	_, err := m.readUntil(wire.TypeIdle)
	return err
}

// ping checks that the agent of an idle machine answers.
func (m *machine) ping() error {
	_ = m.conn.SetDeadline(time.Now().Add(pingTimeout))
	if err := m.wire.WriteEmpty(wire.TypePing); err != nil {
		return err
	}
	if _, err := m.readUntil(wire.TypePong); err != nil {
		return err
	}
	return m.conn.SetDeadline(time.Time{})
}

// readUntil handles log frames until one of type want comes. Any other type ends the conversation.
func (m *machine) readUntil(want wire.Type) (wire.Frame, error) {
	for {
		frame, err := m.wire.Read()
		if err != nil {
			return frame, err
		}
		switch frame.Type {
		case want:
			return frame, nil
		case wire.TypeLog:
			if err := m.record(frame); err != nil {
				return frame, err
			}
		default:
			return frame, fmt.Errorf("%w: %q while waiting for %q", wire.ErrFrame, frame.Type, want)
		}
	}
}

// record gives output to the execution that wrote it. What belongs to none that is remembered was
// written long after its execution ended, and is dropped.
func (m *machine) record(frame wire.Frame) error {
	header, data, err := frame.DecodeLog()
	if err != nil {
		return err
	}
	if rec := m.recorders[header.Invocation]; rec != nil {
		stream := voltrun.StreamStdout
		if header.Stream == wire.Stderr {
			stream = voltrun.StreamStderr
		}
		rec.write(stream, data, time.Now())
	}
	return nil
}

const (
	// shortHandler cannot touch more than a few MB of new memory, and peakFresh bounds how long many of them go unnoticed.
	shortHandler = 2 * time.Millisecond
	peakFresh    = 50 * time.Millisecond
)

// memoryPeak is the most memory the machine has used, in bytes. It is not asked for again after each short call of a
// warm machine that lives on: reading a control group costs as much as some of them.
func (m *machine) memoryPeak(short bool) int64 {
	if now := time.Now(); !short || now.Sub(m.peakAt) > peakFresh {
		m.peakBytes, m.peakAt = m.vm.Usage().MemoryPeakBytes, now
	}
	return m.peakBytes
}

// alive reports whether the guest still runs.
func (m *machine) alive() bool {
	select {
	case <-m.vm.Done():
		return false
	default:
		return true
	}
}

// abort ends the connection: whoever waits for the agent gets an error at once. Safe from any goroutine.
func (m *machine) abort() { _ = m.conn.Close() }

// destroy ends the guest and releases what it holds. Safe to call more than once.
func (m *machine) destroy(ctx context.Context) error {
	var err error
	m.destroyOnce.Do(func() {
		m.abort()
		err = m.vm.Destroy(ctx)
		if m.releaseCode != nil {
			m.releaseCode()
		}
	})
	return err
}

// functionARN is shaped like Lambda's, for handlers that parse it.
func functionARN(d *voltrun.Deployment) string {
	return "arn:aws:lambda:local:000000000000:function:" + d.Function.Name
}

// warmKeyOf names what a warm machine may serve: one revision of one function of one owner, nothing else.
func warmKeyOf(d *voltrun.Deployment) string {
	return d.Function.OwnerID + "/" + d.Function.ID + "/" + fmt.Sprint(d.Version.Number) + "/" + d.Revision
}

// broken reports whether err means that the machine is gone, as opposed to breaking the protocol.
func broken(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}
