package exec

import (
	"context"
	"slices"

	"github.com/voltrun/voltrun"
)

const (
	// maxOpen bounds the executions that one watcher follows at a time, so that the cursor fits into a URL. Younger ones have their
	// turn when older ones have ended.
	maxOpen = 400
	// maxQueued bounds, in bytes, the ended executions that wait for one watcher; the last one may go beyond.
	maxQueued = 1 << 20
)

// view is what somebody watches: the executions of one function or, with function "", all of the owner's.
type view struct{ owner, function string }

func (v view) shows(e *voltrun.Execution) bool {
	return e.OwnerID == v.owner && (v.function == "" || e.FunctionID == v.function)
}

// liveStream follows every execution of a view. Its position is the whole state, so that a
// watcher who comes back goes on exactly where it was.
type liveStream struct {
	s      *Service
	view   view
	wake   <-chan struct{}
	cancel func()
	queue  []Event
	at     position
}

// WatchFunction streams every execution of a function from now on, or from where cursor left off.
func (s *Service) WatchFunction(ctx context.Context, owner, ref, cursor string) (Stream, error) {
	d, err := s.catalog.Resolve(ctx, owner, ref, 0)
	if err != nil {
		return nil, err
	}
	return s.watch(ctx, view{owner, d.Function.ID}, topicFunction(d.Function.ID), cursor)
}

// WatchAll streams every execution of every function of the owner.
func (s *Service) WatchAll(ctx context.Context, owner, cursor string) (Stream, error) {
	return s.watch(ctx, view{owner, ""}, topicOwner(owner), cursor)
}

func (s *Service) watch(ctx context.Context, v view, topic, cursor string) (Stream, error) {
	w := &liveStream{s: s, view: v}
	w.wake, w.cancel = s.signals.Subscribe(topic)
	var err error
	if cursor != "" {
		w.at, err = decodePosition(cursor)
	} else {
		err = w.startNow(ctx)
	}
	if err != nil {
		w.cancel()
		return nil, err
	}
	return w, nil
}

// startNow skips what is over, and what the running ones have written so far: all that is in the store, or can be there when asked for.
func (w *liveStream) startNow(ctx context.Context) error {
	running, seen := w.s.inView(w.view)
	w.at = position{seen: seen, open: make(map[string]follow)}
	for _, f := range running {
		if len(w.at.open) < maxOpen {
			w.at.open[f.ID] = f
		}
	}
	waiting, err := w.s.store.UnfinishedExecutions(ctx, w.view.owner, w.view.function, maxOpen)
	if err != nil {
		return err
	}
	statuses, err := w.s.store.Statuses(ctx, w.view.owner, waiting)
	if err != nil {
		return err
	}
	for _, id := range waiting {
		if _, known := w.at.open[id]; !known && id <= seen && len(w.at.open) < maxOpen {
			w.at.open[id] = follow{ID: id, Status: statuses[id]}
		}
	}
	return nil
}

// inView lists the executions in flight on this node, and the highest id of which it can say that every execution up
// to it is among them or in the store by now, or will never be. Ids are handed out under the lock that guards what is in
// flight, and one that goes to the store first keeps the bound below it until it is there.
func (s *Service) inView(v view) (running []follow, seen string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, r := range s.running {
		switch {
		case !v.shows(r.execution):
		case s.writer.recorded(id):
			running = append(running, follow{ID: id, Seq: r.recorder.lastSeq(), Status: r.execution.Status})
		default: // it began a moment ago, and nobody finds its lines in the store yet
			running = append(running, follow{ID: id})
		}
	}
	seen = voltrun.NewID(voltrun.PrefixExecution)
	for below, e := range s.submitting {
		if v.shows(e) {
			seen = min(seen, below)
		}
	}
	return running, seen
}

func (w *liveStream) Close() { w.cancel() }

func (w *liveStream) Next(ctx context.Context) (Event, error) {
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

// pull discovers new executions and reads on with the open ones, the oldest first.
func (w *liveStream) pull(ctx context.Context) error {
	if err := w.discover(ctx); err != nil {
		return err
	}
	stirred, err := w.stirred(ctx)
	if err != nil {
		return err
	}
	bytes := 0
	for _, id := range stirred {
		f := w.at.open[id]
		events, _, err := w.s.advance(ctx, w.view.owner, &f)
		if voltrun.CodeOf(err) == voltrun.CodeNotFound { // retention was faster, or it never got a slot
			delete(w.at.open, id)
			continue
		}
		if err != nil {
			return err
		}
		for _, event := range events {
			if err := w.enqueue(id, event); err != nil {
				return err
			}
			if e := event.End; e != nil {
				bytes += len(e.Input) + len(e.Output) + len(e.Logs)
			}
		}
		if len(w.queue) >= streamPage || bytes >= maxQueued {
			return nil
		}
	}
	return nil
}

// enqueue adds an event with the position right after it.
func (w *liveStream) enqueue(id string, event Event) error {
	f := w.at.open[id]
	switch {
	case event.Log != nil:
		f.Seq = event.Log.Seq
	case event.End == nil:
		f.Status = event.Status
	}
	w.at.open[id] = f
	if event.End != nil {
		delete(w.at.open, id)
	}
	var err error
	event.Cursor, err = w.at.encode()
	w.queue = append(w.queue, event)
	return err
}

// discover opens the executions that began since.
func (w *liveStream) discover(ctx context.Context) error {
	room := maxOpen - len(w.at.open)
	if room <= 0 {
		return nil
	}
	running, seen := w.s.inView(w.view)
	found, err := w.s.store.ExecutionsAfter(ctx, w.view.owner, w.view.function, w.at.seen, maxOpen)
	if err != nil {
		return err
	}
	if len(found) == maxOpen { // there may be more
		seen = min(seen, found[maxOpen-1])
	}
	for _, f := range running {
		found = append(found, f.ID)
	}
	slices.Sort(found)
	found = slices.DeleteFunc(slices.Compact(found), func(id string) bool { return id <= w.at.seen || id > seen })
	if len(found) > room {
		found, seen = found[:room], found[room-1]
	}
	for _, id := range found {
		w.at.open[id] = follow{ID: id}
	}
	w.at.seen = max(w.at.seen, seen)
	return nil
}

// stirred lists the open executions that may have something new, oldest first. Those that wait in the queue, which can be many, are
// asked for their status all at once. One that waits for a slot with its caller has nothing to tell yet: it may be refused.
func (w *liveStream) stirred(ctx context.Context) ([]string, error) {
	var stirred, queued []string
	for id, f := range w.at.open {
		switch running, started := w.s.started(id); {
		case running && !started:
		case !running && f.Status == voltrun.StatusPending:
			queued = append(queued, id)
		default:
			stirred = append(stirred, id)
		}
	}
	statuses, err := w.s.store.Statuses(ctx, w.view.owner, queued)
	if err != nil {
		return nil, err
	}
	for _, id := range queued {
		if statuses[id] != voltrun.StatusPending {
			stirred = append(stirred, id)
		}
	}
	slices.Sort(stirred)
	return stirred, nil
}

// started reports whether an execution is in flight on this node, and whether it has a slot.
func (s *Service) started(id string) (running, started bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.running[id]
	return r != nil, r != nil && r.started
}
