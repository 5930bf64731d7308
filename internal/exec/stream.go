package exec

import (
	"context"
	"io"
	"time"

	"github.com/voltrun/voltrun"
)

const (
	// streamPage bounds how many lines a watcher reads at once.
	streamPage = 500
	// streamPoll is how often a watcher looks without a signal.
	streamPoll = time.Second
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
	ID     string
	Seq    int64
	Status voltrun.Status // as last told; "": nothing was
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
	add := func(event Event) {
		event.ExecutionID, event.FunctionID, event.FunctionName = e.ID, e.FunctionID, e.FunctionName
		events = append(events, event)
	}
	if e.Status != f.Status && !e.Status.Terminal() {
		add(Event{Status: e.Status})
		f.Status = e.Status
	}
	for i := range lines {
		add(Event{Log: &lines[i]})
		f.Seq = lines[i].Seq
	}
	if !e.Status.Terminal() || len(lines) == streamPage {
		return events, false, nil
	}
	if e.Logs, err = s.logText(ctx, e.ID); err != nil {
		return nil, false, err
	}
	if e.Status != f.Status { // otherwise a watcher left between the two
		add(Event{Status: e.Status})
		f.Status = e.Status
	}
	add(Event{End: e})
	return events, true, nil
}
