package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v3"

	"github.com/voltrun/voltrun"
)

// listener counts connections and refuses those over max with a problem: fasthttp
// would refuse them with plain text.
type listener struct {
	net.Listener
	max  int64
	open atomic.Int64
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.open.Add(1) <= l.max {
			return &lingerConn{Conn: conn, open: &l.open}, nil
		}
		l.open.Add(-1)
		turnAway(conn)
	}
}

// turnAway answers without reading; the answer fits into the socket's buffer.
func turnAway(conn net.Conn) {
	id := voltrun.NewID(voltrun.PrefixRequest)
	body, err := json.Marshal(Problem{
		Type: "/api/docs#error-" + string(voltrun.CodeUnavailable), Title: http.StatusText(http.StatusServiceUnavailable),
		Status: http.StatusServiceUnavailable, Detail: "too many connections are open; try again", Code: string(voltrun.CodeUnavailable), RequestID: id,
	})
	if err == nil && conn.SetWriteDeadline(time.Now().Add(time.Second)) == nil {
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 503 Service Unavailable\r\nContent-Type: %s\r\nContent-Length: %d\r\n"+
			"Retry-After: 1\r\nX-Request-Id: %s\r\nConnection: close\r\n\r\n%s", problemType, len(body), id, body) // it is turned away either way
	}
	_ = conn.Close()
}

// A body that is too long is refused while the client still sends it. Closing at once
// would reset the connection, and the client would not see why. Such a connection
// is closed for writing and read a little longer.
const (
	lingerTime  = 5 * time.Second
	lingerBytes = 64 << 20
)

type lingerConn struct {
	net.Conn
	linger atomic.Bool
	closed atomic.Bool
	open   *atomic.Int64
}

// lingerOn makes the connection of c linger when it is closed.
func lingerOn(c fiber.Ctx) {
	if conn, ok := c.RequestCtx().Conn().(*lingerConn); ok {
		conn.linger.Store(true)
	}
}

func (c *lingerConn) Close() error {
	if !c.closed.Swap(true) {
		defer c.open.Add(-1)
	}
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.linger.Swap(false) && half.CloseWrite() == nil {
		if c.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes) // whatever stops it, closing is next
		}
	}
	return c.Conn.Close()
}
