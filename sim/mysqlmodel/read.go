package mysqlmodel

import (
	"cmp"
	"math"
	"slices"
)

// view returns the number of the last commit that a consistent read sees.
func (s *Server) view(c *session) uint64 {
	if c.level == readCommitted {
		return math.MaxUint64
	}
	if !c.multi() {
		return s.commits
	}
	s.takeSnapshot(c)
	return c.snapshot
}

// rows returns what a consistent read finds, in order.
func (s *Server) rows(c *session, plan *plan) (rows [][]cell) {
	if plan.never {
		if plan.readsAnyway() {
			s.view(c)
		}
		return nil
	}
	view := s.view(c)
	first, last := plan.bounds(plan.table.key)
	for _, r := range plan.table.records[plan.table.search(first):] {
		if r.key > last {
			break
		}
		if v := r.visible(c.id, view); v != nil && plan.matches(v.cells) {
			rows = append(rows, v.cells)
		}
	}
	if n := plan.order; n >= 0 && n != plan.table.key { // a unique column
		slices.SortFunc(rows, func(a, b []cell) int { return cmp.Compare(a[n].place(), b[n].place()) })
	}
	if c.work.st.desc {
		slices.Reverse(rows)
	}
	return rows
}

// count is the value of LIMIT or OFFSET.
func (c *session) count(l literal, absent uint64) (uint64, *sqlError) {
	l = l.bind(c.work.args)
	switch {
	case l.kind == literalNone:
		return absent, nil
	case l.kind != literalInteger || l.negative:
		return 0, unsupported("LIMIT "+l.String(), "not a whole number")
	}
	return l.magnitude, nil
}

// read answers a SELECT that takes no locks.
func (s *Server) read(c *session, p *packets, plan *plan) *sqlError {
	limit, err := c.count(c.work.st.limit, math.MaxUint64)
	if err != nil {
		return err
	}
	offset, err := c.count(c.work.st.offset, 0)
	if err != nil {
		return err
	}
	p.header(c, plan)
	if limit > 0 {
		rows := s.rows(c, plan)
		rows = rows[min(offset, uint64(len(rows))):]
		for _, cells := range rows[:min(limit, uint64(len(rows)))] {
			p.tableRow(c, plan, cells)
		}
	}
	s.finishRead(c, p, plan.indexed() || limit == 0)
	return nil
}

func (s *Server) finishRead(c *session, p *packets, indexed bool) {
	s.endStatement(c)
	status := c.status()
	if !indexed {
		status |= statusNoIndexUsed
	}
	p.endOfRows(status)
}

// aggregate answers SELECT COUNT(*), COUNT(column), MIN(column), MAX(column).
func (s *Server) aggregate(c *session, p *packets, plan *plan) {
	p.header(c, plan)
	result := make([]cell, len(plan.items))
	for i, item := range plan.items {
		if item.kind == itemCount || item.kind == itemCountOf {
			result[i] = integerCell(0)
		}
	}
	for _, cells := range s.rows(c, plan) {
		for i, item := range plan.items {
			result[i] = item.include(result[i], cells, plan.columns[i])
		}
	}
	p.row(c, len(result), func(i int) (cell, byte) {
		if n := plan.columns[i]; n >= 0 && plan.items[i].kind != itemCountOf {
			return result[i], plan.table.columns[n].wire
		}
		return result[i], typeLongLong
	})
	s.finishRead(c, p, plan.indexed())
}

func (i item) include(sum cell, cells []cell, column int) cell {
	if i.kind == itemCount {
		sum.bits++
		return sum
	}
	v := cells[column]
	switch {
	case v.kind == cellNull:
		return sum
	case i.kind == itemCountOf:
		sum.bits++
		return sum
	case sum.kind == cellNull,
		i.kind == itemMin && v.place() < sum.place(),
		i.kind == itemMax && v.place() > sum.place():
		return v
	}
	return sum
}
