package mysqlmodel

import (
	"cmp"
	"slices"
)

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

// acquire asks for a lock. It returns nil with the lock, suspended when the request waits, errNoWait when it would have
// to and wait is false, and errDeadlock when the session was rolled back to break a deadlock.
func (s *Server) acquire(c *session, table int, want rowLock, wait bool) *sqlError {
	t := s.tables[table]
	want.owner = c.id
	for i := range t.locks {
		if t.locks[i].covers(&want) {
			return nil
		}
	}
	c.structure(lockMode{table, intention, true}, true)
	if !s.conflicts(table, &want) {
		if want.kind != insertIntention {
			t.locks = append(t.locks, want)
			c.structure(want.mode(table), true)
		}
		return nil
	}
	if !wait {
		return errNoWait
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

// breakDeadlocks rolls back one transaction of each cycle of waiting ones that a new wait has closed.
func (s *Server) breakDeadlocks(c *session) *sqlError {
	for {
		cycle := s.cycle(c, c, nil)
		if cycle == nil {
			break
		}
		loser := chooseVictim(cycle)
		s.finish(loser, false)
		if loser == c {
			return errDeadlock
		}
		loser.pending.verdict, loser.pending.ready = errDeadlock, true
	}
	if c.pending.ready {
		c.pending.ready = false
		return nil
	}
	return suspended
}

// cycle follows the waits from c and returns the path that leads back to start.
func (s *Server) cycle(start, c *session, path []*session) []*session {
	if slices.Contains(path, c) {
		return nil
	}
	path = append(path, c)
	for _, id := range s.blockers(c) {
		if id == start.id {
			return path
		}
		if found := s.cycle(start, s.session(id), path); found != nil {
			return found
		}
	}
	return nil
}

// blockers are the owners of the locks that a session waits for.
func (s *Server) blockers(c *session) (ids []ConnID) {
	for _, t := range s.tables {
		for i := range t.locks {
			want := &t.locks[i]
			if want.owner != c.id || !want.waiting {
				continue
			}
			for j := range t.locks {
				held := &t.locks[j]
				ahead := !held.waiting || j < i && !t.waitsFor(held, c.id)
				if ahead && want.blocked(held) {
					ids = append(ids, held.owner)
				}
			}
		}
	}
	return ids
}

// chooseVictim takes the transaction of the least weight, the last to wait if there are several:
// lock_wait_choose_victim in InnoDB's lock0wait.cc.
func chooseVictim(cycle []*session) *session {
	slices.SortFunc(cycle, func(a, b *session) int { return cmp.Compare(a.pending.order, b.pending.order) })
	chosen := cycle[0]
	for _, c := range cycle[1:] {
		if chosen.weight() >= c.weight() {
			chosen = c
		}
	}
	return chosen
}

// lockMode tells which locks share a structure in InnoDB: those of one mode on one page. The tables of the model have
// one page. What becomes of single locks does not change the number of structures.
type lockMode struct {
	table     int
	kind      lockKind
	exclusive bool
}

func (l *rowLock) mode(table int) lockMode { return lockMode{table, l.kind, l.exclusive} }

// structure counts a lock structure. One that was granted at once is shared with an older one, one that waits is not.
func (c *session) structure(m lockMode, share bool) {
	if !share || !slices.Contains(c.structures, m) {
		c.structures = append(c.structures, m)
	}
}

// weight is TRX_WEIGHT of InnoDB's trx0trx.h.
func (c *session) weight() int { return len(c.undo) + len(c.structures) }
