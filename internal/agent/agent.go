//go:build linux

package agent

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/voltrun/voltrun/internal/wire"
	"golang.org/x/sys/unix"
)

// Environment is what the driver around the agent provides.
type Environment interface {
	// AttachCode shows the code with this digest, and returns the folder in which the runtime finds it.
	AttachCode(digest string) (taskRoot string, err error)
	// Start starts the runtime's process, confined as the driver promises. It must not
	// leave other children of the agent behind, which would be taken for strays of the function.
	Start(cmd *exec.Cmd) error
}

// Config is what Run needs.
type Config struct {
	Conn       Conn // to the host
	Env        Environment
	Command    []string // starts the runtime with the runner
	RuntimeEnv []string // KEY=value for the runtime's process; nothing else is inherited
	PID1       bool     // the agent is the first process of a pid namespace of its own
}

// phase is where the agent stands; it never goes back except between idle and busy.
type phase int

const (
	starting phase = iota // the runtime is not ready yet
	ready                 // waiting for Load
	busy                  // loading or invoking
	idle                  // loaded, waiting for Invoke
	finished              // the runtime is gone
)

type agent struct {
	host    *wire.Conn
	env     Environment
	pid1    bool
	started time.Time
	nonces  nonces
	poller  *poller
	inbound *stream // from the host

	// Everything happens in one goroutine. That gives output its order, and a slow host holds back the function as it should.
	runtime *runtime
	phase   phase
	call    *call  // the load or invocation that is not answered yet
	number  uint32 // of the last load or invocation: raw output is attributed to it
	out     []byte // the frame being sent to the runner, reused
	exits   chan unix.WaitStatus
	over    bool // Run returns err
	err     error
}

// call is a load or an invocation in progress.
type call struct {
	number    uint32
	requestID string
	limit     time.Duration
	begun     time.Time
	deadline  time.Time // zero when there is no limit
	expired   bool
	outcome   *outcome // nil while the runner may still answer
}

// ErrRuntime is wrapped by Run's error when the runtime ended while nothing was asked of it.
var ErrRuntime = errors.New("the runtime ended")

// Run starts the runtime and serves the host until it closes the connection, which is not an error.
// When it returns, every process it started is gone and Conn is closed.
func Run(c Config) error {
	a := &agent{env: c.Env, pid1: c.PID1, started: time.Now(), exits: make(chan unix.WaitStatus, 1)}
	if _, err := rand.Read(a.nonces.secret[:]); err != nil {
		return fmt.Errorf("make a secret for the runner's channel: %w", err)
	}
	defer c.Conn.Close()
	var err error
	if a.inbound, err = newStream(c.Conn, a); err != nil {
		return fmt.Errorf("use the connection to the host: %w", err)
	}
	a.host = wire.NewConn(a.inbound)
	if !c.PID1 {
		if err := adoptOrphans(); err != nil {
			return fmt.Errorf("become the parent of the function's orphans: %w", err)
		}
	}
	if a.poller, err = newPoller(); err != nil {
		return err
	}
	defer a.poller.close()
	bell, err := newBell()
	if err != nil {
		return err
	}
	defer unix.Close(bell)
	if a.runtime, err = startRuntime(c, a); err != nil {
		return err
	}
	reaped := make(chan struct{})
	go func() {
		defer close(reaped)
		reap(a.runtime.pid, a.exits, bell)
	}()
	err = a.serve(bell)
	c.Conn.Close()
	a.shutdown()
	<-reaped
	return err
}

// loadRequest is what the runner learns with a load.
type loadRequest struct {
	Handler         string            `json:"handler"`
	Environment     map[string]string `json:"environment"`
	FunctionName    string            `json:"function_name"`
	FunctionVersion string            `json:"function_version"`
	ARN             string            `json:"arn"`
	MemoryMB        int               `json:"memory_mb"`
	LogGroup        string            `json:"log_group"`
	LogStream       string            `json:"log_stream"`
}

func (a *agent) load(f wire.Frame) error {
	var l wire.Load
	if err := f.DecodeJSON(&l); err != nil {
		return err
	}
	if a.phase == finished {
		return nil // the end is reported already
	}
	if a.phase != ready {
		return fmt.Errorf("%w: a load, but the machine has taken one or is not ready", wire.ErrFrame)
	}
	begun := time.Now()
	root, err := a.env.AttachCode(l.Digest)
	if err != nil {
		return fmt.Errorf("attach the code %q: %w", l.Digest, err)
	}
	group, stream := logNames(l, begun)
	head, err := json.Marshal(loadRequest{
		Handler: l.Handler, Environment: environment(l, root, group, stream),
		FunctionName: l.FunctionName, FunctionVersion: l.FunctionVersion, ARN: l.ARN, MemoryMB: l.MemoryMB,
		LogGroup: group, LogStream: stream,
	})
	if err != nil {
		return err
	}
	payload := binary.BigEndian.AppendUint32(nil, uint32(len(head)))
	payload = append(append(payload, head...), root...)
	a.begin(&call{limit: time.Duration(l.TimeoutMS) * time.Millisecond, begun: begun}, frameLoad, payload)
	return nil
}

func (a *agent) invoke(f wire.Frame) error {
	var i wire.Invoke
	if _, err := f.DecodeBlock(&i); err != nil {
		return err
	}
	if a.phase == finished {
		return nil
	}
	if a.phase != idle || i.Invocation <= a.number {
		return fmt.Errorf("%w: invocation %d, but the machine is not idle or has had it", wire.ErrFrame, i.Invocation)
	}
	c := &call{number: i.Invocation, requestID: i.RequestID, limit: time.Duration(i.TimeoutMS) * time.Millisecond, begun: time.Now()}
	a.begin(c, frameInvoke, f.Payload[4:]) // what follows the number is what the runner learns
	return nil
}

// begin hands a call to the runner and starts its clock.
func (a *agent) begin(c *call, kind byte, payload []byte) {
	a.phase, a.call, a.number = busy, c, c.number
	if c.limit > 0 {
		c.deadline = c.begun.Add(c.limit)
	}
	a.runtime.resume()
	a.out = appendFrame(a.out[:0], kind, c.number, a.nonces.of(c.number), payload)
	_, err := a.runtime.channel.Write(a.out)
	if cap(a.out) > 1<<20 { // one large event must not pin memory
		a.out = nil
	}
	if err != nil { // the runtime is dying: its exit decides how the call ended
		a.runtime.kill(a.pid1)
	}
}
