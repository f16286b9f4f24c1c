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
		s.touchConnection(&f, id)
	case comQuery:
		if st, err := s.parsed.parse(payload[1:]); err == nil {
			s.touch(&f, c, st, nil)
		}
	case comStmtExecute:
		if st, args, err := c.bind(&cursor{rest: payload[1:]}); err == nil {
			s.touch(&f, c, st, args)
		}
	}
	return f
}

func (s *Server) touch(f *Footprint, c *session, st *statement, args []literal) {
	switch st.kind {
	case selectScalar:
		s.touchScalar(f, c, st, args)
	case selectRows, selectAggregates, insertRows, updateRows, deleteRows:
		if i, err := s.lookUp(c, st.table); err == nil {
			s.touchTable(f, c, st, s.tables[i])
		}
	case showColumns:
		if c.multi() && c.level == repeatableRead && !c.consistent {
			f.read("commits")
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
	case createTable:
		s.touchCreate(f, c, st)
	case rollBackToSavepoint:
		s.touchEnd(f, c, false)
	case setVariables:
		if !c.autocommit {
			s.touchEnd(f, c, true)
		}
	case killThread:
		s.touchConnection(f, st.thread)
	}
}

func (s *Server) touchScalar(f *Footprint, c *session, st *statement, args []literal) {
	i := &st.items[0]                                           // of several none has an effect
	if i.kind == itemGetLock || i.kind == itemReleaseAllLocks { // a wait may close a cycle
		s.touchNamed(f, c.id)
	}
	if i.kind < itemGetLock || i.kind == itemReleaseAllLocks {
		return
	}
	name, err := lockName(st, i.args[0].bind(args))
	switch {
	case err != nil:
	case i.kind == itemIsFreeLock || i.kind == itemIsUsedLock:
		f.read("lock " + name)
	default:
		f.write("lock " + name)
	}
}

func (s *Server) touchTable(f *Footprint, c *session, st *statement, t *table) {
	rows := "rows " + t.fullName()
	snapshot := c.multi() && c.level == repeatableRead
	switch {
	case st.writes():
		s.touchLocks(f, c, st, t)
		if st.locking == lockNothing && !c.multi() {
			f.write("commits", rows)
		}
	case snapshot && c.consistent:
		// It sees its snapshot, and what it wrote itself.
	case snapshot:
		f.read("commits")
	default:
		f.read(rows)
	}
}

// touchLocks adds what a statement that locks rows of a table touches.
func (s *Server) touchLocks(f *Footprint, c *session, st *statement, t *table) {
	f.read("rows " + t.fullName())
	f.write("locks " + t.fullName())
	if st.patient() && slices.ContainsFunc(t.locks, func(l rowLock) bool { return l.owner != c.id }) {
		f.write("waits")
	}
	s.touchHeld(f, c)
}

// touchHeld adds the tables in which a connection has locks, for which others may wait. While anybody waits for a row, a
// lock that comes or goes may close a cycle and so roll back any transaction. While a deleted row is not purged, the end
// of a snapshot may purge it.
func (s *Server) touchHeld(f *Footprint, c *session) {
	f.All = f.All || s.holdsDeleted() || slices.ContainsFunc(s.sessions, func(o *session) bool { return o.pending != nil && o.pending.name == "" })
	for _, t := range s.tables {
		if slices.ContainsFunc(t.locks, func(l rowLock) bool { return l.owner == c.id }) {
			f.write("locks " + t.fullName())
		}
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

// touchEnd adds what the end of a transaction touches.
func (s *Server) touchEnd(f *Footprint, c *session, commit bool) {
	s.touchHeld(f, c)
	if !commit || len(c.undo) == 0 {
		return
	}
	f.write("commits")
	for _, u := range c.undo {
		f.write("rows " + s.tables[u.table].fullName())
	}
}

// touchConnection adds what the end of a connection touches, or of its wait.
func (s *Server) touchConnection(f *Footprint, id ConnID) {
	f.write(connection(id))
	if c := s.session(id); c != nil {
		s.touchEnd(f, c, false)
		s.touchNamed(f, id)
	}
}
