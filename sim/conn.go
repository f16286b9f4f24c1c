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
	deadline time.Time
}

// Read waits until something has come. A worker that died meanwhile ends here.
func (c *conn) Read(b []byte) (int, error) {
	l := c.p.runner
	l.mu.Lock()
	if !c.p.gone {
		c.p.recordCall(call{what: callRead, link: c.link, room: len(b), until: c.when()})
	}
	for {
		if c.p.gone {
			return 0, c.p.refuse()
		}
		come, err, ok := l.w.read(c.p.worker, c.link, len(b), c.when())
		if ok {
			n := copy(b, come)
			c.p.recordResult(n, b[:n], err)
			l.mu.Unlock()
			return n, err
		}
		c.p.wait()
	}
}

func (c *conn) Write(b []byte) (int, error) {
	l := c.p.runner
	l.mu.Lock()
	if c.p.gone {
		return 0, c.p.refuse()
	}
	defer l.mu.Unlock()
	c.p.recordCall(call{what: callWrite, link: c.link, bytes: c.p.kept(b)})
	err := l.w.write(c.p.worker, c.link, b, false)
	c.p.recordResult(0, nil, err)
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

func (c *conn) Close() error {
	c.p.do(call{what: callHangUp, link: c.link}, func(w *world) { w.hangUp(c.p.worker, c.link) })
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
// is ended so. refuse is called with the lock, and gives it back.
func (p *process) refuse() error {
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
