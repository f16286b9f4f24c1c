package mysqlmodel

import "time"

// execute runs the session's statement, from the start or from where it had to wait.
func (s *Server) execute(c *session, now time.Duration, p *packets) (waits bool, err *sqlError) {
	st := c.work.st
	switch st.kind {
	case selectScalar:
		return s.selectScalar(c, now, p)
	case selectRows, selectAggregates, insertRows, updateRow:
		return s.executeOnTable(c, now, p)
	case showColumns:
		return false, s.showColumns(c, p)
	case killThread:
		return false, s.killStatement(c, p)
	case setVariables:
		err = s.setVariables(c, st)
	case setIsolation:
		err = c.setIsolation(st)
	case setNames:
		c.collation = collations[st.collation]
	case useDatabase:
		err = s.useDatabase(c, st.database)
	case commitTransaction, rollbackTransaction:
		s.complete(c, st.kind == commitTransaction)
	case startTransaction:
		warnings := s.begin(c, st)
		p.ok(0, c.status(), warnings, "")
		return false, nil
	}
	if err == nil {
		p.ok(0, c.status(), 0, "")
	}
	return false, err
}

func (s *Server) executeOnTable(c *session, now time.Duration, p *packets) (waits bool, err *sqlError) {
	st := c.work.st
	plan, err := s.resolve(c, st, c.work.args)
	if err != nil {
		return false, err
	}
	if !c.work.started {
		c.work.started, c.work.mark = true, len(c.undo)
		c.use()
	}
	c.work.deadline = now + c.lockWait
	switch {
	case st.kind == insertRows:
		return s.insertRows(c, p, &plan)
	case st.kind == updateRow:
		return s.updateRow(c, p, &plan)
	case st.locking != lockNothing:
		return s.lockingRead(c, p, &plan)
	case st.kind == selectAggregates:
		s.aggregate(c, p, &plan)
	default:
		err = s.read(c, p, &plan)
	}
	return false, err
}

func (s *Server) useDatabase(c *session, name string) *sqlError {
	if !s.hasDatabase(name) {
		return errUnknownDatabase.of(name)
	}
	c.database = name
	return nil
}

func (s *Server) killStatement(c *session, p *packets) *sqlError {
	st := c.work.st
	target := s.session(st.thread)
	switch {
	case target == nil:
		return errUnknownThread.of(st.thread)
	case target == c:
		if !st.queryOnly {
			s.Disconnect(c.id)
		}
		return errInterrupted
	case st.queryOnly:
		s.interrupt(target)
	default:
		s.Disconnect(target.id)
	}
	p.ok(0, c.status(), 0, "")
	return nil
}
