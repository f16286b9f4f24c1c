package mysqlmodel

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// Commands of the protocol, from the server's my_command.h.
const (
	comQuit            = 0x01
	comInitDB          = 0x02
	comQuery           = 0x03
	comPing            = 0x0e
	comStmtPrepare     = 0x16
	comStmtExecute     = 0x17
	comStmtClose       = 0x19
	comStmtReset       = 0x1a
	comResetConnection = 0x1f
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
	table    int           // or the table of a row,
	blocker  ConnID        // the owner of a lock on it,
	order    uint64        // and the place among the waits for row locks

	started  bool
	alone    bool // the statement is a transaction by itself
	mark     int  // how many changes the transaction had made before
	resumed  bool // a wait ended with the lock
	from     slot // where a scan goes on,
	span     int  // in which of the plan's spans,
	atEnd    bool // of which it has locked the last key
	rows     int  // that were returned, inserted or found
	row      int  // that were changed, or would have been
	changed  int  // that became different
	found    []place
	warnings int
	partial  []byte // the reply up to the wait
	headed   bool   // ... which has the columns
	seq      byte   // of the packet after it
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
	var err *sqlError
	switch {
	case c.pending != nil:
		err = unsupported("packet", "the connection waits for an answer")
	case !c.greeted:
		err = s.logIn(c, &p, payload)
	case len(payload) == 0:
		err = unsupported("packet", "it is empty")
	default:
		err = s.command(c, now, &p, payload[0], payload[1:])
	}
	return s.answer(id, &p, err)
}

// answer returns the reply that p holds. It adds an error, and notes it if the model is to blame.
func (s *Server) answer(id ConnID, p *packets, err *sqlError) ([]byte, State) {
	if err != nil {
		if err.number == numberUnsupported && !slices.Contains(s.unsupported, err.message) {
			s.unsupported = append(s.unsupported, err.message)
		}
		p.fail(err)
	}
	s.breakDeadlocks()
	s.purge()
	return p.buf, s.State(id)
}

func (s *Server) command(c *session, now time.Duration, p *packets, command byte, body []byte) (err *sqlError) {
	in := cursor{rest: body}
	switch command {
	case comQuit:
		s.Disconnect(c.id)
		return nil
	case comQuery:
		st, err := s.parsed.parse(body)
		if err == nil && st.params > 0 {
			err = st.unsupported("a parameter outside a prepared statement")
		}
		if err != nil {
			return err
		}
		return s.start(c, now, p, st, nil, false)
	case comStmtPrepare:
		return s.prepare(c, p, body)
	case comStmtExecute:
		st, args, err := c.bind(&in)
		if err != nil {
			return err
		}
		return s.start(c, now, p, st, args, true)
	case comStmtClose:
		id := uint32(in.uint(4))
		c.prepared = slices.DeleteFunc(c.prepared, func(p prepared) bool { return p.id == id })
		return nil // never answered
	case comStmtReset:
		_, err = c.find(uint32(in.uint(4)))
	case comInitDB:
		err = s.useDatabase(c, string(body))
	case comResetConnection:
		s.reset(c)
	case comPing:
	default:
		err = unsupported("command "+strconv.Itoa(int(command)), "packet")
	}
	if err == nil {
		p.ok(0, c.status(), 0, "")
	}
	return err
}

func (s *Server) reset(c *session) {
	s.finish(c, false)
	s.releaseAll(c.id)
	c.prepared = nil
	c.settings.collation = collations["utf8mb4_0900_ai_ci"]
	c.defaults()
}

// start executes a statement.
func (s *Server) start(c *session, now time.Duration, p *packets, st *statement, args []literal, binary bool) *sqlError {
	c.work = request{st: st, args: args, binary: binary, partial: c.work.partial[:0]}
	c.pending = &c.work
	return s.proceed(c, now, p, len(p.buf))
}

// proceed executes up to the end or the next wait. The reply begins at length. A wait that closes a deadlock may be over at once.
func (s *Server) proceed(c *session, now time.Duration, p *packets, length int) *sqlError {
	for {
		err := s.execute(c, now, p)
		if err != suspended {
			return s.conclude(c, err)
		}
		if s.breakDeadlocks(); !c.work.ready {
			break
		}
		if c.work.verdict != nil {
			return s.conclude(c, c.work.verdict)
		}
		c.work.ready, c.work.blocker = false, 0
	}
	c.work.partial = append(c.work.partial[:0], p.buf[length:]...)
	c.work.seq = p.seq
	p.buf = p.buf[:length]
	return nil
}

// conclude ends a statement. After an error it takes back what the statement did, and ends its transaction if that was
// all of it.
func (s *Server) conclude(c *session, err *sqlError) *sqlError {
	if err != nil && c.work.started {
		s.rollBackTo(c, min(c.work.mark, len(c.undo)))
		if c.work.alone {
			s.complete(c, true)
		}
	}
	c.pending = nil
	return err
}

// Resume goes on with the request of a connection that waits. It appends the reply if the lock was granted, or if the
// deadline has come; otherwise the connection still waits, perhaps for another lock.
func (s *Server) Resume(id ConnID, now time.Duration, reply []byte) ([]byte, State) {
	c := s.session(id)
	if c == nil || c.pending == nil || !c.pending.ready && now < c.pending.deadline {
		return reply, s.State(id)
	}
	w := c.pending
	p := packets{buf: append(reply, w.partial...), seq: w.seq}
	var err *sqlError
	switch {
	case w.verdict != nil:
		err = s.conclude(c, w.verdict)
	case w.ready:
		w.ready, w.resumed, w.blocker = false, true, 0
		err = s.proceed(c, now, &p, len(reply))
	case w.name != "":
		s.forgetWaiter(id)
		s.scalarRow(c, &p, integerCell(0))
		err = s.conclude(c, nil)
	default:
		s.withdraw(c)
		err = s.conclude(c, errLockWaitTimeout)
	}
	return s.answer(id, &p, err)
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

// execute runs the session's statement, from the start or from where it had to wait. It returns suspended when the
// statement has to wait.
func (s *Server) execute(c *session, now time.Duration, p *packets) (err *sqlError) {
	st := c.work.st
	warnings := uint16(0)
	switch st.kind {
	case selectScalar:
		return s.selectScalar(c, now, p)
	case selectRows, selectAggregates, insertRows, updateRows, deleteRows:
		return s.executeOnTable(c, now, p)
	case showColumns:
		return s.showColumns(c, p)
	case killThread:
		err = s.killStatement(c)
	case setVariables:
		warnings, err = setWarnings(st), s.setVariables(c, st)
	case setIsolation:
		err = c.setIsolation(st)
	case setNames:
		c.collation = collations[st.collation]
	case useDatabase:
		err = s.useDatabase(c, st.database)
	case createTable:
		warnings, err = s.createTable(c)
	case commitTransaction, rollbackTransaction:
		s.complete(c, st.kind == commitTransaction)
	case setSavepoint, rollBackToSavepoint, releaseSavepoint:
		err = s.savepoint(c, st)
	case startTransaction:
		warnings = s.begin(c, st)
	}
	if err == nil {
		p.ok(0, c.status(), warnings, "")
	}
	return err
}

func (s *Server) executeOnTable(c *session, now time.Duration, p *packets) *sqlError {
	st := c.work.st
	plan, err := s.resolve(c, st, c.work.args)
	if err != nil {
		return err
	}
	if !c.work.started {
		c.work.started, c.work.alone, c.work.mark = true, !c.multi(), len(c.undo)
		c.use()
	}
	c.work.deadline = now + c.lockWait
	switch {
	case c.consistent && c.snapshot < plan.table.created: // the server refuses most, with error 1412
		return st.unsupported("a table that is younger than the snapshot")
	case st.kind == insertRows:
		return s.insertRows(c, p, &plan)
	case st.kind == updateRows, st.kind == deleteRows:
		return s.changeRows(c, p, &plan)
	case st.locking != lockNothing:
		return s.lockingRead(c, p, &plan)
	case st.kind == selectAggregates:
		s.aggregate(c, p, &plan)
		return nil
	}
	return s.read(c, p, &plan)
}

func (s *Server) useDatabase(c *session, name string) *sqlError {
	if !s.hasDatabase(name) {
		return errUnknownDatabase.of(name)
	}
	c.database = name
	return nil
}

func (s *Server) killStatement(c *session) *sqlError {
	st := c.work.st
	target := s.session(st.thread)
	switch {
	case target == nil:
		return errUnknownThread.of(st.thread)
	case !st.queryOnly:
		s.Disconnect(target.id)
	case target != c:
		s.interrupt(target)
	}
	if target == c {
		return errInterrupted
	}
	return nil
}
