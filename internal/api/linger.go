package api

import (
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v3"
)

// A body that is too long is refused while the client still sends it. Closing at once
// would reset the connection, and the client would not see why. Such a connection
// is closed for writing and read a little longer.
const (
	lingerTime  = 5 * time.Second
	lingerBytes = 64 << 20
)

type lingerListener struct{ net.Listener }

func (l lingerListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &lingerConn{Conn: conn}, nil
}

type lingerConn struct {
	net.Conn
	linger atomic.Bool
}

// lingerOn makes the connection of c linger when it is closed.
func lingerOn(c fiber.Ctx) {
	if conn, ok := c.RequestCtx().Conn().(*lingerConn); ok {
		conn.linger.Store(true)
	}
}

func (c *lingerConn) Close() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.linger.Swap(false) && half.CloseWrite() == nil {
		if c.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes) // whatever stops it, closing is next
		}
	}
	return c.Conn.Close()
}
