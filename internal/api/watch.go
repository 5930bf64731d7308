package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gofiber/contrib/v3/websocket"
	"go.uber.org/zap"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/exec"
)

const (
	watchLocal = "voltrun.watch"
	// clientMessage bounds, in bytes, what a client may send; it has nothing to say.
	clientMessage = 512
	// upgradeWait is how long an accepted handshake may take to become a connection.
	upgradeWait = 10 * time.Second
	// Close codes besides those of RFC 6455, from its private range.
	closeUnauthenticated = 4401
	closeTooSlow         = 4408
)

// watch is one open stream.
type watch struct {
	user, requestID string
	authorized      func(context.Context) error // whether it still may be open
	recheck         chan struct{}               // asks for that at once; holds one
	source          exec.Stream
	ctx             context.Context
	cancel          context.CancelFunc
	claim           sync.Once // by the connection, or by the timer when there never is one
	timer           *time.Timer
}

// streams knows every open stream, bounds them per user and closes them at shutdown.
type streams struct {
	mu      sync.Mutex
	open    map[*watch]struct{}
	perUser map[string]int
	max     int
	closing bool
	done    chan struct{} // closed when closing and none is left
}

func newStreams(perUser int) *streams {
	return &streams{open: map[*watch]struct{}{}, perUser: map[string]int{}, max: perUser, done: make(chan struct{})}
}

func (t *streams) add(ctx context.Context, user string) (*watch, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closing {
		return nil, &voltrun.Error{Code: voltrun.CodeUnavailable, Message: "the server is shutting down; connect again"}
	}
	if t.perUser[user] >= t.max {
		return nil, &voltrun.Error{Code: voltrun.CodeRateLimited, RetryAfter: 5 * time.Second,
			Message: fmt.Sprintf("%d streams are open already, which is the most for one user; close one", t.max)}
	}
	w := &watch{user: user, recheck: make(chan struct{}, 1)}
	w.ctx, w.cancel = context.WithCancel(ctx)
	t.open[w] = struct{}{}
	t.perUser[user]++
	return w, nil
}

// remove ends w; it may be called twice.
func (t *streams) remove(w *watch) {
	w.cancel()
	if w.source != nil {
		w.source.Close()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.open[w]; !ok {
		return
	}
	delete(t.open, w)
	if t.perUser[w.user]--; t.perUser[w.user] == 0 {
		delete(t.perUser, w.user)
	}
	if t.closing && len(t.open) == 0 {
		close(t.done)
	}
}

// recheck has every stream of a user looked at that may have lost its session or key.
func (t *streams) recheck(user string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for w := range t.open {
		if w.user == user {
			select {
			case w.recheck <- struct{}{}:
			default: // it is about to be
			}
		}
	}
}

// closeAll asks every stream to end; the channel is closed once they have.
func (t *streams) closeAll() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closing {
		return t.done
	}
	t.closing = true
	if len(t.open) == 0 {
		close(t.done)
	}
	for w := range t.open {
		w.cancel()
	}
	return t.done
}

func (t *streams) shuttingDown() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closing
}

// expectUpgrade gives the watch back when the client goes away before the connection is handed over.
func (w *watch) expectUpgrade(t *streams) {
	w.timer = time.AfterFunc(upgradeWait, func() { w.claim.Do(func() { t.remove(w) }) })
}

// abandon ends a watch whose upgrade failed.
func (w *watch) abandon(t *streams) {
	w.timer.Stop()
	w.claim.Do(func() { t.remove(w) })
}

// claimed reports whether the connection came in time, and stops the timer.
func (w *watch) claimed() bool {
	mine := false
	w.claim.Do(func() { mine = true })
	w.timer.Stop()
	return mine
}

// watch serves one connection until the stream ends, the client goes or the server stops.
func (s *Server) watch(conn *websocket.Conn) {
	defer conn.Close() // the server keeps hijacked connections open otherwise
	w, ok := conn.Locals(watchLocal).(*watch)
	if !ok || !w.claimed() {
		return
	}
	s.metrics.streams.Inc()
	var attendants sync.WaitGroup
	attendants.Go(func() { s.listen(conn, w) })
	why := s.pump(conn, w)
	s.sayGoodbye(conn, w, why)
	w.cancel()
	conn.Close() // ends listen
	attendants.Wait()
	s.metrics.streams.Dec()
	s.streams.remove(w)
}

// listen reads what the client sends, which is ignored, and notices that it is gone.
func (s *Server) listen(conn *websocket.Conn, w *watch) {
	defer w.cancel()
	defer s.recoverStream()
	patience := 2*s.Config.StreamPing + s.Config.StreamWrite
	conn.SetReadLimit(clientMessage)
	extend := func(string) error { return conn.SetReadDeadline(time.Now().Add(patience)) }
	conn.SetPongHandler(extend)
	if extend("") != nil {
		return
	}
	for {
		if _, _, err := conn.NextReader(); err != nil {
			return
		}
	}
}

// errRevoked ends a stream whose token is not valid any more.
var errRevoked = errors.New("the token is not valid any more")

// pump sends event after event until the source ends, and says why it stopped. Nothing is
// buffered here: a slow client holds up only its own stream, and only until the write deadline.
func (s *Server) pump(conn *websocket.Conn, w *watch) error {
	events := make(chan exec.Event)
	ended := make(chan error, 1)
	var reader sync.WaitGroup
	reader.Go(func() { ended <- s.forward(w, events) })
	defer reader.Wait()
	defer w.cancel()

	ping := time.NewTicker(s.Config.StreamPing)
	defer ping.Stop()
	for {
		select {
		case e := <-events:
			if err := s.send(conn, w, e); err != nil {
				return err
			}
		case <-ping.C:
			if err := s.keepAlive(conn, w); err != nil {
				return err
			}
		case <-w.recheck:
			if err := checkStream(w); err != nil {
				return err
			}
		case err := <-ended:
			return err
		}
	}
}

// forward hands over the events of the source one by one.
func (s *Server) forward(w *watch, events chan<- exec.Event) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.streamPanicked(r)
			err = errors.New("panic")
		}
	}()
	for {
		e, err := w.source.Next(w.ctx)
		if err != nil {
			return err
		}
		select {
		case events <- e:
		case <-w.ctx.Done():
			return w.ctx.Err()
		}
	}
}

// errSlow wraps a failed write.
type errSlow struct{ error }

func (s *Server) send(conn *websocket.Conn, w *watch, e exec.Event) error {
	var message bytes.Buffer
	encoder := json.NewEncoder(&message)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(eventOf(e)); err != nil {
		return err
	}
	if err := conn.SetWriteDeadline(time.Now().Add(s.Config.StreamWrite)); err != nil {
		return errSlow{err}
	}
	if err := conn.WriteMessage(websocket.TextMessage, bytes.TrimSuffix(message.Bytes(), []byte("\n"))); err != nil {
		return errSlow{err}
	}
	return nil
}

// keepAlive pings the client, and ends the stream when its token was revoked or has expired.
func (s *Server) keepAlive(conn *websocket.Conn, w *watch) error {
	if err := conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(s.Config.StreamWrite)); err != nil {
		return errSlow{err}
	}
	return checkStream(w)
}

// checkStream ends a stream whose token, session or key does not count any more. That nobody can tell now is no reason to.
func checkStream(w *watch) error {
	if err := w.authorized(w.ctx); voltrun.CodeOf(err) == voltrun.CodeUnauthenticated {
		return errRevoked
	}
	return nil
}

// sayGoodbye closes with the code that tells the client whether to come back.
func (s *Server) sayGoodbye(conn *websocket.Conn, w *watch, why error) {
	code, reason := websocket.CloseNormalClosure, "end"
	var slow errSlow
	switch {
	case errors.Is(why, io.EOF):
	case errors.Is(why, errRevoked):
		code, reason = closeUnauthenticated, why.Error()+"; sign in again"
	case errors.As(why, &slow):
		code, reason = closeTooSlow, "too slow; connect again where you were"
	case errors.Is(why, context.Canceled) && s.streams.shuttingDown():
		code, reason = websocket.CloseGoingAway, "the server is shutting down; connect again where you were"
	case errors.Is(why, context.Canceled): // the client is gone
	default:
		code, reason = websocket.CloseInternalServerErr, "request id "+w.requestID
		s.Logger.Error("stream failed", zap.Error(why), zap.String("request_id", w.requestID), zap.String("user_id", w.user))
	}
	message := websocket.FormatCloseMessage(code, reason)
	if err := conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second)); err != nil {
		s.Logger.Debug("stream closed without goodbye", zap.Error(err), zap.String("request_id", w.requestID))
	}
}

func (s *Server) recoverStream() {
	if r := recover(); r != nil {
		s.streamPanicked(r)
	}
}

func (s *Server) streamPanicked(r any) {
	s.Logger.Error("stream panicked", zap.Any("panic", r), zap.ByteString("stack", debug.Stack()))
}
