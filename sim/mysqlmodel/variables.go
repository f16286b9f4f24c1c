package mysqlmodel

import (
	"strings"
	"time"
)

// setVariables sets all variables that a SET names, or none.
func (s *Server) setVariables(c *session, st *statement) *sqlError {
	before := c.settings
	for _, a := range st.set {
		if err := c.settings.set(st, a); err != nil {
			c.settings = before
			return err
		}
	}
	if c.autocommit && !before.autocommit {
		s.finish(c, true)
	}
	if !c.active && c.isolation != before.isolation {
		c.level = c.isolation
	}
	return nil
}

func (v *settings) set(st *statement, a assignment) *sqlError {
	name := strings.ToLower(strings.TrimPrefix(a.column, "@@"))
	l := a.value
	switch strings.TrimPrefix(name, "session.") {
	case "autocommit":
		switch {
		case l.kind == literalInteger && l.magnitude <= 1 && !l.negative:
			v.autocommit = l.magnitude == 1
			return nil
		case l.kind == literalWord:
			v.autocommit = l.text == "ON"
			return nil
		}
	case "time_zone":
		if l.kind == literalString && (l.text == "+00:00" || l.text == "SYSTEM") {
			v.timeZone = l.text
			return nil
		}
	case "innodb_lock_wait_timeout":
		if l.kind == literalInteger && !l.negative && l.magnitude >= 1 && l.magnitude <= 1<<30 {
			v.lockWait = time.Duration(l.magnitude) * time.Second
			return nil
		}
	case "transaction_isolation":
		for _, i := range []isolation{repeatableRead, readCommitted} {
			if l.kind == literalString && strings.EqualFold(l.text, i.String()) {
				v.isolation = i
				return nil
			}
		}
	}
	return unsupported("statement: "+st.text, "variable "+a.column)
}

// setIsolation sets the level of the session, or of its next transaction only.
func (c *session) setIsolation(st *statement) *sqlError {
	if st.session {
		c.isolation = st.isolation
		if !c.active {
			c.level, c.oneShot = st.isolation, false
		}
		return nil
	}
	if c.active {
		return errInTransaction
	}
	c.level, c.oneShot = st.isolation, true
	return nil
}
