// Package proxy puts a TCP proxy in front of a server, which strikes single requests.
//
// A [Proxy] keeps its address for its life, while the server behind it may move: the target is looked up anew for
// every connection. Without a protocol the proxy only copies bytes. With one it reads every request before it passes
// any byte of it on, and asks a [Rule] what to do: [Forward] it, [CutBefore] the server gets it, [CutAfter] the server
// answered it, [CutWithin] its reply, [Hold] it, or send it [Late], when its client is long gone. A fault that was asked for is not yet a fault that
// happened: the events tell which took effect, and which were missed. Whole connections can be made to carry nothing for a while, see [Silence].
//
// Limits. Requests stay in order, so whatever stands behind a held request waits with it, and whatever stands behind a
// cut one is never sent. A cut resets the connection, unless replies to earlier requests of the same pipeline were on
// their way to the client: a reset could overtake them, so that client gets an orderly close instead. The proxy knows
// no clock: dials and lookups end when they end, or when the proxy is closed. What package wire cannot follow (TLS, compression and others) resets the connection and is reported as [Unreadable].
//
//	p, err := proxy.Listen(proxy.Config{Target: target, Protocol: wire.RESP, Rule: func(r proxy.Request) proxy.Action {
//		if r.Verb() == "EXEC" {
//			return proxy.CutAfter
//		}
//		return proxy.Forward
//	}})
package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"onceover/faults/wire"
)

// ErrConfig reports a configuration that makes no proxy.
var ErrConfig = errors.New("proxy: invalid configuration")

// Config says what a proxy stands in front of.
type Config struct {
	// Target returns the server's address, host:port. It is called once for every accepted connection, by several
	// goroutines at once; ctx ends when that connection is reset.
	Target func(ctx context.Context) (addr string, err error)
	// Opened may be nil. It is called with each new connection to the server before anything passes, and may speak with
	// the server if that waits for its client to begin; whatever the server answers must have been read. An error resets
	// the connection as if the server were [Unreachable].
	Opened func(conn uint64, server net.Conn) error
	// Protocol is empty for a proxy that only copies bytes; it counts no requests and can have no rule.
	Protocol wire.Protocol
	// Rule may be nil, which forwards everything.
	Rule Rule
	// Events may be nil. It is called by the goroutines of the connections, in order for each of them, and must not
	// call Close.
	Events func(Event)
}

// Proxy is a listening proxy. Its methods may be called by several goroutines at once.
type Proxy struct {
	config   Config
	listener *net.TCPListener
	running  sync.WaitGroup
	received atomic.Int64 // bytes from clients

	mu       sync.Mutex
	links    map[*link]struct{}
	accepted int // connections since the start
	closed   bool
	silences []*Silence

	ruleMu  sync.Mutex
	rule    Rule
	ordinal uint64
}

// Listen starts a proxy on a free port of 127.0.0.1.
func Listen(config Config) (*Proxy, error) {
	switch {
	case config.Target == nil:
		return nil, fmt.Errorf("%w: no target", ErrConfig)
	case config.Protocol == "" && config.Rule != nil:
		return nil, fmt.Errorf("%w: a rule needs a protocol", ErrConfig)
	case config.Protocol != "":
		if _, err := config.Protocol.NewSession(); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrConfig, err)
		}
	}
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &Proxy{config: config, rule: config.Rule, listener: listener, links: make(map[*link]struct{})}
	p.running.Go(p.accept)
	return p, nil
}

// Addr returns the address that clients connect to, host:port.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// SetRule replaces the rule for all requests that were not asked for yet. It panics on a proxy without a protocol, and
// must not be called by a rule.
func (p *Proxy) SetRule(rule Rule) {
	if p.config.Protocol == "" && rule != nil {
		panic("proxy: a rule needs a protocol")
	}
	p.ruleMu.Lock()
	defer p.ruleMu.Unlock()
	p.rule = rule
}

// Close stops listening, resets all connections and waits until every goroutine of the proxy has ended.
func (p *Proxy) Close() error {
	err := p.listener.Close()
	p.mu.Lock()
	p.closed = true
	links := p.links
	p.links = make(map[*link]struct{})
	p.mu.Unlock()
	for l := range links {
		l.reset()
	}
	p.running.Wait()
	if err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	return nil
}

func (p *Proxy) accept() {
	for id := uint64(1); ; id++ {
		client, err := p.listener.AcceptTCP()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			p.tell(Event{Kind: Broken, Err: err})
			p.listener.Close()
			return
		}
		if l := p.admit(id, client); l != nil {
			p.running.Go(l.run)
			continue
		}
		resetConn(client)
	}
}

// admit registers a connection, unless the proxy is closed.
func (p *Proxy) admit(id uint64, client *net.TCPConn) *link {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.accepted++
	l := newLink(p, id, client)
	for _, s := range p.silences {
		if s.fresh && !s.ended() {
			l.silence.Store(s)
			s.came.Add(1)
		}
	}
	p.links[l] = struct{}{}
	return l
}

func (p *Proxy) forget(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

func (p *Proxy) tell(e Event) {
	if p.config.Events != nil {
		p.config.Events(e)
	}
}

// Counts returns how many connections were accepted, and how many of them are open.
func (p *Proxy) Counts() (accepted, open int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted, len(p.links)
}

// Clients returns the numbers of the connections whose clients are still there.
func (p *Proxy) Clients() (conns []uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		if !l.gone.Load() && l.ctx.Err() == nil {
			conns = append(conns, l.id)
		}
	}
	return conns
}

// Received returns how many bytes have come from clients.
func (p *Proxy) Received() int64 { return p.received.Load() }
