package mysqlmodel

import (
	"cmp"
	"slices"
	"time"
)

// Version is what the server says it is.
const Version = "9.7.4"

// Server is a MySQL server and its connections. It must not be used by two goroutines at once.
type Server struct {
	version     string
	tables      []*table
	sessions    []*session // by id
	named       []namedLock
	commits     uint64 // transactions that wrote something and were committed
	waits       uint64 // row locks that had to wait
	purged      uint64 // deleted rows that were taken away
	unsupported []string
	parsed      *parsedTexts
}

// New returns a server without databases and connections.
func New() *Server { return &Server{version: Version, parsed: new(parsedTexts)} }

// State tells what a connection is doing.
type State uint8

const (
	// Idle: everything was answered.
	Idle State = iota
	// Waiting: the last request waits for a lock.
	Waiting
	// Ready: the wait is over, and [Server.Resume] will answer.
	Ready
	// Closed: the server has closed the connection, or never knew it.
	Closed
)

func (s State) String() string { return [...]string{"idle", "waiting", "ready", "closed"}[s] }

// State returns the state of a connection. It depends on what other connections did since its last request, but not
// on the time: a wait that is overdue is still a wait.
func (s *Server) State(id ConnID) State {
	c := s.session(id)
	switch {
	case c == nil:
		return Closed
	case c.pending == nil:
		return Idle
	case c.pending.ready:
		return Ready
	}
	return Waiting
}

// Deadline returns when the wait of a connection ends, whether it got its lock or not. It is false for a connection
// that does not wait, and for GET_LOCK with a negative timeout.
func (s *Server) Deadline(id ConnID) (time.Duration, bool) {
	c := s.session(id)
	if c == nil || c.pending == nil || c.pending.ready || c.pending.deadline == never {
		return 0, false
	}
	return c.pending.deadline, true
}

func (s *Server) place(id ConnID) (int, bool) {
	return slices.BinarySearchFunc(s.sessions, id, func(c *session, id ConnID) int { return cmp.Compare(c.id, id) })
}

func (s *Server) session(id ConnID) *session {
	if i, ok := s.place(id); ok {
		return s.sessions[i]
	}
	return nil
}

// Disconnect ends a connection, as its client or an administrator's KILL does: its transaction is rolled back, its
// locks are free, and the request under way gets no answer. A real server that waits for a row lock notices only after
// the wait that its client is gone; call Disconnect when it is to notice.
func (s *Server) Disconnect(id ConnID) {
	c := s.session(id)
	if c == nil {
		return
	}
	s.finish(c, false)
	s.releaseAll(id)
	s.forgetWaiter(id)
	s.sessions = slices.DeleteFunc(s.sessions, func(o *session) bool { return o == c })
	s.breakDeadlocks()
	s.prune()
	s.purge()
}

// Crash ends all connections at once. What was committed stays.
func (s *Server) Crash() {
	for len(s.sessions) > 0 {
		s.Disconnect(s.sessions[len(s.sessions)-1].id)
	}
}

// Unsupported returns what clients asked for and the model does not know, each request once, in order.
func (s *Server) Unsupported() []string { return slices.Clone(s.unsupported) }

// Clone returns a server in the same state, which shares nothing with this one that either could change.
func (s *Server) Clone() *Server {
	n := *s
	n.tables = make([]*table, len(s.tables))
	for i, t := range s.tables {
		n.tables[i] = t.clone()
	}
	n.sessions = make([]*session, len(s.sessions))
	for i, c := range s.sessions {
		n.sessions[i] = c.clone()
	}
	n.named = slices.Clone(s.named)
	for i := range n.named {
		n.named[i].waiters = slices.Clone(n.named[i].waiters)
	}
	n.unsupported = slices.Clone(s.unsupported)
	return &n
}

func (t *table) clone() *table {
	n := *t
	n.locks = slices.Clone(t.locks)
	if !t.original {
		n.records = slices.Clone(t.records)
	}
	return &n
}

func (c *session) clone() *session {
	n := *c
	n.undo = slices.Clone(c.undo)
	n.savepoints = slices.Clone(c.savepoints)
	n.structures = slices.Clone(c.structures)
	n.prepared = slices.Clone(c.prepared)
	n.work.partial = slices.Clone(c.work.partial)
	n.work.found = slices.Clone(c.work.found)
	if c.pending != nil {
		n.pending = &n.work
	}
	return &n
}
