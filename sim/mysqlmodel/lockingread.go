package mysqlmodel

import "math"

// lockingRead answers SELECT ... FOR UPDATE. It reads what is committed, and locks what it looks at on the way.
func (s *Server) lockingRead(c *session, p *packets, plan *plan) *sqlError {
	limit, err := c.count(c.work.st.limit, math.MaxUint64)
	if err != nil {
		return err
	}
	switch {
	case plan.never || limit == 0:
		p.header(c, plan)
	case plan.point:
		err = s.lockPoint(c, p, plan)
	default:
		err = s.lockAll(c, p, plan, limit)
	}
	if err == nil {
		s.finishRead(c, p, plan.indexed() || limit == 0)
	}
	return err
}

// lockRow asks for a lock as the statement demands. It returns false without an error when SKIP LOCKED passes over the row.
func (s *Server) lockRow(c *session, table int, at slot, kind lockKind) (locked bool, err *sqlError) {
	st := c.work.st
	err = s.acquire(c, table, rowLock{slot: at, exclusive: true, kind: kind}, st.patient())
	if err == errNoWait && st.locking == lockRowsSkipLocked {
		return false, nil
	}
	return err == nil, err
}

// lockPoint locks one row, or the gap where it would be. The server does so while it plans, before it sends anything.
func (s *Server) lockPoint(c *session, p *packets, plan *plan) (err *sqlError) {
	key, _ := plan.bounds(plan.table.key)
	found := plan.table.record(key) != nil
	if found {
		if found, err = s.lockRow(c, plan.index, slot{key: key}, recordLock); err != nil {
			return err
		}
	}
	if !found { // SKIP LOCKED goes on to the next row, which does not match
		s.lockGap(c, plan, key)
	}
	p.header(c, plan)
	if found {
		if cells := plan.table.record(key).head.cells; plan.matches(cells) {
			p.tableRow(c, plan, cells)
		}
	}
	return nil
}

// lockGap locks the gap in which a key is missing, which never waits; under READ COMMITTED there is nothing to lock.
func (s *Server) lockGap(c *session, plan *plan, key place) {
	if c.level == readCommitted {
		c.structure(lockMode{plan.index, intention, true, false})
		return
	}
	gap := rowLock{slot: plan.table.next(key), exclusive: true, kind: gapLock}
	if gap.end {
		gap.kind = nextKeyLock
	}
	s.acquire(c, plan.index, gap, false)
}

// lockAll locks all rows from the start up to the last one that is returned, and under REPEATABLE READ the gaps
// before them and the rows that do not match.
func (s *Server) lockAll(c *session, p *packets, plan *plan, limit uint64) *sqlError {
	if !c.work.headed {
		p.header(c, plan)
		c.work.headed = true
	}
	kind := nextKeyLock
	if c.level == readCommitted {
		kind = recordLock
	}
	t := plan.table
	for i := t.search(c.work.from.key); i < len(t.records); i++ {
		r := &t.records[i]
		c.work.from.key = r.key
		had := len(t.locks)
		locked, err := s.lockRow(c, plan.index, slot{key: r.key}, kind)
		if err != nil {
			return err
		}
		switch {
		case !locked:
		case plan.matches(r.head.cells):
			p.tableRow(c, plan, r.head.cells)
			if c.work.rows++; uint64(c.work.rows) == limit {
				return nil
			}
		case kind == recordLock && len(t.locks) > had: // a lock that was waited for is kept
			t.unlock(s, rowLock{slot: slot{key: r.key}, owner: c.id, exclusive: true, kind: kind})
		}
	}
	if kind == nextKeyLock {
		s.acquire(c, plan.index, rowLock{slot: slot{end: true}, exclusive: true, kind: nextKeyLock}, false)
	}
	return nil
}
