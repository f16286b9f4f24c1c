package mysqlmodel

import (
	"fmt"
	"math"
	"slices"
)

// changeRows answers UPDATE and DELETE. They change the newest version of a row, not the one that a snapshot sees.
func (s *Server) changeRows(c *session, p *packets, plan *plan) *sqlError {
	st := c.work.st
	limit, err := c.count(st.limit, math.MaxUint64)
	if err != nil {
		return err
	}
	change := s.updateRow
	if st.kind == deleteRows {
		change = s.deleteRow
	}
	if !plan.never && limit > 0 {
		err = s.scan(c, plan, func(i int) (last bool, err *sqlError) {
			c.work.rows++
			if plan.collects(st) {
				c.work.found = append(c.work.found, plan.table.records[i].key)
			} else {
				err = change(c, plan, plan.table.records[i].key)
			}
			return uint64(c.work.rows) == limit, err
		})
		for n := 0; n < len(c.work.found) && err == nil; n++ {
			c.work.row = n
			err = change(c, plan, c.work.found[n])
		}
	}
	if err != nil {
		return err
	}
	s.endStatement(c)
	s.reportChange(c, p, plan, limit == 0)
	return nil
}

// collects tells whether an UPDATE finds all its rows before it changes the first: the server does so for an order.
func (p *plan) collects(st *statement) bool { return st.kind == updateRows && p.order >= 0 }

func (s *Server) reportChange(c *session, p *packets, plan *plan, nothing bool) {
	w := &c.work
	status := c.status()
	if !plan.never && !nothing && !plan.keyed {
		status |= statusNoIndexUsed
	}
	if w.st.kind == deleteRows {
		p.ok(uint64(w.rows), status, 0, "")
		return
	}
	affected := w.changed
	if c.foundRows {
		affected = w.rows
	}
	p.ok(uint64(affected), status, 0, fmt.Sprintf("Rows matched: %d  Changed: %d  Warnings: 0", w.rows, w.changed))
}

func (s *Server) deleteRow(c *session, plan *plan, key place) *sqlError {
	s.write(c, plan.index, key, &version{cells: plan.table.record(key).head.cells, deleted: true})
	return nil
}

func (s *Server) updateRow(c *session, plan *plan, key place) *sqlError {
	before := plan.table.record(key).head.cells
	cells := slices.Clone(before)
	if err := plan.assign(c, cells, c.work.row+1); err != nil {
		return err
	}
	c.work.row++
	if !slices.Equal(cells, before) {
		c.work.changed++
		s.write(c, plan.index, key, &version{cells: cells})
	}
	return nil
}

// assign gives the columns of a row their new values, from left to right; row counts from 1.
func (p *plan) assign(c *session, cells []cell, row int) *sqlError {
	for i, a := range c.work.st.set {
		n := p.assigned[i]
		value, err := p.value(c, a, cells)
		if err != nil {
			return err
		}
		if cells[n], err = p.table.columns[n].store(value, row); err != nil {
			return err
		}
	}
	return nil
}

// value is what an assignment gives a column, for the values that the row has by then.
func (p *plan) value(c *session, a assignment, cells []cell) (literal, *sqlError) {
	l := a.value.bind(c.work.args)
	if a.source == "" {
		return l, nil
	}
	old := cells[p.table.column(a.source)].literal()
	switch {
	case a.operator == "" || old.kind == literalNull:
		return old, nil
	case l.kind == literalNull:
		return l, nil
	case l.kind != literalInteger:
		return l, c.work.st.unsupported("arithmetic with a value that is not an integer")
	}
	if a.operator == "-" {
		l.negative = !l.negative && l.magnitude != 0
	}
	sum, fits := old.plus(l)
	if !fits {
		return l, c.work.st.unsupported("a sum that does not fit in 64 bits")
	}
	return sum, nil
}

// literal is the value of a cell as a client would write it.
func (c cell) literal() literal {
	switch c.kind {
	case cellNull:
		return literal{kind: literalNull}
	case cellSigned:
		return integerLiteral(int64(c.bits))
	case cellUnsigned:
		return literal{kind: literalInteger, magnitude: c.bits}
	case cellText:
		return literal{kind: literalString, text: c.text}
	}
	return literal{kind: literalFloat, float: math.Float64frombits(c.bits)}
}

// plus adds two integers. It is false when the sum needs more than 63 bits and a sign.
func (l literal) plus(m literal) (sum literal, fits bool) {
	if l.magnitude >= signBit || m.magnitude >= signBit {
		return l, false
	}
	a, b := int64(l.magnitude), int64(m.magnitude)
	if l.negative {
		a = -a
	}
	if m.negative {
		b = -b
	}
	n := a + b
	return integerLiteral(n), (n > a) == (b > 0)
}
