package agent

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/voltrun/voltrun/internal/wire"
)

// The channel between agent and runner is a stream of frames, the same shape both ways:
//
//	length  uint32, big endian: bytes after this field
//	type    byte
//	number  uint32, big endian: 0 for the load, then the invocation
//	nonce   16 bytes: proof that the sender was told of this load or invocation
//	payload
//
// To the runner go Load and Invoke, one at a time and only when the last was answered.
// From the runner come Ready once, then output (any time) and one Result or Error per Load or Invoke.
const (
	frameLoad   = 'L' // uint32 with the length of a JSON object, the object: loadRequest, the code's folder
	frameInvoke = 'I' // uint32 timeout in ms, uint8 length of the request id, the request id, the event
	frameReady  = 'H' // the runtime's version
	frameResult = 'R' // JSON: the handler's answer; after Load: null
	frameError  = 'E' // JSON: runnerError
	frameLog    = 'O' // stream, then up to wire.MaxLogChunk bytes
)

const (
	nonceSize   = 16
	frameHeader = 4 + 1 + 4 + nonceSize
	maxFrame    = wire.MaxFrame
)

// errChannel is wrapped by every error about a frame that the runner cannot have sent.
var errChannel = errors.New("not a frame of the runner")

// nonces derives the nonce of each load and invocation from one secret, so that late output of
// any earlier invocation is recognised without keeping a list.
type nonces struct {
	secret [32]byte
	// The last one is asked for again and again.
	number uint32
	nonce  [nonceSize]byte
	known  bool
}

func (n *nonces) of(number uint32) [nonceSize]byte {
	if n.known && n.number == number {
		return n.nonce
	}
	var seed [36]byte
	copy(seed[:], n.secret[:])
	binary.BigEndian.PutUint32(seed[32:], number)
	sum := sha256.Sum256(seed[:])
	n.number, n.nonce, n.known = number, [nonceSize]byte(sum[:nonceSize]), true
	return n.nonce
}

// frame is one received frame. payload is valid until the next call of the parser.
type frame struct {
	kind    byte
	number  uint32
	nonce   [nonceSize]byte
	payload []byte
}

// genuine reports whether the frame carries the nonce of its number.
func (f *frame) genuine(n *nonces) bool {
	want := n.of(f.number)
	return subtle.ConstantTimeCompare(want[:], f.nonce[:]) == 1
}

// parser cuts a byte stream into frames. The buffer grows with what arrived, never with what a length promises.
type parser struct {
	buf        []byte
	start, end int
}

const parserSize = 64 << 10

// space returns where the next bytes of the stream go; received tells how many came.
func (p *parser) space() []byte {
	if p.start == p.end {
		p.start, p.end = 0, 0
		if len(p.buf) != parserSize { // first use, or after one large frame
			p.buf = make([]byte, parserSize)
		}
	}
	if p.end == len(p.buf) {
		if p.start > 0 {
			p.end = copy(p.buf, p.buf[p.start:p.end])
			p.start = 0
		} else {
			grown := make([]byte, 2*len(p.buf))
			copy(grown, p.buf)
			p.buf = grown
		}
	}
	return p.buf[p.end:]
}

func (p *parser) received(n int) { p.end += n }

// next returns the next whole frame; ok is false when more bytes are needed.
func (p *parser) next() (f frame, ok bool, err error) {
	have := p.buf[p.start:p.end]
	if len(have) < 4 {
		return frame{}, false, nil
	}
	length := binary.BigEndian.Uint32(have)
	if length < frameHeader-4 || length > maxFrame {
		return frame{}, false, fmt.Errorf("%w: a length of %d", errChannel, length)
	}
	if uint64(len(have)) < 4+uint64(length) {
		return frame{}, false, nil
	}
	f = frame{kind: have[4], number: binary.BigEndian.Uint32(have[5:]), payload: have[frameHeader : 4+length]}
	copy(f.nonce[:], have[9:frameHeader])
	p.start += 4 + int(length)
	return f, true, nil
}

// splitLog returns the parts of a log frame.
func (f *frame) splitLog() (wire.LogStream, []byte, error) {
	if len(f.payload) < 1 || len(f.payload) > 1+wire.MaxLogChunk {
		return 0, nil, fmt.Errorf("%w: output of %d bytes", errChannel, len(f.payload))
	}
	stream := wire.LogStream(f.payload[0])
	if stream != wire.Stdout && stream != wire.Stderr {
		return 0, nil, fmt.Errorf("%w: output stream %d", errChannel, stream)
	}
	return stream, f.payload[1:], nil
}

// appendFrame appends a frame to dst.
func appendFrame(dst []byte, kind byte, number uint32, nonce [nonceSize]byte, payload []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(frameHeader-4+len(payload)))
	dst = append(dst, kind)
	dst = binary.BigEndian.AppendUint32(dst, number)
	dst = append(dst, nonce[:]...)
	return append(dst, payload...)
}
