package mysqld

import (
	"cmp"
	"slices"
)

// breakDeadlocks rolls back one transaction of each circle of waiting ones that a new wait has closed.
func (s *Server) breakDeadlocks(c *session) grant {
	for {
		circle := s.circle(c, c, nil)
		if circle == nil {
			break
		}
		loser := s.chooseVictim(circle)
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

// circle follows the waits from c and returns the path that leads back to start.
func (s *Server) circle(start, c *session, path []*session) []*session {
	if slices.Contains(path, c) {
		return nil
	}
	path = append(path, c)
	for _, id := range s.blockers(c) {
		if id == start.id {
			return path
		}
		if found := s.circle(start, s.session(id), path); found != nil {
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
func (s *Server) chooseVictim(circle []*session) *session {
	slices.SortFunc(circle, func(a, b *session) int { return cmp.Compare(a.pending.order, b.pending.order) })
	chosen := circle[0]
	for _, c := range circle[1:] {
		if s.weight(chosen) >= s.weight(c) {
			chosen = c
		}
	}
	return chosen
}

// weight is TRX_WEIGHT of InnoDB's trx0trx.h: the changes, and the lock structures. One structure holds all locks of
// one mode on a page; the tables of the model have one page.
func (s *Server) weight(c *session) int {
	n := len(c.undo)
	for _, t := range s.tables {
		modes := map[rowLock]bool{}
		for _, l := range t.locks {
			if l.owner != c.id {
				continue
			}
			modes[rowLock{}] = true // the intention lock on the table
			if !l.implicit {
				modes[rowLock{exclusive: l.exclusive, kind: l.kind, waiting: l.waiting, owner: 1}] = true
			}
		}
		n += len(modes)
	}
	return n
}
