package live

import (
	"slices"

	"onceover/faults/proxy"
	"onceover/scenarios/target"
)

// lookers are commands that name a list or a stream and leave its elements as they are.
var lookers = []string{
	"LLEN", "LRANGE", "LINDEX", "LPOS", "TYPE", "EXISTS", "TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "OBJECT", "DUMP",
	"XLEN", "XRANGE", "XREVRANGE", "XREAD", "XINFO", "XPENDING", "XGROUP", "XREADGROUP", "XACK", "XCLAIM", "XAUTOCLAIM",
	"WATCH", "TOUCH", "SORT_RO", "EVAL_RO", "EVALSHA_RO", "FCALL_RO", "MEMORY", "DEBUG",
}

// writesTo returns what tells whether a request to Redis writes to the target, by
// whichever command: it names one of its keys. Within a transaction it is EXEC that
// does. The connections of a worker take turns, so each has a transaction of its
// own: inside holds whether it writes.
func writesTo(where target.Target) func(proxy.Request) bool {
	inside := map[uint64]bool{}
	return func(r proxy.Request) bool {
		verb := r.Verb()
		wrote, within := inside[r.Conn]
		switch verb {
		case "MULTI":
			inside[r.Conn] = false
			return false
		case "EXEC", "DISCARD":
			delete(inside, r.Conn)
			return wrote && verb == "EXEC"
		}
		names := slices.ContainsFunc(r.Args, where.Is)
		writes := names && !slices.Contains(lookers, verb)
		if within {
			inside[r.Conn] = wrote || writes
			return false
		}
		return writes
	}
}

// reads tells whether a request to MySQL is a SELECT, also one that begins with WITH.
func reads(r proxy.Request) bool {
	verb := r.Verb()
	return !r.Handshake && (verb == "SELECT" || verb == "WITH")
}

// next is a rule that applies an action to the next request of some kind. One
// that the action lets pass, such as a script that the server does not know yet,
// is none.
func next(is func(proxy.Request) bool, action proxy.Action) proxy.Rule {
	chosen := uint64(0) // the connection of the request
	return func(r proxy.Request) proxy.Action {
		if r.Conn == chosen {
			chosen = 0 // it was not cut
		}
		if !is(r) || chosen != 0 {
			return proxy.Forward
		}
		chosen = r.Conn
		return action
	}
}
