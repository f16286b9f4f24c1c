package mysqlmodel

import (
	"slices"
	"strings"
)

// savepoint is a place in a transaction to which it can go back.
type savepoint struct {
	name   string // in lower case
	undo   int    // how many changes there were
	joined bool   // whether InnoDB took part in the transaction
}

// savepoint answers SAVEPOINT, ROLLBACK TO and RELEASE. Without a transaction a savepoint is forgotten at once.
func (s *Server) savepoint(c *session, st *statement) *sqlError {
	name := strings.ToLower(st.savepoint)
	i := slices.IndexFunc(c.savepoints, func(p savepoint) bool { return p.name == name })
	if st.kind == setSavepoint {
		if i >= 0 {
			c.savepoints = slices.Delete(c.savepoints, i, i+1)
		}
		if c.multi() {
			c.savepoints = append(c.savepoints, savepoint{name, len(c.undo), c.joined})
		}
		return nil
	}
	switch {
	case i < 0:
		return errNoSavepoint.of(st.savepoint)
	case st.kind == releaseSavepoint:
		c.savepoints = c.savepoints[:i]
		return nil
	case c.savepoints[i].joined:
		s.rollBackTo(c, c.savepoints[i].undo)
	default: // InnoDB takes all of its part back, and forgets its locks and its snapshot
		s.abandon(c)
	}
	c.savepoints = c.savepoints[:i+1]
	return nil
}
