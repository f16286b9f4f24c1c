package mysqlmodel

// use marks that a statement with a table begins, which opens a transaction when autocommit is off.
func (c *session) use() {
	if c.multi() {
		c.active = true
	}
}

// begin starts a transaction. It commits the one that is open, but keeps what that was declared to be.
func (s *Server) begin(c *session, st *statement) (warnings uint16) {
	if c.multi() {
		s.finish(c, true)
	}
	switch {
	case st.readOnly:
		c.readOnly = true
	case st.readWrite:
		c.readOnly = false
	}
	c.explicit, c.active = true, true
	if st.snapshot {
		if c.level != repeatableRead {
			return 1 // the clause is ignored, with a warning
		}
		s.takeSnapshot(c)
	}
	return 0
}

// takeSnapshot takes the snapshot that consistent reads of the transaction see.
func (s *Server) takeSnapshot(c *session) {
	if !c.consistent {
		c.snapshot, c.consistent = s.commits, true
	}
}

// complete ends a transaction by COMMIT, ROLLBACK or what amounts to it.
func (s *Server) complete(c *session, commit bool) {
	s.finish(c, commit)
	c.readOnly, c.oneShot = false, false
	c.level = c.isolation
}

// endStatement ends the transaction of a statement that is one by itself.
func (s *Server) endStatement(c *session) {
	if !c.multi() {
		s.complete(c, true)
	}
}

// finish commits or rolls back, and releases the row locks.
func (s *Server) finish(c *session, commit bool) {
	if commit {
		s.commit(c)
	} else {
		s.rollBackTo(c, 0)
	}
	c.explicit, c.active, c.consistent, c.snapshot = false, false, false, 0
	c.structures = c.structures[:0]
	for _, t := range s.tables {
		t.release(s, c.id, func(rowLock) bool { return true })
	}
	s.prune()
}

// commit makes what the transaction wrote visible to later snapshots.
func (s *Server) commit(c *session) {
	if len(c.undo) == 0 {
		return
	}
	s.commits++
	for _, u := range c.undo {
		r := s.tables[u.table].record(u.key)
		if r.head.writer != c.id {
			continue // committed by a later change of the same row
		}
		older := r.head.older
		for older != nil && older.writer == c.id {
			older = older.older
		}
		r.head = &version{cells: r.head.cells, commit: s.commits, older: older}
	}
	c.undo = c.undo[:0]
}

// rollBackTo takes back all changes after the first n.
func (s *Server) rollBackTo(c *session, n int) {
	for len(c.undo) > n {
		u := c.undo[len(c.undo)-1]
		c.undo = c.undo[:len(c.undo)-1]
		t := s.tables[u.table]
		r := t.record(u.key)
		if r.head = r.head.older; r.head == nil {
			s.remove(c, u.table, u.key)
		}
	}
}

// write adds a version to a row, or a row.
func (s *Server) write(c *session, table int, key place, cells []cell) {
	t := s.tables[table]
	t.own()
	v := &version{cells: cells, writer: c.id}
	if r := t.record(key); r != nil {
		v.older = r.head
		r.head = v
		t.versioned = true
	} else {
		s.insert(table, key, v)
	}
	c.undo = append(c.undo, undo{table, key})
}

// visible returns the version of a row that a consistent read sees, or nil.
func (r *record) visible(reader ConnID, snapshot uint64) *version {
	v := r.head
	for v != nil && v.writer != reader && (v.writer != 0 || v.commit > snapshot) {
		v = v.older
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
			t.versioned = t.versioned || r.head.older != nil
		}
	}
}

func (s *Server) pruned(v *version) *version {
	if v == nil || v.older == nil {
		return v
	}
	older := s.pruned(v.older)
	if v.writer == 0 {
		for older != nil && s.rank(older.commit) == s.rank(v.commit) {
			older = older.older
		}
	}
	if older == v.older {
		return v
	}
	return &version{v.cells, v.writer, v.commit, older}
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
