package storagetest

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

func testLogs(t *testing.T, open Open) {
	w := newWorld(t, open)
	sub := func(name string, test func(t *testing.T, w *world, id string)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, &world{TB: t, db: w.db}, voltrun.NewID(voltrun.PrefixExecution))
		})
	}
	sub("every field survives", logFields)
	sub("what is stored stays", logOverlaps)
	sub("after and limit", logPaging)
	sub("racing writers", logRace)
	sub("a megabyte at once", logMegabyte)
}

func line(seq int64, text string) voltrun.LogLine {
	return voltrun.LogLine{Seq: seq, Time: after(time.Duration(seq) * time.Millisecond), Stream: voltrun.StreamStdout, Text: text}
}

func lines(from, to int64, text string) []voltrun.LogLine {
	var all []voltrun.LogLine
	for seq := from; seq <= to; seq++ {
		all = append(all, line(seq, text))
	}
	return all
}

func (w *world) logs(id string, after int64, limit int) []voltrun.LogLine {
	w.Helper()
	got, err := w.db.Logs(context.Background(), id, after, limit)
	must(w, err)
	return got
}

func (w *world) append(id string, all ...voltrun.LogLine) {
	w.Helper()
	must(w, w.db.AppendLogs(context.Background(), id, all))
}

func logFields(t *testing.T, w *world, id string) {
	want := []voltrun.LogLine{
		line(1, ""), line(2, hostile), line(3, `{"json":["in",1]}`),
		{Seq: 4, Time: start, Stream: voltrun.StreamStderr, Text: "bad \uFFFD", Raw: []byte("bad \xff\x00"), Partial: true},
		{Seq: 5, Time: start, Stream: voltrun.StreamSystem, Text: strings.Repeat("x", voltrun.MaxLogLineBytes)},
	}
	w.append(id)
	w.append(id, want...)
	if got := w.logs(id, 0, 100); !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %.300v\nwant %.300v", got, want)
	}
	if got := w.logs("exe_none", 0, 100); len(got) != 0 {
		t.Fatalf("an execution without logs has %d lines", len(got))
	}
	if got := w.logs("\x00", 0, 100); len(got) != 0 {
		t.Fatalf("an impossible id has %d lines", len(got))
	}
}

func logOverlaps(t *testing.T, w *world, id string) {
	w.append(id, lines(3, 5, "first")...)
	w.append(id, lines(10, 12, "first")...)
	w.append(id, lines(1, 11, "second")...)
	w.append(id, lines(1, 14, "third")...)
	w.append(id, line(16, "fourth"), line(15, "fourth"), line(16, "repeated"), line(2, "fourth"))
	got := w.logs(id, 0, 100)
	want := map[int64]string{3: "first", 4: "first", 5: "first", 10: "first", 11: "first", 12: "first", 13: "third", 14: "third", 15: "fourth", 16: "fourth"}
	if len(got) != 16 {
		t.Fatalf("%d lines, want 16", len(got))
	}
	for i, line := range got {
		text, ok := want[line.Seq]
		if !ok {
			text = "second"
		}
		if line.Seq != int64(i+1) || line.Text != text {
			t.Fatalf("line %d is %d %q, want %q", i+1, line.Seq, line.Text, text)
		}
	}
}

func logPaging(t *testing.T, w *world, id string) {
	for from := int64(1); from <= 100; from += 7 {
		w.append(id, lines(from, min(from+6, 100), "x")...)
	}
	for _, limit := range []int{1, 6, 7, 8, 100, 1000} {
		seen := int64(0)
		for {
			got := w.logs(id, seen, limit)
			if len(got) == 0 {
				break
			}
			if len(got) > limit || len(got) < limit && seen+int64(len(got)) != 100 {
				t.Fatalf("%d lines after %d with limit %d", len(got), seen, limit)
			}
			for _, line := range got {
				if seen++; line.Seq != seen {
					t.Fatalf("line %d comes where %d should", line.Seq, seen)
				}
			}
		}
		if seen != 100 {
			t.Fatalf("limit %d: %d lines of 100", limit, seen)
		}
	}
	if got := w.logs(id, 0, 0); len(got) != 100 {
		t.Fatalf("without a limit: %d lines of 100", len(got))
	}
}

// logRace lets two workers, one of which has lost its lease, write the same lines in other portions.
func logRace(t *testing.T, w *world, id string) {
	var group sync.WaitGroup
	var errs [3]error
	for i := range errs {
		group.Go(func() {
			step := int64(3 + 2*i)
			for from := int64(1); from <= 60 && errs[i] == nil; from += step {
				errs[i] = w.db.AppendLogs(context.Background(), id, lines(from, min(from+step-1, 60), fmt.Sprint(i)))
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		must(t, err)
	}
	got := w.logs(id, 0, 1000)
	if len(got) != 60 {
		t.Fatalf("%d lines of 60", len(got))
	}
	for i, line := range got {
		if line.Seq != int64(i+1) {
			t.Fatalf("line %d comes where %d should", line.Seq, i+1)
		}
	}
}

func logMegabyte(t *testing.T, w *world, id string) {
	w.append(id, lines(1, 10_000, strings.Repeat("y", 100))...)
	if got := w.logs(id, 9_990, 0); len(got) != 10 || got[9].Seq != 10_000 {
		t.Fatalf("%d lines at the end, want 10", len(got))
	}
}
