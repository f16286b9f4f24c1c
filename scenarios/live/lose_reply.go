package live

import (
	"fmt"
	"slices"
	"time"

	"onceover/faults/proxy"
	"onceover/reports"
)

// writes are the requests that can put rows into a list. Within a transaction
// it is EXEC that does.
var writes = []string{"LPUSH", "RPUSH", "LPUSHX", "RPUSHX", "LINSERT", "EVAL", "EVALSHA", "FCALL"}

// nextWrite is a rule that lets the next write through and withholds its reply.
// A write that is refused, such as a script that the server does not know yet,
// is none. The connections of a worker take turns, so each has a transaction of
// its own: inside holds whether it writes.
func nextWrite() proxy.Rule {
	inside := map[uint64]bool{}
	striking := uint64(0)
	return func(r proxy.Request) proxy.Action {
		if r.Conn == striking {
			striking = 0 // it was not cut
		}
		verb := r.Verb()
		strikes := slices.Contains(writes, verb)
		wrote, within := inside[r.Conn]
		switch {
		case verb == "MULTI":
			inside[r.Conn] = false
		case verb == "EXEC":
			strikes = wrote
			delete(inside, r.Conn)
		case verb == "DISCARD":
			delete(inside, r.Conn)
		case within:
			inside[r.Conn], strikes = wrote || strikes, false
		}
		if striking != 0 || !strikes {
			return proxy.Forward
		}
		striking = r.Conn
		return proxy.CutAfterEffect
	}
}

// loseReply arms the proxy of a worker that stands at the position, and lets
// the worker go on. The proxy's event is the confirmation, see wired.
func (r *run) loseReply(fault *armed, s *slot) {
	if s.wire != nil {
		r.missed(fault, "another fault waits for the worker's next write")
	} else {
		s.wire = fault
		s.proxies.redis.SetRule(nextWrite())
	}
	if fault.fault.At.Progress == 0 {
		s.process.goOn()
	}
}

// wired handles what a worker's proxy did to a request.
func (r *run) wired(s *slot, e proxy.Event) {
	fault := s.wire
	if fault == nil {
		return
	}
	switch e.Kind {
	case proxy.Withheld:
		s.wire = nil
		r.seen(fault, reports.ReplyLost, fmt.Sprintf("%s was answered, its reply of %d bytes withheld, the connection cut", e.Request, e.Bytes))
		r.heal(fault, "")
	case proxy.Missed:
		s.wire = nil
		r.missed(fault, e.Request+" was sent and not answered")
	}
}

// awaitIdle waits until a proxy has no connection any more; by then it has told
// of everything that it did to them.
func awaitIdle(p *proxy.Proxy) (note string) {
	for deadline := time.Now().Add(signalWait); p.Counts().Open > 0; time.Sleep(look) {
		if time.Now().After(deadline) {
			return ", and its connections did not end"
		}
	}
	return ""
}
