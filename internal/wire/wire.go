// Package wire is the protocol between the host and the agent inside a machine.
//
// One connection per machine, one execution at a time. Every frame is
//
//	length  uint32, big endian: bytes after this field (type and payload)
//	type    byte
//	payload length-1 bytes
//
// The conversation, host on the left:
//
//	             ← Hello       once, as soon as the runtime waits for code
//	Load         →             code, handler, environment; once per machine
//	             ← Loaded      the module is initialised, or why not
//	Invoke       →             input
//	             ← Log*        output as it appears
//	             ← Result      exactly one per Invoke; every Log of the execution precedes it
//	             ← Idle        the machine is quiet again (stopped, strays killed): it may be invoked again
//	Ping         → ← Pong      any time
//
// Both sides treat the other as hostile: lengths are bounded before anything is
// allocated, unknown types and malformed payloads end the connection. There is no
// message with which a guest could make the host open, follow or run anything.
package wire

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Version of the protocol; the host refuses a Hello with another one.
const Version = 2

// Type of a frame.
type Type byte

const (
	TypeHello  Type = 'H' // JSON Hello
	TypeLoad   Type = 'L' // JSON Load
	TypeLoaded Type = 'l' // JSON Loaded
	TypeInvoke Type = 'I' // block: Invoke, then the input
	TypeLog    Type = 'O' // LogHeader, then bytes
	TypeResult Type = 'R' // block: Result, then the output
	TypeIdle   Type = 'i' // empty
	TypePing   Type = 'P' // empty
	TypePong   Type = 'p' // empty
)

// Limits of a frame, in bytes.
const (
	// MaxFrame bounds any frame: the largest input or output and its header.
	MaxFrame = 6<<20 + 256<<10
	// MaxLogChunk bounds the data of one Log frame.
	MaxLogChunk = 32 << 10
)

// ErrFrame is wrapped by every error about a malformed or oversized frame.
var ErrFrame = errors.New("malformed frame")

// Hello is the agent's first frame.
type Hello struct {
	Protocol int    `json:"protocol"`
	Runtime  string `json:"runtime"` // the runtime's exact version, such as "22.23.3"
	BootUS   int64  `json:"boot_us"` // from the agent's start to the runtime waiting, in microseconds
}

// Load gives the machine its code. A machine takes one Load in its life.
type Load struct {
	Digest          string            `json:"digest"` // names the content-addressed folder of the code; hex
	Handler         string            `json:"handler"`
	Environment     map[string]string `json:"environment"`
	FunctionName    string            `json:"function_name"`
	FunctionVersion string            `json:"function_version"`
	ARN             string            `json:"arn"`
	MemoryMB        int               `json:"memory_mb"`
	TimeoutMS       int64             `json:"timeout_ms"` // bounds the load; the rest is left to Invoke
}

// Loaded answers Load. Logs written during the load come as Log frames of invocation 0, before it.
type Loaded struct {
	DurationUS int64    `json:"duration_us"`
	Failure    *Failure `json:"failure,omitempty"`
}

// Invoke runs the handler once. block.go has its form, and that of Result.
type Invoke struct {
	// Invocation counts from 1 on this machine and names the execution in Log frames.
	Invocation uint32
	RequestID  string // the execution's id, the handler's awsRequestId; at most 255 bytes
	TimeoutMS  int64  // how long the handler may run from now on; at most 32 bits
}

// Failure kinds: how an execution ended without an answer.
const (
	FailureHandler  = "handler"  // the handler threw, or its module could not be loaded
	FailureTimeout  = "timeout"  // the time was up
	FailureExit     = "exit"     // the runtime's process ended
	FailureProtocol = "protocol" // something else than the runner wrote on the runner's channel
	FailureOutput   = "output"   // the output was over the limit, or is not JSON
)

// Failure is why there is no output.
type Failure struct {
	Kind    string   `json:"kind"`
	Type    string   `json:"type"`
	Message string   `json:"message"`
	Stack   []string `json:"stack,omitempty"`
}

// Result ends an invocation. Output follows it in the frame when Failure is nil.
type Result struct {
	Invocation uint32
	DurationUS int64 // the handler's own time
	Failure    *Failure
	ExitCode   *int // of the runtime's process, when it ended; 128+n for signal n
	// Alive tells whether the machine can take another Invoke after Idle.
	Alive bool
}

// LogStream is the origin of a Log frame's bytes.
type LogStream byte

const (
	Stdout LogStream = 1
	Stderr LogStream = 2
)

// LogHeader precedes the bytes of a Log frame: invocation (uint32, big endian) and stream (byte).
// Invocation 0 is the load. An earlier invocation than the running one is output that
// the function wrote late, from work it left behind.
type LogHeader struct {
	Invocation uint32
	Stream     LogStream
}

const logHeaderSize = 5

func (h LogHeader) appendTo(dst []byte) ([]byte, error) {
	return append(binary.BigEndian.AppendUint32(dst, h.Invocation), byte(h.Stream)), nil
}

// Frame is a received frame. Payload is valid until the next Read.
type Frame struct {
	Type    Type
	Payload []byte
}

// Conn frames a byte stream. Write methods are safe for concurrent use; Read is for one goroutine.
type Conn struct {
	r   *bufio.Reader
	buf []byte

	mu   sync.Mutex
	w    io.Writer
	out  []byte
	held bool // frames gather in out until Release
}

// NewConn frames rw. It does not own rw: the caller closes it.
func NewConn(rw io.ReadWriter) *Conn {
	return &Conn{r: bufio.NewReaderSize(rw, 32<<10), w: rw}
}

// Read returns the next frame. io.EOF means the peer closed between frames.
func (c *Conn) Read() (Frame, error) {
	var header [5]byte
	if _, err := io.ReadFull(c.r, header[:4]); err != nil {
		return Frame{}, err
	}
	length := binary.BigEndian.Uint32(header[:4])
	if length == 0 || length > MaxFrame {
		return Frame{}, fmt.Errorf("%w: length %d is not within 1 and %d", ErrFrame, length, MaxFrame)
	}
	t, err := c.r.ReadByte()
	if err != nil {
		return Frame{}, unexpected(err)
	}
	payload, err := c.readPayload(int(length) - 1)
	if err != nil {
		return Frame{}, err
	}
	return Frame{Type: Type(t), Payload: payload}, nil
}

// readPayload grows the buffer only as bytes arrive, so that a length alone cannot make the reader allocate.
func (c *Conn) readPayload(n int) ([]byte, error) {
	const step = 256 << 10
	if cap(c.buf) > 1<<20 && n <= step { // one large payload must not pin memory for the machine's life
		c.buf = nil
	}
	c.buf = c.buf[:0]
	for len(c.buf) < n {
		have := len(c.buf)
		want := min(n-have, step)
		if cap(c.buf)-have < want {
			grown := make([]byte, have, max(have+want, min(2*cap(c.buf), MaxFrame)))
			copy(grown, c.buf)
			c.buf = grown
		}
		c.buf = c.buf[:have+want]
		if _, err := io.ReadFull(c.r, c.buf[have:]); err != nil {
			return nil, unexpected(err)
		}
	}
	return c.buf, nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// WriteEmpty sends a frame without payload.
func (c *Conn) WriteEmpty(t Type) error { return c.write(t, nil, nil) }

// WriteJSON sends a frame whose payload is v as JSON.
func (c *Conn) WriteJSON(t Type, v any) error {
	payload, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.write(t, nil, payload)
}

// WriteBlock sends an Invoke or a Result, followed by the input or the output.
func (c *Conn) WriteBlock(t Type, h header, body []byte) error { return c.write(t, h, body) }

// WriteLog sends output of a function, in as many frames as it needs.
func (c *Conn) WriteLog(h LogHeader, data []byte) error {
	for len(data) > 0 {
		n := min(len(data), MaxLogChunk)
		if err := c.write(TypeLog, h, data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// Hold gathers the following frames, to be sent with one call to the writer by Release.
func (c *Conn) Hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = true
	c.out = c.out[:0]
}

// Release sends what was gathered since Hold.
func (c *Conn) Release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = false
	return c.flush()
}

// flush sends out. The caller holds mu.
func (c *Conn) flush() error {
	_, err := c.w.Write(c.out)
	c.out = c.out[:0]
	if cap(c.out) > 1<<20 { // one large payload must not pin memory for the machine's life
		c.out = nil
	}
	return err
}

// Buffered reports whether bytes of a further frame have been received already.
func (c *Conn) Buffered() bool { return c.r.Buffered() > 0 }

// write sends one frame with one call to the writer, so that small frames cost one system call. Head may be nil.
func (c *Conn) write(t Type, head header, body []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.held {
		c.out = c.out[:0]
	}
	start := len(c.out)
	if err := c.gather(t, head, body); err != nil {
		c.out = c.out[:start] // a frame is sent whole or not at all
		return err
	}
	if c.held {
		return nil
	}
	return c.flush()
}

// gather appends a frame to out. The caller holds mu.
func (c *Conn) gather(t Type, head header, body []byte) (err error) {
	start := len(c.out)
	c.out = append(c.out, 0, 0, 0, 0, byte(t))
	if head != nil {
		if c.out, err = head.appendTo(c.out); err != nil {
			return err
		}
	}
	length := len(c.out) - start - 4 + len(body)
	if length > MaxFrame {
		return fmt.Errorf("%w: %d bytes are over %d", ErrFrame, length, MaxFrame)
	}
	binary.BigEndian.PutUint32(c.out[start:], uint32(length))
	c.out = append(c.out, body...)
	return nil
}

// DecodeJSON decodes the payload of a JSON frame into v.
func (f Frame) DecodeJSON(v any) error {
	if err := json.Unmarshal(f.Payload, v); err != nil {
		return fmt.Errorf("%w: type %q: %v", ErrFrame, f.Type, err)
	}
	return nil
}

// DecodeBlock decodes the header of an Invoke or a Result into p and returns the body, valid until the next Read.
func (f Frame) DecodeBlock(p parsed) ([]byte, error) { return p.parse(f.Payload) }

// DecodeLog splits a Log frame; data is valid until the next Read.
func (f Frame) DecodeLog() (LogHeader, []byte, error) {
	if f.Type != TypeLog || len(f.Payload) < logHeaderSize || len(f.Payload) > logHeaderSize+MaxLogChunk {
		return LogHeader{}, nil, fmt.Errorf("%w: a log frame of %d bytes", ErrFrame, len(f.Payload))
	}
	h := LogHeader{Invocation: binary.BigEndian.Uint32(f.Payload), Stream: LogStream(f.Payload[4])}
	if h.Stream != Stdout && h.Stream != Stderr {
		return LogHeader{}, nil, fmt.Errorf("%w: log stream %d", ErrFrame, h.Stream)
	}
	return h, f.Payload[logHeaderSize:], nil
}
