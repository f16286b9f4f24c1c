package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"onceover/faults/proxy"
	"onceover/faults/wire"
)

// The servers to which a worker has connections.
const (
	toRedis = "redis"
	toMySQL = "mysql"
	toLocks = "lock" // what the names of lock servers begin with
)

// kindOf is the server as faults know it: whatever strikes at requests to Redis strikes at
// those to lock servers too, which are Redises.
func kindOf(server string) string {
	if strings.HasPrefix(server, toLocks) {
		return toRedis
	}
	return server
}

// proxies are those that stand between one worker and the servers.
type proxies struct {
	redis, mysql *proxy.Proxy
	locks        []*proxy.Proxy
}

func (p proxies) all() []*proxy.Proxy { return append([]*proxy.Proxy{p.redis, p.mysql}, p.locks...) }

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
func (p proxies) held() int { return heldTo(p.ports()...) }

// ports are those at which the worker's connections arrive.
func (p proxies) ports() (ports []string) {
	for _, one := range p.all() {
		if one != nil {
			_, port, _ := net.SplitHostPort(one.Addr())
			ports = append(ports, port)
		}
	}
	return ports
}

// received is how many bytes the worker has sent.
func (p proxies) received() (sum int64) {
	for _, one := range p.all() {
		sum += one.Received()
	}
	return sum
}

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

// place is where a proxy stands.
type place struct {
	server   string
	target   *watched
	protocol wire.Protocol
	proxy    **proxy.Proxy
}

// open puts a worker behind proxies. One follows the protocol only where the plan looks at
// connections: to copy bytes costs less. At those of lock servers only faults look that name
// a request: what a worker sends next, at a step, is its commit, at the Redis of the data.
func (in *injections) open(w *workerProcess) (err error) {
	places := []place{{toRedis, in.redis, wire.RESP, &w.proxies.redis}, {toMySQL, in.mysql, wire.MySQL, &w.proxies.mysql}}
	w.proxies.locks = make([]*proxy.Proxy, len(in.locks))
	for i, server := range in.locks {
		places = append(places, place{fmt.Sprint(toLocks, i+1), server, wire.RESP, &w.proxies.locks[i]})
	}
	for _, one := range places {
		config := proxy.Config{Target: func(context.Context) (string, error) { return one.target.Addr() }}
		if in.plan.watches(one.server) || in.aims.watches(one.server) {
			config.Protocol = one.protocol
			config.Rule = in.aims.rule(w.number, one.server, in.target)
			w.aimed[one.server] = config.Rule
			config.Events = func(e proxy.Event) { in.post(func() { in.observe(w, one.server, e) }) }
		}
		if in.ear != nil {
			config.Protocol = one.protocol
			config.Rule, config.Events = in.ear.rule(one.server, config.Rule), in.ear.events(one.server, config.Events)
		}
		if ask := in.plan.identifies()[one.server]; ask != nil {
			config.Opened = func(conn uint64, server net.Conn) error {
				return in.identify(w, connection{one.server, conn}, server, ask)
			}
		}
		if *one.proxy, err = proxy.Listen(config); err != nil {
			return err
		}
	}
	return nil
}

// identify learns under which number a server knows a connection of a worker.
func (in *injections) identify(w *workerProcess, conn connection, server net.Conn, ask func(net.Conn) (int64, error)) error {
	id, err := ask(server)
	if err == nil {
		in.post(func() {
			if conn.server == toRedis {
				in.meter.asked("client|id", 1)
			}
			w.clients[conn] = id
		})
	}
	return err
}

// silence is one of the connections of a worker to each server that it concerns.
type silence map[string]*proxy.Silence

// silence makes the connections of the worker silent that it has to a server, "": to both;
// with fresh also those that it opens meanwhile.
func (p proxies) silence(server string, fresh bool) silence {
	s := silence{}
	for _, name := range []string{toRedis, toMySQL} {
		if server == "" || server == name {
			s[name] = p.to(name).Silence(fresh)
		}
	}
	for i, one := range p.locks { // are lost with the other Redis
		if server != toMySQL {
			s[fmt.Sprint(toLocks, i+1)] = one.Silence(fresh)
		}
	}
	return s
}

func (s silence) end() {
	for _, one := range s {
		one.End()
	}
}

// sum is how many bytes were kept, and how many connections.
func (s silence) sum() (bytes, came int64) {
	for _, one := range s {
		b, c := one.Kept()
		bytes, came = bytes+b, came+c
	}
	return bytes, came
}

func (s silence) kept() bool {
	bytes, came := s.sum()
	return bytes+came > 0
}

func (s silence) drop() {
	for _, one := range s {
		one.Drop()
	}
}

func (p proxies) close() error {
	var errs []error
	for _, one := range p.all() {
		if one != nil {
			errs = append(errs, one.Close())
		}
	}
	return errors.Join(errs...)
}

// interruptedWait is how long an interrupted run lets what dead workers had sent go
// through. Nothing of it is judged, but keys are deleted after it.
const interruptedWait = 2 * time.Second

// closeProxies ends the proxies of a run that is over, or of one that is interrupted.
func (r *run) closeProxies(ctx context.Context) error {
	if ctx.Err() == nil {
		return r.workers.closeProxies(time.Now().Add(signalWait))
	}
	defer r.world.sayWait("Redis", interruptedWait, "let what the workers have sent go through")()
	return r.workers.closeProxies(time.Now().Add(interruptedWait))
}

// closeProxies lets what dead workers had sent go through until then, and ends the proxies.
func (s *supervisor) closeProxies(until time.Time) error {
	var errs []error
	for _, w := range s.all {
		if w.proxies.redis != nil {
			w.proxies.redis.DropSilent() // of a run that is given up
			late := awaitIdle(w.proxies.redis, until)
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
func awaitIdle(p *proxy.Proxy, until time.Time) (note string) {
	for ; ; time.Sleep(look) {
		switch _, open := p.Counts(); {
		case open == 0:
			return ""
		case time.Now().After(until):
			return ", and its connections did not end"
		}
	}
}
