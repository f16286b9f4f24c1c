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
	c.structure(plan.intent(c.work.st))
	want := rowLock{slot: t.next(key), exclusive: true, kind: insertIntention}
	r := t.record(key)
	if r != nil {
		want = rowLock{slot: slot{key: key}, kind: recordLock} // shared
	}
	if err := s.acquire(c, plan.index, want, true); err != nil {
		return err
	}
	if r != nil && !r.head.deleted {
		return errDuplicate.of(string(cells[t.key].appendText(nil)), t.name)
	}
	return s.put(c, plan, key, cells)
}

// put writes a new row, perhaps in the place of a deleted one, which others must not have locked.
func (s *Server) put(c *session, plan *plan, key place, cells []cell) *sqlError {
	if t := plan.table; t.record(key) != nil {
		want := rowLock{slot: slot{key: key}, owner: c.id, exclusive: true, kind: recordLock}
		if !t.covered(want) {
			if t.blocker(&want) != 0 {
				return s.acquire(c, plan.index, want, true)
			}
			t.addImplicit(key, c.id)
		}
	}
	s.write(c, plan.index, key, &version{cells: cells})
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
