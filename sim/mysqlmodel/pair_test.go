package mysqlmodel

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// pair is a model and a real server with the same tables and connections, which get the same packets.
type pair struct {
	t        rapid.TB
	model    *Server
	real     *real
	lines    []*line
	waiting  map[ConnID]byte // the command that each waiting connection has sent
	now      time.Duration
	compared int // replies
	command  byte
	over     bool                 // nothing more can be compared
	numbers  map[ConnID][2]uint32 // of the last prepared statement, in the model and in the real server
	log      []string
	shown    int               // lines of the log in an error
	locking  bool              // random statements are about locks
	verifies bool              // what differs is tallied, and ends the case
	texts    map[ConnID]string // what each connection has sent last
	loose    bool              // the snapshot that keeps rows from being purged is younger than some that are deleted
}

const database = "onceover_model"

// newPair makes the tables that a case may change afresh; the others are made once by openReal's caller.
func newPair(t rapid.TB, r *real, tables []Table, connections int) *pair {
	p := &pair{t: t, model: New(), real: r, waiting: map[ConnID]byte{}, numbers: map[ConnID][2]uint32{}, texts: map[ConnID]string{}}
	p.model.version = r.version(t)
	for _, def := range tables {
		if err := p.model.CreateTable(def); err != nil {
			t.Fatal(err)
		}
	}
	for range connections {
		p.connect()
	}
	r.openGate(t)
	return p
}

func (p *pair) connect() {
	l := dialLine(p.t, p.real.cfg, func(_ context.Context, network, addr string) (net.Conn, error) {
		return net.Dial(network, addr)
	})
	p.lines = append(p.lines, l)
	h := newHost(p.model)
	h.next = l.id - 1
	dialLine(p.t, p.real.cfg, h.dial)
}

func (p *pair) close() {
	for _, l := range p.lines {
		l.close()
	}
	p.real.closeGate(p.t)
}

func (p *pair) query(conn int, sql string) []byte {
	return p.do(conn, append([]byte{comQuery}, sql...))
}

// do sends one packet to both servers and compares the replies, or that the connection waits in both.
func (p *pair) do(conn int, payload []byte) []byte {
	if p.over {
		return nil
	}
	l := p.lines[conn]
	p.command = payload[0]
	p.log = append(p.log, fmt.Sprintf("%d: %q", conn, payload))
	before, _ := p.records()
	waits, purged := p.model.waits, p.model.purged
	p.note(l, payload)
	reply, state := p.answer(l, payload)
	if p.over || p.refuses(l, reply) {
		return reply
	}
	victim := bytes.Contains(reply, []byte(errDeadlock.message))
	if _, ready := p.ready(); len(ready) > 0 && state == Idle && p.model.waits > waits && !victim {
		p.over = true // it goes on at once with others that waited for the same victim
		return reply
	}
	sent := time.Now()
	l.send(p.t, p.translated(l, payload))
	switch {
	case state == Waiting:
		l.waits(sent, p)
		p.waiting[l.id] = payload[0]
		p.log = append(p.log, "   waits")
		if ended, ready := p.ready(); len(ended)+len(ready) == 0 { // else the wait may be over before it is seen
			p.awaitBlocked(l)
		}
	case payload[0] != comStmtClose:
		p.compare(conn, reply, payload[0])
	}
	p.purge(before, purged)
	p.resume()
	return reply
}

// translated replaces the number of a prepared statement. A real server skips numbers, when it has to prepare a
// statement again because a parameter has another type than it thought.
func (p *pair) translated(l *line, payload []byte) []byte {
	numbers := p.numbers[l.id]
	if payload[0] != comStmtExecute && payload[0] != comStmtClose || binary.LittleEndian.Uint32(payload[1:]) != numbers[0] {
		return payload
	}
	payload = bytes.Clone(payload)
	binary.LittleEndian.PutUint32(payload[1:], numbers[1])
	return payload
}

// resume compares the replies of connections whose wait is over: first of those that only have to say how it ended. Of
// two that go on at once nobody knows which is first in the real server: such a case ends there.
func (p *pair) resume() {
	for !p.over {
		ended, ready := p.ready()
		switch {
		case len(ended) > 0:
			p.proceed(ended[0])
		case len(ready) == 0:
			return
		case len(ready) > 1:
			p.over = true
		default:
			p.proceed(ready[0])
		}
	}
}

func (p *pair) ready() (ended, ready []int) {
	for i, l := range p.lines {
		switch {
		case p.model.State(l.id) != Ready:
		case p.model.session(l.id).pending.verdict != nil:
			ended = append(ended, i)
		default:
			ready = append(ready, i)
		}
	}
	return ended, ready
}

func (p *pair) proceed(conn int) {
	l := p.lines[conn]
	before, _ := p.records()
	purged := p.model.purged
	reply, state := p.goOn(l)
	if p.over {
		return
	}
	if state == Waiting {
		p.log = append(p.log, fmt.Sprintf("%d waits again", conn))
		p.awaitBlocked(l)
	} else {
		p.log = append(p.log, fmt.Sprintf("%d goes on", conn))
		p.compare(conn, reply, p.waiting[l.id])
	}
	p.purge(before, purged)
}

func (p *pair) awaitBlocked(l *line) {
	forRows := 0
	for _, l := range p.lines {
		if c := p.model.session(l.id); c != nil && c.waitsForRow() {
			forRows++
		}
	}
	switch {
	case p.real.awaitBlocked(p.t, l, forRows):
	case p.verifies:
		p.differ(l, "waits where a real server does not", nil, nil)
	default:
		p.t.Fatalf("the real server does not let the connection wait, after\n%s\n%s", strings.Join(p.log, "\n"), p.model.Dump(p.now))
	}
}

// expire lets the deadline of a connection's wait come.
func (p *pair) expire(conn int) {
	l := p.lines[conn]
	at, ok := p.model.Deadline(l.id)
	if !ok {
		p.t.Fatal("no deadline")
	}
	p.now = at
	before, _ := p.records()
	purged := p.model.purged
	reply, _ := p.model.Resume(l.id, p.now, nil)
	p.compare(conn, reply, p.waiting[l.id])
	if early := time.Until(l.expires); early > 0 && !p.over {
		p.t.Fatalf("the real server gave up %s before its time, after\n%s", early, strings.Join(p.log, "\n"))
	}
	p.purge(before, purged)
	p.resume()
}

// compare compares the reply to a command with the one that the real server sends.
func (p *pair) compare(conn int, reply []byte, command byte) {
	if p.verifies {
		p.tally(conn, reply, command)
		return
	}
	p.compareBytes(conn, reply, p.lines[conn].receive(p.t, command))
}

func (p *pair) compareBytes(conn int, model, real []byte) {
	model, real = p.comparable(conn, model, real)
	if !bytes.Equal(model, real) {
		report := p.t.Fatalf
		if p.shown == 1 {
			report = p.t.Errorf
		}
		report("connection %d, after\n%s\nmodel:\n%sreal:\n%s", conn, strings.Join(p.log[max(0, len(p.log)-p.shown):], "\n"), show(model, real), show(real, model))
	}
}

// comparable counts a pair of replies, and blanks what cannot agree.
func (p *pair) comparable(conn int, model, real []byte) ([]byte, []byte) {
	p.compared++
	if len(real) > 4 && len(model) > 4 && p.command == comStmtPrepare && real[4] == 0 && model[4] == 0 {
		p.numbers[p.lines[conn].id] = [2]uint32{binary.LittleEndian.Uint32(model[5:]), binary.LittleEndian.Uint32(real[5:])}
		copy(real[5:9], model[5:9])
	}
	if strings.Contains(p.log[len(p.log)-1], "FROM w") {
		model, real = withoutIndexFlag(model), withoutIndexFlag(real)
	}
	return model, real
}

// withoutIndexFlag blanks what a model of one index cannot know: whether the server thought another one worth while.
func withoutIndexFlag(reply []byte) []byte {
	ends := boundaries(nil, reply)
	if n := len(ends); n > 1 && reply[ends[n-2]+4] == 0xfe {
		reply[ends[n-2]+7] &^= statusNoIndexUsed
	}
	return reply
}

// show lists the packets of a reply, but not those that the other one has too.
func show(reply, other []byte) string {
	var b strings.Builder
	from, same := 0, boundaries(nil, other)
	for i, to := range boundaries(nil, reply) {
		to = min(to, len(reply))
		if i >= len(same) || same[i] > len(other) || !bytes.HasSuffix(other[:same[i]], reply[from:to]) {
			fmt.Fprintf(&b, "  %d %q\n", i, reply[from+4:to])
		}
		from = to
	}
	return b.String()
}
