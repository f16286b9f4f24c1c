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
	d := definition{title: item.title, collation: collationBinary, flags: flagBinary}
	switch item.kind {
	case itemCount:
		d.wire, d.length, d.flags = typeLongLong, 21, flagBinary|flagNotNull
		return d
	case itemDouble:
		d.wire, d.length, d.decimals = typeDouble, 23, notFixed
		if !p.table.columns[p.columns[i]].Nullable {
			d.flags |= flagNotNull
		}
		return d
	}
	c := &p.table.columns[p.columns[i]]
	d.wire, d.length = c.wire, c.length
	if item.kind == itemMin || item.kind == itemMax {
		if c.unsigned {
			d.flags |= flagUnsigned
		}
		return d
	}
	d.database, d.table, d.original, d.name = p.table.database, p.table.name, p.table.name, c.Name
	d.flags = c.flags()
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
			p.textCell(v)
		case v.kind == cellNull:
			p.buf[nulls+(i+2)/8] |= 1 << ((i + 2) % 8)
		default:
			p.binaryCell(v, wire)
		}
	}
	p.end()
}

// tableRow appends what a plan selects from a row of its table.
func (p *packets) tableRow(c *session, plan *plan, cells []cell) {
	p.row(c, len(plan.items), func(i int) (cell, byte) {
		n := plan.columns[i]
		if plan.items[i].kind == itemDouble {
			return cells[n].asDouble(), typeDouble
		}
		return cells[n], plan.table.columns[n].wire
	})
}
