package test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fasthttp/websocket"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
	"github.com/voltrun/voltrun/test/harness"
)

// chatty writes numbered lines, with pauses.
const chatty = `exports.handler = async (n) => { for (let i = 1; i <= n; i++) { console.log("line " + i); if (i % 10 === 0) await new Promise((r) => setTimeout(r, 5)); } return n; }`

func TestStreams(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{})
	t.Run("a stream tells logs, states and the end", func(t *testing.T) { streamTells(t, s.For(t)) })
	t.Run("a stream that breaks again and again resumes without gap or duplicate", func(t *testing.T) { streamResumes(t, s.For(t)) })
	t.Run("a function's stream resumes at its cursor without gap or duplicate", func(t *testing.T) { manyResume(t, s.For(t), "function", 1) })
	t.Run("the stream of everything resumes at its cursor without gap or duplicate", func(t *testing.T) { manyResume(t, s.For(t), "everything", 3) })
	t.Run("the client follows a function over broken connections", func(t *testing.T) { clientFollows(t, s.For(t)) })
	t.Run("a stream needs a token and the right origin", func(t *testing.T) { streamRefuses(t, s.For(t)) })
}

func streamTells(t *testing.T, s *harness.Server) {
	a := s.Register("tells")
	ctx := harness.Context(t)
	f := a.Deploy(t, "chatty", chatty, harness.Timeout(60_000))
	e := must(a.Submit(ctx, f.ID, client.ExecuteRequest{Input: []byte("200")}))(t)
	stream := must(a.WatchExecution(ctx, e.ID, 0))(t)
	defer stream.Close()
	var states []voltrun.Status
	seq := int64(0)
	for {
		event, err := stream.Next()
		if err != nil {
			t.Fatalf("after line %d: %v", seq, err)
		}
		switch event.Type {
		case "status":
			states = append(states, event.Status)
		case "log":
			if seq++; event.Seq != seq || event.Text != fmt.Sprint("line ", seq) || event.Stream != voltrun.StreamStdout {
				t.Fatalf("line %d is %+v", seq, event)
			}
		case "end":
			if seq != 200 || event.Execution == nil || event.Execution.Status != voltrun.StatusSuccess {
				t.Errorf("after %d lines it ends as %+v", seq, event.Execution)
			}
			if n := len(states); n == 0 || states[n-1] != voltrun.StatusSuccess || !slices.Contains(states, voltrun.StatusRunning) {
				t.Errorf("the states are %v", states)
			}
			return
		}
	}
}

// streamResumes takes a few events of each connection and breaks it, many times.
func streamResumes(t *testing.T, s *harness.Server) {
	a := s.Register("resumes")
	ctx := harness.Context(t)
	f := a.Deploy(t, "chatty", chatty, harness.Timeout(60_000))
	e := must(a.Submit(ctx, f.ID, client.ExecuteRequest{Input: []byte("1000")}))(t)
	random := rand.New(rand.NewPCG(1, 2))
	seq, connections := int64(0), 0
	for ended := false; !ended; connections++ {
		stream := must(a.WatchExecution(ctx, e.ID, seq))(t)
		for budget := 1 + random.IntN(60); budget > 0 && !ended; budget-- {
			event, err := stream.Next()
			if err != nil {
				t.Fatalf("after line %d: %v", seq, err)
			}
			ended = event.Type == "end"
			if event.Type != "log" {
				continue
			}
			if seq++; event.Seq != seq || event.Text != fmt.Sprint("line ", seq) {
				t.Fatalf("connection %d: line %d is %+v", connections, seq, event)
			}
		}
		stream.Close() // without a goodbye, and with events on their way
	}
	if seq != 1000 || connections < 15 {
		t.Errorf("%d lines came over %d connections", seq, connections)
	}
}

// cursorEvent is an event of many executions as a browser reads it: it has a cursor.
type cursorEvent struct {
	Type         string            `json:"type"`
	ExecutionID  string            `json:"execution_id"`
	FunctionID   string            `json:"function_id"`
	FunctionName string            `json:"function_name"`
	Seq          int64             `json:"seq"`
	Text         string            `json:"text"`
	Cursor       string            `json:"cursor"`
	Status       voltrun.Status    `json:"status"`
	Execution    *client.Execution `json:"execution"`
}

func dialStream(s *harness.Server, path string, query url.Values, protocols []string, header http.Header) (*websocket.Conn, *http.Response, error) {
	target := "ws" + strings.TrimPrefix(s.URL(), "http") + path + "?" + query.Encode()
	dialer := websocket.Dialer{Subprotocols: protocols}
	return dialer.Dial(target, header)
}

// manyResume follows one function at its own stream, or several at that of everything, over many connections.
func manyResume(t *testing.T, s *harness.Server, account string, functions int) {
	a, stranger := s.Register("cursor-"+account), s.Register("stranger-"+account)
	ctx := harness.Context(t)
	names := map[string]string{}
	var ids []string
	for i := range functions {
		f := a.Deploy(t, fmt.Sprint("chatty", i), chatty, harness.Timeout(60_000))
		names[f.ID], ids = f.Name, append(ids, f.ID)
	}
	path := "/api/functions/" + ids[0] + "/stream"
	if functions > 1 {
		path = "/api/stream"
	}
	foreign := stranger.Deploy(t, "chatty", chatty, harness.Timeout(60_000))
	protocols := []string{"voltrun.v1", "bearer." + a.SignIn.Token}
	conn, _, err := dialStream(s, path, nil, protocols, nil)
	if err != nil {
		t.Fatal(err)
	}
	const executions, each = 12, 100
	var submitted sync.WaitGroup
	submitted.Go(func() {
		for i := range executions {
			if _, err := a.Submit(ctx, ids[i%functions], client.ExecuteRequest{Input: fmt.Append(nil, each)}); err != nil {
				t.Errorf("submit: %v", err)
			}
			if _, err := stranger.Submit(ctx, foreign.ID, client.ExecuteRequest{Input: []byte("20")}); err != nil {
				t.Errorf("submit: %v", err)
			}
		}
	})
	defer submitted.Wait()
	random := rand.New(rand.NewPCG(3, 4))
	last, ended, connections := map[string]int64{}, map[string]bool{}, 1
	cursor := ""
	for budget := 20; len(ended) < executions; budget-- {
		if budget <= 0 && cursor != "" {
			conn.Close()
			if conn, _, err = dialStream(s, path, url.Values{"cursor": {cursor}}, protocols, nil); err != nil {
				t.Fatal(err)
			}
			connections++
			budget = 1 + random.IntN(80)
		}
		var event cursorEvent
		if err := conn.ReadJSON(&event); err != nil {
			t.Fatalf("connection %d: %v", connections, err)
		}
		if event.Cursor == "" || event.FunctionName == "" || names[event.FunctionID] != event.FunctionName {
			t.Fatalf("an event without a cursor, or of something else: %+v", event)
		}
		cursor = event.Cursor
		id := event.ExecutionID
		switch event.Type {
		case "log":
			if last[id]++; event.Seq != last[id] || event.Text != fmt.Sprint("line ", event.Seq) || ended[id] {
				t.Fatalf("connection %d: line %d of %s is %+v", connections, last[id], id, event)
			}
		case "end":
			if id = event.Execution.ID; ended[id] || last[id] != each {
				t.Errorf("execution %s ends after line %d; ended before: %v", id, last[id], ended[id])
			}
			ended[id] = true
		}
	}
	conn.Close()
	if connections < 10 {
		t.Errorf("only %d connections", connections)
	}
}

// breaking is a dialer whose connections end after some bytes.
type breaking struct {
	net.Conn
	left int
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.Conn.Close()
		return 0, net.ErrClosed
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func clientFollows(t *testing.T, s *harness.Server) {
	a := s.Register("follows")
	ctx, stop := context.WithCancel(harness.Context(t))
	defer stop()
	f := a.Deploy(t, "chatty", chatty, harness.Timeout(60_000))
	var mu sync.Mutex
	random, dials := rand.New(rand.NewPCG(5, 6)), 0
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		dials++
		if dials%3 == 0 { // others live, so that the history can be read
			return conn, nil
		}
		return &breaking{conn, 2000 + random.IntN(20_000)}, nil
	}}
	follower := must(client.New(s.URL(), client.Options{Credentials: client.StaticToken(a.SignIn.Token), HTTP: &http.Client{Transport: transport}}))(t)
	defer follower.Close()
	const executions, each = 8, 150
	seen, ends := map[string]int64{}, 0
	following := make(chan struct{})
	connected := sync.OnceFunc(func() { close(following) })
	finished := make(chan error, 1)
	go func() { // ends with ctx or after the last execution
		finished <- follower.FollowFunction(ctx, f.ID, client.Watcher{
			Log: func(l client.LogLine) error {
				connected()
				if seen[l.ExecutionID]++; l.Seq != seen[l.ExecutionID] {
					return fmt.Errorf("line %d of %s comes as number %d", l.Seq, l.ExecutionID, seen[l.ExecutionID])
				}
				return nil
			},
			End: func(e client.Execution) error {
				if fmt.Sprint(seen[e.ID]) != string(e.Input) {
					return fmt.Errorf("%s ends after %d lines of %s", e.ID, seen[e.ID], e.Input)
				}
				if seen[e.ID] == each {
					ends++
				}
				if ends == executions {
					stop()
				}
				return nil
			},
		})
	}()
	harness.Eventually(t, "it follows", func() error {
		select {
		case <-following:
			return nil
		default:
			must(a.Execute(harness.Context(t), f.ID, client.ExecuteRequest{Input: []byte("1")}))(t)
			return errors.New("nothing is reported")
		}
	})
	for range executions {
		must(a.Submit(harness.Context(t), f.ID, client.ExecuteRequest{Input: fmt.Append(nil, each)}))(t)
	}
	if err := <-finished; ctx.Err() == nil || ends != executions {
		t.Errorf("%d ends, %v", ends, err)
	}
}

func streamRefuses(t *testing.T, s *harness.Server) {
	a := s.Register("refuses")
	f := a.Deploy(t, "quiet", echoNode)
	e := a.Run(t, f.ID, 1)
	path := "/api/executions/" + e.ID + "/stream"
	good := []string{"voltrun.v1", "bearer." + a.SignIn.Token}
	for name, c := range map[string]struct {
		query     url.Values
		protocols []string
		header    http.Header
		status    int
	}{
		"no token":           {nil, []string{"voltrun.v1"}, nil, 401},
		"bad token":          {nil, []string{"voltrun.v1", "bearer.nonsense"}, nil, 401},
		"token in the URL":   {url.Values{"token": {a.SignIn.Token}, "access_token": {a.SignIn.Token}}, []string{"voltrun.v1"}, nil, 401},
		"without voltrun.v1": {nil, good[1:], nil, 401},
		"another origin":     {nil, good, http.Header{"Origin": {"https://evil.example"}}, 403},
		"nonsense after":     {url.Values{"after": {"x"}}, good, nil, 422},
	} {
		conn, answer, err := dialStream(s, path, c.query, c.protocols, c.header)
		if err == nil {
			conn.Close()
			t.Errorf("%s: it is accepted", name)
			continue
		}
		if answer == nil || answer.StatusCode != c.status || answer.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %v, %+v", name, err, answer)
		}
	}
	if answer := s.Call("GET", path, a.SignIn.Token, nil); answer.Status != http.StatusUpgradeRequired || answer.Problem(t) == "" {
		t.Errorf("without an upgrade: %d", answer.Status)
	}
	conn, answer, err := dialStream(s, path, nil, good, http.Header{"Origin": {s.URL()}})
	if err != nil {
		t.Fatalf("the own origin: %v", err)
	}
	if got := answer.Header.Get("Sec-WebSocket-Protocol"); got != "voltrun.v1" {
		t.Errorf("the server chose %q", got)
	}
	conn.Close()
}
