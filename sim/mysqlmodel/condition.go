package mysqlmodel

import "slices"

// interval is the set of values that a condition leaves to a column.
type interval struct {
	column      int
	first, last place
	open        bool // written with < or >: the bound itself is outside
}

// add takes a condition into account.
func (p *plan) add(st *statement, cond condition, args []literal) *sqlError {
	if cond.several() {
		return p.addFilter(st, cond, args)
	}
	n := p.table.column(cond.column)
	if n < 0 {
		return errUnknownColumn.of(cond.column, "where clause")
	}
	low, high := cond.low.bind(args), cond.high.bind(args)
	c := &p.table.columns[n]
	if !c.integer() {
		return st.unsupported("condition on a column that is not an integer")
	}
	if low.kind == literalNull || high.kind == literalNull {
		p.compareNull(n)
		return nil
	}
	if low.kind != literalInteger || high.kind != literalInteger {
		return st.unsupported("comparison with a value that is not an integer")
	}
	if cond.operator == "BETWEEN" {
		p.between(n, low, high)
	} else {
		p.compare(n, cond.operator, low)
	}
	return nil
}

// limit adds a condition. With indexed false the server does not see that an index would serve it.
func (p *plan) limit(r interval, indexed bool) {
	if r.column == p.table.key {
		p.onKey++
		p.keyed = p.keyed || indexed
		p.folded = p.folded || !indexed
		c := &p.table.columns[r.column]
		p.lows += int(oneIf(r.first > c.lowest()))
		p.highs += int(oneIf(r.last < c.highest()))
	}
	p.ranges = append(p.ranges, r)
}

func (p *plan) between(n int, low, high literal) {
	c := &p.table.columns[n]
	r := interval{column: n}
	var below, above int
	r.first, below = c.locate(low)
	r.last, above = c.locate(high)
	if below < 0 {
		r.first = c.lowest()
	}
	if above > 0 {
		r.last = c.highest()
	}
	if below > 0 || above < 0 {
		p.never = p.never || c.Key != ""
		r.first, r.last = 1, 0
	}
	p.limit(r, below >= 0)
}

// compare adds a simple comparison. The server decides one with a value at or beyond the bounds of the column's type
// before it plans (fold_condition in its sql_const_folding.cc).
func (p *plan) compare(n int, operator string, l literal) {
	c := &p.table.columns[n]
	at, outside := c.locate(l)
	r := interval{n, c.lowest(), c.highest(), operator == "<" || operator == ">"}
	above := operator[0] == '>'
	if outside != 0 {
		p.never = p.never || operator == "=" || above == (outside > 0)
		p.limit(r, false)
		return
	}
	folded := false
	switch operator {
	case "=":
		r.first, r.last = at, at
		p.point = p.point || n == p.table.key
		p.equated = p.equated || p.table.columns[n].Key != ""
	case ">=":
		r.first, folded = at, at == c.lowest()
		p.pin(n, at, at == c.highest())
	case "<=":
		r.last, folded = at, at == c.highest()
		p.pin(n, at, at == c.lowest())
	case ">":
		r.first, folded = at+1, at == c.highest()
		p.never = p.never || folded
	case "<":
		r.last, folded = at-1, at == c.lowest()
		p.never = p.never || folded
	}
	p.limit(r, !folded)
}

// compareNull adds a comparison with NULL, which nothing satisfies. The server finds that out by an index, or row by row.
func (p *plan) compareNull(n int) {
	if p.table.columns[n].Key == "" {
		p.limit(interval{column: n, first: 1, last: 0}, false)
	} else if p.nulled < 0 {
		p.nulled = n
	}
}

// pin notes the first comparison that leaves one value at the end of a unique column's type. The server makes an equation
// of it.
func (p *plan) pin(n int, at place, only bool) {
	if only && p.pinned < 0 && p.table.columns[n].Key != "" {
		p.pinned, p.pinnedAt = n, at
	}
}

// noteContradictions notes that conditions on an indexed column contradict each other, which the server finds in its plan.
func (p *plan) noteContradictions() {
	for n := range p.table.columns {
		if p.table.columns[n].Key == "" {
			continue
		}
		if first, last := p.bounds(n); first > last && !p.never && p.nulled < 0 {
			p.clash, p.never = n, true
		}
	}
	if p.nulled >= 0 && !p.never {
		p.clash, p.never = p.nulled, true
	}
}

// readsAnyway tells whether the server reads although nothing can match: the one row of an equation that it has made, or
// the least or the greatest value of the column whose conditions contradict each other.
func (p *plan) readsAnyway() bool {
	if p.looksUp() {
		return true
	}
	if p.clash < 0 || p.nulled >= 0 || len(p.filters) > 0 || slices.ContainsFunc(p.ranges, func(r interval) bool { return r.column != p.clash }) {
		return false
	}
	return slices.ContainsFunc(p.items, func(i item) bool {
		return (i.kind == itemMin || i.kind == itemMax) && p.table.column(i.column) == p.clash
	})
}

// looksUp tells whether the server looks for the row of an equation that it has made, before it finds a contradiction.
// It does not where the contradiction is between comparisons that were equations from the start.
func (p *plan) looksUp() bool {
	return p.clash >= 0 && p.clash == p.pinned && !p.equated
}

// span is what the conditions leave of the primary key.
func (p *plan) span() span { return p.spanOf(p.ranges) }

func (p *plan) spanOf(ranges []interval) span {
	c := &p.table.columns[p.table.key]
	at := span{low: c.lowest(), high: c.highest(), openHanded: true}
	for _, r := range ranges {
		if r.column != p.table.key {
			continue
		}
		open := place(oneIf(r.open))
		if r.first > c.lowest() {
			at.low, at.lowOpen, at.openHanded = r.first-open, r.open, false
		}
		if r.last < c.highest() {
			at.high, at.highOpen, at.bounded = r.last+open, r.open, true
		}
	}
	at.point = at.low == at.high
	return at
}

// bounds are the first and the last value of a column that can match.
func (p *plan) bounds(column int) (first, last place) {
	c := &p.table.columns[column]
	first, last = c.lowest(), c.highest()
	for _, r := range p.ranges {
		if r.column == column {
			first, last = max(first, r.first), min(last, r.last)
		}
	}
	return first, last
}

func (p *plan) matches(cells []cell) bool {
	for _, r := range p.ranges {
		c := &cells[r.column]
		if c.kind == cellNull || c.place() < r.first || c.place() > r.last {
			return false
		}
	}
	return !slices.ContainsFunc(p.filters, func(f filter) bool { return !f.holds(cells) })
}
