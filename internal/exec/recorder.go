package exec

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/voltrun/voltrun"
)

// recorder turns the output of one execution into numbered log lines. It keeps them until the
// execution is over, so that watchers read from memory; flushed says how many the store has.
// Safe for concurrent use.
type recorder struct {
	executionID string
	limit       int64
	changed     func() // called after lines were added, outside the lock

	mu        sync.Mutex
	lines     []voltrun.LogLine
	flushed   int // lines[:flushed] are in the store
	bytes     int64
	truncated int64
	reported  int64  // how much of truncated a system line has told of
	partial   []byte // the unfinished line, of one stream at a time
	stream    voltrun.Stream
	since     time.Time // when the unfinished line began
}

func newRecorder(executionID string, limit int64, changed func()) *recorder {
	return &recorder{executionID: executionID, limit: limit, changed: changed}
}

// write adds output. A line ends at a line feed, at MaxLogLineBytes, or where the other stream
// writes in between: so the order of all bytes over both streams is kept exactly.
func (r *recorder) write(stream voltrun.Stream, data []byte, now time.Time) {
	r.mu.Lock()
	before := len(r.lines)
	if room := r.limit - r.bytes; int64(len(data)) > room {
		r.truncated += int64(len(data)) - room
		data = data[:room]
	}
	r.bytes += int64(len(data))
	if len(data) > 0 && stream != r.stream {
		r.endPartial()
		r.stream = stream
	}
	for len(data) > 0 {
		if len(r.partial) == 0 {
			r.since = now
		}
		end := bytes.IndexByte(data, '\n')
		take := min(len(data), voltrun.MaxLogLineBytes-len(r.partial))
		if end >= 0 && end <= take {
			r.partial = append(r.partial, data[:end]...)
			r.add(false)
			data = data[end+1:]
			continue
		}
		r.partial = append(r.partial, data[:take]...)
		data = data[take:]
		if len(r.partial) == voltrun.MaxLogLineBytes {
			r.add(true)
		}
	}
	added := len(r.lines) > before
	r.mu.Unlock()
	if added {
		r.changed()
	}
}

// finish ends the last line, and says in a system line what was cut.
func (r *recorder) finish(now time.Time) {
	r.mu.Lock()
	before := len(r.lines)
	r.endPartial()
	if r.truncated > r.reported {
		r.reported = r.truncated
		r.addLine(voltrun.LogLine{Time: now, Stream: voltrun.StreamSystem, Text: fmt.Sprintf(
			"log limit of %d bytes reached: %d bytes were dropped", r.limit, r.truncated)})
	}
	added := len(r.lines) > before
	r.mu.Unlock()
	if added {
		r.changed()
	}
}

func (r *recorder) endPartial() {
	if len(r.partial) > 0 {
		r.add(true)
	}
}

// add makes a line of the partial bytes.
func (r *recorder) add(partial bool) {
	line := voltrun.LogLine{Time: r.since, Stream: r.stream, Partial: partial}
	line.Text = string(r.partial)
	if !utf8.Valid(r.partial) {
		line.Raw = bytes.Clone(r.partial)
		line.Text = strings.ToValidUTF8(line.Text, "\uFFFD")
	}
	r.partial = r.partial[:0]
	r.addLine(line)
}

func (r *recorder) addLine(line voltrun.LogLine) {
	line.Seq = int64(len(r.lines)) + 1
	r.lines = append(r.lines, line)
}

// after returns the lines with a higher seq.
func (r *recorder) after(seq int64, limit int) []voltrun.LogLine {
	r.mu.Lock()
	defer r.mu.Unlock()
	if seq < 0 {
		seq = 0
	}
	if seq >= int64(len(r.lines)) {
		return nil
	}
	lines := r.lines[seq:]
	if len(lines) > limit {
		lines = lines[:limit]
	}
	return lines
}

// unflushed returns the lines that the store does not have.
func (r *recorder) unflushed() []voltrun.LogLine {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines[r.flushed:]
}

// unfinished reports whether a line was begun and not ended.
func (r *recorder) unfinished() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.partial) > 0 || r.truncated > r.reported
}

// markFlushed says that the store has the lines up to seq.
func (r *recorder) markFlushed(seq int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flushed = max(r.flushed, int(seq))
}

// truncatedBytes is how much was dropped so far.
func (r *recorder) truncatedBytes() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.truncated
}

// lastSeq is the number of lines so far.
func (r *recorder) lastSeq() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return int64(len(r.lines))
}

// text joins the lines of both output streams as they were written, without the platform's remarks.
func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return joinLines(r.lines)
}

// joinLines is the text of the function's own lines, in order.
func joinLines(lines []voltrun.LogLine) string {
	if len(lines) == 0 {
		return ""
	}
	var b strings.Builder
	for _, line := range lines {
		if line.Stream == voltrun.StreamSystem {
			continue
		}
		b.WriteString(line.Text)
		if !line.Partial {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
