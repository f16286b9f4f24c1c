package live

import (
	"slices"

	"onceover/faults/proxy"
)

// writes are the requests that can put rows into a list. Within a transaction
// it is EXEC that does.
var writes = []string{"LPUSH", "RPUSH", "LPUSHX", "RPUSHX", "LINSERT", "EVAL", "EVALSHA", "FCALL"}

// nextWrite is a rule that lets an action strike the next write. A write that the
// action lets pass, such as a script that the server does not know yet, is none.
// The connections of a worker take turns, so each has a transaction of its own:
// inside holds whether it writes.
func nextWrite(action proxy.Action) proxy.Rule {
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
		return action
	}
}

// reads are the statements that return rows.
var reads = []string{"SELECT", "WITH"}

// nextRead is a rule that lets an action strike the next statement that reads rows.
func nextRead(action proxy.Action) proxy.Rule {
	struck := false
	return func(r proxy.Request) proxy.Action {
		if struck || r.Handshake || !slices.Contains(reads, r.Verb()) {
			return proxy.Forward
		}
		struck = true
		return action
	}
}
