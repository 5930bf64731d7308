package storagetest

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/storage"
)

func testLogSearch(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *world){
		"order and pages":                   searchPages,
		"filters":                           searchFilters,
		"bounded by executions":             searchManyExecutions,
		"bounded by bytes":                  searchManyBytes,
		"one long log":                      searchOneLongLog,
		"what is added while turning pages": searchWhileWriting,
		"bad pages":                         searchBadPages,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, open))
		})
	}
}

// search reads every page of this size and returns the lines as "execution:seq", and the pages.
func (w *world) search(filter voltrun.LogFilter, size int, between func()) (found []string, pages []voltrun.LogPage) {
	w.Helper()
	filter.OwnerID = w.owner
	for page := (voltrun.PageRequest{Size: size}); ; {
		got, err := w.db.SearchLogs(context.Background(), filter, page)
		must(w, err)
		if len(got.Lines) > size || (got.NextToken == "") != got.SearchedUntil.IsZero() {
			w.Fatalf("%d lines on a page of %d, token %q, searched until %v", len(got.Lines), size, got.NextToken, got.SearchedUntil)
		}
		for _, l := range got.Lines {
			found = append(found, fmt.Sprintf("%s:%d", l.ExecutionID, l.Seq))
		}
		pages = append(pages, got)
		if page.Token = got.NextToken; page.Token == "" {
			return found, pages
		}
		if len(pages) > 10_000 {
			w.Fatal("the pages have no end")
		}
		between()
	}
}

// logged stores executions with so many lines each, in pieces, and returns their lines as a search finds them.
func (w *world) logged(counts ...int64) (want []string) {
	w.Helper()
	for _, count := range counts {
		e := w.insert(1, voltrun.StatusSuccess)[0]
		for from := int64(1); from <= count; from += 4 {
			w.append(e.ID, lines(from, min(from+3, count), "line")...)
		}
		for seq := int64(1); seq <= count; seq++ {
			want = append(want, fmt.Sprintf("%s:%d", e.ID, seq))
		}
	}
	slices.Reverse(want)
	return want
}

func searchPages(t *testing.T, w *world) {
	want := w.logged(9, 0, 1, 4, 0, 0, 13)
	other := &world{TB: t, db: w.db, owner: voltrun.NewID(voltrun.PrefixUser), function: w.function}
	other.logged(5)
	for _, size := range []int{1, 2, 4, 5, 26, 27, 28, 1000} {
		if got, _ := w.search(voltrun.LogFilter{}, size, func() {}); !slices.Equal(got, want) {
			t.Fatalf("pages of %d: got %v, want %v", size, got, want)
		}
	}
	first, err := w.db.SearchLogs(t.Context(), voltrun.LogFilter{OwnerID: w.owner}, voltrun.PageRequest{})
	if must(t, err); len(first.Lines) != 27 || first.NextToken != "" {
		t.Fatalf("a page of the default size: %d lines, token %q", len(first.Lines), first.NextToken)
	}
	line := first.Lines[0]
	if line.FunctionID != w.function || line.FunctionName != "hello" || line.Version != 1 || line.Status != voltrun.StatusSuccess ||
		line.Text != "line" || line.Stream != voltrun.StreamStdout || !line.Time.Equal(after(13*time.Millisecond)) {
		t.Fatalf("got %+v", line)
	}
}

func searchFilters(t *testing.T, w *world) {
	line := func(seq int64, stream voltrun.Stream, text string) voltrun.LogLine {
		return voltrun.LogLine{Seq: seq, Time: start, Stream: stream, Text: text}
	}
	made := func(change func(*voltrun.Execution), all ...voltrun.LogLine) string {
		e := w.execution(voltrun.StatusFailed)
		change(e)
		w.put(e)
		w.append(e.ID, all...)
		return e.ID
	}
	a := made(func(e *voltrun.Execution) { e.LogsTruncatedBytes = 77 },
		line(1, voltrun.StreamStdout, "100%_Sure"), line(2, voltrun.StreamStderr, "GRÖßE"), line(3, voltrun.StreamSystem, "77 bytes were dropped"))
	b := made(func(e *voltrun.Execution) { e.FunctionID, e.Version = "fn_OTHER", 3 }, line(1, voltrun.StreamStdout, "größe \\ 100"), line(2, voltrun.StreamStderr, ""))
	time.Sleep(2 * time.Millisecond) // ids tell times to the millisecond
	between := time.Now()
	c := made(func(*voltrun.Execution) {}, line(1, voltrun.StreamStdout, "\x00 NUL and 'quotes\""))

	for name, test := range map[string]struct {
		filter voltrun.LogFilter
		want   []string
	}{
		"nothing":            {voltrun.LogFilter{}, []string{c + ":1", b + ":2", b + ":1", a + ":3", a + ":2", a + ":1"}},
		"function":           {voltrun.LogFilter{FunctionID: "fn_OTHER"}, []string{b + ":2", b + ":1"}},
		"execution":          {voltrun.LogFilter{ExecutionID: a}, []string{a + ":3", a + ":2", a + ":1"}},
		"no such execution":  {voltrun.LogFilter{ExecutionID: "exe_none"}, nil},
		"impossible ids":     {voltrun.LogFilter{FunctionID: "\xff", ExecutionID: "\x00"}, nil},
		"stream":             {voltrun.LogFilter{Stream: voltrun.StreamStderr}, []string{b + ":2", a + ":2"}},
		"text, Unicode case": {voltrun.LogFilter{Query: "GRÖ"}, []string{b + ":1", a + ":2"}},
		"percent":            {voltrun.LogFilter{Query: "%"}, []string{a + ":1"}},
		"backslash":          {voltrun.LogFilter{Query: `\`}, []string{b + ":1"}},
		"NUL":                {voltrun.LogFilter{Query: "\x00 nul"}, []string{c + ":1"}},
		"quotes":             {voltrun.LogFilter{Query: `'QUOTES"`}, []string{c + ":1"}},
		"from":               {voltrun.LogFilter{From: between}, []string{c + ":1"}},
		"to":                 {voltrun.LogFilter{To: between}, []string{b + ":2", b + ":1", a + ":3", a + ":2", a + ":1"}},
		"all at once": {voltrun.LogFilter{FunctionID: w.function, ExecutionID: a, Stream: voltrun.StreamStdout, Query: "sure", To: between,
			From: between.Add(-time.Hour)}, []string{a + ":1"}},
	} {
		got, _ := w.search(test.filter, 2, func() {})
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
	_, pages := w.search(voltrun.LogFilter{}, 100, func() {})
	if got := pages[0].Truncated; len(got) != 1 || got[0] != (voltrun.TruncatedLog{ExecutionID: a, Bytes: 77}) {
		t.Errorf("truncated: %+v", got)
	}
	if _, pages = w.search(voltrun.LogFilter{FunctionID: "fn_OTHER"}, 100, func() {}); len(pages[0].Truncated) != 0 {
		t.Errorf("truncated: %+v", pages[0].Truncated)
	}
}

// searchManyExecutions looks for a line that is older than many executions.
func searchManyExecutions(t *testing.T, w *world) {
	want := w.logged(1)
	for range storage.MaxSearchedExecutions / 128 {
		w.insert(128, voltrun.StatusSuccess)
	}
	last := w.insert(1, voltrun.StatusSuccess)[0]
	got, pages := w.search(voltrun.LogFilter{}, 10, func() {})
	if !slices.Equal(got, want) || len(pages) != 2 || len(pages[0].Lines) != 0 || !pages[0].SearchedUntil.Equal(last.CreatedAt) {
		t.Fatalf("found %v on %d pages, the first: %+v", got, len(pages), pages[0])
	}
}

// searchManyBytes looks for lines that are older than long logs.
func searchManyBytes(t *testing.T, w *world) {
	want := w.logged(2)
	const megabytes = storage.MaxSearchedBytes>>20 + 2
	for range megabytes {
		e := w.insert(1, voltrun.StatusSuccess)[0]
		w.append(e.ID, lines(1, 5_000, strings.Repeat("y", 100))...)
		w.append(e.ID, lines(5_001, 10_000, strings.Repeat("y", 100))...)
	}
	got, pages := w.search(voltrun.LogFilter{Query: "line"}, 10, func() {})
	if !slices.Equal(got, want) || len(pages) < 2 || len(pages) > 3 || len(pages[0].Lines) != 0 {
		t.Fatalf("found %v on %d pages", got, len(pages))
	}
}

// searchOneLongLog goes on within a log that is longer than a page may look at: what was looked at is not read again.
func searchOneLongLog(t *testing.T, w *world) {
	want := w.logged(2)
	e := w.insert(1, voltrun.StatusSuccess)[0]
	const piece, pieces = 5_000, 3 * storage.MaxSearchedBytes / 500_000 // each is a little larger than that
	for i := range int64(pieces) {
		w.append(e.ID, lines(i*piece+1, (i+1)*piece, strings.Repeat("y", 100))...)
	}
	got, pages := w.search(voltrun.LogFilter{Query: "line"}, 10, func() {})
	if !slices.Equal(got, want) || len(pages) < 4 || len(pages) > 7 {
		t.Fatalf("found %v on %d pages", got, len(pages))
	}
}

func searchWhileWriting(t *testing.T, w *world) {
	want := w.logged(6, 6, 6)
	open := w.insert(1, voltrun.StatusRunning)[0]
	w.append(open.ID, lines(1, 3, "line")...)
	want = append([]string{open.ID + ":3", open.ID + ":2", open.ID + ":1"}, want...)
	next := int64(4)
	got, _ := w.search(voltrun.LogFilter{}, 2, func() { // goes on to write, and others begin
		w.append(open.ID, lines(next, next, "later")...)
		next++
		w.logged(1)
	})
	if !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func searchBadPages(t *testing.T, w *world) {
	id := voltrun.NewID(voltrun.PrefixExecution)
	token := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for _, page := range []voltrun.PageRequest{{Size: -1}, {Size: voltrun.MaxLogPageSize + 1}, {Token: "!"}, {Token: token(id)}, {Token: token(id + ":x")},
		{Token: token(id + ":-1")}, {Token: token("exe_1:1")}, {Token: token("\x00:1")}} {
		_, err := w.db.SearchLogs(t.Context(), voltrun.LogFilter{OwnerID: w.owner}, page)
		wantCode(t, err, voltrun.CodeValidation)
	}
}
