package mysqlmodel

import (
	"math"
	"slices"
	"time"
)

// prepared is a statement of COM_STMT_PREPARE.
type prepared struct {
	id    uint32
	st    *statement
	types []byte // of the parameters, two bytes each, as they were last bound
}

func (c *session) find(id uint32) *prepared {
	for i := range c.prepared {
		if c.prepared[i].id == id {
			return &c.prepared[i]
		}
	}
	return nil
}

func (c *session) closePrepared(id uint32) {
	c.prepared = slices.DeleteFunc(c.prepared, func(p prepared) bool { return p.id == id })
}

// prepare describes a statement. Its number is used up even if it fails.
func (s *Server) prepare(c *session, p *packets, sql []byte) ([]byte, State) {
	c.lastStatement++
	st, err := s.parsed.parse(sql)
	if err == nil && !st.preparable() {
		err = unsupported("prepared statement: "+st.text, "this kind of statement")
	}
	if err != nil {
		return s.refuse(c, p, err)
	}
	parameters, columns, err := s.metadata(c, st)
	if err != nil {
		return s.refuse(c, p, err)
	}
	c.prepared = append(c.prepared, prepared{id: c.lastStatement, st: st})
	p.begin()
	p.byte(0)
	p.uint32(c.lastStatement)
	p.uint16(uint16(len(columns)))
	p.uint16(uint16(len(parameters)))
	p.byte(0)
	p.uint16(0) // warnings
	p.end()
	for _, d := range append(parameters, columns...) {
		p.define(&d)
	}
	return p.buf, Idle
}

// metadata returns the definitions of the parameters and of the columns.
func (s *Server) metadata(c *session, st *statement) (parameters, columns []definition, err *sqlError) {
	parameters = make([]definition, st.params)
	for i := range parameters {
		parameters[i] = integerParameter(false)
	}
	if st.kind == selectScalar {
		d, _, err := s.describe(c, &st.items[0])
		if l := st.items[0].args[0]; l.kind == literalParam {
			parameters[l.magnitude] = textParameter(c)
		}
		return parameters, []definition{d}, err
	}
	plan, err := s.resolve(c, st, nil)
	if err != nil {
		return nil, nil, err
	}
	for i := range plan.items {
		columns = append(columns, plan.define(i, c.collation))
	}
	plan.describeParameters(c, st, parameters)
	return parameters, columns, nil
}

func (p *plan) describeParameters(c *session, st *statement, parameters []definition) {
	set := func(l literal, n int) {
		if l.kind == literalParam {
			parameters[l.magnitude] = p.table.columns[n].parameter(c)
		}
	}
	for _, cond := range st.where {
		n := p.table.column(cond.column)
		set(cond.low, n)
		set(cond.high, n)
	}
	for _, l := range []literal{st.limit, st.offset} {
		if l.kind == literalParam {
			parameters[l.magnitude] = integerParameter(true)
		}
	}
	for i, a := range st.set {
		set(a.value, p.columns[i])
	}
	for _, row := range st.rows {
		for n, i := range p.columns {
			if i >= 0 && i < len(row) {
				set(row[i], n)
			}
		}
	}
}

func (c *column) parameter(s *session) definition {
	switch {
	case c.integer():
		return integerParameter(c.unsigned)
	case c.floating():
		return definition{title: "?", collation: collationBinary, wire: typeDouble, length: 23, flags: flagBinary, decimals: notFixed}
	}
	return textParameter(s)
}

func integerParameter(unsigned bool) definition {
	d := definition{title: "?", collation: collationBinary, wire: typeLongLong, length: 21, flags: flagBinary}
	if unsigned {
		d.flags |= flagUnsigned
	}
	return d
}

func textParameter(c *session) definition {
	return definition{title: "?", collation: c.collation, wire: typeVarString, length: 0xfffc, decimals: notFixed}
}

// executePrepared runs a statement with the values that the packet binds to its parameters.
func (s *Server) executePrepared(c *session, now time.Duration, p *packets, body []byte) ([]byte, State) {
	in := cursor{rest: body}
	id := uint32(in.uint(4))
	flags := in.uint(1)
	in.uint(4) // the number of iterations, always 1
	statement := c.find(id)
	if statement == nil {
		return s.refuse(c, p, errUnknownStatement.of(id, "mysql_stmt_precheck"))
	}
	args, err := statement.bind(&in)
	if err == nil && (in.bad || flags != 0) {
		err = unsupported("execution of: "+statement.st.text, "a cursor, or a packet that ends early")
	}
	if err != nil {
		return s.refuse(c, p, err)
	}
	return s.start(c, now, p, statement.st, args, true)
}

func (p *prepared) bind(in *cursor) ([]literal, *sqlError) {
	n := p.st.params
	if n == 0 {
		return nil, nil
	}
	nulls := in.take((n + 7) / 8)
	if in.uint(1) == 1 {
		p.types = slices.Clone(in.take(2 * n))
	}
	if in.bad || len(p.types) != 2*n {
		return nil, unsupported("execution of: "+p.st.text, "parameters without types")
	}
	args := make([]literal, n)
	for i := range args {
		if nulls[i/8]&(1<<(i%8)) != 0 {
			args[i].kind = literalNull
			continue
		}
		if args[i] = in.value(p.types[2*i], p.types[2*i+1]&0x80 != 0); args[i].kind == literalNone {
			return nil, unsupported("execution of: "+p.st.text, "type of a parameter")
		}
	}
	return args, nil
}

// value reads a parameter of one of the types that clients bind. Unknown types give no literal.
func (c *cursor) value(wire byte, unsigned bool) literal {
	size := 0
	switch wire {
	case typeTiny:
		size = 1
	case typeShort:
		size = 2
	case typeLong:
		size = 4
	case typeLongLong:
		size = 8
	case typeDouble:
		return literal{kind: literalFloat, float: math.Float64frombits(c.uint(8))}
	case typeString, typeVarString:
		return literal{kind: literalString, text: c.string()}
	default:
		return literal{}
	}
	v := c.uint(size)
	if unsigned {
		return literal{kind: literalInteger, magnitude: v}
	}
	shift := 64 - 8*size
	return integerLiteral(int64(v<<shift) >> shift)
}
