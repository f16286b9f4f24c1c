package mysqlmodel

import (
	"strconv"
	"strings"
	"time"
)

// selectScalar answers a SELECT without a table. Like the server it sends the columns before it evaluates anything.
func (s *Server) selectScalar(c *session, now time.Duration, p *packets) (waits bool, err *sqlError) {
	i := &c.work.st.items[0]
	d, value, err := s.describe(c, i)
	if err != nil {
		return false, err
	}
	if !c.work.headed {
		p.count(1)
		p.define(&d)
		c.work.headed = true
	}
	switch i.kind {
	case itemInteger, itemVariable, itemConnectionID:
	case itemReleaseAllLocks:
		value = integerCell(int64(s.releaseAll(c.id)))
	default:
		if value, waits, err = s.lockFunction(c, now, i); waits || err != nil {
			return waits, err
		}
	}
	s.scalarRow(c, p, value)
	return false, nil
}

func (s *Server) scalarRow(c *session, p *packets, value cell) {
	wire := byte(typeLongLong)
	if value.kind == cellText {
		wire = typeVarString
	}
	p.row(c, 1, func(int) (cell, byte) { return value, wire })
	p.endOfRows(c.status())
}

// describe returns the column of an expression, and its value if that has no effect.
func (s *Server) describe(c *session, i *item) (definition, cell, *sqlError) {
	d := definition{title: i.title, collation: collationBinary, wire: typeLongLong, flags: flagBinary}
	switch i.kind {
	case itemInteger:
		return d.integer(i.args[0])
	case itemVariable:
		return s.variable(c, i, d)
	case itemConnectionID:
		d.length, d.flags = 21, flagBinary|flagUnsigned|flagNotNull
		return d, cell{kind: cellUnsigned, bits: uint64(c.id)}, nil
	case itemIsUsedLock:
		d.length, d.flags = 21, flagBinary|flagUnsigned
	case itemReleaseAllLocks:
		d.length, d.flags = 21, flagBinary|flagUnsigned|flagNotNull
	default:
		d.length = 1
	}
	return d, cell{}, nil
}

func (d definition) integer(l literal) (definition, cell, *sqlError) {
	if l.kind != literalInteger {
		return d, cell{}, unsupported("statement: SELECT "+d.title, "a value that is not an integer")
	}
	d.flags |= flagNotNull
	d.length = uint32(len(strconv.FormatUint(l.magnitude, 10))) + 1
	v := cell{kind: cellSigned, bits: l.magnitude}
	switch {
	case l.negative:
		v.bits = -l.magnitude
	case l.magnitude >= signBit:
		d.flags |= flagUnsigned
		d.length--
		v.kind = cellUnsigned
	}
	return d, v, nil
}

func (s *Server) variable(c *session, i *item, d definition) (definition, cell, *sqlError) {
	name := strings.ToLower(strings.TrimPrefix(i.column, "@@"))
	name = strings.TrimPrefix(name, "session.")
	d.length = 21
	number := cell{kind: cellUnsigned}
	text := cell{kind: cellText}
	switch name {
	case "autocommit":
		d.length = 1
		if c.autocommit {
			number.bits = 1
		}
		return d, number, nil
	case "max_allowed_packet":
		number.bits = 64 << 20
		d.flags |= flagUnsigned
		return d, number, nil
	case "innodb_lock_wait_timeout":
		number.bits = uint64(c.lockWait / time.Second)
		d.flags |= flagUnsigned
		return d, number, nil
	case "version":
		text.text = s.version
	case "transaction_isolation":
		text.text = c.isolation.String()
	case "time_zone":
		text.text = c.timeZone
	default:
		return d, cell{}, unsupported("statement: SELECT "+i.column, "variable")
	}
	const longest = 0x15554 // bytes of a system variable's text
	d.wire, d.length, d.flags, d.decimals, d.collation = typeVarString, longest, 0, notFixed, c.collation
	return d, text, nil
}

func (s *Server) lockFunction(c *session, now time.Duration, i *item) (v cell, waits bool, err *sqlError) {
	name, err := lockName(c.work.st, i.args[0].bind(c.work.args))
	if err != nil {
		return v, false, err
	}
	switch i.kind {
	case itemReleaseLock:
		return s.releaseLock(c, name), false, nil
	case itemIsFreeLock:
		v = integerCell(0)
		if s.lock(name) == nil {
			v.bits = 1
		}
		return v, false, nil
	case itemIsUsedLock:
		if l := s.lock(name); l != nil {
			v = cell{kind: cellUnsigned, bits: uint64(l.owner)}
		}
		return v, false, nil
	}
	if c.work.resumed {
		return integerCell(1), false, nil // granted while it waited
	}
	timeout := i.args[1].bind(c.work.args)
	if timeout.kind != literalInteger {
		return v, false, unsupported("statement: "+c.work.st.text, "a timeout that is not an integer")
	}
	got, waits, err := s.getLock(c, now, name, timeout)
	return integerCell(got), waits, err
}
