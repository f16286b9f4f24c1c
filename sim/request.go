package sim

import (
	"fmt"
	"slices"
	"strconv"

	"onceover/faults/wire"
	"onceover/sim/mysqld"
)

// write takes what a client sends: complete requests become pending, or are
// executed at once if they concern nobody else. kept says that b is never
// changed: requests keep what they are read from.
func (w *world) write(id, link int, b []byte, kept bool) error {
	l := &w.workers[id].links[link]
	if l.broken != nil || l.hungUp {
		return errReset
	}
	in := b[:len(b):len(b)]
	if !kept || len(l.in) > 0 {
		in = slices.Concat(l.in, b)
	}
	if l.server == MySQL {
		in = w.packets(id, link, in)
	} else {
		in = w.commands(id, link, in)
	}
	w.workers[id].links[link].in = in
	return nil
}

// commands takes complete commands out of what a client sent.
func (w *world) commands(id, link int, in []byte) []byte {
	for len(in) > 0 {
		args, n, err := wire.ParseCommand(in)
		if err != nil {
			w.fail(fmt.Errorf("sim: worker %d sends to Redis: %w", id, err))
			return nil
		}
		if n == 0 {
			break
		}
		in = in[n:]
		if len(args) > 0 {
			w.request(id, link, args)
		}
	}
	return in
}

// request takes one command. A transaction is kept back until its EXEC.
func (w *world) request(id, link int, args [][]byte) {
	l := &w.workers[id].links[link]
	if len(l.pending) > 0 || isCommand(args, "MULTI") {
		l.pending = append(l.pending, args)
		if isCommand(args, "EXEC") || isCommand(args, "DISCARD") {
			commands := l.pending
			l.pending = nil
			w.submit(id, link, commands)
		}
		return
	}
	w.submit(id, link, [][][]byte{args})
}

// flush gives up waiting for an EXEC: the client waits for a reply before it.
func (w *world) flush(id, link int) {
	l := &w.workers[id].links[link]
	pending := l.pending
	l.pending = nil
	for _, args := range pending {
		w.submit(id, link, [][][]byte{args})
	}
}

func (w *world) submit(id, link int, commands [][][]byte) {
	k := &w.workers[id]
	l := &k.links[link]
	op := &Op{Worker: id, Life: k.life, Ord: k.ord, Server: Redis, link: link, commands: commands}
	if len(l.queue) == 0 && (k.preparing || len(commands) == 1 && handshake(commands[0])) {
		l.out = w.execute(op, l.out, true)
		return
	}
	k.ord++
	l.queue = append(l.queue, op)
}

// execute runs a request on the model and appends its reply. The link of a
// request that was given up is gone, its connection is not.
func (w *world) execute(op *Op, reply []byte, quiet bool) []byte {
	conn := op.conn
	if conn == 0 {
		conn = w.workers[op.Worker].links[op.link].conn
	}
	from := len(reply)
	if op.Server == MySQL {
		reply = w.executePacket(op, mysqld.ConnID(conn), reply)
	}
	for _, args := range op.commands {
		if w.scripts != nil && isCommand(args, "EVAL") && len(args) > 1 {
			w.scripts[string(args[1])] = true
		}
		reply = w.doRedis(conn, args, reply)
	}
	w.noteOp(op, reply[from:], quiet)
	return reply
}

func (w *world) fail(err error) {
	if w.problem == nil {
		w.problem = err
	}
}

// address is the one that a worker's connection comes from.
func address(worker, dial int) string {
	return "127.0.0.1:" + strconv.Itoa(40000+100*worker+dial)
}
