package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/exec"
)

const streamPath = "/api/executions/" + annExec + "/stream"

func logEvent(seq int64) exec.Event {
	return exec.Event{ExecutionID: annExec, FunctionID: annFunction, FunctionName: "hello", Log: &voltrun.LogLine{Seq: seq, Time: fixedTime, Stream: voltrun.StreamStderr, Text: "<line>", Partial: true}}
}

// dial opens a stream with the subprotocol pair.
func (s *site) dial(t *testing.T, path, token string) *websocket.Conn {
	t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{streamProtocol, bearerProtocol + token}, HandshakeTimeout: 30 * time.Second}
	conn, response, err := dialer.Dial("ws"+strings.TrimPrefix(s.url, "http")+path, nil)
	if err != nil {
		t.Fatalf("%v: %+v", err, response)
	}
	t.Cleanup(func() { conn.Close() })
	if conn.Subprotocol() != streamProtocol {
		t.Errorf("subprotocol %q", conn.Subprotocol())
	}
	if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func nextEvent(t *testing.T, conn *websocket.Conn) map[string]any {
	t.Helper()
	_, message, err := conn.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	event := map[string]any{}
	if err := json.Unmarshal(message, &event); err != nil {
		t.Fatalf("%s: %v", message, err)
	}
	return event
}

func wantClose(t *testing.T, conn *websocket.Conn, code int) {
	t.Helper()
	for {
		_, _, err := conn.ReadMessage()
		if err == nil {
			continue
		}
		if !websocket.IsCloseError(err, code) {
			t.Fatalf("closed with %v, want %d", err, code)
		}
		return
	}
}

func waitClosed(t *testing.T, s *script) {
	t.Helper()
	select {
	case <-s.closed:
	case <-time.After(30 * time.Second):
		t.Fatal("the stream is still open")
	}
}

func TestStreamExecution(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var source *script
	w.watch = func(after int64) exec.Stream {
		source = newScript(io.EOF, exec.Event{ExecutionID: annExec, FunctionID: annFunction, FunctionName: "hello", Status: voltrun.StatusRunning}, logEvent(after+1),
			exec.Event{ExecutionID: annExec, End: fakeExecution()})
		return source
	}
	s := serve(t, w, Config{})
	conn := s.dial(t, streamPath+"?after=41", annSession)
	if got := fmt.Sprint(nextEvent(t, conn)); got != "map[execution_id:"+annExec+" function_id:"+annFunction+" function_name:hello status:running type:status]" {
		t.Errorf("status event %s", got)
	}
	if got := fmt.Sprint(nextEvent(t, conn)); got != "map[execution_id:"+annExec+" function_id:"+annFunction+" function_name:hello partial:true seq:42 stream:stderr text:<line> time:2026-01-02T03:04:05.006Z type:log]" {
		t.Errorf("log event %s", got)
	}
	end := nextEvent(t, conn)
	execution, _ := end["execution"].(map[string]any)
	if end["type"] != "end" || execution["id"] != annExec || execution["logs"] != "hello\n" {
		t.Errorf("end event %v", end)
	}
	wantClose(t, conn, websocket.CloseNormalClosure)
	waitClosed(t, source)
}

func TestStreamRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.watch = func(int64) exec.Stream { return newScript(io.EOF) }
	s := serve(t, w, Config{})
	upgrade := func(more ...string) []string {
		return append([]string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13",
			"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}, more...)
	}
	call := func(path, token string, headers []string) answer {
		return s.call(t, "GET", path, token, "", headers...)
	}
	call(streamPath, "", upgrade()).problem(t, 401, voltrun.CodeUnauthenticated)
	call(streamPath+"?token="+annSession, "", upgrade()).problem(t, 401, voltrun.CodeUnauthenticated)
	call(streamPath, "", upgrade("Cookie", refreshCookie+"="+fakeRefresh)).problem(t, 401, voltrun.CodeUnauthenticated)
	call(streamPath, "", upgrade("Sec-WebSocket-Protocol", "voltrun.v1, bearer.wrong")).problem(t, 401, voltrun.CodeUnauthenticated)
	call(streamPath, "", upgrade("Sec-WebSocket-Protocol", "bearer."+annSession)).problem(t, 401, voltrun.CodeUnauthenticated)
	call(streamPath, annKeyRead, upgrade()).problem(t, 403, voltrun.CodeForbidden)
	call(streamPath, annSession, upgrade("Origin", "https://evil.example")).problem(t, 403, voltrun.CodeForbidden)
	call(streamPath, bobSession, upgrade()).problem(t, 404, voltrun.CodeNotFound)
	call("/api/functions/hello/stream", bobSession, upgrade()).problem(t, 404, voltrun.CodeNotFound)
	call(streamPath+"?after=x", annSession, upgrade()).problem(t, 422, voltrun.CodeValidation)
	call(streamPath, annSession, upgrade("Sec-WebSocket-Version", "8")).problem(t, 400, voltrun.CodeValidation)
	call(streamPath, annSession, upgrade("Sec-WebSocket-Key", "short")).problem(t, 400, voltrun.CodeValidation)
	call(streamPath, annSession, nil).problem(t, 426, voltrun.CodeValidation)
	s.server.streams.mu.Lock()
	defer s.server.streams.mu.Unlock()
	if n := len(s.server.streams.open); n != 0 {
		t.Errorf("%d watches are left", n)
	}
}

func TestStreamsPerUser(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.watch = func(int64) exec.Stream { return newScript(nil, logEvent(1)) }
	s := serve(t, w, Config{StreamsPerUser: 1})
	first := s.dial(t, "/api/functions/hello/stream", annSession)
	nextEvent(t, first)
	_, response, err := (&websocket.Dialer{Subprotocols: []string{streamProtocol, bearerProtocol + annSession}}).Dial("ws"+strings.TrimPrefix(s.url, "http")+streamPath, nil)
	if err == nil || response == nil || response.StatusCode != http.StatusTooManyRequests {
		t.Fatalf("the second stream: %v %+v", err, response)
	}
}

func TestStreamEndsWithTheToken(t *testing.T) {
	t.Parallel()
	w := newWorld()
	source := newScript(nil, logEvent(1))
	w.watch = func(int64) exec.Stream { return source }
	s := serve(t, w, Config{StreamPing: 20 * time.Millisecond})
	conn := s.dial(t, streamPath, annSession)
	nextEvent(t, conn)
	w.revoke(annSession)
	wantClose(t, conn, closeUnauthenticated)
	waitClosed(t, source)
}

func TestStreamByTheCookieOfAPageOfThisServer(t *testing.T) {
	t.Parallel()
	w := newWorld()
	source := newScript(nil, logEvent(1))
	w.watch = func(int64) exec.Stream { return source }
	s := serve(t, w, Config{StreamPing: 20 * time.Millisecond, CORSOrigins: []string{"https://app.example"}})
	open := func(origin, cookie string) (*websocket.Conn, *http.Response) {
		header := http.Header{"Cookie": {refreshCookie + "=" + cookie}}
		if origin != "" {
			header.Set("Origin", origin)
		}
		conn, response, err := (&websocket.Dialer{HandshakeTimeout: 30 * time.Second}).Dial("ws"+strings.TrimPrefix(s.url, "http")+streamPath, header)
		if err == nil {
			t.Cleanup(func() { conn.Close() })
		}
		return conn, response
	}
	for origin, status := range map[string]int{"": 401, "https://app.example": 401, "https://evil.example": 401, "null": 401} {
		if conn, response := open(origin, fakeRefresh); conn != nil || response == nil || response.StatusCode != status {
			t.Errorf("origin %q: %+v, want %d", origin, response, status)
		}
	}
	if conn, response := open(s.url, "exchanged"); conn != nil || response.StatusCode != 401 {
		t.Errorf("a cookie that does not count: %+v", response)
	}
	conn, response := open(s.url, fakeRefresh)
	if conn == nil {
		t.Fatalf("the server's own page: %+v", response)
	}
	if seq := nextEvent(t, conn)["seq"]; seq != 1.0 {
		t.Errorf("seq %v", seq)
	}
	w.revoke(annSessID) // the cookie may have been exchanged meanwhile; the session counts
	wantClose(t, conn, closeUnauthenticated)
	waitClosed(t, source)
}

func TestStreamEndsAtOnceWhenSignedOutEverywhere(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"/api/me/sessions", "/api/me"} {
		w := newWorld()
		mine, other := newScript(nil, logEvent(1)), newScript(nil, logEvent(1))
		w.watch = func(cursor int64) exec.Stream {
			if cursor > 0 {
				return other
			}
			return mine
		}
		s := serve(t, w, Config{StreamPing: time.Hour})
		conn, key := s.dial(t, "/api/stream", annSession), s.dial(t, "/api/stream?cursor=other", annKeyWithout+"functions:read")
		nextEvent(t, conn)
		nextEvent(t, key)
		if a := s.call(t, "DELETE", end, annSession, map[string]string{"/api/me": `{"password":"correct horse"}`}[end]); a.status != 204 {
			t.Fatalf("%s: %d %s", end, a.status, a.body)
		}
		wantClose(t, conn, closeUnauthenticated)
		waitClosed(t, mine)
		other.events <- logEvent(2) // what still counts goes on
		if seq := nextEvent(t, key)["seq"]; seq != 2.0 {
			t.Errorf("seq %v", seq)
		}
	}
}

func TestStreamOfEverything(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var resumed int64
	w.watch = func(cursor int64) exec.Stream {
		resumed = cursor
		event := logEvent(1)
		event.Cursor = "next"
		return newScript(nil, event)
	}
	s := serve(t, w, Config{})
	event := nextEvent(t, s.dial(t, "/api/stream?cursor=abcde", annSession))
	if event["cursor"] != "next" || event["function_id"] != annFunction || event["function_name"] != "hello" || resumed != 5 {
		t.Errorf("%v, resumed at %d", event, resumed)
	}
}

// TestStreamFromAConfiguredOrigin is a page of a development server: it asks through a proxy, which passes its Origin on.
func TestStreamFromAConfiguredOrigin(t *testing.T) {
	t.Parallel()
	const page = "http://localhost:3000"
	w := newWorld()
	w.watch = func(int64) exec.Stream { return newScript(nil, logEvent(1)) }
	s := serve(t, w, Config{CORSOrigins: []string{page}})
	dial := func(origin string, protocols ...string) (*websocket.Conn, *http.Response) {
		dialer := websocket.Dialer{Subprotocols: protocols, HandshakeTimeout: 30 * time.Second}
		conn, response, err := dialer.Dial("ws"+strings.TrimPrefix(s.url, "http")+"/api/stream", http.Header{"Origin": {origin}})
		if err == nil {
			t.Cleanup(func() { conn.Close() })
		}
		return conn, response
	}
	conn, response := dial(page, streamProtocol, bearerProtocol+annSession)
	if conn == nil || conn.Subprotocol() != streamProtocol {
		t.Fatalf("a configured origin with a token: %+v", response)
	}
	if seq := nextEvent(t, conn)["seq"]; seq != 1.0 {
		t.Errorf("seq %v", seq)
	}
	if conn, response := dial(page); conn != nil || response.StatusCode != 401 {
		t.Errorf("without a token: %+v", response)
	}
	for _, origin := range []string{"http://localhost:3001", "https://localhost:3000", "http://localhost:3000.evil.example", "null"} {
		if conn, response := dial(origin, streamProtocol, bearerProtocol+annSession); conn != nil || response.StatusCode != 403 {
			t.Errorf("%s: %+v", origin, response)
		}
	}
	if conn, response := dial(s.url, streamProtocol, bearerProtocol+annSession); conn == nil {
		t.Errorf("the server's own page: %+v", response)
	}
}

func TestStreamEndsWithTheClient(t *testing.T) {
	t.Parallel()
	w := newWorld()
	source := newScript(nil, logEvent(1))
	w.watch = func(int64) exec.Stream { return source }
	s := serve(t, w, Config{})
	conn := s.dial(t, streamPath, annSession)
	nextEvent(t, conn)
	conn.Close()
	waitClosed(t, source)

	talker := newScript(nil, logEvent(1))
	w.watch = func(int64) exec.Stream { return talker }
	conn = s.dial(t, streamPath, annSession)
	nextEvent(t, conn)
	if err := conn.WriteMessage(websocket.TextMessage, []byte("ignored")); err != nil {
		t.Fatal(err)
	}
	talker.events <- logEvent(2)
	if got := nextEvent(t, conn)["seq"]; got != 2.0 {
		t.Errorf("seq %v after a message of the client", got)
	}
	if err := conn.WriteMessage(websocket.TextMessage, make([]byte, clientMessage+1)); err != nil {
		t.Fatal(err)
	}
	waitClosed(t, talker)
}

func TestStreamEndsWithTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld()
	source := newScript(nil, logEvent(1))
	w.watch = func(int64) exec.Stream { return source }
	s := serve(t, w, Config{})
	conn := s.dial(t, streamPath, annSession)
	nextEvent(t, conn)
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		stopped <- s.server.Shutdown(ctx)
	}()
	wantClose(t, conn, websocket.CloseGoingAway)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	waitClosed(t, source)
}

// panicking is a stream with a defect.
type panicking struct{ *script }

func (panicking) Next(context.Context) (exec.Event, error) { panic("a defect") }

func TestStreamFailures(t *testing.T) {
	t.Parallel()
	w := newWorld()
	failing := newScript(fmt.Errorf("secret cause"))
	w.watch = func(int64) exec.Stream { return failing }
	s := serve(t, w, Config{})
	wantClose(t, s.dial(t, streamPath, annSession), websocket.CloseInternalServerErr)
	waitClosed(t, failing)
	broken := panicking{newScript(nil)}
	w.watch = func(int64) exec.Stream { return broken }
	wantClose(t, s.dial(t, streamPath, annSession), websocket.CloseInternalServerErr)
	waitClosed(t, broken.script)
}

// TestStreamSlowReader has a client that never reads: the write deadline ends its stream.
func TestStreamSlowReader(t *testing.T) {
	t.Parallel()
	w := newWorld()
	long := logEvent(1)
	long.Log.Text = strings.Repeat("x", 1<<20)
	source := newScript(nil)
	w.watch = func(int64) exec.Stream { return source }
	s := serve(t, w, Config{StreamWrite: 200 * time.Millisecond})
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", streamPath, annSession)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v %+v", err, response)
	}
	go func() {
		for {
			select {
			case source.events <- long:
			case <-source.closed:
				return
			}
		}
	}()
	waitClosed(t, source)
}
