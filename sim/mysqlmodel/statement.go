package mysqlmodel

import (
	"slices"
	"strconv"
	"strings"
)

type statementKind uint8

const (
	selectRows statementKind = iota
	selectAggregates
	selectScalar
	showColumns
	insertRows
	updateRows
	deleteRows
	startTransaction
	commitTransaction
	rollbackTransaction
	setSavepoint
	rollBackToSavepoint
	releaseSavepoint
	setVariables
	setIsolation
	setNames
	useDatabase
	createTable
	killThread
)

// statement is what the parser made of one text. It is not changed afterwards, so clones share it.
type statement struct {
	kind   statementKind
	text   string
	params int

	table tableName
	items []item
	where []condition
	order string // the column, when ordered
	desc  bool

	limit, offset literal // none when not given
	locking       locking
	shared        bool // FOR SHARE

	columns    []string    // of INSERT, when given
	rows       [][]literal // of INSERT
	set        []assignment
	duplicates duplicates // of INSERT and REPLACE

	snapshot, readOnly, readWrite bool // of START TRANSACTION

	session   bool // SET SESSION TRANSACTION, not the next one only
	isolation isolation

	full      bool // SHOW FULL COLUMNS
	collation string

	database  string
	savepoint string

	definitions []Column // of CREATE TABLE

	thread    ConnID
	queryOnly bool
}

// writes tells whether the statement changes rows or locks them.
func (s *statement) writes() bool {
	return s.changes() || s.locking != lockNothing
}

// changes tells whether the statement changes rows.
func (s *statement) changes() bool {
	return s.kind == insertRows || s.kind == updateRows || s.kind == deleteRows
}

// patient tells whether the statement waits for locks.
func (s *statement) patient() bool {
	return s.locking != lockRowsNoWait && s.locking != lockRowsSkipLocked
}

type tableName struct{ database, name string }

type itemKind uint8

const (
	itemStar itemKind = iota
	itemColumn
	itemDouble  // CAST(column AS DOUBLE)
	itemCount   // COUNT(*)
	itemCountOf // COUNT(column)
	itemMin
	itemMax
	itemInteger
	itemVariable
	itemConnectionID
	itemDatabase // DATABASE()
	itemGetLock
	itemReleaseLock
	itemIsFreeLock
	itemIsUsedLock
	itemReleaseAllLocks
)

// item is one expression of a select list.
type item struct {
	kind   itemKind
	title  string // the name that the result gives it
	column string // or the variable
	args   [2]literal
}

type condition struct {
	column   string
	operator string // = < <= > >= <> BETWEEN, IN, OR, IS NULL or IS NOT NULL
	low      literal
	high     literal       // as low, except for BETWEEN
	list     []literal     // of IN
	either   [][]condition // of OR: in one list all must hold
}

// several tells whether a condition is more than one comparison of a column.
func (c *condition) several() bool {
	switch c.operator {
	case "<>", "IN", "OR", "IS NULL", "IS NOT NULL":
		return true
	}
	return false
}

// aliases tells whether the statement gives an expression a name that it does not have by itself.
func (s *statement) aliases(name string) bool {
	return slices.ContainsFunc(s.items, func(i item) bool {
		return i.kind != itemStar && strings.EqualFold(i.title, name) && !strings.EqualFold(i.column, name)
	})
}

// assignment gives a column a value, or another column's value with a number added to it or taken from it.
type assignment struct {
	column   string
	source   string // the other column, or empty
	operator string // + - or none
	value    literal
}

// duplicates is what INSERT does about a row that has the key already.
type duplicates uint8

const (
	failOnDuplicates  duplicates = iota
	skipDuplicates               // INSERT IGNORE
	updateDuplicates             // ON DUPLICATE KEY UPDATE
	replaceDuplicates            // REPLACE
)

type locking uint8

const (
	lockNothing locking = iota
	lockRows
	lockRowsNoWait
	lockRowsSkipLocked
)

type literalKind uint8

const (
	literalNone literalKind = iota
	literalNull
	literalInteger
	literalFloat
	literalString
	literalParam // a question mark; magnitude is its position
	literalWord  // ON, OFF
)

// literal is a value as the client wrote it. Integers are sign and magnitude, since MySQL's reach from -2^63 to 2^64-1.
type literal struct {
	kind      literalKind
	negative  bool
	magnitude uint64
	float     float64
	text      string
}

func integerLiteral(i int64) literal {
	if i < 0 {
		return literal{kind: literalInteger, negative: true, magnitude: -uint64(i)}
	}
	return literal{kind: literalInteger, magnitude: uint64(i)}
}

func (l literal) bind(args []literal) literal {
	if l.kind == literalParam {
		if l.magnitude < uint64(len(args)) {
			return args[l.magnitude]
		}
		return literal{kind: literalNull} // prepared, not executed
	}
	return l
}

func (l literal) String() string {
	switch l.kind {
	case literalNull:
		return "NULL"
	case literalInteger:
		if l.negative {
			return "-" + strconv.FormatUint(l.magnitude, 10)
		}
		return strconv.FormatUint(l.magnitude, 10)
	case literalFloat:
		return strconv.FormatFloat(l.float, 'g', -1, 64)
	case literalString:
		return strconv.Quote(l.text)
	case literalParam:
		return "?"
	}
	return l.text
}
