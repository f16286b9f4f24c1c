package mysqlmodel

import "strings"

func (p *parser) insert() {
	p.into.kind = insertRows
	p.expect("INTO")
	p.into.table = p.tableName()
	if p.acceptSymbol("(") {
		p.into.columns = append(p.into.columns, p.name())
		for p.acceptSymbol(",") {
			p.into.columns = append(p.into.columns, p.name())
		}
		p.expectSymbol(")")
	}
	p.expect("VALUES")
	p.into.rows = append(p.into.rows, p.row())
	for p.acceptSymbol(",") {
		p.into.rows = append(p.into.rows, p.row())
	}
}

func (p *parser) row() []literal {
	p.expectSymbol("(")
	row := []literal{p.literal()}
	for p.acceptSymbol(",") {
		row = append(row, p.literal())
	}
	p.expectSymbol(")")
	return row
}

func (p *parser) update() {
	p.into.kind = updateRow
	p.into.table = p.tableName()
	p.expect("SET")
	p.assign(p.literal)
	for p.acceptSymbol(",") {
		p.assign(p.literal)
	}
	p.whereClause()
}

func (p *parser) assign(value func() literal) {
	column := p.name()
	p.expectSymbol("=")
	p.into.set = append(p.into.set, assignment{column, value()})
}

func (p *parser) setStatement() {
	session := p.accept("SESSION")
	switch {
	case p.accept("TRANSACTION"):
		p.into.kind, p.into.session = setIsolation, session
		p.expect("ISOLATION", "LEVEL")
		p.into.isolation = p.isolationLevel()
	case !session && p.accept("NAMES"):
		p.into.kind = setNames
		p.expect("UTF8MB4")
		p.into.collation = "utf8mb4_0900_ai_ci"
		if p.accept("COLLATE") {
			p.into.collation = strings.ToLower(p.name())
		}
		if collations[p.into.collation] == 0 {
			p.reject("a collation that the model knows")
		}
	default:
		p.into.kind = setVariables
		p.assign(p.setting)
		for p.acceptSymbol(",") {
			p.accept("SESSION")
			p.assign(p.setting)
		}
	}
}

func (p *parser) setting() literal {
	if p.token.is("ON") || p.token.is("OFF") {
		return literal{kind: literalWord, text: strings.ToUpper(p.advance().text)}
	}
	l := p.literal()
	if l.kind == literalParam {
		p.reject("no parameter")
	}
	return l
}

func (p *parser) isolationLevel() isolation {
	switch {
	case p.accept("REPEATABLE"):
		p.expect("READ")
		return repeatableRead
	case p.accept("READ"):
		p.expect("COMMITTED")
		return readCommitted
	}
	p.reject("REPEATABLE READ or READ COMMITTED")
	return repeatableRead
}
