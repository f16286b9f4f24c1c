package mysqlmodel

import (
	"cmp"
	"strings"
)

// create reads CREATE TABLE IF NOT EXISTS.
func (p *parser) create() {
	p.expect("TABLE", "IF", "NOT", "EXISTS")
	p.into.kind = createTable
	p.into.table = p.tableName()
	p.expect("(")
	p.list(",", p.columnDefinition)
	p.expect(")")
	if p.accept("COMMENT") { // which no statement of the model shows
		p.accept("=")
		if p.literal().kind != literalString {
			p.reject("a comment")
		}
	}
}

// columnDefinition reads a name, a type, and whether the column may be NULL or is the primary key.
func (p *parser) columnDefinition() {
	c := Column{Name: p.name(), SQLType: p.name(), Nullable: true}
	if p.accept("(") {
		l := p.number()
		p.expect(")")
		c.SQLType += "(" + l.String() + ")"
	}
	if p.accept("UNSIGNED") {
		c.SQLType += " unsigned"
	}
	if p.accept("NOT") {
		p.expect("NULL")
		c.Nullable = false
	}
	if p.accept("PRIMARY") {
		p.expect("KEY")
		c.Key = "PRI"
	}
	p.into.definitions = append(p.into.definitions, c)
}

// createTable makes a table, unless it is there. It commits the open transaction before, even one that only reads.
func (s *Server) createTable(c *session) (warnings uint16, err *sqlError) {
	st := c.work.st
	def := Table{Database: cmp.Or(st.table.database, c.database), Name: st.table.name, Columns: st.definitions}
	if def.Database == "" {
		return 0, errNoDatabase
	}
	if err := (&table{key: -1}).describe(def.Columns); err != nil {
		return 0, st.unsupported(strings.TrimPrefix(err.Error(), ErrTable.Error()+": "))
	}
	s.complete(c, true)
	switch {
	case !s.hasDatabase(def.Database):
		return 0, errUnknownDatabase.of(def.Database)
	case s.find(def.Database, def.Name) >= 0:
		return 1, nil
	}
	if err := s.CreateTable(def); err != nil {
		return 0, st.unsupported(err.Error())
	}
	s.commits++ // so that a snapshot of before is older than the table
	s.tables[len(s.tables)-1].created = s.commits
	return 0, nil
}

// touchCreate adds what CREATE TABLE touches.
func (s *Server) touchCreate(f *Footprint, c *session, st *statement) {
	s.touchEnd(f, c, true)
	f.All = f.All || s.find(cmp.Or(st.table.database, c.database), st.table.name) < 0
}
