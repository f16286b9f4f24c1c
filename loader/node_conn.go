package loader

import (
	"net"
	"sync/atomic"
	"syscall"
)

// errElsewhere says that nothing was sent, because the list is on another node by now.
var errElsewhere net.Error = elsewhere{}

type elsewhere struct{}

func (elsewhere) Error() string   { return "the list is on another node by now" }
func (elsewhere) Timeout() bool   { return false }
func (elsewhere) Temporary() bool { return true }

// nodeConn is a connection with a node. Once the target is another one it takes no more
// requests; what was begun is sent to its end.
type nodeConn struct {
	net.Conn
	t    *Target
	life int64 // of the target, when this was dialled
	sent atomic.Bool
}

// watched makes a connection end with its node's time.
func (t *Target) watched(conn net.Conn, life int64) net.Conn {
	c := &nodeConn{Conn: conn, t: t, life: life}
	if raw, is := conn.(syscall.Conn); is {
		return &rawNodeConn{c, raw}
	}
	return c
}

func (c *nodeConn) old() bool { return c.t.life.Load() != c.life }

func (c *nodeConn) Write(p []byte) (int, error) {
	if !c.sent.Load() && c.old() {
		return 0, errElsewhere
	}
	c.sent.Store(true)
	return c.Conn.Write(p)
}

func (c *nodeConn) Read(p []byte) (int, error) {
	c.sent.Store(false)
	return c.Conn.Read(p)
}

// rawNodeConn also lets the pool see whether the other side has closed the connection.
type rawNodeConn struct {
	*nodeConn
	raw syscall.Conn
}

// SyscallConn is asked for before a connection is used again.
func (c *rawNodeConn) SyscallConn() (syscall.RawConn, error) {
	if c.old() {
		return nil, errElsewhere
	}
	return c.raw.SyscallConn()
}
