package exec

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/voltrun/voltrun"
)

// position says what a watcher has seen: of every execution with an id up to seen all there is, except of the
// open ones, which it has seen in part. It is what a cursor holds.
type position struct {
	seen string
	open map[string]follow
}

const (
	cursorFormat = 1
	// maxCursor bounds a cursor, in bytes of its text.
	maxCursor = 16 << 10
)

// told are the statuses that a watcher can have been told of an open execution, by their byte in a cursor.
var told = []voltrun.Status{"", voltrun.StatusPending, voltrun.StatusRunning, voltrun.StatusSuccess, voltrun.StatusFailed, voltrun.StatusTimeout, voltrun.StatusCanceled}

// encode writes the position as a cursor: a format byte, the id up to which all was seen, and for each open execution its id, the
// byte of its status and the number of its last line.
func (p position) encode() (string, error) {
	raw, err := appendID([]byte{cursorFormat}, p.seen)
	if err != nil {
		return "", err
	}
	for _, id := range slices.Sorted(maps.Keys(p.open)) {
		if raw, err = appendID(raw, id); err != nil {
			return "", err
		}
		raw = append(raw, byte(max(0, slices.Index(told, p.open[id].Status))))
		raw = binary.AppendUvarint(raw, uint64(p.open[id].Seq))
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

func appendID(raw []byte, id string) ([]byte, error) {
	bytes, ok := voltrun.IDBytes(voltrun.PrefixExecution, id)
	if !ok {
		return nil, voltrun.Internal("writing a cursor", fmt.Errorf("%q is no id of an execution", id))
	}
	return append(raw, bytes[:]...), nil
}

// decodePosition reads a cursor, which anybody may have made up: it can name executions, but whoever follows them looks whose they are.
func decodePosition(cursor string) (position, error) {
	invalid := voltrun.Invalid([]voltrun.FieldError{{Location: "query.cursor", Message: "is not a cursor of this stream; leave it out to start now"}})
	if len(cursor) > maxCursor {
		return position{}, invalid
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) == 0 || raw[0] != cursorFormat {
		return position{}, invalid
	}
	p := position{open: make(map[string]follow)}
	raw = raw[1:]
	if p.seen, raw = cutID(raw); p.seen == "" {
		return position{}, invalid
	}
	for len(raw) > 0 {
		var f follow
		if f.ID, raw = cutID(raw); f.ID == "" || len(raw) < 2 || int(raw[0]) >= len(told) {
			return position{}, invalid
		}
		f.Status = told[raw[0]]
		seq, n := binary.Uvarint(raw[1:])
		if n <= 0 || seq > 1<<62 || len(p.open) == maxOpen {
			return position{}, invalid
		}
		f.Seq, raw = int64(seq), raw[1+n:]
		p.open[f.ID] = f
	}
	return p, nil
}

// cutID takes an id off; "" when there is none.
func cutID(raw []byte) (id string, rest []byte) {
	if len(raw) < 16 {
		return "", nil
	}
	return voltrun.IDOf(voltrun.PrefixExecution, [16]byte(raw[:16])), raw[16:]
}
