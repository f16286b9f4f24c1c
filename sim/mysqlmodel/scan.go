package mysqlmodel

// span is a part of the primary key that a statement which locks goes through, in ascending order.
type span struct {
	low, high           place
	lowOpen, highOpen   bool // the bound itself is outside
	bounded, openHanded bool // there is a high bound; there is no low one
	point               bool // it is one key
}

// visitor handles a row that matches, and tells whether it was the last one that is wanted.
type visitor func(i int) (last bool, err *sqlError)

// scan locks the rows of the plan's spans one by one, and under REPEATABLE READ the gaps between them, as row_search_mvcc
// in InnoDB's row0sel.cc does. A statement that had to wait goes on at the row for which it waited.
func (s *Server) scan(c *session, plan *plan, visit visitor) *sqlError {
	c.intend(plan.index, c.work.st)
	for ; c.work.span < len(plan.spans); c.work.span++ {
		last, err := s.scanSpan(c, plan, &plan.spans[c.work.span], visit)
		if last || err != nil {
			return err
		}
		c.work.atEnd = false
	}
	return nil
}

func (s *Server) scanSpan(c *session, plan *plan, at *span, visit visitor) (last bool, err *sqlError) {
	t := plan.table
	for i := t.search(max(at.start(), c.work.from.key)); i < len(t.records); i++ {
		c.work.from.key = t.records[i].key
		step, err := s.lockScanned(c, plan, at, i)
		switch {
		case err != nil, step == scanEnds:
			return false, err
		case step == scanGoesOn:
			continue
		}
		if last, err = visit(i); last || err != nil {
			return last, err
		}
		if at.point {
			return false, nil
		}
	}
	if c.level == repeatableRead {
		s.acquire(c, plan.index, plan.lock(c.work.st, slot{end: true}, nextKeyLock), false)
	}
	return false, nil
}

func (at *span) start() place {
	if at.lowOpen {
		return at.low + 1
	}
	return at.low
}

// step is what a scan does after it has locked, or tried to lock, a row.
type step uint8

const (
	scanEnds   step = iota // this span, at the row
	scanGoesOn             // with the next row
	scanFound              // a row that matches
)

// lockScanned locks what a scan wants of a row, and tells whether the row matches.
func (s *Server) lockScanned(c *session, plan *plan, at *span, i int) (step, *sqlError) {
	t := plan.table
	r := &t.records[i]
	kind, inside, end := at.lockOn(c, r)
	if end {
		return scanEnds, nil
	}
	had := len(t.locks)
	locked, err := s.lockRow(c, plan, slot{key: r.key}, kind, at)
	v := r.head
	switch {
	case err == errWouldWait:
		if v = r.committed(); v == nil {
			return scanGoesOn, nil
		}
	case err != nil:
		return scanEnds, err
	case !locked:
		return scanGoesOn, nil
	}
	if locked && at.bounded && r.key == at.high && c.level == repeatableRead {
		c.work.atEnd = true
	}
	if !inside {
		return scanEnds, nil
	}
	result := s.judge(plan, at, r.key, v)
	if err == errWouldWait && result == scanFound { // it is worth the wait
		_, err = s.lockRow(c, plan, slot{key: r.key}, kind, nil)
		return scanFound, err
	}
	if result != scanFound && c.level == readCommitted && len(t.locks) > had { // a lock that was waited for is kept
		t.unlock(s, rowLock{slot: slot{key: r.key}, owner: c.id, exclusive: !c.work.st.shared, kind: kind})
	}
	return result, nil
}

// judge tells what a version of a row is to a scan.
func (s *Server) judge(plan *plan, at *span, key place, v *version) step {
	switch {
	case v.deleted && at.point:
		return scanEnds
	case v.deleted:
		return scanGoesOn
	case at.bounded && (key > at.high || key == at.high && at.highOpen):
		return scanEnds
	case plan.matches(v.cells):
		return scanFound
	case at.point:
		return scanEnds
	}
	return scanGoesOn
}

// lockOn tells what is locked of a row or of the gap before it, whether the row itself can be in the span, and whether
// the scan ends without a lock: row_compare_row_to_range in InnoDB's row0sel.cc.
func (at *span) lockOn(c *session, r *record) (kind lockKind, inside, end bool) {
	gaps := c.level == repeatableRead
	switch {
	case at.point && r.key != at.low:
		return gapLock, false, !gaps
	case !gaps, at.point:
		return recordLock, true, false
	case !at.openHanded && !at.lowOpen && r.key == at.low:
		return recordLock, true, false
	case at.bounded && r.key > at.high:
		return gapLock, false, c.work.atEnd
	case at.bounded && r.key == at.high && at.highOpen:
		return gapLock, false, false
	}
	return nextKeyLock, true, false
}

// lockRow asks for a lock as the statement demands. It returns false without an error when SKIP LOCKED passes over the
// row, and errWouldWait when a scan by UPDATE under READ COMMITTED first looks at what is committed, as it does unless it
// sorts.
func (s *Server) lockRow(c *session, plan *plan, at slot, kind lockKind, in *span) (locked bool, err *sqlError) {
	st := c.work.st
	peeks := st.kind == updateRows && c.level == readCommitted && in != nil && !in.point && !plan.sorts(st)
	err = s.acquire(c, plan.index, plan.lock(st, at, kind), st.patient() && !peeks)
	switch {
	case err == errNoWait && peeks:
		return false, errWouldWait
	case err == errNoWait && st.locking == lockRowsSkipLocked:
		return false, nil
	}
	return err == nil, err
}

// sorts tells whether the server sorts the rows of an UPDATE, though they are in order: all of the table, without a LIMIT.
func (p *plan) sorts(st *statement) bool {
	return p.collects(st) && !p.keyed && st.limit.kind == literalNone
}

// lock is a lock of the kind that the statement takes: shared or exclusive.
func (p *plan) lock(st *statement, at slot, kind lockKind) rowLock {
	return rowLock{slot: at, exclusive: !st.shared, kind: kind}
}

// committed returns the newest version that is committed, or nil.
func (r *record) committed() *version {
	v := r.head
	for v != nil && v.writer != 0 {
		v = v.older
	}
	return v
}
