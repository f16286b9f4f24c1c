package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"

	"onceover/faults/wire"
)

// bufferSize is the first size of a connection's buffers.
const bufferSize = 64 << 10

// link is one client's connection together with its connection to the server.
type link struct {
	proxy  *Proxy
	id     uint64
	client *net.TCPConn
	ctx    context.Context // ends when the link is reset
	cancel context.CancelFunc
	gone   atomic.Bool // the client has ended its side, or was cut off

	silence                atomic.Pointer[Silence] // nil: there was none
	fromClient, fromServer *inlet

	mu      sync.Mutex
	server  *net.TCPConn // nil until it was dialled
	session wire.Session // nil without a protocol
	replies replies
}

func newLink(p *Proxy, id uint64, client *net.TCPConn) *link {
	l := &link{proxy: p, id: id, client: client}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.fromClient = &inlet{link: l, conn: client, client: true}
	if p.config.Protocol != "" {
		l.session, _ = p.config.Protocol.NewSession() // Listen has tried it
	}
	return l
}

func (l *link) run() {
	defer l.proxy.forget(l)
	if err := l.dial(); err != nil {
		if alive := l.reset(); alive {
			l.proxy.tell(Event{Kind: Unreachable, Conn: l.id, Err: err})
		}
		return
	}
	up, down := l.copyUp, l.copyDown
	if l.session != nil {
		up, down = l.passRequests, l.passReplies
	}
	l.serve(up, down)
}

// dial connects to wherever the target is now.
func (l *link) dial() error {
	if s := l.silence.Load(); s != nil {
		select {
		case <-s.over:
		case <-l.ctx.Done():
		}
	}
	addr, err := l.proxy.config.Target(l.ctx)
	if err != nil {
		return fmt.Errorf("proxy: target: %w", err)
	}
	conn, err := new(net.Dialer).DialContext(l.ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	if err := l.connected(conn.(*net.TCPConn)); err != nil {
		conn.Close()
		return err
	}
	if opened := l.proxy.config.Opened; opened != nil {
		return opened(l.id, conn)
	}
	return nil
}

// connected keeps the connection to the server, so that a reset ends it.
func (l *link) connected(server *net.TCPConn) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return fmt.Errorf("proxy: %w", l.ctx.Err())
	}
	l.server = server
	l.fromServer = &inlet{link: l, conn: server}
	return nil
}

// serve runs both directions until both have ended. A side that only closed its writing half is watched meanwhile: it
// may still be reset, and then the other side must learn of it.
func (l *link) serve(up, down func() (closed bool)) {
	var directions, watches sync.WaitGroup
	for _, d := range []struct {
		copy func() bool
		from *net.TCPConn
	}{{up, l.client}, {down, l.server}} {
		directions.Add(1)
		watches.Go(func() {
			closed := d.copy()
			directions.Done()
			if closed && waitForReset(d.from) {
				l.reset()
			}
		})
	}
	directions.Wait()
	l.cancel()
	l.client.Close()
	l.server.Close()
	watches.Wait()
}

// reset resets both connections, and tells whether the link was alive before.
func (l *link) reset() (alive bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	alive = l.ctx.Err() == nil
	l.cancel()
	resetConn(l.client)
	if l.server != nil {
		resetConn(l.server)
	}
	return alive
}

// resetConn discards what is unsent and sends RST instead of FIN.
func resetConn(c *net.TCPConn) {
	c.SetLinger(0)
	c.Close()
}

func (l *link) copyUp() (closed bool)   { return l.copy(l.server, l.fromClient) }
func (l *link) copyDown() (closed bool) { return l.copy(l.client, l.fromServer) }

// copy passes bytes on until src closes its writing half, which is passed on too. If dst takes no more, the other
// direction still ends by itself, because it reads from dst.
func (l *link) copy(dst *net.TCPConn, src io.Reader) (closed bool) {
	buf := make([]byte, bufferSize)
	for {
		n, err := src.Read(buf)
		if n > 0 {
			if _, writeErr := dst.Write(buf[:n]); writeErr != nil {
				return false
			}
		}
		if errors.Is(err, io.EOF) {
			dst.CloseWrite()
			return true
		}
		if err != nil {
			l.reset()
			return false
		}
	}
}

func (l *link) tell(e Event) {
	e.Conn = l.id
	l.proxy.tell(e)
}

// waitForReset waits until a connection whose peer has closed its writing half is reset, or closed by this side. Reads
// cannot tell: they report the peer's close for ever.
func waitForReset(c *net.TCPConn) (reset bool) {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Read(func(fd uintptr) bool {
		failure, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR)
		reset = err == nil && failure != 0
		return reset || err != nil
	})
	return reset && err == nil
}
