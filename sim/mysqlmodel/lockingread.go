package mysqlmodel

import "math"

// lockingRead answers SELECT ... FOR UPDATE and FOR SHARE. It reads what is committed, and locks what it looks at on the way.
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
		err = s.lockRange(c, p, plan, limit)
	}
	if err == nil {
		s.finishRead(c, p, plan.indexed() || limit == 0)
	}
	return err
}

// lockPoint locks one row, or the gap where it would be. The server does so while it plans, before it sends anything.
func (s *Server) lockPoint(c *session, p *packets, plan *plan) (err *sqlError) {
	key := plan.spans[0].low
	r := plan.table.record(key)
	if r == nil {
		s.lockGap(c, plan, key)
		p.header(c, plan)
		return nil
	}
	c.intend(plan.index, c.work.st)
	kind, _, _ := plan.spans[0].lockOn(c, r)
	had := len(plan.table.locks)
	locked, err := s.lockRow(c, plan, slot{key: key}, kind, nil)
	switch {
	case err != nil:
		return err
	case !locked: // SKIP LOCKED goes on to the next row, which does not match
		s.lockGap(c, plan, key)
	case r.head.deleted && c.level == readCommitted && len(plan.table.locks) > had:
		plan.table.unlock(s, rowLock{slot: slot{key: key}, owner: c.id, exclusive: !c.work.st.shared, kind: kind})
	}
	p.header(c, plan)
	if locked && !r.head.deleted && plan.matches(r.head.cells) {
		p.tableRow(c, plan, r.head.cells)
	}
	return nil
}

// lockGap locks the gap in which a key is missing, which never waits; under READ COMMITTED there is nothing to lock.
func (s *Server) lockGap(c *session, plan *plan, key place) {
	c.intend(plan.index, c.work.st)
	if c.level == readCommitted {
		return
	}
	gap := plan.lock(c.work.st, plan.table.next(key), gapLock)
	if gap.end {
		gap.kind = nextKeyLock
	}
	s.acquire(c, plan.index, gap, false)
}

// lockRange locks all rows of a range up to the last one that is returned.
func (s *Server) lockRange(c *session, p *packets, plan *plan, limit uint64) *sqlError {
	if !c.work.headed {
		p.header(c, plan)
		c.work.headed = true
	}
	return s.scan(c, plan, func(i int) (last bool, err *sqlError) {
		p.tableRow(c, plan, plan.table.records[i].head.cells)
		c.work.rows++
		return uint64(c.work.rows) == limit, nil
	})
}
