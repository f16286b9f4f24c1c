package mysqlmodel

import "strconv"

// parser recognises the statements of the model. An unexpected token ends in reject, which is final.
type parser struct {
	lexer
	token  token // the next one
	end    int   // of the one before it
	failed string
	into   *statement
}

// parse returns the statement that sql holds, or why the model does not know it.
func parse(sql string) (*statement, *sqlError) {
	p := parser{lexer: lexer{sql: sql}, into: &statement{text: sql}}
	p.token = p.lexer.next()
	p.statement()
	if p.symbol(";") {
		p.advance()
	}
	if p.token.kind != tokenEnd {
		p.reject("end of statement")
	}
	if p.failed != "" {
		return nil, unsupported("statement: "+sql, p.failed)
	}
	return p.into, nil
}

func (p *parser) advance() token {
	t := p.token
	p.end = t.end
	p.token = p.lexer.next()
	return t
}

func (p *parser) reject(expected string) {
	if p.failed == "" {
		p.failed = "expected " + expected + " at byte " + strconv.Itoa(p.token.start)
	}
	p.token = token{kind: tokenEnd, start: p.token.start, end: p.token.start}
	p.lexer.at = len(p.sql)
}

func (p *parser) symbol(s string) bool { return p.token.symbol(s) }

// accept consumes a keyword if it is the next token.
func (p *parser) accept(keyword string) bool {
	if p.token.is(keyword) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expect(keywords ...string) {
	for _, k := range keywords {
		if !p.accept(k) {
			p.reject(k)
		}
	}
}

func (p *parser) acceptSymbol(s string) bool {
	if p.symbol(s) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expectSymbol(s string) {
	if !p.acceptSymbol(s) {
		p.reject(s)
	}
}

func (p *parser) statement() {
	switch {
	case p.accept("SELECT"):
		p.selectStatement()
	case p.accept("SHOW"):
		p.into.kind = showColumns
		p.expect("COLUMNS", "FROM")
		p.into.table = p.tableName()
	case p.accept("INSERT"):
		p.insert()
	case p.accept("UPDATE"):
		p.update()
	case p.accept("SET"):
		p.setStatement()
	case p.accept("USE"):
		p.into.kind, p.into.database = useDatabase, p.name()
	case p.accept("KILL"):
		p.kill()
	default:
		p.transaction()
	}
}

func (p *parser) transaction() {
	switch {
	case p.accept("START"):
		p.expect("TRANSACTION")
		p.into.kind = startTransaction
		p.characteristics()
	case p.accept("BEGIN"):
		p.into.kind = startTransaction
		p.accept("WORK")
	case p.accept("COMMIT"):
		p.into.kind = commitTransaction
		p.accept("WORK")
	case p.accept("ROLLBACK"):
		p.into.kind = rollbackTransaction
		p.accept("WORK")
	default:
		p.reject("a statement that the model knows")
	}
}

func (p *parser) characteristics() {
	for first := true; p.token.kind == tokenWord && (first || p.failed == ""); first = false {
		switch {
		case p.accept("WITH"):
			p.expect("CONSISTENT", "SNAPSHOT")
			p.into.snapshot = true
		case p.accept("READ"):
			if p.accept("ONLY") {
				p.into.readOnly = true
			} else {
				p.expect("WRITE")
				p.into.readWrite = true
			}
		default:
			p.reject("a transaction characteristic")
		}
		if !p.acceptSymbol(",") {
			break
		}
	}
	if p.into.readOnly && p.into.readWrite {
		p.reject("one access mode")
	}
}

func (p *parser) kill() {
	p.into.kind = killThread
	if !p.accept("CONNECTION") {
		p.into.queryOnly = p.accept("QUERY")
	}
	l := p.literal()
	if l.kind != literalInteger || l.negative || l.magnitude >= 1<<32 {
		p.reject("a thread id")
	}
	p.into.thread = ConnID(l.magnitude)
}

func (p *parser) name() string {
	if !p.token.name() {
		p.reject("a name")
		return ""
	}
	return p.advance().text
}

func (p *parser) tableName() tableName {
	n := tableName{name: p.name()}
	if p.acceptSymbol(".") {
		n.database, n.name = n.name, p.name()
	}
	return n
}

// literal reads an integer, a string, NULL or a question mark.
func (p *parser) literal() literal {
	negative := p.acceptSymbol("-")
	if p.token.kind == tokenNumber {
		n, err := strconv.ParseUint(p.token.text, 10, 64)
		l := literal{kind: literalInteger, negative: negative && n != 0, magnitude: n}
		if err != nil || !l.fits() {
			p.reject("an integer of 64 bits")
		}
		p.advance()
		return l
	}
	switch {
	case negative:
		p.reject("a number")
	case p.token.kind == tokenString:
		return literal{kind: literalString, text: p.advance().text}
	case p.accept("NULL"):
		return literal{kind: literalNull}
	case p.acceptSymbol("?"):
		p.into.params++
		return literal{kind: literalParam, magnitude: uint64(p.into.params - 1)}
	default:
		p.reject("a literal")
	}
	return literal{}
}

// number reads an integer or a question mark.
func (p *parser) number() literal {
	l := p.literal()
	if l.kind != literalInteger && l.kind != literalParam {
		p.reject("an integer")
	}
	return l
}
