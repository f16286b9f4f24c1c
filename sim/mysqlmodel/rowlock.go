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
	implicit  bool // of an inserted row, until anybody asks for a lock on it
	structure int  // its number in the transaction; an implicit lock has none
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

// of is the same lock of another kind.
func (l rowLock) of(kind lockKind) rowLock {
	l.kind = kind
	return l
}

// covered tells whether the owner of a lock does not need it, for what it has.
func (t *table) covered(want rowLock) bool {
	return slices.ContainsFunc(t.locks, func(l rowLock) bool { return l.covers(&want) })
}

// acquire asks for a lock. It returns nil with the lock, suspended when the request waits, and errNoWait when it would
// have to and wait is false. A statement that was suspended begins again: what it asks for then may be something else,
// since the rows may have changed.
func (s *Server) acquire(c *session, table int, want rowLock, wait bool) *sqlError {
	t := s.tables[table]
	want.owner = c.id
	if want.kind != insertIntention {
		s.makeExplicit(table, want.slot)
	}
	if t.covered(want) {
		return nil
	}
	if want.kind == nextKeyLock && !want.end && t.covered(want.of(recordLock)) {
		// lock_reuse_for_next_key_lock in InnoDB's lock0lock.cc: only the gap is missing.
		want.kind = gapLock
		if t.covered(want) {
			return nil
		}
	}
	blocker := t.blocker(&want)
	switch {
	case blocker == 0 && want.kind == insertIntention:
		return nil
	case blocker == 0:
		t.add(c, table, want)
		return nil
	case !wait:
		return errNoWait
	}
	want.waiting = true
	t.add(c, table, want)
	s.waits++
	c.pending.table, c.pending.blocker, c.pending.order = table, blocker, s.waits
	return suspended
}

// add gives a session a lock, in one of its structures.
func (t *table) add(c *session, table int, l rowLock) {
	l.structure = c.structure(l.mode(table))
	t.locks = append(t.locks, l)
}

// makeExplicit gives a lock structure to the transaction that inserted a row, when anybody asks for a lock there.
func (s *Server) makeExplicit(table int, at slot) {
	t := s.tables[table]
	for i := range t.locks {
		if l := &t.locks[i]; l.implicit && l.slot == at {
			l.implicit = false
			l.structure = s.session(l.owner).structure(l.mode(table))
		}
	}
}

// blocker returns the owner of the first lock that a new request must wait for, or 0. The newest of the granted locks
// comes first, then those that wait. A request passes those that wait for the same owner, but an insert does not.
func (t *table) blocker(want *rowLock) ConnID {
	for _, l := range slices.Backward(t.locks) {
		if !l.waiting && want.blocked(&l) {
			return l.owner
		}
	}
	for _, l := range t.locks {
		if l.waiting && want.blocked(&l) && (want.kind == insertIntention || !t.waitsFor(&l, want.owner)) {
			return l.owner
		}
	}
	return 0
}

func (t *table) waitsFor(waiting *rowLock, owner ConnID) bool {
	return slices.ContainsFunc(t.locks, func(l rowLock) bool {
		return l.owner == owner && !l.waiting && waiting.blocked(&l)
	})
}

// releaseRows drops all locks of a session, structure by structure, the newest first: lock_release in InnoDB's lock0lock.cc.
// So a request may be granted that came after one which waits for an older structure.
func (s *Server) releaseRows(c *session) {
	for _, newest := range slices.Backward(c.structures) {
		if newest.kind != intention {
			s.tables[newest.table].release(s, c.id, func(l rowLock) bool { return l.structure == newest.number })
		}
	}
	c.structures = c.structures[:0]
	for _, t := range s.tables {
		t.release(s, c.id, func(rowLock) bool { return true }) // the implicit ones, for which nobody waits
	}
}

// release drops locks of one owner, and looks again at the requests that wait for it where they were:
// lock_rec_grant_by_heap_no in InnoDB's lock0lock.cc. A request that waits for another owner is left alone.
func (t *table) release(s *Server, owner ConnID, drop func(rowLock) bool) {
	var freed []slot
	t.locks = slices.DeleteFunc(t.locks, func(l rowLock) bool {
		if l.owner != owner || !drop(l) {
			return false
		}
		freed = append(freed, l.slot)
		return true
	})
	if freed == nil {
		return
	}
	for _, l := range slices.Clone(t.locks) {
		if w := s.session(l.owner).pending; l.waiting && w.blocker == owner && slices.Contains(freed, l.slot) {
			if w.blocker = t.oldestBlocker(&l); w.blocker == 0 {
				t.grant(l)
				s.session(l.owner).awake()
			}
		}
	}
}

// unlock drops one lock.
func (t *table) unlock(s *Server, lock rowLock) {
	t.release(s, lock.owner, func(l rowLock) bool {
		lock.structure = l.structure
		return l == lock
	})
}

func (t *table) oldestBlocker(waiting *rowLock) ConnID {
	for _, l := range t.locks {
		if !l.waiting && waiting.blocked(&l) {
			return l.owner
		}
	}
	return 0
}

// grant makes a request the newest of the granted locks.
func (t *table) grant(l rowLock) {
	t.locks = slices.DeleteFunc(t.locks, func(o rowLock) bool { return o == l })
	l.waiting = false
	t.locks = append(t.locks, l)
}

// withdraw drops the request that a session waits for.
func (s *Server) withdraw(c *session) {
	t := s.tables[c.pending.table]
	c.structures = slices.DeleteFunc(c.structures, func(m lockStructure) bool { return m.waiting })
	t.release(s, c.id, func(l rowLock) bool { return l.waiting })
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
	t.addImplicit(k, v.writer)
}

// addImplicit notes the lock of the transaction that put a row where there was none.
func (t *table) addImplicit(k place, owner ConnID) {
	t.locks = append(t.locks, rowLock{slot: slot{key: k}, owner: owner, exclusive: true, kind: recordLock, implicit: true})
}

// keepImplicit turns the lock of a row that c put in the place of a deleted one, and now takes back, into one that stays
// until the transaction ends. Under READ COMMITTED it is gone at once.
func (s *Server) keepImplicit(c *session, table int, k place) {
	at := slot{key: k}
	if c.level == repeatableRead {
		s.makeExplicit(table, at)
		return
	}
	t := s.tables[table]
	t.locks = slices.DeleteFunc(t.locks, func(l rowLock) bool { return l.implicit && l.slot == at && l.owner == c.id })
}

// remove takes away a record, of which an insert by c is rolled back, or, without c, that was deleted. Transactions that had or wanted a lock on it now have the
// gap, and those that waited go on. Under READ COMMITTED exclusive locks of others leave nothing, nor does an implicit
// one; while INSERT overwrites rows it is the other way round (lock_rec_inherit_to_gap, row_convert_impl_to_expl_if_needed).
func (s *Server) remove(c *session, table int, k place) {
	t := s.tables[table]
	i := t.search(k)
	t.records = slices.Delete(t.records, i, i+1)
	at, heir := slot{key: k}, t.next(k)
	if c != nil && c.level == repeatableRead {
		s.makeExplicit(table, at)
	}
	for _, l := range t.locks {
		if l.slot != at || l.kind == insertIntention || l.implicit {
			continue
		}
		if owner := s.session(l.owner); owner == c || l.exclusive == owner.overwrites() || owner.level == repeatableRead {
			s.inherit(owner, table, rowLock{slot: heir, owner: l.owner, exclusive: l.exclusive, kind: gapLock})
		}
	}
	for _, l := range t.locks {
		if l.slot == at && l.waiting {
			s.session(l.owner).awake()
		}
	}
	t.locks = slices.DeleteFunc(t.locks, func(l rowLock) bool { return l.slot == at })
}

// overwrites tells whether a statement is under way that replaces or updates the rows that it would duplicate.
func (c *session) overwrites() bool {
	return c.pending != nil && c.pending.st.duplicates >= updateDuplicates
}

func (s *Server) inherit(c *session, table int, gap rowLock) {
	if gap.end {
		gap.kind = nextKeyLock
	}
	t := s.tables[table]
	if !t.covered(gap) {
		t.add(c, table, gap)
	}
}

// breakDeadlocks rolls back one transaction of each cycle of waiting ones.
func (s *Server) breakDeadlocks() {
	for i := 0; i < len(s.sessions); i++ {
		cycle := s.cycle(s.sessions[i])
		if cycle == nil {
			continue
		}
		loser := chooseVictim(cycle)
		s.withdraw(loser)
		loser.pending.verdict, loser.pending.ready = errDeadlock, true
		s.finish(loser, false)
		i = -1 // others may wait for other ones now
	}
}

// cycle follows the waits from c and returns the path that leads back to it. Like InnoDB it knows of every request only
// one lock that it waits for.
func (s *Server) cycle(c *session) (path []*session) {
	for at := c; at.waitsForRow() && !slices.Contains(path, at); {
		path = append(path, at)
		if at = s.session(at.pending.blocker); at == c {
			return path
		}
	}
	return nil
}

func (c *session) waitsForRow() bool {
	return c.pending != nil && !c.pending.ready && c.pending.blocker != 0
}

// chooseVictim takes the transaction of the least weight. Of several it takes the
// last on the way along the waits to the one that waited last:
// lock_wait_choose_victim in InnoDB's lock0wait.cc.
func chooseVictim(cycle []*session) *session {
	last := slices.Index(cycle, slices.MaxFunc(cycle, func(a, b *session) int { return cmp.Compare(a.pending.order, b.pending.order) }))
	way := slices.Concat(cycle[last+1:], cycle[:last+1])
	chosen := way[0]
	for _, c := range way[1:] {
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
	waiting   bool
}

func (l *rowLock) mode(table int) lockMode { return lockMode{table, l.kind, l.exclusive, l.waiting} }

// intend counts the lock on a table that comes before those on its rows. One for exclusive locks serves for shared ones too.
func (c *session) intend(table int, st *statement) {
	exclusive := lockMode{table, intention, true, false}
	if !st.shared {
		c.structure(exclusive)
	} else if !slices.ContainsFunc(c.structures, func(o lockStructure) bool { return o.lockMode == exclusive }) {
		c.structure(lockMode{table, intention, false, false})
	}
}

// lockStructure is what a transaction keeps of its locks of one mode. Those are numbered in the order in which they were made.
type lockStructure struct {
	lockMode
	number int
}

// structure returns the number of the oldest structure that serves, or of a new one. One that waits is not shared.
func (c *session) structure(m lockMode) (number int) {
	for _, o := range c.structures {
		if o.lockMode == m && !m.waiting {
			return o.number
		}
		number = o.number
	}
	number++
	c.structures = append(c.structures, lockStructure{m, number})
	return number
}

// awake ends the wait for a row: its structure is one of the granted now.
func (c *session) awake() {
	c.pending.ready = true
	for i := range c.structures {
		c.structures[i].waiting = false
	}
}

// weight is TRX_WEIGHT of InnoDB's trx0trx.h.
func (c *session) weight() int { return len(c.undo) + len(c.structures) }
