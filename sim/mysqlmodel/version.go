package mysqlmodel

import "slices"

// visible returns the version of a row that a consistent read sees, or nil when it sees no row.
func (r *record) visible(reader ConnID, snapshot uint64) *version {
	v := r.head
	for v != nil && v.writer != reader && (v.writer != 0 || v.commit > snapshot) {
		v = v.older
	}
	if v != nil && v.deleted {
		return nil
	}
	return v
}

// prune forgets versions that no open snapshot can see.
func (s *Server) prune() {
	for _, t := range s.tables {
		if !t.versioned {
			continue
		}
		t.versioned = false
		for i := range t.records {
			r := &t.records[i]
			r.head = s.pruned(r.head)
			t.versioned = t.versioned || r.head.older != nil || r.head.deleted
		}
	}
}

func (s *Server) pruned(v *version) *version {
	if v == nil || v.older == nil {
		return v
	}
	older := s.pruned(v.older)
	if v.writer == 0 {
		for older != nil && (s.rank(older.commit) == s.rank(v.commit) || older.deleted && older.older == nil) {
			older = older.older
		}
	}
	if older == v.older {
		return v
	}
	return &version{v.cells, v.deleted, v.writer, v.commit, older}
}

// rank is the number of open snapshots that do not see a commit. It is all that matters of the commit's number.
func (s *Server) rank(commit uint64) (n int) {
	for _, c := range s.sessions {
		if c.consistent && c.snapshot < commit {
			n++
		}
	}
	return n
}

// purge takes away the deleted rows that no open snapshot can see. A real server does so in the background, soon; here
// it waits until everybody whose wait for a row is over has gone on.
func (s *Server) purge() {
	for _, c := range s.sessions {
		if c.pending != nil && c.pending.ready && c.pending.name == "" {
			return
		}
	}
	for n, t := range s.tables {
		if !t.versioned {
			continue
		}
		for i := len(t.records) - 1; i >= 0; i-- {
			if s.purgeable(&t.records[i]) {
				s.purged++
				s.remove(nil, n, t.records[i].key)
			}
		}
	}
}

// holdsDeleted tells whether there is a deleted row that is not purged yet.
func (s *Server) holdsDeleted() bool {
	return slices.ContainsFunc(s.tables, func(t *table) bool {
		return t.versioned && slices.ContainsFunc(t.records, func(r record) bool { return r.head.deleted || r.head.replaced() })
	})
}

// replaced tells whether a version stands in the place of a deleted row.
func (v *version) replaced() bool {
	return v.older != nil && (v.older.deleted || v.older.replaced())
}

func (s *Server) purgeable(r *record) bool {
	return r.head.deleted && r.head.writer == 0 && s.rank(r.head.commit) == 0
}
