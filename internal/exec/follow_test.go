package exec

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

const stranger = "usr_00000000000000000000000002"

// seenEvents is what a test has seen of each execution, and fails on a gap, a repetition or somebody else's events.
type seenEvents struct {
	t         *testing.T
	functions map[string]string // id → name of those that may be seen
	seq       map[string]int64
	statuses  map[string][]voltrun.Status
	ends      map[string]*voltrun.Execution
	cursor    string
}

func watching(t *testing.T, deployments ...*voltrun.Deployment) *seenEvents {
	s := &seenEvents{t: t, functions: map[string]string{}, seq: map[string]int64{}, statuses: map[string][]voltrun.Status{}, ends: map[string]*voltrun.Execution{}}
	for _, d := range deployments {
		s.functions[d.Function.ID] = d.Function.Name
	}
	return s
}

func (s *seenEvents) next(stream Stream) {
	s.t.Helper()
	event, err := stream.Next(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	id := event.ExecutionID
	if name, ok := s.functions[event.FunctionID]; !ok || name != event.FunctionName || event.Cursor == "" {
		s.t.Fatalf("an event of %q, %q with cursor %q", event.FunctionID, event.FunctionName, event.Cursor)
	}
	if s.ends[id] != nil {
		s.t.Fatalf("%s goes on after its end: %+v", id, event)
	}
	s.cursor = event.Cursor
	switch {
	case event.Log != nil:
		if s.seq[id]++; event.Log.Seq != s.seq[id] {
			s.t.Fatalf("%s: line %d where %d should come", id, event.Log.Seq, s.seq[id])
		}
	case event.End != nil:
		s.ends[id] = event.End
	default:
		for _, before := range s.statuses[id] {
			if before == event.Status {
				s.t.Fatalf("%s is told to be %s twice", id, event.Status)
			}
		}
		s.statuses[id] = append(s.statuses[id], event.Status)
	}
}

func (f *fixture) watchAll(cursor string) Stream {
	f.t.Helper()
	stream, err := f.WatchAll(f.t.Context(), owner, cursor)
	if err != nil {
		f.t.Fatal(err)
	}
	return stream
}

func TestStreamOfEverythingResumesWithoutGapOrDuplicate(t *testing.T) {
	t.Parallel()
	for _, events := range []int{1, 7} { // of each connection
		t.Run(fmt.Sprint(events), func(t *testing.T) {
			t.Parallel()
			resumeAfterEach(t, events)
		})
	}
}

func resumeAfterEach(t *testing.T, events int) {
	f := newFixture(t, nil)
	a, b := f.add("a", voltrun.IsolationFresh), f.add("b", voltrun.IsolationWarm)
	f.add("c", voltrun.IsolationFresh).Function.OwnerID = stranger
	stream := f.watchAll("")
	const each, lines = 10, 5
	var wg sync.WaitGroup
	for i := range each {
		raw, _ := json.Marshal(order{Do: "log", Text: strings.Repeat(fmt.Sprintf("of %d\n", i), lines)})
		for _, name := range []string{"a", "b"} {
			wg.Go(func() {
				if _, err := f.Execute(context.WithoutCancel(t.Context()), f.request(name, string(raw))); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				if _, err := f.Submit(context.WithoutCancel(t.Context()), f.request(name, string(raw))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Go(func() {
			foreign := f.request("c", string(raw))
			foreign.Owner = stranger
			if _, err := f.Execute(context.WithoutCancel(t.Context()), foreign); err != nil {
				t.Error(err)
			}
		})
	}
	seen := watching(t, a, b)
	for n := 0; len(seen.ends) < 4*each; n++ {
		if n > 0 && n%events == 0 {
			stream.Close()
			stream = f.watchAll(seen.cursor)
		}
		seen.next(stream)
	}
	stream.Close()
	wg.Wait()
	for id, e := range seen.ends {
		if seen.seq[id] != lines || e.Status != voltrun.StatusSuccess || strings.Count(e.Logs, "\n") != lines {
			t.Errorf("%s ended %s with %d lines", id, e.Status, seen.seq[id])
		}
	}
}

// TestALongExecutionDoesNotHoldUpAStream runs more short executions beside a long one than a watcher follows at a time.
func TestALongExecutionDoesNotHoldUpAStream(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	long, short := f.add("long", voltrun.IsolationFresh), f.add("short", voltrun.IsolationWarm)
	stream := f.watchAll("")
	seen := watching(t, long, short)
	hanging, err := f.Submit(t.Context(), f.request("long", `{"do":"hang"}`))
	if err != nil {
		t.Fatal(err)
	}
	for seen.seq[hanging.ID] == 0 {
		seen.next(stream)
	}
	for range maxOpen + 20 {
		f.execute("short", `{}`)
	}
	for len(seen.ends) < maxOpen+20 {
		seen.next(stream)
	}
	if len(seen.cursor) > 100 {
		t.Errorf("the cursor has grown to %d bytes", len(seen.cursor))
	}
	stream.Close()
	if _, err := f.Cancel(t.Context(), owner, hanging.ID); err != nil {
		t.Fatal(err)
	}
	stream = f.watchAll(seen.cursor)
	for seen.ends[hanging.ID] == nil {
		seen.next(stream)
	}
	stream.Close()
	if got := seen.ends[hanging.ID].Status; got != voltrun.StatusCanceled || len(seen.ends) != maxOpen+21 {
		t.Errorf("%s, %d ends", got, len(seen.ends))
	}
}

func TestAStreamFollowsWhatWaitedBeforeItBegan(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	d := f.add("fn", voltrun.IsolationFresh)
	d.Function.MaxConcurrency = 1
	first, err := f.Submit(t.Context(), f.request("fn", `{"do":"hang"}`))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "it hangs", func() bool {
		lines, _, err := f.Logs(t.Context(), owner, first.ID, 0, 10)
		return err == nil && len(lines) == 1
	})
	waiting := map[string]bool{}
	for range 20 {
		e, err := f.Submit(t.Context(), f.request("fn", `{"do":"log","text":"hello\n"}`))
		if err != nil {
			t.Fatal(err)
		}
		waiting[e.ID] = true
	}
	stream, err := f.WatchFunction(t.Context(), owner, d.Function.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	seen := watching(t, d)
	seen.seq[first.ID] = 1 // was there before
	if _, err := f.Cancel(t.Context(), owner, first.ID); err != nil {
		t.Fatal(err)
	}
	for len(seen.ends) < 21 {
		seen.next(stream)
	}
	for id := range waiting {
		if seen.seq[id] != 1 || seen.ends[id].Status != voltrun.StatusSuccess || len(seen.statuses[id]) == 0 || seen.statuses[id][0] == voltrun.StatusPending {
			t.Errorf("%s: %v, %d lines", id, seen.statuses[id], seen.seq[id])
		}
	}
}

func TestAStreamTellsNothingOfACallThatIsRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *Config) { c.QueueWait = 100 * time.Millisecond })
	f.add("fn", voltrun.IsolationFresh).Function.MaxConcurrency = 1
	stream := f.watchAll("")
	defer stream.Close()
	hanging, err := f.Submit(t.Context(), f.request("fn", `{"do":"hang"}`))
	if err != nil {
		t.Fatal(err)
	}
	seen := watching(t, f.catalog["fn"])
	for seen.seq[hanging.ID] == 0 {
		seen.next(stream)
	}
	if _, err := f.Execute(t.Context(), f.request("fn", `{}`)); voltrun.CodeOf(err) != voltrun.CodeCapacity {
		t.Fatal(err)
	}
	waits := make(chan error, 1)
	go func() {
		_, err := f.Execute(context.WithoutCancel(t.Context()), f.request("fn", `{}`))
		waits <- err
	}()
	if _, err := f.Cancel(t.Context(), owner, hanging.ID); err != nil {
		t.Fatal(err)
	}
	if err := <-waits; err != nil && voltrun.CodeOf(err) != voltrun.CodeCapacity {
		t.Fatal(err)
	}
	last, err := f.Submit(t.Context(), f.request("fn", `{}`)) // has all the time it needs
	if err != nil {
		t.Fatal(err)
	}
	for seen.ends[last.ID] == nil {
		seen.next(stream)
	}
	for id := range seen.statuses {
		if seen.ends[id] == nil {
			t.Errorf("%s has no end", id)
		}
	}
}

func TestASubmissionOnItsWayToTheStoreIsNotPassedOver(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	d := f.add("fn", voltrun.IsolationFresh)
	e := &voltrun.Execution{OwnerID: owner, FunctionID: d.Function.ID}
	_, before := f.inView(view{owner, ""})
	f.mu.Lock()
	below := voltrun.NewID(voltrun.PrefixExecution)
	e.ID = voltrun.NewID(voltrun.PrefixExecution)
	f.submitting[below] = e
	f.mu.Unlock()
	for _, v := range []view{{owner, ""}, {owner, d.Function.ID}} {
		if _, seen := f.inView(v); seen >= e.ID || seen <= before {
			t.Errorf("%+v: all is seen up to %s, and %s is to come", v, seen, e.ID)
		}
	}
	for _, v := range []view{{stranger, ""}, {owner, "fn_OTHER"}} {
		if _, seen := f.inView(v); seen <= e.ID {
			t.Errorf("%+v waits for somebody else's execution", v)
		}
	}
}

func TestCursors(t *testing.T) {
	t.Parallel()
	id := func() string { return voltrun.NewID(voltrun.PrefixExecution) }
	full := position{seen: id(), open: map[string]follow{}}
	for range maxOpen {
		f := follow{ID: id(), Seq: 100_000, Status: voltrun.StatusPending}
		full.open[f.ID] = f
	}
	some := position{seen: id(), open: map[string]follow{}}
	for i, status := range told {
		f := follow{ID: id(), Seq: int64(i) << 20, Status: status}
		some.open[f.ID] = f
	}
	for _, p := range []position{full, some, {seen: id(), open: map[string]follow{}}} {
		cursor, err := p.encode()
		if err != nil || len(cursor) > 12<<10 {
			t.Fatalf("%d bytes, %v", len(cursor), err)
		}
		if got, err := decodePosition(cursor); err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("got %+v, %v; want %+v", got, err, p)
		}
	}
	if _, err := (position{seen: "exe_1"}).encode(); err == nil {
		t.Error("a cursor holds what is no id")
	}
	good, _ := some.encode()
	raw, _ := base64.RawURLEncoding.DecodeString(good)
	fullCursor, _ := full.encode()
	fullRaw, _ := base64.RawURLEncoding.DecodeString(fullCursor)
	encoded := func(raw ...byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
	for name, cursor := range map[string]string{
		"not base64": "!", "padded": good + "=", "empty": encoded(), "another format": encoded(append([]byte{2}, raw[1:]...)...),
		"cut in an id": encoded(raw[:10]...), "cut in an entry": encoded(raw[:40]...), "no such status": encoded(append(raw[:17:17], append(make([]byte, 16), 7, 0)...)...),
		"endless number": encoded(append(raw[:17:17], append(make([]byte, 17), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1)...)...),
		"too long":       strings.Repeat("A", maxCursor+1), "too many": encoded(append(fullRaw, make([]byte, 18)...)...),
	} {
		if _, err := decodePosition(cursor); voltrun.CodeOf(err) != voltrun.CodeValidation {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACursorShowsNothingOfSomebodyElse(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	d := f.add("mine", voltrun.IsolationFresh)
	f.add("theirs", voltrun.IsolationFresh).Function.OwnerID = stranger
	request := f.request("theirs", `{"do":"log","text":"secret\n"}`)
	request.Owner = stranger
	theirs, err := f.Execute(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	cursor, err := position{seen: voltrun.NewID(voltrun.PrefixExecution), open: map[string]follow{theirs.ID: {ID: theirs.ID}}}.encode()
	if err != nil {
		t.Fatal(err)
	}
	stream := f.watchAll(cursor)
	defer stream.Close()
	mine := f.execute("mine", `{}`)
	seen := watching(t, d)
	for seen.ends[mine.ID] == nil {
		seen.next(stream)
	}
}

func FuzzDecodePosition(f *testing.F) {
	cursor, err := position{seen: voltrun.NewID(voltrun.PrefixExecution), open: map[string]follow{"exe_00000000000000000000000001": {Seq: 3}}}.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(cursor)
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, cursor string) {
		p, err := decodePosition(cursor)
		if err != nil {
			return
		}
		again, err := p.encode()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := decodePosition(again); err != nil || !reflect.DeepEqual(back, p) {
			t.Errorf("%q becomes %q: %+v, %v", cursor, again, back, err)
		}
	})
}
