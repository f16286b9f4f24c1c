package mysqlmodel

import "slices"

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
	n.structures = slices.Clone(c.structures)
	n.prepared = slices.Clone(c.prepared)
	n.work.partial = slices.Clone(c.work.partial)
	if c.pending != nil {
		n.pending = &n.work
	}
	return &n
}
