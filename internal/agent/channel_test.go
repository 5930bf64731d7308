package agent

import (
	"bytes"
	"testing"
)

// Whatever the pieces in which a stream arrives, the frames are the same.
func FuzzParser(f *testing.F) {
	var n nonces
	f.Add(appendFrame(nil, frameLog, 1, n.of(1), []byte("body")), 3)
	f.Add([]byte{0, 0, 0, 0}, 1)
	f.Add([]byte{255, 255, 255, 255, 'R'}, 2)
	f.Fuzz(func(t *testing.T, stream []byte, step int) {
		whole, wholeErr := parseIn(stream, len(stream)+1)
		pieces, piecesErr := parseIn(stream, max(step, 1))
		if (wholeErr == nil) != (piecesErr == nil) || len(whole) != len(pieces) {
			t.Fatalf("%d frames, %v, but in pieces %d, %v", len(whole), wholeErr, len(pieces), piecesErr)
		}
		for i := range whole {
			if !bytes.Equal(whole[i], pieces[i]) {
				t.Fatalf("frame %d differs", i)
			}
		}
	})
}

func parseIn(stream []byte, step int) (frames [][]byte, err error) {
	var p parser
	for len(stream) > 0 {
		n := copy(p.space(), stream[:min(step, len(stream))])
		p.received(n)
		stream = stream[n:]
		for {
			f, ok, err := p.next()
			if err != nil {
				return frames, err
			}
			if !ok {
				break
			}
			frames = append(frames, append([]byte{f.kind}, f.payload...))
		}
	}
	return frames, nil
}

func TestGenuine(t *testing.T) {
	a, b := nonces{}, nonces{}
	b.secret[0] = 1
	f := frame{number: 4, nonce: a.of(4)}
	if !f.genuine(&a) || f.genuine(&b) {
		t.Error("a nonce does not tell its machine")
	}
	f.number = 5
	if f.genuine(&a) {
		t.Error("a nonce counts for another invocation")
	}
}
