package sim

import (
	"bytes"
	"slices"

	"onceover/sim/redismodel"
)

// Op is a request that waits for the scheduler. A Redis transaction that was
// sent as a whole is one Op: nothing between MULTI and EXEC can be seen from
// outside.
type Op struct {
	Worker int
	Life   int
	Ord    int // of the worker's operations, over all its lives
	Server Server

	link     int         // of the worker's life
	conn     int64       // the server's number of the connection, for requests without a link
	commands [][][]byte  // of Redis, and of lock servers
	single   [1][][]byte // what commands is, if it is one
	packet   []byte      // of MySQL, with its header
	writes   bool        // in MySQL, as far as others can see

	footprint redismodel.Footprint // what executing it may touch in Redis
}

// findFootprint works out the footprint, before others may look at the request.
func (o *Op) findFootprint() {
	for i, args := range o.commands {
		if isTransaction(args) {
			continue
		}
		f := footprintAt(o.Server, args)
		if i == 0 {
			o.footprint = f
			continue
		}
		o.footprint.Reads = append(o.footprint.Reads, f.Reads...)
		o.footprint.Writes = append(o.footprint.Writes, f.Writes...)
		o.footprint.All = o.footprint.All || f.All
		o.footprint.Clock = o.footprint.Clock || f.Clock
	}
}

// footprintAt is what a command may touch. A key of a lock server is another one than that
// of the same name elsewhere.
func footprintAt(s Server, args [][]byte) redismodel.Footprint {
	f := redismodel.CommandFootprint(args)
	if s < firstLock {
		return f
	}
	for _, keys := range [][]string{f.Reads, f.Writes} {
		for i, key := range keys {
			if key != redismodel.ClientsKey {
				keys[i] = s.String() + "\x00" + key
			}
		}
	}
	return f
}

// Writes tells whether executing the request can change what others see.
func (o *Op) Writes() bool {
	if o.Server == MySQL {
		return o.writes
	}
	f := &o.footprint
	return f.All || len(f.Writes) > 0 || slices.ContainsFunc(o.commands, func(args [][]byte) bool {
		return isTransaction(args) && !o.whole()
	})
}

// whole tells whether a transaction's commands are all in this Op.
func (o *Op) whole() bool { return len(o.commands) > 1 }

func isTransaction(args [][]byte) bool { return isCommand(args, "MULTI") || isCommand(args, "EXEC") }

func isCommand(args [][]byte, name string) bool {
	return len(args) > 0 && len(args[0]) == len(name) && bytes.EqualFold(args[0], []byte(name))
}

// private lists the Redis commands that touch only their own connection.
var private = []string{"HELLO", "PING", "AUTH", "ECHO", "SELECT", "QUIT"}

// handshake tells whether a command commutes with everything that others do.
func handshake(args [][]byte) bool {
	if isCommand(args, "CLIENT") && len(args) > 1 {
		return bytes.EqualFold(args[1], []byte("SETINFO"))
	}
	return slices.ContainsFunc(private, func(name string) bool { return isCommand(args, name) })
}
