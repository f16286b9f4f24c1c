package mysqlmodel

import (
	"math"
	"slices"
)

// prepared is a statement of COM_STMT_PREPARE.
type prepared struct {
	id    uint32
	st    *statement
	types []byte // of the parameters, two bytes each, as they were last bound
}

func (c *session) find(id uint32) (*prepared, *sqlError) {
	i := slices.IndexFunc(c.prepared, func(p prepared) bool { return p.id == id })
	if i < 0 {
		return nil, errUnknownStatement.of(id, "mysql_stmt_precheck")
	}
	return &c.prepared[i], nil
}

// prepare describes a statement. Its number is used up even if it fails.
func (s *Server) prepare(c *session, p *packets, sql []byte) *sqlError {
	c.lastStatement++
	st, err := s.parsed.parse(sql)
	if err != nil {
		return err
	}
	parameters, columns, err := s.metadata(c, st)
	if err != nil {
		return err
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
	return nil
}

// metadata returns the definitions of the parameters and of the columns.
func (s *Server) metadata(c *session, st *statement) (parameters, columns []definition, err *sqlError) {
	parameters = make([]definition, st.params)
	for i := range parameters {
		parameters[i] = numeric("?", typeLongLong, 21, 0)
	}
	switch st.kind {
	case selectRows, selectAggregates, insertRows, updateRows, deleteRows:
	case selectScalar:
		for i := range st.items {
			d, _, err := s.describe(c, &st.items[i])
			if err != nil {
				return nil, nil, err
			}
			columns = append(columns, d)
		}
		if l := st.items[0].args[0]; l.kind == literalParam {
			parameters[l.magnitude] = textParameter(c)
		}
		return parameters, columns, nil
	default:
		return nil, nil, unsupported("prepared statement: "+st.text, "this kind of statement")
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
	describeConditions(p.table, st.where, set)
	for _, l := range []literal{st.limit, st.offset} {
		if l.kind == literalParam {
			parameters[l.magnitude] = numeric("?", typeLongLong, 21, flagUnsigned)
		}
	}
	for i, a := range st.set {
		set(a.value, p.assigned[i])
	}
	for _, row := range st.rows {
		for n, i := range p.columns {
			if i >= 0 && i < len(row) {
				set(row[i], n)
			}
		}
	}
}

func describeConditions(t *table, all []condition, set func(literal, int)) {
	for _, cond := range all {
		for _, some := range cond.either {
			describeConditions(t, some, set)
		}
		for _, l := range append([]literal{cond.low, cond.high}, cond.list...) {
			set(l, t.column(cond.column))
		}
	}
}

func (c *column) parameter(s *session) definition {
	switch {
	case c.integer():
		return numeric("?", typeLongLong, 21, c.flags()&flagUnsigned)
	case c.floating():
		d := numeric("?", typeDouble, 23, 0)
		d.decimals = notFixed
		return d
	}
	return textParameter(s)
}

func textParameter(c *session) definition {
	return definition{title: "?", collation: c.collation, wire: typeVarString, length: 0xfffc, decimals: notFixed}
}

// bind reads which statement a packet executes, with what values.
func (c *session) bind(in *cursor) (*statement, []literal, *sqlError) {
	p, err := c.find(uint32(in.uint(4)))
	if err != nil {
		return nil, nil, err
	}
	flags := in.uint(1)
	in.uint(4) // the number of iterations, always 1
	args, err := p.bind(in)
	if err == nil && (in.bad || flags != 0) {
		err = unsupported("execution of: "+p.st.text, "a cursor, or a packet that ends early")
	}
	return p.st, args, err
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

// integerSizes are in bytes.
var integerSizes = map[byte]int{typeTiny: 1, typeShort: 2, typeLong: 4, typeLongLong: 8}

// value reads a parameter of one of the types that clients bind. Unknown types give no literal.
func (c *cursor) value(wire byte, unsigned bool) literal {
	size := integerSizes[wire]
	switch wire {
	case typeTiny, typeShort, typeLong, typeLongLong:
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
