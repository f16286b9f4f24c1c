package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"onceover/faults/proxy"
	"onceover/faults/wire"
)

// The servers to which a worker has connections.
const (
	toRedis = "redis"
	toMySQL = "mysql"
)

// proxies are the two that stand between one worker and the servers.
type proxies struct{ redis, mysql *proxy.Proxy }

// to returns the proxy in front of a server.
func (p proxies) to(server string) *proxy.Proxy {
	if server == toMySQL {
		return p.mysql
	}
	return p.redis
}

// connection is one that a worker has opened.
type connection struct {
	server string
	number uint64
}

// clients are the connections that the worker has not ended.
func (p proxies) clients() (open []connection) {
	for _, server := range []string{toRedis, toMySQL} {
		if one := p.to(server); one != nil {
			for _, number := range one.Clients() {
				open = append(open, connection{server, number})
			}
		}
	}
	return open
}

// held counts the connections that some process of this machine holds, whatever
// the proxies have heard of it.
func (p proxies) held() int {
	var ports []string
	for _, one := range []*proxy.Proxy{p.redis, p.mysql} {
		_, port, _ := net.SplitHostPort(one.Addr())
		ports = append(ports, port)
	}
	return heldTo(ports...)
}

// received is how many bytes the worker has sent.
func (p proxies) received() int64 { return p.redis.Received() + p.mysql.Received() }

// sentWithin waits, and tells how many bytes the worker sent meanwhile. What was
// on its way in the beginning does not count.
func (p proxies) sentWithin(d time.Duration, quit <-chan struct{}) int64 {
	wait := func(d time.Duration) {
		select {
		case <-time.After(d):
		case <-quit:
		}
	}
	grace := min(d*3/4, lastBytes)
	wait(grace)
	before := p.received()
	wait(d - grace)
	return p.received() - before
}

// open puts a worker behind proxies. One follows the protocol only where the
// plan looks at connections: to copy bytes costs less.
func (in *injections) open(w *workerProcess) (err error) {
	for _, one := range []struct {
		server   string
		target   *watched
		protocol wire.Protocol
		proxy    **proxy.Proxy
	}{{toRedis, in.redis, wire.RESP, &w.proxies.redis}, {toMySQL, in.mysql, wire.MySQL, &w.proxies.mysql}} {
		config := proxy.Config{Target: func(context.Context) (string, error) { return one.target.Addr() }}
		if in.plan.watches(one.server) || in.aims.watches(one.server) {
			config.Protocol = one.protocol
			config.Rule = in.aims.rule(w.number, one.server, in.list)
			w.aimed[one.server] = config.Rule
			if one.server == toRedis && in.plan.identifies() {
				config.Opened = func(conn uint64, server net.Conn) error { return in.identify(w, conn, server) }
			}
			config.Events = func(e proxy.Event) { in.post(func() { in.observe(w, one.server, e) }) }
		}
		if *one.proxy, err = proxy.Listen(config); err != nil {
			return err
		}
	}
	return nil
}

// identify learns under which number Redis knows a connection of a worker.
func (in *injections) identify(w *workerProcess, conn uint64, server net.Conn) error {
	id, err := clientID(server)
	if err == nil {
		in.post(func() {
			in.meter.asked("client|id", 1)
			w.clients[conn] = id
		})
	}
	return err
}

func (p proxies) close() error {
	var errs []error
	for _, one := range []*proxy.Proxy{p.redis, p.mysql} {
		if one != nil {
			errs = append(errs, one.Close())
		}
	}
	return errors.Join(errs...)
}

// closeProxies lets what dead workers had sent go through, and then ends them.
func (s *supervisor) closeProxies() error {
	var errs []error
	for _, w := range s.all {
		if w.proxies.redis != nil {
			late := awaitIdle(w.proxies.redis)
			switch { // whoever is still connected may still write
			case late == "", w.elsewhere:
			case s.external:
				errs = append(errs, fmt.Errorf("%w: worker %d%s", ErrLeftBehind, w.number, late))
			default:
				errs = append(errs, fmt.Errorf("worker %d has ended%s", w.number, late))
			}
		}
		errs = append(errs, w.proxies.close())
	}
	return errors.Join(errs...)
}

// awaitIdle waits until a proxy has no connection any more; by then it has told
// of everything that it did to them.
func awaitIdle(p *proxy.Proxy) (note string) {
	for deadline := time.Now().Add(signalWait); ; time.Sleep(look) {
		switch _, open := p.Counts(); {
		case open == 0:
			return ""
		case time.Now().After(deadline):
			return ", and its connections did not end"
		}
	}
}
