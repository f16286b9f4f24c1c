package mysqlmodel

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// namedLock is a lock of GET_LOCK: its owner, how often that took it, and the queue of waiters.
type namedLock struct {
	name    string
	owner   ConnID
	count   int
	waiters []ConnID
}

// lockName returns the name that a lock function was given. Names are compared without regard to case.
func lockName(st *statement, l literal) (string, *sqlError) {
	name := l.text
	switch l.kind {
	case literalNull:
		return "", errLockName.of("NULL")
	case literalInteger:
		name = l.String()
	case literalFloat:
		return "", st.unsupported("a lock named by a floating-point number")
	}
	switch {
	case name == "":
		return "", errLockName.of("")
	case utf8.RuneCountInString(name) > 64:
		return "", errLockNameTooLong.of(name)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return "", st.unsupported("a lock whose name is not ASCII")
	}
	return strings.ToLower(name), nil
}

func (s *Server) lock(name string) *namedLock {
	if i := slices.IndexFunc(s.named, func(l namedLock) bool { return l.name == name }); i >= 0 {
		return &s.named[i]
	}
	return nil
}

// getLock returns 1 or 0, or that the session is suspended. A negative timeout waits for ever.
func (s *Server) getLock(c *session, now time.Duration, name string, timeout literal) (got cell, err *sqlError) {
	l := s.lock(name)
	switch {
	case l == nil:
		s.named = append(s.named, namedLock{name: name, owner: c.id, count: 1})
		return integerCell(1), nil
	case l.owner == c.id:
		l.count++
		return integerCell(1), nil
	case timeout.magnitude == 0:
		return integerCell(0), nil
	case s.waitsInCycle(c, l):
		return integerCell(0), errUserLockDeadlock
	}
	l.waiters = append(l.waiters, c.id)
	c.work.name = name
	c.work.deadline = never
	if !timeout.negative {
		const longest = 365 * 24 * time.Hour // LONG_TIMEOUT of the server
		c.work.deadline = now + longest
		if timeout.magnitude < uint64(longest/time.Second) {
			c.work.deadline = now + time.Duration(timeout.magnitude)*time.Second
		}
	}
	return integerCell(0), suspended
}

// waitsInCycle tells whether the owner of a lock waits, in the end, for a lock of c.
func (s *Server) waitsInCycle(c *session, l *namedLock) bool {
	for l != nil {
		owner := s.session(l.owner)
		if owner == c {
			return true
		}
		if owner.pending == nil || owner.pending.ready || owner.pending.name == "" {
			return false
		}
		l = s.lock(owner.pending.name)
	}
	return false
}

// releaseLock returns 1, 0 when the lock is another's, or NULL when it is free.
func (s *Server) releaseLock(c *session, name string) cell {
	l := s.lock(name)
	switch {
	case l == nil:
		return cell{}
	case l.owner != c.id:
		return integerCell(0)
	}
	if l.count--; l.count == 0 {
		s.pass(l)
	}
	return integerCell(1)
}

// pass gives a lock to its first waiter.
func (s *Server) pass(l *namedLock) {
	if len(l.waiters) == 0 {
		s.named = slices.DeleteFunc(s.named, func(o namedLock) bool { return o.name == l.name })
		return
	}
	l.owner, l.count = l.waiters[0], 1
	l.waiters = slices.Delete(l.waiters, 0, 1)
	s.session(l.owner).pending.ready = true
}

// releaseAll frees the named locks of a connection and returns how often they were taken.
func (s *Server) releaseAll(id ConnID) (count int) {
	for i := len(s.named) - 1; i >= 0; i-- {
		if l := &s.named[i]; l.owner == id {
			count += l.count
			s.pass(l)
		}
	}
	return count
}

// forgetWaiter takes a connection out of the queue that it waits in.
func (s *Server) forgetWaiter(id ConnID) {
	for i := range s.named {
		l := &s.named[i]
		l.waiters = slices.DeleteFunc(l.waiters, func(w ConnID) bool { return w == id })
	}
}
