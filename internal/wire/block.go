package wire

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

// Invoke and Result travel with every execution, so their headers have fixed fields instead of JSON. All numbers
// are big endian, and the body begins right after the header:
//
//	Invoke  invocation uint32, timeout uint32 in ms, length of the request id uint8, request id
//	Result  invocation uint32, duration uint64 in µs, flags uint8,
//	        exit code int32 if flagExited, length uint32 and JSON of the Failure if flagFailed
const (
	flagAlive byte = 1 << iota
	flagExited
	flagFailed
	flagsKnown = flagAlive | flagExited | flagFailed
)

const (
	invokeSize = 4 + 4 + 1
	resultSize = 4 + 8 + 1
)

// header is the beginning of a block that is sent: Invoke or Result.
type header interface {
	appendTo(dst []byte) ([]byte, error)
}

// parsed is the beginning of a block that was received: *Invoke or *Result.
type parsed interface {
	parse(payload []byte) (body []byte, err error)
}

func (i Invoke) appendTo(dst []byte) ([]byte, error) {
	if i.TimeoutMS < 0 || i.TimeoutMS > math.MaxUint32 || len(i.RequestID) > math.MaxUint8 {
		return dst, fmt.Errorf("%w: an invocation of %d ms for a request id of %d bytes", ErrFrame, i.TimeoutMS, len(i.RequestID))
	}
	dst = binary.BigEndian.AppendUint32(dst, i.Invocation)
	dst = binary.BigEndian.AppendUint32(dst, uint32(i.TimeoutMS))
	dst = append(dst, byte(len(i.RequestID)))
	return append(dst, i.RequestID...), nil
}

func (i *Invoke) parse(p []byte) ([]byte, error) {
	if len(p) < invokeSize || len(p) < invokeSize+int(p[8]) {
		return nil, fmt.Errorf("%w: an invocation of %d bytes", ErrFrame, len(p))
	}
	end := invokeSize + int(p[8])
	*i = Invoke{
		Invocation: binary.BigEndian.Uint32(p),
		TimeoutMS:  int64(binary.BigEndian.Uint32(p[4:])),
		RequestID:  string(p[invokeSize:end]),
	}
	return p[end:], nil
}

func (r Result) appendTo(dst []byte) ([]byte, error) {
	flags := byte(0)
	if r.Alive {
		flags |= flagAlive
	}
	if r.ExitCode != nil {
		flags |= flagExited
	}
	if r.Failure != nil {
		flags |= flagFailed
	}
	dst = binary.BigEndian.AppendUint32(dst, r.Invocation)
	dst = binary.BigEndian.AppendUint64(dst, uint64(max(r.DurationUS, 0)))
	dst = append(dst, flags)
	if r.ExitCode != nil {
		dst = binary.BigEndian.AppendUint32(dst, uint32(int32(*r.ExitCode)))
	}
	if r.Failure == nil {
		return dst, nil
	}
	failure, err := json.Marshal(r.Failure)
	if err != nil {
		return dst, err
	}
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(failure)))
	return append(dst, failure...), nil
}

func (r *Result) parse(p []byte) ([]byte, error) {
	if len(p) < resultSize {
		return nil, fmt.Errorf("%w: a result of %d bytes", ErrFrame, len(p))
	}
	duration, flags := binary.BigEndian.Uint64(p[4:]), p[12]
	if duration > math.MaxInt64 || flags&^flagsKnown != 0 {
		return nil, fmt.Errorf("%w: a result with flags %x after %d µs", ErrFrame, flags, duration)
	}
	*r = Result{Invocation: binary.BigEndian.Uint32(p), DurationUS: int64(duration), Alive: flags&flagAlive != 0}
	p = p[resultSize:]
	if flags&flagExited != 0 {
		if len(p) < 4 {
			return nil, fmt.Errorf("%w: a result without its exit code", ErrFrame)
		}
		code := int(int32(binary.BigEndian.Uint32(p)))
		r.ExitCode, p = &code, p[4:]
	}
	if flags&flagFailed == 0 {
		return p, nil
	}
	if len(p) < 4 || uint64(binary.BigEndian.Uint32(p)) > uint64(len(p)-4) {
		return nil, fmt.Errorf("%w: a result without its failure", ErrFrame)
	}
	end := 4 + binary.BigEndian.Uint32(p)
	r.Failure = new(Failure)
	if err := json.Unmarshal(p[4:end], r.Failure); err != nil {
		return nil, fmt.Errorf("%w: a failure that is not JSON: %v", ErrFrame, err)
	}
	return p[end:], nil
}
