package mysqlmodel

// describing are the columns of SHOW COLUMNS, with lengths in bytes.
var describing = [...]definition{
	{title: "Field", name: "Field", length: 64 * 4, wire: typeVarString},
	{title: "Type", name: "Type", original: "columns", length: 0x03fffffc, wire: typeBlob, flags: 0x1091},
	{title: "Null", name: "Null", length: 3 * 4, wire: typeVarString, flags: flagNotNull},
	{title: "Key", name: "Key", original: "columns", length: 3 * 4, wire: typeString, flags: 0x1181},
	{title: "Default", name: "Default", original: "columns", length: 0x03fffc, wire: typeBlob, flags: flagBlob | flagBinary},
	{title: "Extra", name: "Extra", length: 256 * 4, wire: typeVarString},
}

func (s *Server) showColumns(c *session, p *packets) *sqlError {
	index, err := s.lookUp(c, c.work.st.table)
	if err != nil {
		return err
	}
	c.use()
	p.count(len(describing))
	for _, d := range describing {
		d.table, d.collation = "COLUMNS", c.collation
		p.define(&d)
	}
	for i := range s.tables[index].columns {
		p.description(&s.tables[index].columns[i])
	}
	s.endStatement(c)
	p.endOfRows(c.status())
	return nil
}

func (p *packets) description(c *column) {
	nullable := "NO"
	if c.Nullable {
		nullable = "YES"
	}
	p.begin()
	p.string(c.Name)
	p.string(c.declared)
	p.string(nullable)
	p.string(c.Key)
	if c.Default == nil {
		p.byte(0xfb)
	} else {
		p.string(*c.Default)
	}
	p.string("")
	p.end()
}
