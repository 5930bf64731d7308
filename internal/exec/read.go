package exec

import (
	"context"
	"time"

	"github.com/voltrun/voltrun"
)

// maxLogPage bounds one read of log lines.
const maxLogPage = 10_000

// Get returns an execution with its logs. What runs on this node is seen as it is now.
func (s *Service) Get(ctx context.Context, owner, id string) (*voltrun.Execution, error) {
	e, err := s.find(ctx, owner, id)
	if err != nil {
		return nil, err
	}
	e.Logs, err = s.logText(ctx, id)
	return e, err
}

// find returns an execution without its logs.
func (s *Service) find(ctx context.Context, owner, id string) (*voltrun.Execution, error) {
	if e := s.findRunning(owner, id); e != nil {
		return e, nil
	}
	e, err := s.store.Execution(ctx, owner, id)
	if voltrun.CodeOf(err) == voltrun.CodeNotFound {
		return nil, voltrun.Errorf(voltrun.CodeNotFound, "there is no execution %s", id)
	}
	return e, err
}

func (s *Service) findRunning(owner, id string) *voltrun.Execution {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.running[id]
	if r == nil || r.execution.OwnerID != owner {
		return nil
	}
	e := *r.execution
	e.LogsTruncatedBytes = r.recorder.truncatedBytes()
	return &e
}

func (s *Service) logText(ctx context.Context, id string) (string, error) {
	if r := s.inFlight(id); r != nil {
		return r.recorder.text(), nil
	}
	var all []voltrun.LogLine
	for after := int64(0); ; {
		lines, err := s.store.Logs(ctx, id, after, maxLogPage)
		if err != nil {
			return "", err
		}
		all = append(all, lines...)
		if len(lines) < maxLogPage {
			return joinLines(all), nil
		}
		after = lines[len(lines)-1].Seq
	}
}

// List returns executions, newest first, without input, output and logs.
func (s *Service) List(ctx context.Context, filter voltrun.ExecutionFilter, page voltrun.PageRequest) (voltrun.Page[voltrun.Execution], error) {
	return s.store.ListExecutions(ctx, filter, page)
}

// Logs returns the lines after a seq, and how many bytes were dropped.
func (s *Service) Logs(ctx context.Context, owner, id string, after int64, limit int) ([]voltrun.LogLine, int64, error) {
	e, err := s.find(ctx, owner, id)
	if err != nil {
		return nil, 0, err
	}
	if limit <= 0 || limit > maxLogPage {
		limit = maxLogPage
	}
	lines, err := s.linesAfter(ctx, id, after, limit)
	return lines, e.LogsTruncatedBytes, err
}

// SearchLogs looks through the lines of many executions. What runs here has its lines in memory for a moment: they are stored
// first, so that whoever watches as well sees each line in one of the two places.
func (s *Service) SearchLogs(ctx context.Context, filter voltrun.LogFilter, page voltrun.PageRequest) (voltrun.LogPage, error) {
	if page.Token == "" {
		s.flushLogs(ctx, filter.OwnerID)
	}
	return s.store.SearchLogs(ctx, filter, page)
}

// linesAfter reads from memory while the execution runs here, otherwise from the store.
func (s *Service) linesAfter(ctx context.Context, id string, after int64, limit int) ([]voltrun.LogLine, error) {
	if r := s.inFlight(id); r != nil {
		return r.recorder.after(after, limit), nil
	}
	return s.store.Logs(ctx, id, after, limit)
}

// Cancel ends an execution: its machine is destroyed, or it never gets one. A terminal one is a conflict.
func (s *Service) Cancel(ctx context.Context, owner, id string) (*voltrun.Execution, error) {
	e, err := s.find(ctx, owner, id)
	if err != nil {
		return nil, err
	}
	if e.Status.Terminal() {
		return nil, voltrun.Errorf(voltrun.CodeConflict, "the execution %s has ended already: %s", id, e.Status)
	}
	if r := s.inFlight(id); r != nil {
		r.cancel(errCanceled)
		return e, nil
	}
	canceled, err := s.store.CancelPending(ctx, id, time.Now().UTC())
	if err != nil {
		return nil, err
	}
	if !canceled { // a worker was faster: cancel it there
		if r := s.inFlight(id); r != nil {
			r.cancel(errCanceled)
		}
	}
	s.announce(topicsOf(e))
	return s.Get(ctx, owner, id)
}

// CancelAll ends what an owner has waiting and running, in steps so that nothing else waits for it.
func (s *Service) CancelAll(ctx context.Context, owner string) error {
	const step = 500
	for {
		n, err := s.store.CancelPendingOf(ctx, owner, time.Now().UTC(), step)
		if err != nil {
			return err
		}
		if n < step {
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.running {
		if r.execution.OwnerID == owner {
			r.cancel(errCanceled)
		}
	}
	return nil
}

// Replay runs an execution's input again, asynchronously, by its own version or another.
func (s *Service) Replay(ctx context.Context, owner, id string, version int, requestID string) (*voltrun.Execution, error) {
	received := time.Now()
	e, err := s.store.Execution(ctx, owner, id)
	if voltrun.CodeOf(err) == voltrun.CodeNotFound {
		if s.findRunning(owner, id) != nil {
			return nil, voltrun.Errorf(voltrun.CodeConflict, "the execution %s is still starting; replay it once it has ended", id)
		}
		return nil, voltrun.Errorf(voltrun.CodeNotFound, "there is no execution %s", id)
	}
	if err != nil {
		return nil, err
	}
	if version == 0 {
		version = e.Version
	}
	return s.Submit(ctx, Request{Owner: owner, Function: e.FunctionID, Version: version, Input: e.Input,
		Trigger: voltrun.TriggerReplay, RequestID: requestID, ReplayOf: e.ID, Received: received})
}
