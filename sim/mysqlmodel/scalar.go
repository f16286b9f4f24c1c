package mysqlmodel

import (
	"strconv"
	"time"
)

// selectScalar answers a SELECT without a table. Like the server it sends the columns before it evaluates anything.
func (s *Server) selectScalar(c *session, now time.Duration, p *packets) *sqlError {
	i := &c.work.st.items[0]
	if len(c.work.st.items) > 1 {
		return s.selectScalars(c, p)
	}
	d, value, err := s.describe(c, i)
	if err != nil {
		return err
	}
	if !c.work.headed {
		p.count(1)
		p.define(&d)
		c.work.headed = true
	}
	switch i.kind {
	case itemInteger, itemVariable, itemConnectionID, itemDatabase:
	case itemReleaseAllLocks:
		value = integerCell(int64(s.releaseAll(c.id)))
	default:
		if value, err = s.lockFunction(c, now, i); err != nil {
			return err
		}
	}
	s.scalarRow(c, p, value)
	return nil
}

// selectScalars answers a SELECT of several expressions, which have no effect.
func (s *Server) selectScalars(c *session, p *packets) *sqlError {
	items := c.work.st.items
	definitions, values := make([]definition, len(items)), make([]cell, len(items))
	for i := range items {
		var err *sqlError
		if definitions[i], values[i], err = s.describe(c, &items[i]); err != nil {
			return err
		}
	}
	p.count(len(items))
	for i := range definitions {
		p.define(&definitions[i])
	}
	p.row(c, len(items), func(i int) (cell, byte) { return values[i], definitions[i].wire })
	p.endOfRows(c.status())
	return nil
}

func (s *Server) scalarRow(c *session, p *packets, value cell) {
	wire := byte(typeLongLong)
	if value.kind == cellText {
		wire = typeVarString
	}
	p.row(c, 1, func(int) (cell, byte) { return value, wire })
	p.endOfRows(c.status())
}

// longestName is how many characters the name of a database has at most.
const longestName = 64

// describe returns the column of an expression, and its value if that has no effect.
func (s *Server) describe(c *session, i *item) (d definition, value cell, err *sqlError) {
	d = numeric(i.title, typeLongLong, 1, 0)
	switch i.kind {
	case itemInteger:
		d, value = i.args[0].describe(i.title)
	case itemVariable:
		return s.variable(c, i)
	case itemConnectionID:
		d = numeric(i.title, typeLongLong, 21, flagUnsigned|flagNotNull)
		value = cell{kind: cellUnsigned, bits: uint64(c.id)}
	case itemDatabase:
		d = definition{title: i.title, collation: c.collation, length: 4 * longestName, wire: typeVarString, decimals: notFixed}
		if c.database != "" {
			value = textCell(c.database)
		}
	case itemIsUsedLock:
		d = numeric(i.title, typeLongLong, 21, flagUnsigned)
	case itemReleaseAllLocks:
		d = numeric(i.title, typeLongLong, 21, flagUnsigned|flagNotNull)
	}
	return d, value, nil
}

// describe returns the column of an integer that stands in a statement, and its value.
func (l literal) describe(title string) (definition, cell) {
	digits := uint32(len(strconv.FormatUint(l.magnitude, 10)))
	switch {
	case l.negative:
		return numeric(title, typeLongLong, digits+1, flagNotNull), integerCell(-int64(l.magnitude))
	case l.magnitude >= signBit:
		return numeric(title, typeLongLong, digits, flagNotNull|flagUnsigned), cell{kind: cellUnsigned, bits: l.magnitude}
	}
	return numeric(title, typeLongLong, digits+1, flagNotNull), integerCell(int64(l.magnitude))
}

func (s *Server) lockFunction(c *session, now time.Duration, i *item) (v cell, err *sqlError) {
	name, err := lockName(c.work.st, i.args[0].bind(c.work.args))
	if err != nil {
		return v, err
	}
	switch i.kind {
	case itemReleaseLock:
		return s.releaseLock(c, name), nil
	case itemIsFreeLock:
		return cell{kind: cellSigned, bits: oneIf(s.lock(name) == nil)}, nil
	case itemIsUsedLock:
		if l := s.lock(name); l != nil {
			v = cell{kind: cellUnsigned, bits: uint64(l.owner)}
		}
		return v, nil
	}
	if c.work.resumed {
		return integerCell(1), nil // granted while it waited
	}
	timeout := i.args[1].bind(c.work.args)
	switch timeout.kind {
	case literalNull:
		timeout = integerLiteral(0)
	case literalInteger:
	default:
		return v, c.work.st.unsupported("a timeout that is not an integer")
	}
	return s.getLock(c, now, name, timeout)
}
