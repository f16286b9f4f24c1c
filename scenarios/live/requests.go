package live

import (
	"slices"

	"onceover/faults/proxy"
)

// writes are the requests that can put rows into a list. Within a transaction
// it is EXEC that does.
var writes = []string{"LPUSH", "RPUSH", "LPUSHX", "RPUSHX", "LINSERT", "EVAL", "EVALSHA", "FCALL"}

// nextWrite is a rule that applies an action to the next write. A write that the
// action lets pass, such as a script that the server does not know yet, is none.
// The connections of a worker take turns, so each has a transaction of its own:
// inside holds whether it writes.
func nextWrite(action proxy.Action) proxy.Rule {
	inside := map[uint64]bool{}
	chosen := uint64(0) // the connection of the write
	return func(r proxy.Request) proxy.Action {
		if r.Conn == chosen {
			chosen = 0 // it was not cut
		}
		verb := r.Verb()
		writing := slices.Contains(writes, verb)
		wrote, within := inside[r.Conn]
		switch {
		case verb == "MULTI":
			inside[r.Conn] = false
		case verb == "EXEC":
			writing = wrote
			delete(inside, r.Conn)
		case verb == "DISCARD":
			delete(inside, r.Conn)
		case within:
			inside[r.Conn], writing = wrote || writing, false
		}
		if chosen != 0 || !writing {
			return proxy.Forward
		}
		chosen = r.Conn
		return action
	}
}

// nextRead is a rule that applies an action to the next SELECT, also one that begins with WITH.
func nextRead(action proxy.Action) proxy.Rule {
	found := false
	return func(r proxy.Request) proxy.Action {
		if verb := r.Verb(); found || r.Handshake || verb != "SELECT" && verb != "WITH" {
			return proxy.Forward
		}
		found = true
		return action
	}
}
