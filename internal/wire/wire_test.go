package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// loop is a connection to itself.
type loop struct{ bytes.Buffer }

func TestFrames(t *testing.T) {
	var l loop
	c := NewConn(&l)
	big := bytes.Repeat([]byte("x"), 6<<20)
	if err := c.WriteBlock(TypeInvoke, Invoke{Invocation: 7, RequestID: "r"}, big); err != nil {
		t.Fatal(err)
	}
	if err := c.WriteJSON(TypeLoad, Load{Handler: "index.handler"}); err != nil {
		t.Fatal(err)
	}
	if err := c.WriteEmpty(TypePing); err != nil {
		t.Fatal(err)
	}
	f, err := c.Read()
	if err != nil {
		t.Fatal(err)
	}
	var i Invoke
	body, err := f.DecodeBlock(&i)
	if err != nil || f.Type != TypeInvoke || i.Invocation != 7 || !bytes.Equal(body, big) {
		t.Fatalf("%v %+v, %d bytes", err, i, len(body))
	}
	var load Load
	if f, err = c.Read(); err != nil || f.DecodeJSON(&load) != nil || load.Handler != "index.handler" {
		t.Fatalf("%v %+v", err, load)
	}
	if f, err = c.Read(); err != nil || f.Type != TypePing || len(f.Payload) != 0 {
		t.Fatalf("%v %+v", err, f)
	}
	if _, err = c.Read(); err != io.EOF {
		t.Fatalf("%v instead of EOF", err)
	}
}

func TestLogIsCutIntoChunks(t *testing.T) {
	var l loop
	c := NewConn(&l)
	data := []byte(strings.Repeat("0123456789", MaxLogChunk/5))
	if err := c.WriteLog(LogHeader{Invocation: 3, Stream: Stderr}, data); err != nil {
		t.Fatal(err)
	}
	var got []byte
	for l.Len() > 0 || c.r.Buffered() > 0 {
		f, err := c.Read()
		if err != nil {
			t.Fatal(err)
		}
		h, part, err := f.DecodeLog()
		if err != nil || h != (LogHeader{3, Stderr}) || len(part) > MaxLogChunk {
			t.Fatalf("%v %+v, %d bytes", err, h, len(part))
		}
		got = append(got, part...)
	}
	if !bytes.Equal(got, data) {
		t.Fatalf("%d bytes instead of %d", len(got), len(data))
	}
}

func TestRefused(t *testing.T) {
	frame := func(length uint32, rest ...byte) []byte {
		return append(binary.BigEndian.AppendUint32(nil, length), rest...)
	}
	for name, test := range map[string]struct {
		stream []byte
		want   error
	}{
		"no type":       {frame(0), ErrFrame},
		"too long":      {frame(MaxFrame + 1), ErrFrame},
		"cut in length": {[]byte{0, 0}, io.ErrUnexpectedEOF},
		"cut at type":   {frame(5), io.ErrUnexpectedEOF},
		"cut payload":   {frame(5, 'L', '{'), io.ErrUnexpectedEOF},
	} {
		_, err := NewConn(&loop{*bytes.NewBuffer(test.stream)}).Read()
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if err := NewConn(&loop{}).WriteBlock(TypeResult, Result{}, make([]byte, MaxFrame)); !errors.Is(err, ErrFrame) {
		t.Errorf("an oversized write: %v", err)
	}
}

// A length alone must not make the reader allocate.
func TestLengthDoesNotAllocate(t *testing.T) {
	c := NewConn(&loop{*bytes.NewBuffer(append(binary.BigEndian.AppendUint32(nil, MaxFrame), 'R', 'x'))})
	if _, err := c.Read(); err == nil || cap(c.buf) > 1<<20 {
		t.Fatalf("%v with %d bytes", err, cap(c.buf))
	}
}

// One large frame must not pin its memory on either side.
func TestLargeFrameIsForgotten(t *testing.T) {
	var l loop
	c := NewConn(&l)
	for _, body := range [][]byte{make([]byte, 5<<20), nil} {
		if err := c.WriteBlock(TypeResult, Result{}, body); err != nil {
			t.Fatal(err)
		}
		if f, err := c.Read(); err != nil || len(f.Payload) != resultSize+len(body) {
			t.Fatalf("%v, %d bytes", err, len(f.Payload))
		}
	}
	if cap(c.buf) > 1<<20 || cap(c.out) > 1<<20 {
		t.Fatalf("%d and %d bytes are kept", cap(c.buf), cap(c.out))
	}
}

func TestConcurrentWrites(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	w, r := NewConn(a), NewConn(b)
	var writers sync.WaitGroup
	for n := range 4 {
		writers.Add(1)
		go func() {
			defer writers.Done()
			for range 100 {
				if err := w.WriteLog(LogHeader{uint32(n), Stdout}, bytes.Repeat([]byte{byte('a' + n)}, 100)); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	for range 400 {
		f, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		h, data, err := f.DecodeLog()
		if err != nil || !bytes.Equal(data, bytes.Repeat([]byte{byte('a' + h.Invocation)}, 100)) {
			t.Fatalf("%v %+v %q", err, h, data)
		}
	}
	writers.Wait()
}

func FuzzRead(f *testing.F) {
	var l loop
	c := NewConn(&l)
	_ = c.WriteBlock(TypeResult, Result{Invocation: 1}, []byte(`{"a":1}`)) // to memory
	code := 137
	_ = c.WriteBlock(TypeResult, Result{Invocation: 2, ExitCode: &code, Failure: &Failure{Kind: FailureExit}}, nil)
	_ = c.WriteBlock(TypeInvoke, Invoke{Invocation: 3, RequestID: "r", TimeoutMS: 1000}, []byte(`{}`))
	_ = c.WriteLog(LogHeader{1, Stdout}, []byte("x"))
	f.Add(l.Bytes())
	f.Add([]byte{0, 0, 0, 1, 'P', 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, stream []byte) {
		c := NewConn(&loop{*bytes.NewBuffer(stream)})
		for {
			frame, err := c.Read()
			if err != nil {
				return
			}
			if len(frame.Payload) >= MaxFrame {
				t.Fatalf("a payload of %d bytes", len(frame.Payload))
			}
			var r Result
			if body, err := frame.DecodeBlock(&r); err == nil {
				same(t, frame.Payload, r, body, r.Failure == nil)
			}
			var i Invoke
			if body, err := frame.DecodeBlock(&i); err == nil {
				same(t, frame.Payload, i, body, true)
			}
			if h, data, err := frame.DecodeLog(); err == nil && (len(data) > MaxLogChunk || (h.Stream != Stdout && h.Stream != Stderr)) {
				t.Fatalf("%+v with %d bytes", h, len(data))
			}
			_ = frame.DecodeJSON(&r)
		}
	})
}

// same checks that a decoded block encodes to what it was; the JSON of a failure may differ in spelling.
func same(t *testing.T, payload []byte, h header, body []byte, exact bool) {
	t.Helper()
	again, err := h.appendTo(nil)
	if err != nil {
		t.Fatal(err)
	}
	if exact && !bytes.Equal(append(again, body...), payload) || !bytes.HasSuffix(payload, body) {
		t.Fatalf("%x became %x and %x", payload, again, body)
	}
}

func TestBlocks(t *testing.T) {
	code := -1
	for _, r := range []Result{
		{},
		{Invocation: 1 << 31, DurationUS: 1 << 40, Alive: true},
		{Invocation: 1, ExitCode: &code, Failure: &Failure{Kind: FailureExit, Type: "T", Message: "m", Stack: []string{"a", "b"}}},
		{Failure: &Failure{Kind: FailureHandler}, Alive: true},
	} {
		sent, err := r.appendTo(nil)
		if err != nil {
			t.Fatal(err)
		}
		var got Result
		body, err := got.parse(append(sent, "body"...))
		if err != nil || string(body) != "body" || !reflect.DeepEqual(got, r) {
			t.Errorf("%+v came as %+v, %q, %v", r, got, body, err)
		}
		for n := range sent { // every part of it is needed
			if _, err := got.parse(sent[:n]); !errors.Is(err, ErrFrame) {
				t.Errorf("%d of %d bytes: %v", n, len(sent), err)
			}
		}
	}
	for _, i := range []Invoke{{TimeoutMS: -1}, {TimeoutMS: 1 << 32}, {RequestID: strings.Repeat("x", 256)}} {
		var l loop
		if err := NewConn(&l).WriteBlock(TypeInvoke, i, nil); !errors.Is(err, ErrFrame) || l.Len() != 0 {
			t.Errorf("%+v: %v with %d bytes sent", i, err, l.Len())
		}
	}
	var got Invoke
	if _, err := got.parse([]byte{0, 0, 0, 1, 0, 0, 0, 1, 2, 'r'}); !errors.Is(err, ErrFrame) {
		t.Errorf("a cut request id: %v", err)
	}
	var result Result
	if _, err := result.parse([]byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 8}); !errors.Is(err, ErrFrame) {
		t.Errorf("an unknown flag: %v", err)
	}
}
