package mysqlmodel

import (
	"strconv"
	"strings"
)

func (p *parser) selectStatement() {
	p.list(",", func() { p.into.items = append(p.into.items, p.item()) })
	p.into.kind = selectScalar
	if !p.accept("FROM") {
		p.scalars()
		return
	}
	p.into.kind = selectRows
	if p.into.items[0].kind.aggregate() {
		p.into.kind = selectAggregates
	}
	for _, i := range p.into.items {
		if i.kind.aggregate() != (p.into.kind == selectAggregates) || i.kind > itemInteger {
			p.reject("columns or aggregates, not both")
		}
	}
	p.into.table = p.tableName()
	p.whereClause()
	p.orderClause()
	p.limitClause()
	p.lockingClause()
	if p.into.kind == selectAggregates && (p.into.order != "" || p.into.limit.kind != literalNone || p.into.locking != lockNothing) {
		p.reject("aggregates of all rows")
	}
}

// scalars checks a select list without a table.
func (p *parser) scalars() {
	for _, i := range p.into.items {
		switch {
		case i.kind < itemInteger:
			p.reject("FROM")
		case i.kind > itemConnectionID && len(p.into.items) > 1:
			p.reject("no second expression beside one that has an effect")
		}
	}
}

// aggregate tells whether an item is computed of all rows.
func (k itemKind) aggregate() bool { return k >= itemCount && k <= itemMax }

// item reads one expression of a select list. MySQL names an expression by its text, a column by its name.
func (p *parser) item() item {
	start := p.token.start
	i := item{kind: itemColumn}
	switch {
	case p.accept("*"):
		i.kind = itemStar
		if len(p.into.items) > 0 {
			p.reject("* in the first place")
		}
	case p.token.kind == tokenNumber || p.token.is("-"):
		i.kind = itemInteger
		i.args[0] = p.literal()
	case p.token.kind == tokenWord && p.token.text[0] == '@':
		i.kind, i.column = itemVariable, p.advance().text
	default:
		word := p.token
		i.column = p.name()
		if word.kind == tokenWord && p.accept("(") {
			p.call(&i, word)
		}
	}
	i.title = i.column
	if i.kind != itemColumn && i.kind != itemStar {
		i.title = p.sql[start:max(start, p.end)]
	}
	if i.kind != itemStar && p.accept("AS") {
		i.title = p.name()
	}
	return i
}

// call reads the arguments of a function.
func (p *parser) call(i *item, function token) {
	switch {
	case function.is("COUNT"):
		i.kind = itemCount
		if !p.accept("*") {
			i.kind, i.column = itemCountOf, p.name()
		}
	case function.is("MIN"):
		i.kind, i.column = itemMin, p.name()
	case function.is("MAX"):
		i.kind, i.column = itemMax, p.name()
	case function.is("CAST"):
		i.kind, i.column = itemDouble, p.name()
		p.expect("AS", "DOUBLE")
	case function.is("CONNECTION_ID"):
		i.kind = itemConnectionID
	case function.is("DATABASE"):
		i.kind = itemDatabase
	case function.is("GET_LOCK"):
		i.kind, i.args[0] = itemGetLock, p.literal()
		p.expect(",")
		i.args[1] = p.timeout()
	case function.is("RELEASE_LOCK"):
		i.kind, i.args[0] = itemReleaseLock, p.literal()
	case function.is("IS_FREE_LOCK"):
		i.kind, i.args[0] = itemIsFreeLock, p.literal()
	case function.is("IS_USED_LOCK"):
		i.kind, i.args[0] = itemIsUsedLock, p.literal()
	case function.is("RELEASE_ALL_LOCKS"):
		i.kind = itemReleaseAllLocks
	default:
		p.reject("a function that the model knows")
	}
	p.expect(")")
}

// timeout reads whole seconds, a decimal fraction, which the server rounds, NULL or a question mark.
func (p *parser) timeout() literal {
	whole, fraction, decimal := strings.Cut(p.token.text, ".")
	if p.token.kind != tokenNumber || !decimal {
		l := p.literal()
		if l.kind == literalString {
			p.reject("a number of seconds")
		}
		return l
	}
	seconds, err := strconv.ParseUint(whole, 10, 32)
	if err != nil || fraction == "" || strings.Trim(fraction, "0123456789") != "" {
		p.reject("a number of seconds")
	}
	p.advance()
	return literal{kind: literalInteger, magnitude: seconds + oneIf(fraction >= "5")}
}

func (p *parser) whereClause() {
	if p.accept("WHERE") {
		p.into.where = p.conditions()
	}
}

// conditions reads what stands between AND and OR.
func (p *parser) conditions() []condition {
	var either [][]condition
	p.list("OR", func() {
		var all []condition
		p.list("AND", func() { all = append(all, p.condition()) })
		either = append(either, all)
	})
	if len(either) == 1 {
		return either[0]
	}
	return []condition{{operator: "OR", either: either}}
}

func (p *parser) condition() condition {
	if p.accept("(") {
		all := p.conditions()
		p.expect(")")
		if len(all) != 1 {
			p.reject("parentheses round OR")
			return condition{}
		}
		return all[0]
	}
	c := condition{column: p.name()}
	switch {
	case p.accept("BETWEEN"):
		c.operator = "BETWEEN"
		c.low = p.bound()
		p.expect("AND")
		c.high = p.bound()
	case p.accept("IN"):
		c.operator = "IN"
		p.expect("(")
		p.list(",", func() { c.list = append(c.list, p.bound()) })
		p.expect(")")
		if len(c.list) == 1 {
			c.operator, c.low, c.high = "=", c.list[0], c.list[0]
		}
	case p.accept("IS"):
		c.operator = "IS NULL"
		if p.accept("NOT") {
			c.operator = "IS NOT NULL"
		}
		p.expect("NULL")
	case p.token.is("="), p.token.is("<"), p.token.is("<="), p.token.is(">"), p.token.is(">="), p.token.is("<>"):
		c.operator = p.advance().text
		c.low = p.bound()
		c.high = c.low
	default:
		p.reject("a comparison")
	}
	return c
}

func (p *parser) bound() literal {
	l := p.literal()
	if l.kind == literalString {
		p.reject("an integer")
	}
	return l
}

func (p *parser) orderClause() {
	if !p.accept("ORDER") {
		return
	}
	p.expect("BY")
	p.into.order = p.name()
	if !p.accept("ASC") {
		p.into.desc = p.accept("DESC")
	}
}

func (p *parser) limitClause() {
	if !p.accept("LIMIT") {
		return
	}
	p.into.limit = p.number()
	switch {
	case p.accept("OFFSET"):
		p.into.offset = p.number()
	case p.accept(","):
		p.into.offset = p.into.limit
		p.into.limit = p.number()
	}
	if p.into.limit.negative || p.into.offset.negative {
		p.reject("no negative limit")
	}
}

func (p *parser) lockingClause() {
	if p.accept("LOCK") {
		p.expect("IN", "SHARE", "MODE")
		p.into.locking, p.into.shared = lockRows, true
	} else if p.accept("FOR") {
		p.forClause()
	}
	if p.into.locking != lockNothing && (p.into.desc || p.into.offset.kind != literalNone) {
		p.reject("a locking read in ascending order, without an offset")
	}
}

func (p *parser) forClause() {
	if p.into.shared = p.accept("SHARE"); !p.into.shared {
		p.expect("UPDATE")
	}
	p.into.locking = lockRows
	switch {
	case p.accept("NOWAIT"):
		p.into.locking = lockRowsNoWait
	case p.accept("SKIP"):
		p.expect("LOCKED")
		p.into.locking = lockRowsSkipLocked
	}
}
