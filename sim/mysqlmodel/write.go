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
			return st.strictly(errNoDefault.of(t.columns[i].Name))
		}
	}
	for ; c.work.rows < len(st.rows); c.work.rows++ {
		if err := s.insertRow(c, plan, st.rows[c.work.rows]); err != nil {
			return err
		}
	}
	s.endStatement(c)
	w, n := &c.work, len(st.rows)
	again, info := w.row, "" // rows that were there already and became others
	if st.duplicates == skipDuplicates {
		again = n - w.changed
	}
	if n > 1 {
		info = fmt.Sprintf("Records: %d  Duplicates: %d  Warnings: %d", n, again, w.warnings)
	}
	p.ok(uint64(w.changed+w.row), c.status(), uint16(w.warnings), info)
	return nil
}

// strictly is an error that INSERT IGNORE turns into a warning and another value, which the model does not.
func (st *statement) strictly(err *sqlError) *sqlError {
	if err != nil && st.duplicates == skipDuplicates && err.number != numberUnsupported {
		return st.unsupported("a value that does not fit, of INSERT IGNORE")
	}
	return err
}

func (s *Server) insertRow(c *session, plan *plan, values []literal) (err *sqlError) {
	t, st := plan.table, c.work.st
	cells := make([]cell, len(t.columns))
	for i := range cells {
		col := &t.columns[i]
		l := col.defaultValue()
		if n := plan.columns[i]; n >= 0 {
			l = values[n].bind(c.work.args)
		}
		if cells[i], err = col.store(l, c.work.rows+1); err != nil {
			return st.strictly(err)
		}
	}
	key := cells[t.key].place()
	c.intend(plan.index, st)
	want := rowLock{slot: t.next(key), exclusive: true, kind: insertIntention}
	r := t.record(key)
	if r != nil {
		want = rowLock{slot: slot{key: key}, exclusive: st.duplicates >= updateDuplicates, kind: recordLock}
	}
	if err := s.acquire(c, plan.index, want, true); err != nil {
		return err
	}
	if r != nil && !r.head.deleted {
		return s.meet(c, plan, r, cells)
	}
	if err := s.put(c, plan, key, cells); err != nil {
		return err
	}
	c.work.changed++
	return nil
}

// meet handles a row that is there already.
func (s *Server) meet(c *session, plan *plan, r *record, cells []cell) *sqlError {
	before, key, w := r.head.cells, r.key, &c.work
	switch w.st.duplicates {
	case failOnDuplicates:
		return errDuplicate.of(string(cells[plan.table.key].appendText(nil)), plan.table.name)
	case skipDuplicates:
		w.warnings++
		return nil
	case replaceDuplicates: // the server writes the row even if it stays the same
		w.changed++
	default:
		cells = slices.Clone(before)
		if err := plan.assign(c, cells, w.rows+1); err != nil {
			return err
		}
		if slices.Equal(cells, before) {
			w.row += int(oneIf(c.foundRows))
			return nil
		}
		w.changed++
	}
	w.row += int(oneIf(!slices.Equal(cells, before)))
	s.write(c, plan.index, key, &version{cells: cells})
	return nil
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
