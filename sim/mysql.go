package sim

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"onceover/faults/wire"
	"onceover/sim/mysqlmodel"
)

const database = "onceover"

// newMySQL holds the table of the job, and what else the set-up asks for.
func newMySQL(setup Setup) (*mysqlmodel.Server, error) {
	items := mysqlmodel.Table{Database: database, Name: table, Columns: []mysqlmodel.Column{
		{Name: "id", SQLType: "bigint", Key: "PRI"},
		{Name: "payload", SQLType: "varchar(32)"},
	}}
	for id := 1; id <= setup.Chunks*setup.Rows; id++ {
		items.Rows = append(items.Rows, []any{id, "row " + strconv.Itoa(id)})
	}
	tables := []mysqlmodel.Table{items}
	if setup.Tables != nil {
		tables = append(tables, setup.Tables(setup.Chunks)...)
	}
	s := mysqlmodel.New()
	for _, t := range tables {
		if t.Database == "" {
			t.Database = database
		}
		if err := s.CreateTable(t); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSetup, err)
		}
	}
	return s, nil
}

// mutableMySQL is the server, to be changed. Until then it is that of the world that
// this one was made from: most events have nothing to do with it.
func (w *world) mutableMySQL() *mysqlmodel.Server {
	if w.mysqlShared {
		w.mysql, w.mysqlShared = w.mysql.Clone(), false
	}
	return w.mysql
}

// session is the number of a worker's connection. It depends on nobody else,
// so that connecting commutes with everything.
func session(worker, dial int) int64 { return int64(1000*(worker+1) + dial) }

// packets takes complete packets out of what a client sent.
func (w *world) packets(id, link int, in []byte) []byte {
	for n := wire.PacketLen(in); n > 0; n = wire.PacketLen(in) {
		w.submitPacket(id, link, in[:n:n])
		in = in[n:]
	}
	return in
}

func (w *world) submitPacket(id, link int, packet []byte) {
	k, l := &w.workers[id], w.link(id, link)
	op := &Op{Worker: id, Life: k.life, Ord: k.ord, Server: MySQL, link: link, packet: packet}
	begins := w.scene.scope.between && !k.reads
	alone := w.classify(op, l, w.scene.scope.mysql || begins)
	if len(l.queue) == 0 && (k.preparing || alone) {
		l.out = append(l.out, w.execute(op, true)...)
		return
	}
	k.reads = true
	k.ord++
	l.queue = append(l.queue, op)
}

// query reads a command, or a login, which goes on with the server's count.
func query(packet []byte) wire.Request {
	q := wire.Request{Protocol: wire.MySQL, Handshake: packet[3] != 0}
	payload := packet[wire.PacketHead:]
	if len(payload) == 0 || q.Handshake {
		return q
	}
	q.Cmd = payload[0]
	if q.Cmd == wire.ComQuery || q.Cmd == wire.ComStmtPrepare {
		q.SQL = string(payload[1:])
	}
	return q
}

// classify finds out whether a request changes anything for others, and
// whether it can be executed at once because it is nobody else's business, which a read
// is unless reads count.
func (w *world) classify(op *Op, l *link, reads bool) (alone bool) {
	payload := op.packet[wire.PacketHead:]
	text := len(payload) > 0 && payload[0] == wire.ComQuery
	switch {
	case op.packet[3] != 0: // the login
		return true
	case text && w.scene.readOnly.has(payload):
		return connecting(payload) || !reads
	}
	own := "connection " + strconv.FormatInt(l.conn, 10)
	f := w.mysql.Footprint(mysqlmodel.ConnID(l.conn), payload)
	others := func(name string) bool { return name != own }
	op.writes = f.All || slices.ContainsFunc(f.Writes, others)
	switch {
	case op.writes:
		w.wroteMySQL = true
		if !w.scene.writesMySQL {
			w.fail(fmt.Errorf("%w: the program writes to MySQL, which it did not when it was alone: set Setup.WritesMySQL", ErrSetup))
		}
		return false
	case !w.scene.writesMySQL && text: // others depend on what was prepared
		w.scene.readOnly.add(payload)
	}
	switch {
	case connecting(payload):
		return true
	case reads:
		return false
	}
	return !w.scene.writesMySQL || !slices.ContainsFunc(f.Reads, others)
}

// requests is a set of requests.
type requests struct {
	mu  sync.RWMutex
	all map[string]bool
}

func (r *requests) has(payload []byte) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.all[string(payload)]
}

func (r *requests) add(payload []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[string]bool{}
	}
	r.all[string(payload)] = true
}

// connecting tells whether a request only makes a connection ready, or ends it.
func connecting(payload []byte) bool {
	if len(payload) == 0 {
		return false
	}
	switch payload[0] {
	case wire.ComPing, wire.ComQuit, wire.ComInitDB, wire.ComResetConnection, wire.ComStmtClose:
		return true
	case wire.ComQuery, wire.ComStmtPrepare:
		return bytes.HasPrefix(payload[1:], []byte("SET "))
	}
	return false
}

// executePacket runs a request on the model, or goes on with one that waited.
func (w *world) executePacket(op *Op, conn mysqlmodel.ConnID, reply []byte) []byte {
	if w.mysql.State(conn) == mysqlmodel.Idle {
		reply, _ = w.mutableMySQL().Do(conn, w.now, op.packet[3], op.packet[wire.PacketHead:], reply)
		return reply
	}
	reply, _ = w.mutableMySQL().Resume(conn, w.now, reply)
	return reply
}
