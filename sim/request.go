package sim

import (
	"fmt"
	"slices"
	"strconv"

	"onceover/faults/wire"
	"onceover/sim/mysqlmodel"
	"onceover/sim/redismodel"
)

// write takes what a client sends: complete requests become pending, or are
// executed at once if they concern nobody else. kept says that b is never
// changed: requests keep what they are read from.
func (w *world) write(id, link int, b []byte, kept bool) error {
	l := w.link(id, link)
	if l.broken != nil || l.hungUp {
		w.noteRefused(id, l.server, b)
		return errReset
	}
	if l.held+len(l.in)+len(b) > mostHeld {
		w.fail(fmt.Errorf("%w: %v is sent more than %d MiB that it has not executed", ErrModel, l.server, mostHeld>>20))
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
	l.in = in
	return nil
}

// mostHeld is how much is kept of what a client has sent and no server executes yet:
// a part of a request, a transaction without its EXEC, and what comes with it. A real
// Redis keeps a gigabyte (client-query-buffer-limit), and copies of a world are many.
const mostHeld = 32 << 20

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
	l := w.link(id, link)
	if len(l.pending) > 0 || isCommand(args, "MULTI") {
		l.pending = append(l.pending, args)
		for _, a := range args {
			l.held += len(a)
		}
		if isCommand(args, "EXEC") || isCommand(args, "DISCARD") {
			commands := l.pending
			l.pending, l.held = nil, 0
			w.submit(id, link, commands, nil)
		}
		return
	}
	w.submit(id, link, nil, args)
}

// flush gives up waiting for an EXEC: the client waits for a reply before it.
func (w *world) flush(id, link int) {
	l := w.link(id, link)
	pending := l.pending
	l.pending, l.held = nil, 0
	for _, args := range pending {
		w.submit(id, link, nil, args)
	}
}

// submit takes a transaction, or one command.
func (w *world) submit(id, link int, transaction [][][]byte, single [][]byte) {
	k, l := &w.workers[id], w.link(id, link)
	op := &Op{Worker: id, Life: k.life, Ord: k.ord, Server: l.server, link: link, commands: transaction}
	if transaction == nil {
		op.single[0] = single
		op.commands = op.single[:]
	}
	if len(l.queue) == 0 && (k.preparing || transaction == nil && handshake(single)) {
		l.out = append(l.out, w.execute(op, true)...)
		return
	}
	op.findFootprint()
	k.reads = false
	k.ord++
	l.queue = append(l.queue, op)
}

// execute runs a request on the model, unless its connection has ended. The
// reply is valid until the next. The link of a request that was given up is
// gone, its connection is not.
func (w *world) execute(op *Op, quiet bool) (reply []byte) {
	conn := op.conn
	if conn == 0 {
		l := w.connection(op)
		if l == nil {
			return nil
		}
		conn = l.conn
	}
	reply = w.replies[:0]
	if op.Server == MySQL {
		reply = w.executePacket(op, mysqlmodel.ConnID(conn), reply)
	}
	for _, args := range op.commands {
		if w.scripts != nil && isCommand(args, "EVAL") && len(args) > 1 {
			w.scripts[string(args[1])] = true
		}
		reply = w.doRedis(op.Server, conn, args, reply)
	}
	w.replies = reply
	w.noteOp(op, reply, quiet)
	return reply
}

// blocked tells whether a request waits, and not only to be resumed.
func (w *world) blocked(op *Op, conn int64) bool {
	switch {
	case conn == 0:
		return false
	case op.Server != MySQL:
		return w.redisAt(op.Server).Blocked(redismodel.ConnID(conn))
	case w.mysql.State(mysqlmodel.ConnID(conn)) != mysqlmodel.Waiting:
		return false
	}
	deadline, ok := w.mysql.Deadline(mysqlmodel.ConnID(conn))
	return !ok || deadline > w.now
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
