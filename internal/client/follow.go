package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/voltrun/voltrun"
)

// Pauses between attempts to reconnect, and how long a server may be gone before following gives up.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 2 * time.Second
	patience   = 2 * time.Minute
)

// Watcher is told what happens. Nil functions are skipped; an error ends the following.
type Watcher struct {
	Log    func(LogLine) error
	Status func(executionID string, status voltrun.Status) error
	End    func(Execution) error
}

func (w Watcher) log(line LogLine) error {
	if w.Log == nil {
		return nil
	}
	return w.Log(line)
}

func (w Watcher) status(id string, status voltrun.Status) error {
	if w.Status == nil {
		return nil
	}
	return w.Status(id, status)
}

func (w Watcher) end(execution Execution) error {
	if w.End == nil {
		return nil
	}
	return w.End(execution)
}

// watcherError marks an error of the watcher, which is not one of the connection.
type watcherError struct{ error }

func (e watcherError) Unwrap() error { return e.error }

// streamError marks that a stream could not be opened, which polling may get around.
type streamError struct{ error }

func (e *streamError) Unwrap() error { return e.error }

// FollowExecution reports the log lines after the given one until the execution has
// ended, and returns it. It reconnects when the stream breaks, resumes without gap or
// duplicate, and polls where WebSockets do not get through.
func (c *Client) FollowExecution(ctx context.Context, id string, after int64, watch Watcher) (Execution, error) {
	f := &executionFollower{client: c, id: id, last: after, watch: watch}
	retry := newRetry()
	for {
		execution, err := f.stream(ctx, retry)
		if execution == nil && !final(ctx, err) {
			execution, err = f.poll(ctx, retry)
		}
		switch {
		case execution != nil:
			return *execution, watch.end(*execution)
		case err != nil && final(ctx, err):
			return Execution{}, cause(ctx, err)
		}
		if err := retry.wait(ctx, err); err != nil {
			return Execution{}, cause(ctx, err)
		}
	}
}

type executionFollower struct {
	client *Client
	id     string
	last   int64 // number of the last line that was reported
	watch  Watcher
}

// stream reports events until the connection breaks (nil, error) or the execution ends.
func (f *executionFollower) stream(ctx context.Context, retry *retry) (*Execution, error) {
	stream, err := f.client.WatchExecution(ctx, f.id, f.last)
	if err != nil {
		return nil, &streamError{err}
	}
	defer stream.Close()
	for {
		event, err := stream.Next()
		if err != nil {
			return nil, err
		}
		retry.reset()
		switch event.Type {
		case "log":
			event.ExecutionID = f.id
			if f.last, err = f.client.report(ctx, event.Log(), f.last, f.watch); err != nil {
				return nil, err
			}
		case "status":
			if err := f.watch.status(f.id, event.Status); err != nil {
				return nil, watcherError{err}
			}
		case "end":
			if event.Execution != nil {
				return event.Execution, nil
			}
			return nil, nil // the poll that follows fetches it
		}
	}
}

// poll asks once what the stream could not tell. The state is read before the logs,
// so that the logs of an ended execution are complete.
func (f *executionFollower) poll(ctx context.Context, retry *retry) (*Execution, error) {
	execution, err := f.client.Execution(ctx, f.id)
	if err != nil {
		return nil, err
	}
	f.last, _, err = f.client.EachLog(ctx, f.id, f.last, marked(f.watch))
	if err != nil {
		return nil, err
	}
	retry.alive()
	if !execution.Status.Terminal() {
		return nil, nil
	}
	return &execution, nil
}

// report hands a line of a stream to the watcher: not one that was reported before,
// and after those that the stream left out. It returns the number of the last line reported.
func (c *Client) report(ctx context.Context, line LogLine, last int64, watch Watcher) (int64, error) {
	if line.Seq > last+1 {
		var err error
		last, _, err = c.EachLog(ctx, line.ExecutionID, last, marked(watch))
		if err != nil {
			return last, err
		}
	}
	if line.Seq <= last {
		return last, nil
	}
	if err := watch.log(line); err != nil {
		return last, watcherError{err}
	}
	return line.Seq, nil
}

// marked makes the errors of the watcher recognisable.
func marked(watch Watcher) func(LogLine) error {
	return func(line LogLine) error {
		if err := watch.log(line); err != nil {
			return watcherError{err}
		}
		return nil
	}
}

// final reports whether trying again is pointless: the caller gave up, the watcher
// failed, or the server refuses. A refused stream is not final: polling may work.
func final(ctx context.Context, err error) bool {
	if ctx.Err() != nil || errors.As(err, &watcherError{}) {
		return true
	}
	switch CodeOf(err) {
	case voltrun.CodeUnauthenticated, voltrun.CodeForbidden:
		return true
	case voltrun.CodeNotFound, voltrun.CodeValidation:
		return !errors.As(err, new(*streamError))
	}
	return false
}

// cause is the error to return: that of ctx when the caller gave up, otherwise the watcher's own or the server's.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var own watcherError
	if errors.As(err, &own) {
		return own.error
	}
	var stream *streamError
	if errors.As(err, &stream) {
		return stream.error
	}
	return err
}

// retry paces reconnecting.
type retry struct {
	pause time.Duration
	since time.Time // of the last sign of life
}

func newRetry() *retry { return &retry{pause: firstPause, since: time.Now()} }

// alive notes that the server answers; reset also makes the next attempt prompt again.
func (r *retry) alive() { r.since = time.Now() }
func (r *retry) reset() { *r = *newRetry() }

func (r *retry) wait(ctx context.Context, err error) error {
	if err != nil && time.Since(r.since) > patience {
		return fmt.Errorf("gave up after %s without an answer: %w", patience, err)
	}
	if sleepErr := sleep(ctx, r.pause); sleepErr != nil {
		return sleepErr
	}
	r.pause = min(2*r.pause, lastPause)
	return nil
}
