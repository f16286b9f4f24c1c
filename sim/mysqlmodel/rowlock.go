package mysqlmodel

import "slices"

// slot is what a row lock is on: a key with the gap before it, or the end of the table with the gap before that.
type slot struct {
	key place
	end bool // InnoDB's supremum
}

type lockKind uint8

const (
	recordLock      lockKind = iota
	gapLock                  // the gap before the record: nothing may be inserted there
	nextKeyLock              // both
	insertIntention          // a wait for a gap to become free
	intention                // to lock rows, on the whole table; it never waits, and is only counted
)

// rowLock is a lock of InnoDB, granted or waited for. The locks of a table are kept in the order of their requests.
type rowLock struct {
	slot
	owner     ConnID
	exclusive bool
	kind      lockKind
	waiting   bool
	implicit  bool // of an inserted row, until another transaction asks for it
}

// blocked tells whether a request must wait for another lock: lock_rec_has_to_wait in InnoDB's lock0lock.cc.
func (l *rowLock) blocked(by *rowLock) bool {
	if l.owner == by.owner || l.slot != by.slot || !l.exclusive && !by.exclusive || by.kind == insertIntention {
		return false
	}
	switch {
	case l.kind == insertIntention:
		return by.kind != recordLock
	case l.kind == gapLock || l.end:
		return false
	}
	return by.kind != gapLock
}

// covers tells whether the owner of l does not need the lock want.
func (l *rowLock) covers(want *rowLock) bool {
	if l.owner != want.owner || l.slot != want.slot || l.waiting || want.exclusive && !l.exclusive {
		return false
	}
	if l.kind == insertIntention || want.kind == insertIntention {
		return false
	}
	return l.kind == want.kind || l.kind == nextKeyLock || l.end
}

type grant uint8

const (
	granted grant = iota
	refused       // would have to wait, and must not
	queued        // the request waits
	victim        // the request closed a deadlock, and its transaction was rolled back
)

// acquire asks for a lock. With wait false nothing is queued.
func (s *Server) acquire(c *session, table int, want rowLock, wait bool) grant {
	t := s.tables[table]
	want.owner = c.id
	for i := range t.locks {
		if t.locks[i].covers(&want) {
			return granted
		}
	}
	c.structure(lockMode{table, intention, true}, true)
	if !s.conflicts(table, &want) {
		if want.kind != insertIntention {
			t.locks = append(t.locks, want)
			c.structure(want.mode(table), true)
		}
		return granted
	}
	if !wait {
		return refused
	}
	want.waiting = true
	t.locks = append(t.locks, want)
	c.structure(want.mode(table), false)
	c.pending.table = table
	s.waits++
	c.pending.order = s.waits
	return s.breakDeadlocks(c)
}

// conflicts tells whether a new request must wait. Requests that wait already go first, except for one that waits for
// the same owner.
func (s *Server) conflicts(table int, want *rowLock) (found bool) {
	t := s.tables[table]
	for i := range t.locks {
		held := &t.locks[i]
		if want.blocked(held) && !(held.waiting && t.waitsFor(held, want.owner)) {
			if held.implicit {
				held.implicit = false
				s.session(held.owner).structure(held.mode(table), true)
			}
			found = true
		}
	}
	return found
}

func (t *table) waitsFor(waiting *rowLock, owner ConnID) bool {
	return slices.ContainsFunc(t.locks, func(l rowLock) bool {
		return l.owner == owner && !l.waiting && waiting.blocked(&l)
	})
}

// release drops the locks of one owner and grants what others waited for.
func (t *table) release(s *Server, owner ConnID) {
	n := len(t.locks)
	t.locks = slices.DeleteFunc(t.locks, func(l rowLock) bool { return l.owner == owner })
	if len(t.locks) < n {
		t.grantWaiting(s)
	}
}

// unlock drops one lock.
func (t *table) unlock(s *Server, lock rowLock) {
	if i := slices.Index(t.locks, lock); i >= 0 {
		t.locks = slices.Delete(t.locks, i, i+1)
		t.grantWaiting(s)
	}
}

// withdraw drops the request that a session waits for.
func (s *Server) withdraw(c *session) {
	t := s.tables[c.pending.table]
	i := slices.IndexFunc(t.locks, func(l rowLock) bool { return l.owner == c.id && l.waiting })
	j := slices.Index(c.structures, t.locks[i].mode(c.pending.table))
	c.structures = slices.Delete(c.structures, j, j+1)
	t.locks = slices.Delete(t.locks, i, i+1)
	t.grantWaiting(s)
}

func (t *table) grantWaiting(s *Server) {
	for i := range t.locks {
		l := &t.locks[i]
		if !l.waiting || slices.ContainsFunc(t.locks, func(o rowLock) bool { return !o.waiting && l.blocked(&o) }) {
			continue
		}
		l.waiting = false
		s.session(l.owner).pending.ready = true
	}
}

// next returns the slot after a key.
func (t *table) next(k place) slot {
	i := t.search(k)
	if i < len(t.records) && t.records[i].key == k {
		i++
	}
	if i == len(t.records) {
		return slot{end: true}
	}
	return slot{key: t.records[i].key}
}

// insert adds a record. Locks on the gap that it splits are on both halves then.
func (s *Server) insert(table int, k place, v *version) {
	t := s.tables[table]
	after := t.next(k)
	t.records = slices.Insert(t.records, t.search(k), record{k, v})
	for _, l := range t.locks {
		if l.slot == after && !l.waiting && (l.kind == gapLock || l.kind == nextKeyLock) {
			s.inherit(s.session(l.owner), table, rowLock{slot: slot{key: k}, owner: l.owner, exclusive: l.exclusive, kind: gapLock})
		}
	}
	t.locks = append(t.locks, rowLock{slot: slot{key: k}, owner: v.writer, exclusive: true, kind: recordLock, implicit: true})
}

// remove takes away a record whose insert is rolled back. Transactions
// that had or wanted a lock on it now have the gap, and those that waited go on; under READ COMMITTED exclusive locks leave nothing (lock_rec_inherit_to_gap).
func (s *Server) remove(table int, k place) {
	t := s.tables[table]
	i := t.search(k)
	t.records = slices.Delete(t.records, i, i+1)
	at, heir := slot{key: k}, t.next(k)
	for _, l := range t.locks {
		if l.slot != at || l.kind == insertIntention {
			continue
		}
		owner := s.session(l.owner)
		if !(l.exclusive && owner.level == readCommitted) {
			s.inherit(owner, table, rowLock{slot: heir, owner: l.owner, exclusive: l.exclusive, kind: gapLock})
		}
	}
	for _, l := range t.locks {
		if l.slot == at && l.waiting {
			s.session(l.owner).pending.ready = true
		}
	}
	t.locks = slices.DeleteFunc(t.locks, func(l rowLock) bool { return l.slot == at })
}

func (s *Server) inherit(c *session, table int, gap rowLock) {
	if gap.end {
		gap.kind = nextKeyLock
	}
	t := s.tables[table]
	if !slices.ContainsFunc(t.locks, func(l rowLock) bool { return l.covers(&gap) }) {
		t.locks = append(t.locks, gap)
		c.structure(gap.mode(table), true)
	}
}
