package mysqlmodel

import (
	"fmt"
	"slices"
	"strconv"
)

// resolveInsert maps the values of INSERT to columns; a column without a value has -1.
func (p *plan) resolveInsert(st *statement) *sqlError {
	t, names := p.table, st.columns
	if names == nil {
		for i := range t.columns {
			names = append(names, t.columns[i].Name)
		}
	}
	p.columns = slices.Repeat([]int{-1}, len(t.columns))
	for i, name := range names {
		n := t.column(name)
		switch {
		case n < 0:
			return errUnknownColumn.of(name, "field list")
		case p.columns[n] >= 0:
			return st.unsupported("a column named twice")
		}
		p.columns[n] = i
	}
	for i, row := range st.rows {
		if len(row) != len(names) {
			return errColumnCount.of(i + 1)
		}
	}
	return nil
}

// insertRows inserts row by row. After a wait it goes on with the row that had to wait.
func (s *Server) insertRows(c *session, p *packets, plan *plan) *sqlError {
	t, st := plan.table, c.work.st
	for i := range t.columns {
		if plan.columns[i] < 0 && !t.columns[i].hasDefault() {
			return errNoDefault.of(t.columns[i].Name)
		}
	}
	for ; c.work.rows < len(st.rows); c.work.rows++ {
		if err := s.insertRow(c, plan, st.rows[c.work.rows]); err != nil {
			return err
		}
	}
	s.endStatement(c)
	n := len(st.rows)
	info := ""
	if n > 1 {
		info = fmt.Sprintf("Records: %d  Duplicates: 0  Warnings: 0", n)
	}
	p.ok(uint64(n), c.status(), 0, info)
	return nil
}

func (s *Server) insertRow(c *session, plan *plan, values []literal) (err *sqlError) {
	t := plan.table
	cells := make([]cell, len(t.columns))
	for i := range cells {
		col := &t.columns[i]
		l := col.defaultValue()
		if n := plan.columns[i]; n >= 0 {
			l = values[n].bind(c.work.args)
		}
		if cells[i], err = col.store(l, c.work.rows+1); err != nil {
			return err
		}
	}
	key := cells[t.key].place()
	want := rowLock{slot: t.next(key), exclusive: true, kind: insertIntention}
	exists := t.record(key) != nil
	if exists {
		want = rowLock{slot: slot{key: key}, kind: recordLock} // shared
	}
	if err := s.acquire(c, plan.index, want, true); err != nil {
		return err
	}
	if exists {
		return errDuplicate.of(string(cells[t.key].appendText(nil)), t.name)
	}
	s.write(c, plan.index, key, cells)
	return nil
}

func (c *column) defaultValue() literal {
	if c.Default == nil {
		return literal{kind: literalNull}
	}
	if i, err := strconv.ParseInt(*c.Default, 10, 64); err == nil && c.integer() {
		return integerLiteral(i)
	}
	return literal{kind: literalString, text: *c.Default}
}

// updateRow changes the row that has a key, in its newest version, not in the one that a snapshot sees.
func (s *Server) updateRow(c *session, p *packets, plan *plan) (err *sqlError) {
	matched, changed := 0, 0
	if !plan.never {
		key, _ := plan.bounds(plan.table.key)
		if err := s.lockForUpdate(c, plan, key); err != nil {
			return err
		}
		if r := plan.table.record(key); r != nil && plan.matches(r.head.cells) {
			matched = 1
			cells := slices.Clone(r.head.cells)
			for i, a := range c.work.st.set {
				if cells[plan.columns[i]], err = plan.table.columns[plan.columns[i]].store(a.value.bind(c.work.args), 1); err != nil {
					return err
				}
			}
			if !slices.Equal(cells, r.head.cells) {
				changed = 1
				s.write(c, plan.index, key, cells)
			}
		}
	}
	s.endStatement(c)
	affected := changed
	if c.foundRows {
		affected = matched
	}
	p.ok(uint64(affected), c.status(), 0, fmt.Sprintf("Rows matched: %d  Changed: %d  Warnings: 0", matched, changed))
	return nil
}

// lockForUpdate locks the row with a key, or the gap where it would be. Under READ COMMITTED a row that does not match
// is not kept locked.
func (s *Server) lockForUpdate(c *session, plan *plan, key place) *sqlError {
	t := plan.table
	if t.record(key) == nil {
		s.lockGap(c, plan, key)
		return nil
	}
	had := len(t.locks)
	_, err := s.lockRow(c, plan.index, slot{key: key}, recordLock)
	if err == nil && c.level == readCommitted && len(t.locks) > had && !plan.matches(t.record(key).head.cells) {
		t.unlock(s, rowLock{slot: slot{key: key}, owner: c.id, exclusive: true, kind: recordLock})
	}
	return err
}
