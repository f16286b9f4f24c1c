package proxy

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// Silence is a while in which connections carry nothing, in either direction. What has come is kept, and so is the
// news that one side has ended: the other does not learn of it.
type Silence struct {
	proxy *Proxy
	fresh bool // connections that come meanwhile are silent, too
	conns []uint64
	over  chan struct{}
	bytes atomic.Int64 // that clients have sent
	came  atomic.Int64 // connections
}

// Silence makes the connections silent whose clients are there, and with fresh also those that come, until End or Drop.
// Those that are silent already are left out.
func (p *Proxy) Silence(fresh bool) *Silence {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &Silence{proxy: p, fresh: fresh, over: make(chan struct{})}
	for l := range p.links {
		if !l.gone.Load() && l.ctx.Err() == nil && l.silence.Load().ended() {
			l.silence.Store(s)
			s.conns = append(s.conns, l.id)
		}
	}
	p.silences = append(p.silences, s)
	return s
}

// ended tells whether there is no silence, or none any more.
func (s *Silence) ended() bool {
	if s == nil {
		return true
	}
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// Conns are the numbers of the connections that it began with.
func (s *Silence) Conns() []uint64 { return s.conns }

// Kept is how many bytes of clients were kept back so far, and how many clients came and were not connected.
func (s *Silence) Kept() (bytes, came int64) { return s.bytes.Load(), s.came.Load() }

// End lets everything go on: what was kept is passed on, late and in order.
func (s *Silence) End() { s.end(false) }

// Drop resets the connections, and with them what was kept is gone.
func (s *Silence) Drop() { s.end(true) }

// end does nothing the second time.
func (s *Silence) end(drop bool) {
	p := s.proxy
	p.mu.Lock()
	if s.ended() {
		p.mu.Unlock()
		return
	}
	var links []*link
	for l := range p.links {
		if drop && l.silence.Load() == s {
			links = append(links, l)
		}
	}
	if !drop {
		close(s.over)
	}
	p.mu.Unlock()
	for _, l := range links {
		l.reset()
	}
	if drop { // by now nothing of what was kept can be passed on
		p.mu.Lock()
		defer p.mu.Unlock()
		close(s.over)
	}
}

// DropSilent drops all silences that there are.
func (p *Proxy) DropSilent() {
	p.mu.Lock()
	all := p.silences
	p.mu.Unlock()
	for _, s := range all {
		s.Drop()
	}
}

// mostKept is how much is kept of what one side sends. Beyond that its end is not noticed.
const mostKept = 64 << 20

// inlet reads what one side of a link sends, and keeps it back while the link is silent.
type inlet struct {
	link   *link
	conn   *net.TCPConn
	client bool
	kept   []byte
	err    error // behind what is kept
}

func (in *inlet) Read(b []byte) (int, error) {
	for len(in.kept) == 0 {
		if in.err != nil {
			return 0, in.err
		}
		n, err := in.receive(b)
		s := in.link.silence.Load()
		if s.ended() {
			return n, err
		}
		in.keep(s, b[:n])
		in.err = err
		in.readAhead(s.over, s)
		if in.link.ctx.Err() != nil {
			return 0, net.ErrClosed // what was kept is gone
		}
	}
	n := copy(b, in.kept)
	in.kept = in.kept[n:]
	return n, nil
}

func (in *inlet) keep(s *Silence, b []byte) {
	in.kept = append(in.kept, b...)
	if in.client && s != nil {
		s.bytes.Add(int64(len(b)))
	}
}

// receive notices how much a client has sent, and when it ends.
func (in *inlet) receive(b []byte) (int, error) {
	n, err := in.conn.Read(b)
	if in.client {
		in.link.proxy.received.Add(int64(n))
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			in.link.gone.Store(true)
		}
	}
	return n, err
}

// readAhead keeps what comes until something is over, or the link is reset. So the end of
// the other side is noticed meanwhile, and not passed on.
func (in *inlet) readAhead(over <-chan struct{}, s *Silence) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-over:
		case <-in.link.ctx.Done():
		}
		in.conn.SetReadDeadline(time.Unix(1, 0))
	}()
	buf := make([]byte, bufferSize)
	for in.err == nil && len(in.kept) < mostKept {
		var n int
		n, in.err = in.receive(buf)
		in.keep(s, buf[:n])
	}
	<-ended
	in.conn.SetReadDeadline(time.Time{})
	if errors.Is(in.err, os.ErrDeadlineExceeded) {
		in.err = nil
	}
}
