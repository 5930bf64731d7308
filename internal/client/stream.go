package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/voltrun/voltrun"
)

// The stream protocol, as the server names it.
const subprotocol = "voltrun.v1"

// A connection that answers no ping for silence is dead.
const (
	pingEvery = 15 * time.Second
	silence   = 45 * time.Second
)

// Event is one message of a stream. Type says which of the other fields count.
type Event struct {
	Type        string         `json:"type"` // "log", "status" or "end"
	ExecutionID string         `json:"execution_id"`
	Status      voltrun.Status `json:"status"`
	Execution   *Execution     `json:"execution"`
	Seq         int64          `json:"seq"`
	Time        time.Time      `json:"time"`
	Stream      voltrun.Stream `json:"stream"`
	Text        string         `json:"text"`
}

// Log is the line of a "log" event.
func (e Event) Log() LogLine {
	return LogLine{ExecutionID: e.ExecutionID, Seq: e.Seq, Time: e.Time, Stream: e.Stream, Text: e.Text}
}

// Stream is one WebSocket connection. It ends when the server or the network says so:
// FollowExecution and FollowFunction are what reconnects.
type Stream struct {
	conn *websocket.Conn
	stop chan struct{}
	done sync.WaitGroup
	once sync.Once
	free func() bool
}

// WatchExecution opens the stream of an execution, with the log lines after the given one.
func (c *Client) WatchExecution(ctx context.Context, id string, after int64) (*Stream, error) {
	query := url.Values{"after": {strconv.FormatInt(after, 10)}}
	return c.watch(ctx, executionPath(id)+"/stream", query)
}

// WatchFunction opens the stream of all executions of a function.
func (c *Client) WatchFunction(ctx context.Context, ref string) (*Stream, error) {
	return c.watch(ctx, functionPath(ref)+"/stream", nil)
}

func (c *Client) watch(ctx context.Context, path string, query url.Values) (*Stream, error) {
	token, err := c.creds.Token(ctx)
	if err != nil {
		return nil, err
	}
	stream, err := c.dial(ctx, path, query, token)
	if CodeOf(err) != voltrun.CodeUnauthenticated {
		return stream, err
	}
	next, renewErr := c.creds.Renew(ctx, token)
	if renewErr != nil {
		return nil, renewErr
	}
	if next == "" {
		return nil, err
	}
	return c.dial(ctx, path, query, next)
}

func (c *Client) dial(ctx context.Context, path string, query url.Values, token string) (*Stream, error) {
	target := c.endpoint(path, query)
	target.Scheme = map[string]string{"http": "ws", "https": "wss"}[target.Scheme]
	dialer := websocket.Dialer{HandshakeTimeout: 10 * time.Second, Subprotocols: []string{subprotocol, "bearer." + token}}
	if transport, ok := c.http.Transport.(*http.Transport); ok {
		dialer.Proxy, dialer.TLSClientConfig, dialer.NetDialContext = transport.Proxy, transport.TLSClientConfig, transport.DialContext
	}
	if token == "" {
		dialer.Subprotocols = dialer.Subprotocols[:1]
	}
	conn, response, err := dialer.DialContext(ctx, target.String(), http.Header{"User-Agent": {c.userAgent}})
	if err != nil {
		return nil, c.handshakeError(response, err)
	}
	conn.SetReadLimit(maxAnswerBytes)
	return newStream(ctx, conn), nil
}

func (c *Client) handshakeError(response *http.Response, err error) error {
	if response == nil {
		return &UnreachableError{Server: c.Server(), Err: err}
	}
	defer response.Body.Close()
	body, readErr := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if readErr != nil {
		return &UnreachableError{Server: c.Server(), Err: readErr}
	}
	return problemOf(response, body)
}

func newStream(ctx context.Context, conn *websocket.Conn) *Stream {
	s := &Stream{conn: conn, stop: make(chan struct{})}
	// A read does not watch ctx: closing the connection is what ends it.
	s.free = context.AfterFunc(ctx, func() { conn.Close() })
	conn.SetReadDeadline(time.Now().Add(silence))
	conn.SetPongHandler(func(string) error { return conn.SetReadDeadline(time.Now().Add(silence)) })
	s.done.Go(s.ping)
	return s
}

// ping keeps the connection alive and lets Next notice when it is not. A failed
// ping needs no report: the read deadline passes.
func (s *Stream) ping() {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-ticker.C:
			if s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(pingEvery)) != nil {
				return
			}
		}
	}
}

// Next waits for the next event. Any error means that the connection is over.
func (s *Stream) Next() (Event, error) {
	_, data, err := s.conn.ReadMessage()
	if err != nil {
		return Event{}, err
	}
	if err := s.conn.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return Event{}, err
	}
	var event Event
	if err := json.Unmarshal(data, &event); err != nil {
		return Event{}, fmt.Errorf("the stream sent what is not an event: %w", err)
	}
	return event, nil
}

// Close ends the connection and waits for its goroutine.
func (s *Stream) Close() {
	s.once.Do(func() {
		close(s.stop)
		s.free()
		s.conn.Close()
		s.done.Wait()
	})
}
