package exec

import (
	"bytes"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"pgregory.net/rapid"
)

func newTestRecorder(limit int64) *recorder { return newRecorder("exe_test", limit, func() {}) }

func TestRecorderKeepsOrderOverBothStreams(t *testing.T) {
	t.Parallel()
	r := newTestRecorder(1000)
	now := time.Unix(1, 0)
	r.write(voltrun.StreamStdout, []byte("par"), now)
	r.write(voltrun.StreamStderr, []byte("err\n"), now)
	r.write(voltrun.StreamStdout, []byte("tial\nlast"), now)
	r.finish(now)
	if got, want := r.text(), "parerr\ntial\nlast"; got != want {
		t.Fatalf("text = %q, want %q", got, want)
	}
	lines := r.after(0, 100)
	if len(lines) != 4 || !lines[0].Partial || lines[1].Stream != voltrun.StreamStderr || lines[3].Seq != 4 {
		t.Fatalf("lines = %+v", lines)
	}
}

func TestRecorderSaysWhatItDropped(t *testing.T) {
	t.Parallel()
	r := newTestRecorder(10)
	r.write(voltrun.StreamStdout, []byte("0123456789abc"), time.Now())
	r.write(voltrun.StreamStdout, []byte("more\n"), time.Now())
	r.finish(time.Now())
	if r.truncatedBytes() != 8 || r.text() != "0123456789" {
		t.Fatalf("truncated %d, text %q", r.truncatedBytes(), r.text())
	}
	lines := r.after(0, 100)
	if last := lines[len(lines)-1]; last.Stream != voltrun.StreamSystem {
		t.Fatalf("the last line should tell of the cut: %+v", last)
	}
}

func TestRecorderSplitsLongLinesWithoutLosingAByte(t *testing.T) {
	t.Parallel()
	r := newTestRecorder(1 << 20)
	long := bytes.Repeat([]byte("x"), 3*voltrun.MaxLogLineBytes/2)
	r.write(voltrun.StreamStdout, append(long, '\n'), time.Now())
	r.finish(time.Now())
	if got := r.text(); got != string(long)+"\n" {
		t.Fatalf("%d bytes came back of %d", len(got), len(long)+1)
	}
}

// Whatever is written in whatever pieces, joining the raw bytes of the lines gives it back.
func TestRecorderIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := newTestRecorder(1 << 20)
		var want []byte
		for range rapid.IntRange(0, 20).Draw(t, "writes") {
			stream := rapid.SampledFrom([]voltrun.Stream{voltrun.StreamStdout, voltrun.StreamStderr}).Draw(t, "stream")
			data := rapid.SliceOfN(rapid.SampledFrom([]byte("ab\n\x00\xff\xc3\xa4")), 0, 12).Draw(t, "data")
			r.write(stream, data, time.Unix(0, 0))
			want = append(want, data...)
		}
		r.finish(time.Unix(0, 0))
		var got []byte
		for i, line := range r.after(0, 1<<20) {
			if line.Seq != int64(i+1) {
				t.Fatalf("seq %d at %d", line.Seq, i)
			}
			if line.Raw != nil {
				got = append(got, line.Raw...)
			} else {
				got = append(got, line.Text...)
			}
			if !line.Partial {
				got = append(got, '\n')
			}
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}
