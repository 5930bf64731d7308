package exec

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"time"

	"github.com/voltrun/voltrun"
)

const (
	// streamPage bounds how many lines a watcher reads at once.
	streamPage = 500
	// streamPoll is how often a watcher looks without a signal.
	streamPoll = time.Second
	// maxOpen bounds the executions that one watcher of a function follows at a time.
	maxOpen = 1000
)

// executionStream follows one execution.
type executionStream struct {
	s      *Service
	owner  string
	cursor follow
	wake   <-chan struct{}
	cancel func()
	queue  []Event
	ended  bool
}

// follow is how far a watcher has come with one execution.
type follow struct {
	ID     string         `json:"-"`
	Seq    int64          `json:"s"`
	Status voltrun.Status `json:"t,omitempty"` // as last told
}

// WatchExecution streams an execution: its lines after seq, changes of status, and its end.
func (s *Service) WatchExecution(ctx context.Context, owner, id string, after int64) (Stream, error) {
	if _, err := s.find(ctx, owner, id); err != nil {
		return nil, err
	}
	wake, cancel := s.signals.Subscribe(topicExecution(id))
	return &executionStream{s: s, owner: owner, cursor: follow{ID: id, Seq: after}, wake: wake, cancel: cancel}, nil
}

func (w *executionStream) Close() { w.cancel() }

func (w *executionStream) Next(ctx context.Context) (Event, error) {
	for {
		if len(w.queue) > 0 {
			event := w.queue[0]
			w.queue = w.queue[1:]
			return event, nil
		}
		if w.ended {
			return Event{}, io.EOF
		}
		events, ended, err := w.s.advance(ctx, w.owner, &w.cursor)
		if err != nil {
			return Event{}, err
		}
		w.queue, w.ended = events, ended
		if len(events) == 0 {
			if err := waitFor(ctx, w.wake, streamPoll); err != nil {
				return Event{}, err
			}
		}
	}
}

// advance reads what is new of one execution since the watcher last looked. The execution is read
// before its lines, so that when it has ended, the lines are complete.
func (s *Service) advance(ctx context.Context, owner string, f *follow) (events []Event, ended bool, err error) {
	e, err := s.find(ctx, owner, f.ID)
	if err != nil {
		return nil, false, err
	}
	lines, err := s.linesAfter(ctx, f.ID, f.Seq, streamPage)
	if err != nil {
		return nil, false, err
	}
	if e.Status != f.Status && !e.Status.Terminal() {
		events = append(events, Event{ExecutionID: e.ID, FunctionID: e.FunctionID, FunctionName: e.FunctionName, Status: e.Status})
		f.Status = e.Status
	}
	for i := range lines {
		events = append(events, Event{ExecutionID: e.ID, FunctionID: e.FunctionID, FunctionName: e.FunctionName, Log: &lines[i]})
		f.Seq = lines[i].Seq
	}
	if !e.Status.Terminal() || len(lines) == streamPage {
		return events, false, nil
	}
	if e.Logs, err = s.logText(ctx, e.ID); err != nil {
		return nil, false, err
	}
	f.Status = e.Status
	return append(events,
		Event{ExecutionID: e.ID, FunctionID: e.FunctionID, FunctionName: e.FunctionName, Status: e.Status},
		Event{ExecutionID: e.ID, FunctionID: e.FunctionID, FunctionName: e.FunctionName, End: e}), true, nil
}

// functionStream follows every execution of one function. Its cursor is the whole state, so that a
// watcher who comes back goes on exactly where it was.
type functionStream struct {
	s        *Service
	owner    string
	function string
	wake     <-chan struct{}
	cancel   func()
	queue    []Event
	state    functionCursor
}

// functionCursor says what a watcher has seen: everything of executions up to After except the Open
// ones, which it has seen in part, and the Done ones beyond After.
type functionCursor struct {
	After string            `json:"a"`
	Open  map[string]follow `json:"o,omitempty"`
	Done  []string          `json:"d,omitempty"`
}

// WatchFunction streams every execution of a function from now on, or from where cursor left off.
func (s *Service) WatchFunction(ctx context.Context, owner, ref, cursor string) (Stream, error) {
	d, err := s.catalog.Resolve(ctx, owner, ref, 0)
	if err != nil {
		return nil, err
	}
	return s.watch(ctx, topicFunction(d.Function.ID), &functionStream{s: s, owner: owner, function: d.Function.ID}, cursor)
}

// WatchAll streams every execution of every function of the owner.
func (s *Service) WatchAll(ctx context.Context, owner, cursor string) (Stream, error) {
	return s.watch(ctx, topicOwner(owner), &functionStream{s: s, owner: owner}, cursor)
}

func (s *Service) watch(ctx context.Context, topic string, w *functionStream, cursor string) (_ Stream, err error) {
	w.wake, w.cancel = s.signals.Subscribe(topic)
	if cursor != "" {
		err = w.resume(cursor)
	} else {
		err = w.startNow(ctx)
	}
	if err != nil {
		w.cancel()
		return nil, err
	}
	return w, nil
}

func (w *functionStream) resume(cursor string) error {
	invalid := voltrun.Invalid([]voltrun.FieldError{{Location: "query.cursor", Message: "is not a cursor of this stream"}})
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(raw, &w.state) != nil || len(w.state.Open) > maxOpen || len(w.state.Done) > 2*maxOpen {
		return invalid
	}
	if w.state.Open == nil {
		w.state.Open = make(map[string]follow)
	}
	return nil
}

// startNow skips what is over, and what the running ones have written so far.
func (w *functionStream) startNow(ctx context.Context) error {
	w.state = functionCursor{After: voltrun.NewID(voltrun.PrefixExecution), Open: make(map[string]follow)}
	for _, status := range []voltrun.Status{voltrun.StatusPending, voltrun.StatusRunning} {
		page, err := w.s.store.ListExecutions(ctx, voltrun.ExecutionFilter{OwnerID: w.owner, FunctionID: w.function, Statuses: []voltrun.Status{status}}, voltrun.PageRequest{Size: voltrun.MaxPageSize})
		if err != nil {
			return err
		}
		for _, e := range page.Items {
			w.state.Open[e.ID] = follow{Status: e.Status}
		}
	}
	for _, e := range w.s.runningOf(w.owner, w.function) {
		seq := int64(0)
		if r := w.s.inFlight(e); r != nil {
			seq = r.recorder.lastSeq()
		}
		w.state.Open[e] = follow{Seq: seq, Status: voltrun.StatusRunning}
	}
	return nil
}

// runningOf lists the executions of a function in flight on this node, oldest first.
func (s *Service) runningOf(owner, function string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for id, r := range s.running {
		if r.execution.OwnerID == owner && (function == "" || r.execution.FunctionID == function) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (w *functionStream) Close() { w.cancel() }

func (w *functionStream) Next(ctx context.Context) (Event, error) {
	for {
		if len(w.queue) > 0 {
			event := w.queue[0]
			w.queue = w.queue[1:]
			return event, nil
		}
		if err := w.pull(ctx); err != nil {
			return Event{}, err
		}
		if len(w.queue) > 0 {
			continue
		}
		if err := waitFor(ctx, w.wake, streamPoll); err != nil {
			return Event{}, err
		}
	}
}

// pull discovers new executions and reads on with every open one, the oldest first.
func (w *functionStream) pull(ctx context.Context) error {
	if err := w.discover(ctx); err != nil {
		return err
	}
	open := make([]string, 0, len(w.state.Open))
	for id := range w.state.Open {
		open = append(open, id)
	}
	slices.Sort(open)
	for _, id := range open {
		before := w.state.Open[id]
		f := before
		f.ID = id
		events, _, err := w.s.advance(ctx, w.owner, &f)
		if voltrun.CodeOf(err) == voltrun.CodeNotFound { // retention was faster
			w.close(id)
			continue
		}
		if err != nil {
			return err
		}
		if len(events) > 0 {
			w.queue = w.withCursors(id, before, events)
			return nil
		}
	}
	return nil
}

// withCursors gives each event the state right after it, and leaves the stream at the last one.
func (w *functionStream) withCursors(id string, f follow, events []Event) []Event {
	for i := range events {
		switch event := &events[i]; {
		case event.Log != nil:
			f.Seq = event.Log.Seq
			w.state.Open[id] = f
		case event.End != nil:
			w.close(id)
		default:
			f.Status = event.Status
			w.state.Open[id] = f
		}
		events[i].Cursor = w.encode()
	}
	return events
}

// close takes an execution off the open ones: it has been seen to its end.
func (w *functionStream) close(id string) {
	delete(w.state.Open, id)
	if id > w.state.After {
		w.state.Done = append(w.state.Done, id)
	}
}

// discover opens the executions that began since, and moves After forward over those that are done.
func (w *functionStream) discover(ctx context.Context) error {
	known := make(map[string]bool, len(w.state.Done))
	for _, id := range w.state.Done {
		known[id] = true
	}
	found := w.s.runningOf(w.owner, w.function)
	from, err := w.s.store.ExecutionsAfter(ctx, w.owner, w.function, w.state.After, maxOpen)
	if err != nil {
		return err
	}
	for _, id := range append(found, from...) {
		if _, open := w.state.Open[id]; id > w.state.After && !open && !known[id] && len(w.state.Open) < maxOpen {
			w.state.Open[id] = follow{}
		}
	}
	return nil
}

// encode writes the cursor. Done executions that are older than every open one and than any that
// may still appear are folded into After.
func (w *functionStream) encode() string {
	oldest := ulidBefore(time.Now().Add(-time.Minute))
	for id := range w.state.Open {
		if id > w.state.After && id < oldest {
			oldest = id
		}
	}
	slices.Sort(w.state.Done)
	for len(w.state.Done) > 0 && w.state.Done[0] < oldest {
		w.state.After = w.state.Done[0]
		w.state.Done = w.state.Done[1:]
	}
	raw, err := json.Marshal(w.state)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// ulidBefore is a bound that every execution created after t is above.
func ulidBefore(t time.Time) string { return voltrun.FirstID(voltrun.PrefixExecution, t) }
