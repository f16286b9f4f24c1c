package mysqlmodel

import (
	"strconv"
	"strings"
	"sync"
)

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
	p.accept(";")
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

// accept consumes a keyword or a symbol if it is the next token.
func (p *parser) accept(text string) bool {
	if p.token.is(text) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expect(texts ...string) {
	for _, t := range texts {
		if !p.accept(t) {
			p.reject(t)
		}
	}
}

// list reads what stands between commas, or between another separator.
func (p *parser) list(separator string, read func()) {
	read()
	for p.accept(separator) {
		read()
	}
}

func (p *parser) statement() {
	switch {
	case p.accept("SELECT"):
		p.selectStatement()
	case p.accept("SHOW"):
		p.into.kind = showColumns
		p.into.full = p.accept("FULL")
		p.expect("COLUMNS", "FROM")
		p.into.table = p.tableName()
	case p.accept("INSERT"):
		if p.accept("IGNORE") {
			p.into.duplicates = skipDuplicates
		}
		p.insert()
	case p.accept("REPLACE"):
		p.into.duplicates = replaceDuplicates
		p.insert()
	case p.accept("UPDATE"):
		p.update()
	case p.accept("DELETE"):
		p.expect("FROM")
		p.into.kind = deleteRows
		p.into.table = p.tableName()
		p.whichRows()
	case p.accept("CREATE"):
		p.create()
	case p.accept("SET"):
		p.setStatement()
	case p.accept("USE"):
		p.into.kind, p.into.database = useDatabase, p.name()
	case p.accept("KILL"):
		p.kill()
	case p.accept("START"):
		p.expect("TRANSACTION")
		p.into.kind = startTransaction
		if p.token.kind == tokenWord {
			p.list(",", p.characteristic)
		}
	case p.accept("BEGIN"):
		p.into.kind = startTransaction
		p.accept("WORK")
	case p.accept("COMMIT"):
		p.into.kind = commitTransaction
		p.accept("WORK")
	case p.accept("ROLLBACK"):
		p.into.kind = rollbackTransaction
		p.accept("WORK")
		if p.accept("TO") {
			p.accept("SAVEPOINT")
			p.into.kind, p.into.savepoint = rollBackToSavepoint, p.name()
		}
	case p.accept("SAVEPOINT"):
		p.into.kind, p.into.savepoint = setSavepoint, p.name()
	case p.accept("RELEASE"):
		p.expect("SAVEPOINT")
		p.into.kind, p.into.savepoint = releaseSavepoint, p.name()
	default:
		p.reject("a statement that the model knows")
	}
}

func (p *parser) characteristic() {
	switch {
	case p.accept("WITH"):
		p.expect("CONSISTENT", "SNAPSHOT")
		p.into.snapshot = true
	case !p.accept("READ"):
		p.reject("a transaction characteristic")
	case p.accept("ONLY"):
		p.into.readOnly = true
	default:
		p.expect("WRITE")
		p.into.readWrite = true
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
	if !p.token.name() || p.token.kind == tokenWord && reserved[strings.ToUpper(p.token.text)] {
		p.reject("a name")
		return ""
	}
	return p.advance().text
}

func (p *parser) tableName() tableName {
	n := tableName{name: p.name()}
	if p.accept(".") {
		n.database, n.name = n.name, p.name()
	}
	return n
}

// literal reads an integer, a string, NULL or a question mark.
func (p *parser) literal() literal {
	negative := p.accept("-")
	switch {
	case p.token.kind == tokenNumber:
		n, err := strconv.ParseUint(p.token.text, 10, 64)
		if err != nil || negative && n > signBit {
			p.reject("an integer of 64 bits")
		}
		p.advance()
		return literal{kind: literalInteger, negative: negative && n != 0, magnitude: n}
	case negative:
		p.reject("a number")
	case p.token.kind == tokenString:
		return literal{kind: literalString, text: p.advance().text}
	case p.accept("NULL"):
		return literal{kind: literalNull}
	case p.accept("?"):
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

func (p *parser) insert() {
	p.into.kind = insertRows
	p.expect("INTO")
	p.into.table = p.tableName()
	if p.accept("(") {
		p.list(",", func() { p.into.columns = append(p.into.columns, p.name()) })
		p.expect(")")
	}
	p.expect("VALUES")
	p.list(",", func() {
		var row []literal
		p.expect("(")
		p.list(",", func() { row = append(row, p.literal()) })
		p.expect(")")
		p.into.rows = append(p.into.rows, row)
	})
	if p.into.duplicates == failOnDuplicates && p.accept("ON") {
		p.expect("DUPLICATE", "KEY", "UPDATE")
		p.into.duplicates = updateDuplicates
		p.list(",", p.assignment)
	}
}

func (p *parser) update() {
	p.into.kind = updateRows
	p.into.table = p.tableName()
	p.expect("SET")
	p.list(",", p.assignment)
	p.whichRows()
}

// whichRows reads what tells which rows UPDATE or DELETE changes.
func (p *parser) whichRows() {
	p.whereClause()
	p.orderClause()
	if p.accept("LIMIT") {
		p.into.limit = p.number()
	}
	if p.into.desc || p.into.limit.negative || p.into.kind == deleteRows && p.into.order != "" {
		p.reject("ascending order, of UPDATE only, and no negative limit")
	}
}

// assignment reads column = value, column = column, or one of these with + or - and a number behind it.
func (p *parser) assignment() {
	a := assignment{column: p.name()}
	p.expect("=")
	if !p.token.name() || p.token.is("NULL") {
		a.value = p.literal()
		p.into.set = append(p.into.set, a)
		return
	}
	a.source = p.name()
	if p.token.is("+") || p.token.is("-") {
		a.operator = p.advance().text
		if a.value = p.literal(); a.value.kind == literalString {
			p.reject("a number")
		}
	}
	p.into.set = append(p.into.set, a)
}

func (p *parser) assign(value func() literal) {
	column := p.name()
	p.expect("=")
	p.into.set = append(p.into.set, assignment{column: column, value: value()})
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
		for p.accept(",") {
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

// parsedTexts remembers what texts were parsed to, for a server and all its clones.
type parsedTexts struct {
	mu   sync.RWMutex
	text map[string]*statement
}

// mostStatements are remembered; a client that writes its values into the text asks for ever new ones.
const mostStatements = 1 << 10

func (r *parsedTexts) parse(sql []byte) (*statement, *sqlError) {
	r.mu.RLock()
	st := r.text[string(sql)]
	r.mu.RUnlock()
	if st != nil {
		return st, nil
	}
	st, err := parse(string(sql))
	if err != nil {
		return st, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.text == nil || len(r.text) >= mostStatements {
		r.text = make(map[string]*statement)
	}
	r.text[st.text] = st
	return st, nil
}
