package client

import (
	"context"
	"maps"
	"slices"

	"github.com/voltrun/voltrun"
)

// rememberEnded is how many ended executions are remembered, so that a late event of one is not shown again.
const rememberEnded = 4096

// FollowFunction reports every execution of a function from now on, until ctx ends
// or the watcher returns an error. After a broken connection it reads what happened
// meanwhile from the history, so that nothing is missed or shown twice.
func (c *Client) FollowFunction(ctx context.Context, ref string, watch Watcher) error {
	function, err := c.Function(ctx, ref)
	if err != nil {
		return err
	}
	f := &functionFollower{client: c, id: function.ID, watch: watch, open: map[string]int64{}, ended: map[string]bool{}}
	newest, err := c.Executions(ctx, ExecutionFilter{FunctionID: f.id, PageSize: 1})
	if err != nil {
		return err
	}
	if len(newest.Items) > 0 {
		f.floor = newest.Items[0].ID
	}
	retry := newRetry()
	for {
		err := f.connect(ctx, retry)
		if !final(ctx, err) {
			if err = f.catchUp(ctx); err == nil {
				retry.alive()
			}
		}
		if err != nil && final(ctx, err) {
			return cause(ctx, err)
		}
		if err := retry.wait(ctx, err); err != nil {
			return cause(ctx, err)
		}
	}
}

type functionFollower struct {
	client *Client
	id     string
	watch  Watcher
	// floor is an execution id: ids grow with time, and what is at or below it is either older than this watch or done with.
	floor string
	open  map[string]int64 // executions seen and not ended → number of the last line reported
	ended map[string]bool
}

// connect reports events until the connection breaks. What happened before it was made comes first.
func (f *functionFollower) connect(ctx context.Context, retry *retry) error {
	stream, err := f.client.WatchFunction(ctx, f.id)
	if err != nil {
		return &streamError{err}
	}
	defer stream.Close()
	if err := f.catchUp(ctx); err != nil {
		return err
	}
	for {
		event, err := stream.Next()
		if err != nil {
			return err
		}
		retry.reset()
		if err := f.event(ctx, event); err != nil {
			return err
		}
	}
}

func (f *functionFollower) event(ctx context.Context, event Event) error {
	id := event.ExecutionID
	if id == "" && event.Execution != nil {
		id = event.Execution.ID
	}
	if id == "" || f.ended[id] {
		return nil
	}
	switch event.Type {
	case "log":
		last, err := f.client.report(ctx, event.Log(), f.open[id], f.watch)
		f.open[id] = last
		return err
	case "status":
		f.open[id] += 0 // known from now on
		if err := f.watch.status(id, event.Status); err != nil {
			return watcherError{err}
		}
	case "end":
		if event.Execution == nil {
			return f.refresh(ctx, id)
		}
		return f.end(*event.Execution)
	}
	return nil
}

// catchUp reads from the history what the stream did not tell: executions above the floor, oldest first, and open ones.
func (f *functionFollower) catchUp(ctx context.Context) error {
	ids, err := f.recent(ctx)
	if err != nil {
		return err
	}
	for id := range f.open {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	contiguous := true
	for _, id := range ids {
		if !f.ended[id] {
			if err := f.refresh(ctx, id); err != nil {
				return err
			}
		}
		contiguous = contiguous && f.ended[id]
		if contiguous && id > f.floor {
			f.floor = id
		}
	}
	f.forget()
	return nil
}

// recent lists the ids above the floor.
func (f *functionFollower) recent(ctx context.Context) ([]string, error) {
	var ids []string
	for token := ""; ; {
		page, err := f.client.Executions(ctx, ExecutionFilter{FunctionID: f.id, PageSize: voltrun.MaxPageSize, PageToken: token})
		if err != nil {
			return nil, err
		}
		for _, execution := range page.Items {
			if execution.ID <= f.floor {
				return ids, nil
			}
			ids = append(ids, execution.ID)
		}
		if token = page.NextPageToken; token == "" {
			return ids, nil
		}
	}
}

// refresh reports what is new of one execution. The state is read before the logs, so that those of an ended one are complete.
func (f *functionFollower) refresh(ctx context.Context, id string) error {
	execution, err := f.client.Execution(ctx, id)
	if CodeOf(err) == voltrun.CodeNotFound { // removed by retention
		delete(f.open, id)
		f.ended[id] = true
		return nil
	}
	if err != nil {
		return err
	}
	last, _, err := f.client.EachLog(ctx, id, f.open[id], marked(f.watch))
	f.open[id] = last
	if err != nil {
		return err
	}
	if execution.Status.Terminal() {
		return f.end(execution)
	}
	return nil
}

func (f *functionFollower) end(execution Execution) error {
	delete(f.open, execution.ID)
	f.ended[execution.ID] = true
	if err := f.watch.end(execution); err != nil {
		return watcherError{err}
	}
	return nil
}

// forget drops the oldest ended executions at or below the floor once there are too many.
func (f *functionFollower) forget() {
	if len(f.ended) <= rememberEnded {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(f.ended))[:len(f.ended)-rememberEnded/2] {
		if id <= f.floor {
			delete(f.ended, id)
		}
	}
}
