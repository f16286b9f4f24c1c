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
	p.definitions(c, plan)
}

func (p *packets) definitions(c *session, plan *plan) {
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

// row appends a row of a table.
func (p *packets) row(c *session, plan *plan, cells []cell) {
	p.begin()
	if c.work.binary {
		at := p.beginBinary(len(plan.items))
		for i := range plan.items {
			p.binaryValue(at, i, plan.value(i, cells), plan.table.columns[plan.columns[i]].wire, plan.items[i].kind)
		}
	} else {
		for i := range plan.items {
			p.textCell(plan.value(i, cells))
		}
	}
	p.end()
}

func (p *plan) value(i int, cells []cell) cell {
	v := cells[p.columns[i]]
	if p.items[i].kind == itemDouble {
		return v.asDouble()
	}
	return v
}

// cells appends the one row of computed values.
func (p *packets) cells(c *session, plan *plan, values []cell) {
	p.begin()
	if c.work.binary {
		at := p.beginBinary(len(values))
		for i, v := range values {
			wire := byte(typeLongLong)
			if plan.columns[i] >= 0 {
				wire = plan.table.columns[plan.columns[i]].wire
			}
			p.binaryValue(at, i, v, wire, itemColumn)
		}
	} else {
		for _, v := range values {
			p.textCell(v)
		}
	}
	p.end()
}

// beginBinary appends the start of a binary row, and returns where its bits of NULLs are.
func (p *packets) beginBinary(columns int) int {
	p.byte(0)
	at := len(p.buf)
	for range (columns + 9) / 8 {
		p.byte(0)
	}
	return at
}

func (p *packets) binaryValue(nulls, i int, v cell, wire byte, kind itemKind) {
	if v.kind == cellNull {
		bit := i + 2
		p.buf[nulls+bit/8] |= 1 << (bit % 8)
		return
	}
	if kind == itemDouble {
		wire = typeDouble
	}
	p.binaryCell(v, wire)
}
