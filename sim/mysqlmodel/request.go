package mysqlmodel

import (
	"math"
	"time"
)

// never is the deadline of a wait without one.
const never = time.Duration(math.MaxInt64)

// request is a statement under way. A session has one at a time; it is kept while the statement waits.
type request struct {
	st     *statement
	args   []literal
	binary bool // rows in the protocol of prepared statements

	deadline time.Duration // of the wait
	ready    bool          // the wait is over
	verdict  *sqlError     // how it ended, unless with the lock
	name     string        // the named lock that it waits for
	table    int           // or the table
	order    uint64        // of the waits for row locks

	started bool
	mark    int    // how many changes the transaction had made before
	resumed bool   // a wait ended with the lock
	from    slot   // where a locking read goes on
	rows    int    // that were returned or inserted
	partial []byte // the reply up to the wait
	headed  bool   // ... which has the columns
	seq     byte   // of the packet after it
}

// Do executes one packet of a client, the payload without its header, and appends the packets of the reply. seq is the
// sequence number in the header. While a connection waits for a lock, nothing is appended, and the connection must not
// send; the answer comes from [Server.Resume].
//
// The order of calls is the order in which the server executes. It depends on now only for the deadlines of waits. Times count from any start.
func (s *Server) Do(id ConnID, now time.Duration, seq byte, payload, reply []byte) ([]byte, State) {
	c := s.session(id)
	if c == nil {
		return reply, Closed
	}
	p := packets{buf: reply, seq: seq + 1}
	if c.pending != nil {
		return s.refuse(c, &p, unsupported("packet", "the connection waits for an answer"))
	}
	if !c.greeted {
		return s.logIn(c, &p, payload)
	}
	return s.command(c, now, &p, payload)
}

// refuse answers with an error, notes it if the model is to blame, and leaves the connection as it is.
func (s *Server) refuse(c *session, p *packets, err *sqlError) ([]byte, State) {
	if err.number == 1064 {
		s.note(err.message)
	}
	p.fail(err)
	return p.buf, s.State(c.id)
}

// start executes a statement.
func (s *Server) start(c *session, now time.Duration, p *packets, st *statement, args []literal, binary bool) ([]byte, State) {
	c.work = request{st: st, args: args, binary: binary, partial: c.work.partial[:0]}
	c.pending = &c.work
	return s.proceed(c, now, p, len(p.buf))
}

// proceed executes up to the end or the next wait. The reply begins at length.
func (s *Server) proceed(c *session, now time.Duration, p *packets, length int) ([]byte, State) {
	waits, err := s.execute(c, now, p)
	if waits {
		c.work.partial = append(c.work.partial[:0], p.buf[length:]...)
		c.work.seq = p.seq
		return p.buf[:length], s.State(c.id)
	}
	if err != nil {
		s.failed(c, p, err)
	}
	c.pending = nil
	return p.buf, s.State(c.id)
}

// failed takes back what the statement did, and ends its transaction if that was all of it.
func (s *Server) failed(c *session, p *packets, err *sqlError) {
	if c.work.started {
		s.rollBackTo(c, min(c.work.mark, len(c.undo)))
		s.endStatement(c)
	}
	if err.number == 1064 {
		s.note(err.message)
	}
	p.fail(err)
}

// Resume goes on with the request of a connection that waits. It appends the reply if the lock was granted, or if the
// deadline has come; otherwise the connection still waits, perhaps for another lock.
func (s *Server) Resume(id ConnID, now time.Duration, reply []byte) ([]byte, State) {
	c := s.session(id)
	if c == nil || c.pending == nil {
		return reply, s.State(id)
	}
	w := c.pending
	overdue := now >= w.deadline
	if !w.ready && !overdue {
		return reply, Waiting
	}
	p := packets{buf: append(reply, w.partial...), seq: w.seq}
	switch {
	case w.verdict != nil:
		s.failed(c, &p, w.verdict)
	case w.ready:
		w.ready, w.resumed = false, true
		return s.proceed(c, now, &p, len(reply))
	case w.name != "":
		s.forgetWaiter(id)
		s.scalarRow(c, &p, integerCell(0))
	default:
		s.withdraw(c)
		s.failed(c, &p, errLockWaitTimeout)
	}
	c.pending = nil
	return p.buf, Idle
}

// interrupt ends the wait of a connection, as KILL QUERY does.
func (s *Server) interrupt(c *session) {
	if c.pending == nil || c.pending.ready {
		return
	}
	c.pending.verdict, c.pending.ready = errInterrupted, true
	s.forgetWaiter(c.id)
	if c.pending.name == "" {
		s.withdraw(c)
	}
}
