package lockstep

import (
	"bytes"
	"fmt"
	"net"
	"sync"

	"onceover/faults/wire"
	"onceover/sim"
)

// hub is what all connections of a run share. All that happens to one is told by a change.
type hub struct {
	mu      sync.Mutex
	changed chan struct{} // holds one if anything has happened
	version int           // counts what has happened
}

func newHub() *hub { return &hub{changed: make(chan struct{}, 1)} }

// tell says that something has happened. The mutex is held.
func (h *hub) tell() {
	h.version++
	select {
	case h.changed <- struct{}{}:
	default:
	}
}

// gate is where the connections of one process to one server arrive.
type gate struct {
	server   sim.Server
	protocol wire.Protocol
	target   string // address of the server
	listener *net.TCPListener
	of       *process
	links    []*link // that are not ended
	accepted int
}

// link is one connection of a process, and that to the server. The hub's mutex guards it.
type link struct {
	gate   *gate
	hub    *hub
	number int
	client *net.TCPConn
	server *net.TCPConn
	wake   *sync.Cond

	session wire.Session
	in      []byte // of the client, not read yet
	inside  [][][]byte
	request *request // that waits, or is under way
	due     int      // replies
	greeted bool     // MySQL has said who it is
	thread  uint32   // of MySQL

	clientGone, serverGone bool
	kept                   bool // replies are kept from the client
	late                   bool // the server, or its closing, took too long to be waited for
	ended                  bool // on both sides, and the server knows it
}

func openGate(p *process, server sim.Server, protocol wire.Protocol, target string) (*gate, error) {
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	g := &gate{server: server, protocol: protocol, target: target, listener: listener, of: p}
	go g.accept()
	return g, nil
}

func (g *gate) addr() string { return g.listener.Addr().String() }

func (g *gate) accept() {
	h := g.of.hub
	for {
		client, err := g.listener.AcceptTCP()
		if err != nil {
			return
		}
		h.mu.Lock()
		g.accepted++
		l := &link{gate: g, hub: h, number: g.accepted, client: client, wake: sync.NewCond(&h.mu)}
		l.session, _ = g.protocol.NewSession() // both protocols have one
		g.links = append(g.links, l)
		g.of.waitsSince()
		h.tell()
		h.mu.Unlock()
		go l.run()
	}
}

// run waits until its process has a part in a schedule, and then serves the connection.
func (l *link) run() {
	go l.readClient()
	h, p := l.hub, l.gate.of
	h.mu.Lock()
	for !p.active && !p.given {
		l.wake.Wait()
	}
	wanted := p.active && !p.given
	h.mu.Unlock()
	if wanted {
		conn, err := net.Dial("tcp", l.gate.target)
		h.mu.Lock()
		if err == nil {
			l.server = conn.(*net.TCPConn)
		} else {
			l.fail(fmt.Errorf("connect a worker to its server: %w", err))
		}
		h.mu.Unlock()
		if err == nil {
			var down sync.WaitGroup
			down.Go(l.readServer)
			l.passRequests()
			l.server.CloseWrite()
			if l.leaves() {
				p.unblock(l.thread)
			}
			down.Wait() // the server has closed its side: it knows
			l.server.Close()
		}
	}
	l.client.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	l.ended, l.clientGone = true, true
	h.tell()
}

// readClient keeps what the client sends, and notices its end.
func (l *link) readClient() {
	buf := make([]byte, 16<<10)
	for {
		n, err := l.client.Read(buf)
		l.hub.mu.Lock()
		l.in = append(l.in, buf[:n]...)
		if err != nil {
			l.clientGone = true
		}
		l.wake.Broadcast()
		l.hub.tell()
		l.hub.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// passRequests passes on what others do not notice, and lets every other request wait until
// it is chosen. It returns when the connection is over.
func (l *link) passRequests() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	for {
		r, raw, ok := l.next()
		if !ok {
			return
		}
		if r != nil && !l.await(r) {
			return
		}
		l.hub.mu.Unlock()
		_, err := l.server.Write(raw)
		l.hub.mu.Lock()
		if err != nil {
			l.lose()
			return
		}
		if r != nil && !l.finish(r) {
			return
		}
	}
}

// next reads a request. It is nil if others do not notice it.
func (l *link) next() (r *request, raw []byte, ok bool) {
	for {
		if l.serverGone || l.gate.of.given {
			return nil, nil, false
		}
		if len(l.in) > 0 && (l.gate.protocol != wire.MySQL || l.greeted) {
			req, n, err := l.session.Client(l.in)
			if err != nil {
				l.fail(l.unreadable(err))
				l.lose()
				return nil, nil, false
			}
			if n > 0 {
				raw = bytes.Clone(l.in[:n])
				r = l.read(req)
				l.in = l.in[n:]
				if r == nil && !req.Silent {
					l.due++
				}
				return r, raw, true
			}
		}
		if l.clientGone {
			return nil, nil, false
		}
		l.wake.Wait()
	}
}

// read tells what a request is about; nil if nobody else notices it.
func (l *link) read(req wire.Request) *request {
	if l.gate.protocol == wire.MySQL {
		d := deedOf(req)
		if d == unnoticed {
			return nil
		}
		l.gate.of.changed = l.gate.of.changed || d == changes
		return &request{link: l, ord: -1, sql: req.SQL, writes: d == changes}
	}
	args := make([][]byte, len(req.Args))
	for i, a := range req.Args {
		args[i] = bytes.Clone(a)
	}
	verb := word(args, 0)
	switch {
	case len(args) == 0, req.Silent:
		return nil
	case verb == "DISCARD" || verb == "RESET":
		l.inside = nil
		return nil
	case verb == "EXEC":
		all := append(l.inside, args)
		l.inside = nil
		return &request{link: l, ord: -1, commands: all}
	case verb == "MULTI" || l.inside != nil: // queued: nothing happens before EXEC
		l.inside = append(l.inside, args)
		return nil
	case privateRedis(args):
		return nil
	}
	return &request{link: l, ord: -1, commands: [][][]byte{args}}
}

// await lets a request wait until it is chosen; false if it is not to be sent.
func (l *link) await(r *request) bool {
	l.request = r
	l.gate.of.asks()
	l.hub.tell()
	for r.decision == undecided && !l.serverGone && !l.gate.of.given {
		l.wake.Wait()
	}
	if r.passes() {
		return true
	}
	l.over(r)
	l.lose()
	return false
}

// finish waits for the reply to a request that was chosen. A request that waits in its server
// is over when nobody needs its process any more.
func (l *link) finish(r *request) bool {
	for !r.replied && !l.serverGone && !l.gate.of.given {
		l.wake.Wait()
	}
	if r.decision == passAndHalve && r.replied {
		l.hub.mu.Unlock()
		l.client.Write(beginning(r.halved)) // fails only if the client has gone
		l.client.CloseWrite()
		l.hub.mu.Lock()
		l.clientGone = true
	}
	l.over(r)
	if r.decision == passAndKeep {
		l.lose()
	}
	return r.decision == pass && !l.serverGone
}

// leaves tells whether the connection ends while MySQL still works for it: a statement that
// waits there does not notice that its client has gone.
func (l *link) leaves() bool {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	return l.gate.protocol == wire.MySQL && l.due > 0 && !l.serverGone
}

// fail notes why the process cannot be judged. The mutex is held.
func (l *link) fail(err error) {
	if l.gate.of.problem == nil {
		l.gate.of.problem = err
	}
}

// unreadable says that a connection speaks what its proxy does not.
func (l *link) unreadable(err error) error {
	return fmt.Errorf("%w: its connection to %s cannot be read: %w", ErrUnfit, l.gate.server, err)
}

func (l *link) over(r *request) {
	r.over = true
	if l.request == r {
		l.request = nil
	}
	l.hub.tell()
}

// lose breaks the connection for the client. The mutex is held.
func (l *link) lose() {
	l.client.SetLinger(0)
	l.client.Close()
	l.clientGone = true
}

// busy tells whether a server, or this side, has something to do for the connection before
// its client can go on. The mutex is held.
func (l *link) busy() bool {
	switch {
	case l.ended, l.late:
		return false
	case l.server == nil || l.due > 0 || l.request == nil && len(l.in) > 0:
		return true
	case l.gate.protocol == wire.MySQL && !l.greeted:
		return true
	}
	return l.clientGone && l.request == nil // it is being closed
}

// waiting is the request that waits to be chosen. The mutex is held.
func (l *link) waiting() *request {
	if r := l.request; r != nil && r.decision == undecided && !r.over {
		return r
	}
	return nil
}

// decide says what becomes of the request that waits. The mutex is held.
func (r *request) decide(d decision) {
	r.decision = d
	r.link.gate.of.wakes()
	if r.passes() {
		r.link.due++
	}
	r.link.kept = r.passes() && d != pass
	r.link.wake.Broadcast()
}

// passes tells whether the request reaches its server. The mutex is held.
func (r *request) passes() bool {
	return r.decision == pass || r.decision == passAndKeep || r.decision == passAndHalve
}
