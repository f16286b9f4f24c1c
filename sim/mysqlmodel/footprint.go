package mysqlmodel

import (
	"slices"
	"strconv"
)

// Footprint names what a request may touch, in the state in which it was asked for: what it reads and writes, or, with
// All, anything. Two requests of different connections whose footprints do not overlap, except in what both only read,
// can change places without changing a reply or the state. The names are
//
//	rows database.table    the committed rows
//	locks database.table   the row locks, and changes that are not committed
//	lock name              a lock of GET_LOCK
//	commits                the order of all commits, on which a snapshot of all tables depends
//	waits                  the order of waits for row locks
//	connection id          whether the connection is there, or waits
type Footprint struct {
	Reads, Writes []string
	All           bool
}

// Independent tells whether two footprints of different connections do not overlap.
func (f Footprint) Independent(g Footprint) bool {
	return !f.All && !g.All && !overlap(f.Writes, g.Writes) && !overlap(f.Writes, g.Reads) && !overlap(f.Reads, g.Writes)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) })
}

func (f *Footprint) read(names ...string)  { f.Reads = append(f.Reads, names...) }
func (f *Footprint) write(names ...string) { f.Writes = append(f.Writes, names...) }

func connection(id ConnID) string { return "connection " + strconv.FormatUint(uint64(id), 10) }
func (t *table) fullName() string { return t.database + "." + t.name }

// Footprint returns the footprint of a packet that a client has sent and the server has not executed.
func (s *Server) Footprint(id ConnID, payload []byte) (f Footprint) {
	f.read(connection(id))
	c := s.session(id)
	if c == nil || !c.greeted || len(payload) == 0 {
		return f
	}
	switch payload[0] {
	case comQuit, comResetConnection:
		return s.DisconnectFootprint(id)
	case comQuery:
		if st, err := s.parsed.parse(payload[1:]); err == nil {
			s.touch(&f, c, st, nil)
		}
	case comStmtExecute:
		in := cursor{rest: payload[1:]}
		if p := c.find(uint32(in.uint(4))); p != nil {
			in.take(5)
			args, err := p.bind(&in)
			if err == nil && !in.bad {
				s.touch(&f, c, p.st, args)
			}
		}
	}
	return f
}

// ResumeFootprint returns the footprint of [Server.Resume].
func (s *Server) ResumeFootprint(id ConnID) (f Footprint) {
	f.read(connection(id))
	if c := s.session(id); c != nil && c.pending != nil {
		s.touch(&f, c, c.pending.st, c.pending.args)
	}
	return f
}

// DisconnectFootprint returns the footprint of [Server.Disconnect] and [Server.Kill].
func (s *Server) DisconnectFootprint(id ConnID) (f Footprint) {
	f.write(connection(id))
	if c := s.session(id); c != nil {
		s.touchEnd(&f, c, false)
		s.touchNamed(&f, id)
	}
	return f
}

func (s *Server) touch(f *Footprint, c *session, st *statement, args []literal) {
	switch st.kind {
	case selectScalar:
		s.touchScalar(f, c, st, args)
	case selectRows, selectAggregates:
		s.touchRead(f, c, st)
	case insertRows, updateRow:
		s.touchLocks(f, c, st)
		if t := s.tableOf(c, st); t != nil && !c.multi() {
			f.write("commits", "rows "+t.fullName())
		}
	case startTransaction:
		if c.multi() {
			s.touchEnd(f, c, true)
		}
		if st.snapshot {
			f.read("commits")
		}
	case commitTransaction, rollbackTransaction:
		s.touchEnd(f, c, st.kind == commitTransaction)
	case setVariables:
		if !c.autocommit {
			s.touchEnd(f, c, true)
		}
	case killThread:
		f.write(connection(st.thread))
		if target := s.session(st.thread); target != nil {
			s.touchEnd(f, target, false)
			s.touchNamed(f, st.thread)
		}
	}
}

func (s *Server) touchScalar(f *Footprint, c *session, st *statement, args []literal) {
	i := &st.items[0]
	switch i.kind {
	case itemReleaseAllLocks:
		s.touchNamed(f, c.id)
		return
	case itemGetLock, itemReleaseLock, itemIsFreeLock, itemIsUsedLock:
	default:
		return
	}
	name, err := lockName(st, i.args[0].bind(args))
	if err != nil {
		return
	}
	if i.kind == itemIsFreeLock || i.kind == itemIsUsedLock {
		f.read("lock " + name)
		return
	}
	f.write("lock " + name)
	if i.kind == itemGetLock {
		s.touchNamed(f, c.id) // a wait may close a cycle
	}
}

// touchNamed adds the named locks that a connection holds or waits for.
func (s *Server) touchNamed(f *Footprint, id ConnID) {
	for _, l := range s.named {
		if l.owner == id || slices.Contains(l.waiters, id) {
			f.write("lock " + l.name)
		}
	}
}

func (s *Server) touchRead(f *Footprint, c *session, st *statement) {
	t := s.tableOf(c, st)
	switch {
	case t == nil:
	case st.locking != lockNothing:
		s.touchLocks(f, c, st)
	case c.multi() && c.level == repeatableRead && c.consistent:
		// It sees its snapshot, and what it wrote itself.
	case c.multi() && c.level == repeatableRead:
		f.read("commits")
	default:
		f.read("rows " + t.fullName())
	}
}

// touchLocks adds what a statement that locks rows of a table touches. While another connection waits for a row, it
// may close a cycle and so roll back any transaction.
func (s *Server) touchLocks(f *Footprint, c *session, st *statement) {
	t := s.tableOf(c, st)
	if t == nil {
		return
	}
	f.read("rows " + t.fullName())
	f.write("locks " + t.fullName())
	f.All = slices.ContainsFunc(s.sessions, func(o *session) bool { return o.pending != nil && o.pending.name == "" })
	patient := st.locking != lockRowsNoWait && st.locking != lockRowsSkipLocked
	if patient && slices.ContainsFunc(t.locks, func(l rowLock) bool { return l.owner != c.id }) {
		f.write("waits")
	}
	s.touchHeld(f, c)
}

// touchHeld adds the tables in which a connection has locks, for which others may wait.
func (s *Server) touchHeld(f *Footprint, c *session) {
	for _, t := range s.tables {
		if slices.ContainsFunc(t.locks, func(l rowLock) bool { return l.owner == c.id }) {
			f.write("locks " + t.fullName())
		}
	}
}

// touchEnd adds what the end of a transaction touches.
func (s *Server) touchEnd(f *Footprint, c *session, commit bool) {
	s.touchHeld(f, c)
	if !commit || len(c.undo) == 0 {
		return
	}
	f.write("commits")
	for i, t := range s.tables {
		if slices.ContainsFunc(c.undo, func(u undo) bool { return u.table == i }) {
			f.write("rows " + t.fullName())
		}
	}
}

func (s *Server) tableOf(c *session, st *statement) *table {
	i, err := s.lookUp(c, st.table)
	if err != nil {
		return nil
	}
	return s.tables[i]
}
