package mysqlmodel

import (
	"cmp"
	"slices"
)

// breakDeadlocks rolls back one transaction of each cycle of waiting ones that a new wait has closed.
func (s *Server) breakDeadlocks(c *session) grant {
	for {
		cycle := s.cycle(c, c, nil)
		if cycle == nil {
			break
		}
		loser := chooseVictim(cycle)
		s.finish(loser, false)
		if loser == c {
			return victim
		}
		loser.pending.verdict, loser.pending.ready = errDeadlock, true
	}
	if c.pending.ready {
		c.pending.ready = false
		return granted
	}
	return queued
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
