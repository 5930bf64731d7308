package cli

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/fasthttp/websocket"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
)

func (f *fakeServer) serveExecutions(w http.ResponseWriter, r *http.Request, parts []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(parts) == 0 {
		page := client.Page[client.Execution]{Items: []client.Execution{}}
		for i := len(f.executions) - 1; i >= 0; i-- {
			e := f.executions[i].Execution
			if status := r.URL.Query().Get("status"); status == "" || status == string(e.Status) {
				page.Items = append(page.Items, e)
			}
		}
		answer(w, 200, page)
		return
	}
	var e *run
	for _, candidate := range f.executions {
		if candidate.ID == parts[0] {
			e = candidate
		}
	}
	if e == nil {
		f.problem(w, 404, "not_found", "there is no execution "+parts[0])
		return
	}
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	switch {
	case len(parts) == 1:
		answer(w, 200, e.Execution)
	case parts[1] == "logs":
		items := e.lines[min(int(after), len(e.lines)):]
		answer(w, 200, client.Logs{Items: items[:min(2, len(items))]}) // small pages
	case parts[1] == "cancel":
		if !e.Status.Terminal() {
			e.Status, e.ends = voltrun.StatusCanceled, true
			close(e.changed)
		}
		answer(w, 202, e.Execution)
	case parts[1] == "stream":
		f.mu.Unlock()
		f.streamExecution(w, r, e, after)
		f.mu.Lock()
	}
}

// streamExecution sends the lines after the given one and the end. The first connections break after
// dropAfter events, and every connection repeats a line and leaves one out, which the client must notice.
func (f *fakeServer) streamExecution(w http.ResponseWriter, r *http.Request, e *run, after int64) {
	conn, left := f.upgrade(w, r)
	if conn == nil {
		return
	}
	defer conn.Close()
	f.mu.Lock()
	lines, ends := e.lines, e.ends
	f.mu.Unlock()
	for _, line := range lines[min(int(after), len(lines)):] {
		if left == 0 {
			return
		}
		left--
		send(conn, "log", line)
		send(conn, "log", line)
	}
	if !ends {
		send(conn, "status", map[string]any{"execution_id": e.ID, "status": "running"})
		<-e.changed
	}
	f.mu.Lock()
	ended := e.Execution
	f.mu.Unlock()
	send(conn, "end", map[string]any{"execution_id": e.ID, "execution": ended})
}

// streamFunction sends what the test started, in order, breaking like streamExecution.
func (f *fakeServer) streamFunction(w http.ResponseWriter, r *http.Request, id string) {
	conn, left := f.upgrade(w, r)
	if conn == nil {
		return
	}
	defer conn.Close()
	if left < 0 {
		conn.ReadMessage() // nothing to say until the client leaves
	}
}

// upgrade accepts a stream; left is how many events it may send before it breaks, -1 for any number.
func (f *fakeServer) upgrade(w http.ResponseWriter, r *http.Request) (conn *websocket.Conn, left int) {
	f.mu.Lock()
	f.connects++
	left = -1
	if f.connects == 1 && f.dropAfter > 0 {
		left = f.dropAfter
	}
	blocked := f.noStreams
	f.mu.Unlock()
	if blocked {
		f.problem(w, 404, "not_found", "no such route")
		return nil, 0
	}
	upgrader := websocket.Upgrader{Subprotocols: []string{"voltrun.v1"}}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil, 0
	}
	return conn, left
}

func send(conn *websocket.Conn, kind string, fields any) {
	data, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	event := map[string]any{}
	if err := json.Unmarshal(data, &event); err != nil {
		panic(err)
	}
	event["type"] = kind
	conn.WriteJSON(event) // a client that left is no failure
}
