package mysqlmodel

// use marks that a statement with a table begins, which opens a transaction when autocommit is off.
func (c *session) use() {
	if c.multi() {
		c.active, c.joined = true, true
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
		c.joined = true
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
	}
	c.explicit, c.active = false, false
	c.savepoints = c.savepoints[:0]
	s.abandon(c)
}

// abandon takes back what is not committed, and releases the row locks and the snapshot.
func (s *Server) abandon(c *session) {
	s.rollBackTo(c, 0)
	c.consistent, c.snapshot, c.joined = false, 0, false
	s.releaseRows(c)
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
		r.head = &version{cells: r.head.cells, deleted: r.head.deleted, commit: s.commits, older: older}
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
		} else if r.head.writer != c.id {
			s.keepImplicit(c, u.table, u.key)
		}
	}
}

// write adds a version to a row, or a row.
func (s *Server) write(c *session, table int, key place, v *version) {
	t := s.tables[table]
	t.own()
	v.writer = c.id
	if r := t.record(key); r != nil {
		v.older = r.head
		r.head = v
		t.versioned = true
	} else {
		s.insert(table, key, v)
	}
	c.undo = append(c.undo, undo{table, key})
}
