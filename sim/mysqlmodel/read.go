package mysqlmodel

import (
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

// scan calls visit for each row that a consistent read finds, until visit returns false.
func (s *Server) scan(c *session, plan *plan, visit func([]cell) bool) {
	if plan.never {
		if plan.readsAnyway() {
			s.view(c)
		}
		return
	}
	view := s.view(c)
	if plan.order >= 0 && plan.order != plan.table.key {
		s.scanSorted(c, plan, view, visit)
		return
	}
	first, last := plan.bounds(plan.table.key)
	records := plan.table.records[plan.table.search(first):]
	if n, found := slices.BinarySearchFunc(records, last, func(r record, k place) int {
		if r.key > k {
			return 1
		}
		return -1
	}); !found {
		records = records[:n]
	}
	for i := range records {
		r := &records[i]
		if c.work.st.desc {
			r = &records[len(records)-1-i]
		}
		if v := r.visible(c.id, view); v != nil && plan.matches(v.cells) && !visit(v.cells) {
			return
		}
	}
}

// scanSorted visits the rows in the order of a unique column that is not the primary key.
func (s *Server) scanSorted(c *session, plan *plan, view uint64, visit func([]cell) bool) {
	var rows [][]cell
	for i := range plan.table.records {
		if v := plan.table.records[i].visible(c.id, view); v != nil && plan.matches(v.cells) {
			rows = append(rows, v.cells)
		}
	}
	slices.SortFunc(rows, func(a, b []cell) int {
		if (a[plan.order].place() < b[plan.order].place()) != c.work.st.desc {
			return -1
		}
		return 1
	})
	for _, cells := range rows {
		if !visit(cells) {
			return
		}
	}
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
		s.scan(c, plan, func(cells []cell) bool {
			if offset > 0 {
				offset--
				return true
			}
			p.tableRow(c, plan, cells)
			limit--
			return limit > 0
		})
	}
	s.finishRead(c, p, plan.indexed() || limit == 0 && c.work.st.limit.bind(c.work.args).magnitude == 0)
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

// aggregate answers SELECT COUNT(*), MIN(column), MAX(column).
func (s *Server) aggregate(c *session, p *packets, plan *plan) {
	p.header(c, plan)
	result := make([]cell, len(plan.items))
	for i, item := range plan.items {
		if item.kind == itemCount {
			result[i] = integerCell(0)
		}
	}
	s.scan(c, plan, func(cells []cell) bool {
		for i, item := range plan.items {
			result[i] = item.include(result[i], cells, plan.columns[i])
		}
		return true
	})
	p.row(c, len(result), func(i int) (cell, byte) {
		if n := plan.columns[i]; n >= 0 {
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
	case sum.kind == cellNull,
		i.kind == itemMin && v.place() < sum.place(),
		i.kind == itemMax && v.place() > sum.place():
		return v
	}
	return sum
}
