package mysqlmodel

import (
	"cmp"
	"slices"
)

// filter is a condition of several parts: in one of the lists all tests must hold.
type filter [][]test

// test is what a filter asks of one column: a value between two others, NULL, or any value.
type test struct {
	interval
	null, any bool
}

func (f filter) holds(cells []cell) bool {
	return slices.ContainsFunc(f, func(all []test) bool {
		return !slices.ContainsFunc(all, func(x test) bool { return !x.holds(&cells[x.column]) })
	})
}

func (x *test) holds(c *cell) bool {
	switch {
	case x.null || c.kind == cellNull:
		return x.null && c.kind == cellNull
	case x.any:
		return true
	}
	return c.place() >= x.first && c.place() <= x.last
}

// addFilter takes a condition into account that is more than one comparison.
func (p *plan) addFilter(st *statement, cond condition, args []literal) *sqlError {
	f, err := p.filter(st, cond, args)
	if err != nil {
		return err
	}
	var named []int
	for _, all := range f {
		for _, x := range all {
			if c := &p.table.columns[x.column]; c.Key == "UNI" {
				return st.unsupported("a condition of several parts on a column with a second index")
			}
			named = append(named, x.column)
		}
	}
	slices.Sort(named)
	p.filtered = append(p.filtered, slices.Compact(named)...)
	p.filters = append(p.filters, f)
	return nil
}

// filter compiles a condition.
func (p *plan) filter(st *statement, cond condition, args []literal) (f filter, err *sqlError) {
	switch cond.operator {
	case "OR":
		for _, all := range cond.either {
			tests, err := p.tests(st, all, args)
			if err != nil {
				return nil, err
			}
			f = append(f, tests)
		}
		return f, nil
	case "IN":
		for _, l := range cond.list {
			x, err := p.test(st, condition{column: cond.column, operator: "=", low: l, high: l}, args)
			if err != nil {
				return nil, err
			}
			f = append(f, []test{x})
		}
		return f, nil
	case "<>":
		below, above := cond, cond
		below.operator, above.operator = "<", ">"
		return p.filter(st, condition{operator: "OR", either: [][]condition{{below}, {above}}}, args)
	}
	x, err := p.test(st, cond, args)
	return filter{{x}}, err
}

// tests compiles conditions that must hold together, each on a column of its own.
func (p *plan) tests(st *statement, all []condition, args []literal) (tests []test, err *sqlError) {
	for _, cond := range all {
		x, err := p.test(st, cond, args)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(tests, func(o test) bool { return o.column == x.column }) {
			return nil, st.unsupported("two conditions on a column in one part of OR")
		}
		tests = append(tests, x)
	}
	return tests, nil
}

func (p *plan) test(st *statement, cond condition, args []literal) (x test, err *sqlError) {
	if x.column = p.table.column(cond.column); x.column < 0 {
		return x, errUnknownColumn.of(cond.column, "where clause")
	}
	c := &p.table.columns[x.column]
	switch cond.operator {
	case "IS NULL", "IS NOT NULL":
		if !c.Nullable {
			return x, st.unsupported("IS NULL of a column that never is")
		}
		x.null, x.any = cond.operator == "IS NULL", cond.operator == "IS NOT NULL"
		return x, nil
	case "=", "<", "<=", ">", ">=":
	default:
		return x, st.unsupported(cond.operator + " in a part of a condition")
	}
	l := cond.low.bind(args)
	if l.kind == literalNull && args == nil && st.params > 0 {
		x.any = true // only prepared
		return x, nil
	}
	if !c.integer() || l.kind != literalInteger {
		return x, st.unsupported("a condition of several parts that is not about integers")
	}
	at, outside := c.locate(l)
	if outside != 0 || at == c.lowest() || at == c.highest() {
		return x, st.unsupported("a condition of several parts with a value at the bounds of the column's type")
	}
	x.interval = interval{x.column, c.lowest(), c.highest(), cond.operator == "<" || cond.operator == ">"}
	switch cond.operator[0] {
	case '=':
		x.first, x.last = at, at
	case '>':
		x.first = at + place(oneIf(x.open))
	default:
		x.last = at - place(oneIf(x.open))
	}
	return x, nil
}

// settleFilters finds what filters do to the way in which the server reads, and refuses what the model would get wrong.
func (p *plan) settleFilters(st *statement) *sqlError {
	uses := map[int]int{}
	for _, n := range p.filtered {
		uses[n]++
	}
	for _, r := range p.ranges {
		if p.table.columns[r.column].Key == "" || uses[r.column] > 0 {
			uses[r.column]++
		}
	}
	for n, times := range uses {
		equal := slices.ContainsFunc(p.ranges, func(r interval) bool { return r.column == n && r.first == r.last && !r.open })
		if times > 1 && (equal || slices.Contains(p.filtered, n)) {
			return st.unsupported("two conditions on a column, of which one is more than a bound")
		}
	}
	for _, f := range p.filters {
		if err := p.limitByFilter(st, f); err != nil {
			return err
		}
	}
	return nil
}

// limitByFilter notes the spans that a filter leaves of the primary key, if all its parts limit that.
func (p *plan) limitByFilter(st *statement, f filter) *sqlError {
	var spans []span
	for _, all := range f {
		i := slices.IndexFunc(all, func(x test) bool { return x.column == p.table.key })
		if i < 0 {
			return nil
		}
		spans = append(spans, p.spanOf([]interval{all[i].interval}))
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.low, b.low) })
	spans = slices.Compact(spans)
	for i := 1; i < len(spans); i++ {
		a, b := &spans[i-1], &spans[i]
		if a.high > b.low || a.high == b.low && !(a.highOpen && b.lowOpen) || a.high+1 == b.low && !(a.point && b.point) {
			return st.unsupported("parts of a condition that overlap or touch")
		}
	}
	p.keyed, p.spans = true, spans
	return nil
}
