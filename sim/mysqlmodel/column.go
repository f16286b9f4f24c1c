package mysqlmodel

// collations are those that SET NAMES takes, with their numbers.
var collations = map[string]byte{
	"utf8mb4_general_ci": 45,
	"utf8mb4_bin":        46,
	"utf8mb4_unicode_ci": 224,
	"utf8mb4_0900_ai_ci": 255,
}

const collationBinary = 63

// Bits of a column's flags, from the server's mysql_com.h.
const (
	flagNotNull   = 0x0001
	flagPrimary   = 0x0002
	flagUnique    = 0x0004
	flagBlob      = 0x0010
	flagUnsigned  = 0x0020
	flagBinary    = 0x0080
	flagNoDefault = 0x1000
	flagPartOfKey = 0x4000
)

// notFixed is the number of decimals of a floating-point number, and of text that is computed.
const notFixed = 31

// definition is what a column definition packet says.
type definition struct {
	database, table, original string
	title, name               string
	collation                 byte
	length                    uint32
	wire                      byte
	flags                     uint16
	decimals                  byte
}

// numeric defines a column of numbers that is computed.
func numeric(title string, wire byte, length uint32, flags uint16) definition {
	return definition{title: title, collation: collationBinary, wire: wire, length: length, flags: flags | flagBinary}
}

func (p *packets) define(d *definition) {
	p.begin()
	p.string("def")
	p.string(d.database)
	p.string(d.table)
	p.string(d.original)
	p.string(d.title)
	p.string(d.name)
	p.byte(12) // length of what follows
	p.byte(d.collation)
	p.byte(0)
	p.uint32(d.length)
	p.byte(d.wire)
	p.uint16(d.flags)
	p.byte(d.decimals)
	p.uint16(0)
	p.end()
}

// count appends the packet with the number of columns.
func (p *packets) count(columns int) {
	p.begin()
	p.length(uint64(columns))
	p.end()
}

// header appends the columns of a result.
func (p *packets) header(c *session, plan *plan) {
	p.count(len(plan.items))
	for i := range plan.items {
		d := plan.define(i, c.collation)
		p.define(&d)
	}
}

func (p *plan) define(i int, collation byte) definition {
	item := &p.items[i]
	switch item.kind {
	case itemCount, itemCountOf:
		return numeric(item.title, typeLongLong, 21, flagNotNull)
	case itemInteger:
		d, _ := item.args[0].describe(item.title)
		return d
	}
	c := &p.table.columns[p.columns[i]]
	switch item.kind {
	case itemDouble:
		d := numeric(item.title, typeDouble, 23, c.flags()&flagNotNull)
		d.decimals = notFixed
		return d
	case itemMin, itemMax:
		return numeric(item.title, c.wire, c.length, c.flags()&flagUnsigned)
	}
	d := definition{
		database: p.table.database, table: p.table.name, original: p.table.name, title: item.title, name: c.Name,
		collation: collationBinary, length: c.length, wire: c.wire, flags: c.flags(),
	}
	if c.floating() {
		d.decimals = notFixed
	}
	if c.text() && !c.binary {
		d.collation = collation
		d.length *= 4 // bytes of a character in utf8mb4
	}
	return d
}

func (c *column) flags() (f uint16) {
	if !c.Nullable {
		f |= flagNotNull
		if c.Default == nil {
			f |= flagNoDefault
		}
	}
	switch c.Key {
	case "PRI":
		f |= flagPrimary | flagPartOfKey
	case "UNI":
		f |= flagUnique | flagPartOfKey
	}
	if c.unsigned {
		f |= flagUnsigned
	}
	if c.wire == typeBlob {
		f |= flagBlob
	}
	if c.binary {
		f |= flagBinary
	}
	return f
}

// row appends a row of n values; column returns one of them, and its type on the wire.
func (p *packets) row(c *session, n int, column func(i int) (v cell, wire byte)) {
	p.begin()
	nulls := len(p.buf) + 1
	if c.work.binary {
		for range 1 + (n+9)/8 {
			p.byte(0)
		}
	}
	for i := range n {
		v, wire := column(i)
		switch {
		case !c.work.binary:
			p.text(v)
		case v.kind == cellNull:
			p.buf[nulls+(i+2)/8] |= 1 << ((i + 2) % 8)
		default:
			p.binary(v, wire)
		}
	}
	p.end()
}

// tableRow appends what a plan selects from a row of its table.
func (p *packets) tableRow(c *session, plan *plan, cells []cell) {
	p.row(c, len(plan.items), func(i int) (cell, byte) {
		n := plan.columns[i]
		if plan.items[i].kind == itemInteger {
			_, v := plan.items[i].args[0].describe("")
			return v, typeLongLong
		}
		if plan.items[i].kind == itemDouble {
			return cells[n].asDouble(), typeDouble
		}
		return cells[n], plan.table.columns[n].wire
	})
}

// describing are the columns of SHOW FULL COLUMNS, with lengths in bytes.
var describing = [...]definition{
	{title: "Field", name: "Field", length: 64 * 4, wire: typeVarString},
	{title: "Type", name: "Type", original: "columns", length: 0x03fffffc, wire: typeBlob, flags: 0x1091},
	{title: "Collation", name: "Collation", length: 64 * 4, wire: typeVarString},
	{title: "Null", name: "Null", length: 3 * 4, wire: typeVarString, flags: flagNotNull},
	{title: "Key", name: "Key", original: "columns", length: 3 * 4, wire: typeString, flags: 0x1181},
	{title: "Default", name: "Default", original: "columns", length: 0x03fffc, wire: typeBlob, flags: flagBlob | flagBinary},
	{title: "Extra", name: "Extra", length: 256 * 4, wire: typeVarString},
	{title: "Privileges", name: "Privileges", length: 154 * 4, wire: typeVarString},
	{title: "Comment", name: "Comment", length: 2048 * 12, wire: typeBlob, flags: flagBlob | flagBinary | flagNotNull},
}

// onlyFull tells whether a column of the description needs the word FULL.
func onlyFull(i int) bool {
	switch describing[i].title {
	case "Collation", "Privileges", "Comment":
		return true
	}
	return false
}

func (s *Server) showColumns(c *session, p *packets) *sqlError {
	index, err := s.lookUp(c, c.work.st.table)
	if err != nil {
		return err
	}
	c.use()
	s.view(c) // the server reads its dictionary as a transaction reads rows
	var shown []int
	for i := range describing {
		if c.work.st.full || !onlyFull(i) {
			shown = append(shown, i)
		}
	}
	p.count(len(shown))
	for _, i := range shown {
		d := describing[i]
		d.table, d.collation = "COLUMNS", c.collation
		p.define(&d)
	}
	for i := range s.tables[index].columns {
		row := s.tables[index].columns[i].description()
		p.row(c, len(shown), func(n int) (cell, byte) { return row[shown[n]], typeVarString })
	}
	s.endStatement(c)
	p.endOfRows(c.status())
	return nil
}

func (c *column) description() []cell {
	nullable, initial := "NO", cell{}
	if c.Nullable {
		nullable = "YES"
	}
	if c.Default != nil {
		initial = textCell(*c.Default)
	}
	collation := cell{}
	if c.text() && !c.binary {
		collation = textCell("utf8mb4_0900_ai_ci")
	}
	return []cell{
		textCell(c.Name), textCell(c.declared), collation, textCell(nullable), textCell(c.Key), initial, textCell(""),
		textCell("select,insert,update,references"), textCell(""),
	}
}
