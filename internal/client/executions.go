package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/voltrun/voltrun"
)

// ExecutionFilter narrows a list of executions; zero fields do not filter.
type ExecutionFilter struct {
	FunctionID string
	Status     voltrun.Status
	Trigger    voltrun.Trigger
	From, To   time.Time
	Query      string
	PageSize   int
	PageToken  string
}

// Executions returns one page of the user's executions, newest first.
func (c *Client) Executions(ctx context.Context, filter ExecutionFilter) (Page[Execution], error) {
	query := url.Values{}
	setUnlessEmpty(query, "function_id", filter.FunctionID)
	setUnlessEmpty(query, "status", string(filter.Status))
	setUnlessEmpty(query, "trigger", string(filter.Trigger))
	setUnlessEmpty(query, "q", filter.Query)
	setTime(query, "from", filter.From)
	setTime(query, "to", filter.To)
	setPage(query, filter.PageSize, filter.PageToken)
	return get[Page[Execution]](ctx, c, "/executions", query)
}

func setTime(query url.Values, name string, at time.Time) {
	if !at.IsZero() {
		query.Set(name, at.UTC().Format("2006-01-02T15:04:05.000Z07:00"))
	}
}

func executionPath(id string) string { return "/executions/" + url.PathEscape(id) }

// Execution returns one execution whole.
func (c *Client) Execution(ctx context.Context, id string) (Execution, error) {
	return get[Execution](ctx, c, executionPath(id), nil)
}

// Logs returns lines with a number greater than after, in order; the server bounds how many.
func (c *Client) Logs(ctx context.Context, id string, after int64) (Logs, error) {
	query := url.Values{}
	if after > 0 {
		query.Set("after", strconv.FormatInt(after, 10))
	}
	return get[Logs](ctx, c, executionPath(id)+"/logs", query)
}

// EachLog calls on for every line after the given one, in order and without gap or
// duplicate, and returns the number of the last line and how many bytes the server dropped.
func (c *Client) EachLog(ctx context.Context, id string, after int64, on func(LogLine) error) (last, dropped int64, err error) {
	for {
		logs, err := c.Logs(ctx, id, after)
		if err != nil {
			return after, dropped, err
		}
		dropped = logs.TruncatedBytes
		before := after
		for _, line := range logs.Items {
			if line.Seq <= after {
				continue
			}
			line.ExecutionID = id
			if err := on(line); err != nil {
				return after, dropped, err
			}
			after = line.Seq
		}
		if after == before { // nothing new: that was the end
			return after, dropped, nil
		}
	}
}

// Cancel asks to stop an execution; its machine is destroyed.
func (c *Client) Cancel(ctx context.Context, id string) error {
	return c.do(ctx, call{method: http.MethodPost, path: executionPath(id) + "/cancel", retried: true})
}

// Replay runs an execution again with the same input. Version zero means the version that ran.
func (c *Client) Replay(ctx context.Context, id string, version int) (Execution, error) {
	body := map[string]int{}
	if version > 0 {
		body["version"] = version
	}
	var execution Execution
	err := c.do(ctx, call{method: http.MethodPost, path: executionPath(id) + "/replay", body: body, out: &execution})
	return execution, err
}
