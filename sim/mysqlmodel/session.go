package mysqlmodel

import (
	"strings"
	"time"
)

// ConnID names a connection. It is the thread id that MySQL shows for it.
type ConnID uint32

// isolation is a transaction isolation level.
type isolation uint8

const (
	repeatableRead isolation = iota
	readCommitted
)

func (i isolation) String() string { return [...]string{"REPEATABLE-READ", "READ-COMMITTED"}[i] }

// lockWait is the server's default of innodb_lock_wait_timeout.
const lockWait = 50 * time.Second

// session is a connection and all that ends with it.
type session struct {
	id       ConnID
	greeted  bool // the client has logged in
	database string
	settings
	transaction

	foundRows     bool // CLIENT_FOUND_ROWS: UPDATE counts the rows that match
	prepared      []prepared
	lastStatement uint32

	work    request  // the statement under way
	pending *request // work, while it is not answered
}

// settings are the session's variables.
type settings struct {
	autocommit bool
	isolation  isolation
	lockWait   time.Duration
	collation  byte
	timeZone   string
}

// transaction is what BEGIN starts, or the first use of a table.
type transaction struct {
	explicit   bool      // begun by a statement
	active     bool      // shown as open in the status
	readOnly   bool      // until the next COMMIT or ROLLBACK, even across another BEGIN
	level      isolation // of this transaction
	oneShot    bool      // level was set for one transaction only
	snapshot   uint64    // the last commit that it sees
	consistent bool      // there is a snapshot
	undo       []undo
	joined     bool // a statement has used a table
	savepoints []savepoint
	structures []lockStructure
}

// undo is one change of a transaction that is not committed.
type undo struct {
	table int
	key   place
}

func (c *session) defaults() {
	c.settings = settings{autocommit: true, lockWait: lockWait, collation: c.settings.collation, timeZone: "SYSTEM"}
	c.transaction = transaction{}
}

// multi tells whether a transaction outlasts a statement.
func (c *session) multi() bool { return c.explicit || !c.autocommit }

// Bits of the status in OK packets, from the server's mysql_com.h.
const (
	statusInTransaction = 0x0001
	statusAutocommit    = 0x0002
	statusNoIndexUsed   = 0x0020
	statusInReadOnly    = 0x2000
)

func (c *session) status() (s uint16) {
	if c.active {
		s |= statusInTransaction
		if c.readOnly {
			s |= statusInReadOnly
		}
	}
	if c.autocommit {
		s |= statusAutocommit
	}
	return s
}

// variable returns the column of a system variable, and its value.
func (s *Server) variable(c *session, i *item) (definition, cell, *sqlError) {
	value := cell{kind: cellUnsigned}
	switch variableName(i.column) {
	case "autocommit":
		value.bits = oneIf(c.autocommit)
		return numeric(i.title, typeLongLong, 1, 0), value, nil
	case "max_allowed_packet":
		value.bits = 64 << 20
		return numeric(i.title, typeLongLong, 21, flagUnsigned), value, nil
	case "innodb_lock_wait_timeout":
		value.bits = uint64(c.lockWait / time.Second)
		return numeric(i.title, typeLongLong, 21, flagUnsigned), value, nil
	case "version":
		value = textCell(s.version)
	case "server_uuid":
		value = textCell(uuid)
	case "sql_select_limit":
		value.bits = mostRows
		return numeric(i.title, typeLongLong, 21, flagUnsigned), value, nil
	case "transaction_isolation":
		value = textCell(c.isolation.String())
	case "time_zone":
		value = textCell(c.timeZone)
	default:
		return definition{}, value, unsupported("statement: SELECT "+i.column, "variable")
	}
	const longest = 0x15554 // bytes of a system variable's text
	return definition{title: i.title, collation: c.collation, length: longest, wire: typeVarString, decimals: notFixed}, value, nil
}

// uuid is the identity of the one server that is modelled.
const uuid = "5e3c80a0-0000-11f0-8000-000000000001"

// sqlMode is the default of the variable of that name, and the only mode that is modelled
// but for what it says of dates: no column of the model is a date.
const sqlMode = "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"

var aboutDates = strings.NewReplacer("NO_ZERO_IN_DATE,", "", "NO_ZERO_DATE,", "", "ALLOW_INVALID_DATES,", "")

// mostRows is the limit of a result that has none.
const mostRows = 1<<64 - 1

// variableName returns the name of a variable without what says that it is one.
func variableName(written string) string {
	return strings.TrimPrefix(strings.ToLower(strings.TrimPrefix(written, "@@")), "session.")
}

// setVariables sets all variables that a SET names, or none.
func (s *Server) setVariables(c *session, st *statement) *sqlError {
	before := c.settings
	for _, a := range st.set {
		if err := c.settings.set(st, a); err != nil {
			c.settings = before
			return err
		}
	}
	if c.autocommit && !before.autocommit {
		s.finish(c, true)
	}
	if !c.active && c.isolation != before.isolation {
		c.level = c.isolation
	}
	return nil
}

// setWarnings counts the warnings of a SET: a strict mode without all that belongs to it gives one.
func setWarnings(st *statement) (n uint16) {
	for _, a := range st.set {
		if variableName(a.column) == "sql_mode" && !strings.EqualFold(a.value.text, sqlMode) {
			n++
		}
	}
	return n
}

func (v *settings) set(st *statement, a assignment) *sqlError {
	l := a.value
	switch variableName(a.column) {
	case "autocommit":
		switch {
		case l.kind == literalInteger && l.magnitude <= 1 && !l.negative:
			v.autocommit = l.magnitude == 1
			return nil
		case l.kind == literalWord:
			v.autocommit = l.text == "ON"
			return nil
		}
	case "time_zone":
		if l.kind == literalString && (l.text == "+00:00" || l.text == "SYSTEM") {
			v.timeZone = l.text
			return nil
		}
	case "sql_select_limit": // no limit
		if l.kind == literalInteger && !l.negative && l.magnitude == mostRows {
			return nil
		}
	case "max_sort_length":
		if l.kind == literalInteger && !l.negative && l.magnitude == 8<<20 { // longer than any value
			return nil
		}
	case "sql_big_selects":
		if l.kind == literalInteger && !l.negative && l.magnitude == 1 {
			return nil
		}
	case "sql_mode":
		if l.kind == literalString && aboutDates.Replace(strings.ToUpper(l.text)) == aboutDates.Replace(sqlMode) {
			return nil
		}
	case "innodb_lock_wait_timeout":
		if l.kind == literalInteger && !l.negative && l.magnitude >= 1 && l.magnitude <= 1<<30 {
			v.lockWait = time.Duration(l.magnitude) * time.Second
			return nil
		}
	case "transaction_isolation":
		for _, i := range []isolation{repeatableRead, readCommitted} {
			if l.kind == literalString && strings.EqualFold(l.text, i.String()) {
				v.isolation = i
				return nil
			}
		}
	}
	return st.unsupported("variable " + a.column)
}

// setIsolation sets the level of the session, or of its next transaction only.
func (c *session) setIsolation(st *statement) *sqlError {
	switch {
	case st.session:
		c.isolation = st.isolation
	case c.active:
		return errInTransaction
	}
	if !c.active {
		c.level, c.oneShot = st.isolation, !st.session
	}
	return nil
}
