package sim

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"time"
)

// conn is a worker's end of a link, as its client sees it.
type conn struct {
	p        *process
	link     int
	server   Server
	deadline time.Time
}

// Read waits until something has come. A worker that died meanwhile ends here.
func (c *conn) Read(b []byte) (int, error) {
	n, dead, err := c.p.do(call{what: callRead, link: c.link, room: len(b), until: c.when()}, b)
	if dead {
		return 0, c.p.refuse()
	}
	return n, err
}

func (c *conn) Write(b []byte) (int, error) {
	if c.server == Redis {
		c.p.renew()
	}
	_, dead, err := c.p.do(call{what: callWrite, link: c.link, bytes: c.p.kept(b)}, b)
	switch {
	case dead:
		return 0, c.p.refuse()
	case err != nil:
		return 0, err
	}
	return len(b), nil
}

func (c *conn) Close() error {
	c.p.do(call{what: callHangUp, link: c.link}, nil)
	return nil
}

// when is the deadline in the world's time.
func (c *conn) when() time.Duration {
	if c.deadline.IsZero() {
		return noDeadline
	}
	return c.deadline.Sub(epoch)
}

func (c *conn) SetDeadline(t time.Time) error      { c.deadline = t; return nil }
func (c *conn) SetReadDeadline(t time.Time) error  { c.deadline = t; return nil }
func (c *conn) SetWriteDeadline(t time.Time) error { return nil }
func (c *conn) LocalAddr() net.Addr                { return endpoint{} }
func (c *conn) RemoteAddr() net.Addr               { return endpoint{} }

// endpoint is the address of both ends.
type endpoint struct{}

func (endpoint) Network() string { return "tcp" }
func (endpoint) String() string  { return "127.0.0.1:0" }

// refuse fails the call of a dead worker. Calls fail in a way that clients
// do not try again after, so that the program soon returns. To end its goroutine
// on the spot would be faster, but database/sql does not stand it: it would wait
// for ever for a lock that it holds itself. Only a program that never gives up
// is ended so.
func (p *process) refuse() error {
	p.runner.mu.Lock()
	p.refused++
	stubborn := p.refused > mostRefusals && !p.leaving
	p.leaving = p.leaving || stubborn
	p.runner.mu.Unlock()
	if stubborn {
		runtime.Goexit()
	}
	return errDead
}

const mostRefusals = 100

// errDead is no network error, after which clients would try again.
var errDead = fmt.Errorf("sim: the worker is dead: %w", context.Canceled)
