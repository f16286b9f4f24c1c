package mysqlmodel

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
)

// ErrTable reports a table that the model cannot hold.
var ErrTable = errors.New("mysqlmodel: not a table of the model")

// Table describes a table of InnoDB and what it holds at first.
type Table struct {
	Database string
	Name     string
	Columns  []Column
	// Rows in any order; a value is nil, int, int64, uint64, float64, string or []byte.
	Rows [][]any
}

// Column describes a column. Exactly one column of a table is its primary key, an integer.
type Column struct {
	Name     string
	SQLType  string // as it is declared: bigint, int unsigned, varchar(255), double ...
	Key      string // PRI, UNI or empty
	Nullable bool   // a primary key never is
	Default  *string
}

type column struct {
	Column
	columnType
}

func (c *column) hasDefault() bool { return c.Nullable || c.Default != nil }

// table is a table and its rows, in order of the primary key. Locks on rows that are not there belong to it too.
type table struct {
	database, name string
	columns        []column
	key            int  // the primary key's place among the columns
	secondary      bool // there is another index
	digest         uint64
	created        uint64 // at which commit of the server; 0 for what was there at first
	original       bool   // the rows were never written; clones share them
	records        []record
	versioned      bool // some record has an older version
	locks          []rowLock
}

// record is one row: its versions, the newest first.
type record struct {
	key  place
	head *version
}

// version is what one transaction made of a row. It is never changed, so clones share it.
type version struct {
	cells   []cell
	deleted bool   // the row is gone, but its place is not
	writer  ConnID // whose transaction is open; 0 when it was committed
	commit  uint64 // at which commit of the server; 0 for what was there at first
	older   *version
}

// CreateTable adds a table, and its database if that is new.
func (s *Server) CreateTable(def Table) error {
	t := &table{database: def.Database, name: def.Name, key: -1, original: true}
	if def.Database == "" || def.Name == "" || s.find(def.Database, def.Name) >= 0 {
		return fmt.Errorf("%w: the name %s.%s is empty or taken", ErrTable, def.Database, def.Name)
	}
	if err := t.describe(def.Columns); err != nil {
		return fmt.Errorf("%w, in %s.%s", err, def.Database, def.Name)
	}
	if err := t.fill(def.Rows); err != nil {
		return fmt.Errorf("%w, in %s.%s", err, def.Database, def.Name)
	}
	t.digest = xxhash.Sum64(s.appendRows(nil, t))
	s.tables = append(s.tables, t)
	return nil
}

func (t *table) describe(columns []Column) error {
	for i, c := range columns {
		typ, err := parseType(c.SQLType)
		if err != nil {
			return err
		}
		switch {
		case c.Name == "" || t.column(c.Name) >= 0:
			return fmt.Errorf("%w: column name %q", ErrTable, c.Name)
		case c.Key == "PRI" && (t.key >= 0 || !typ.integer()):
			return fmt.Errorf("%w: column %q in the primary key", ErrTable, c.Name)
		case c.Key == "UNI" && !typ.integer():
			return fmt.Errorf("%w: column %q with a unique index", ErrTable, c.Name)
		case c.Key != "PRI" && c.Key != "UNI" && c.Key != "":
			return fmt.Errorf("%w: key %q", ErrTable, c.Key)
		}
		if c.Key == "PRI" {
			t.key, c.Nullable = i, false
		}
		t.secondary = t.secondary || c.Key == "UNI"
		t.columns = append(t.columns, column{c, typ})
	}
	if t.key < 0 {
		return fmt.Errorf("%w: no primary key", ErrTable)
	}
	return nil
}

func (t *table) fill(rows [][]any) error {
	for n, values := range rows {
		if len(values) != len(t.columns) {
			return fmt.Errorf("%w: row %d has %d values", ErrTable, n+1, len(values))
		}
		cells := make([]cell, len(values))
		for i, v := range values {
			l, err := literalOf(v)
			if err != nil {
				return err
			}
			c, problem := t.columns[i].store(l, n+1)
			if problem != nil {
				return fmt.Errorf("%w: %s", ErrTable, problem.message)
			}
			cells[i] = c
		}
		t.records = append(t.records, record{cells[t.key].place(), &version{cells: cells}})
	}
	slices.SortFunc(t.records, func(a, b record) int { return cmp.Compare(a.key, b.key) })
	for i := 1; i < len(t.records); i++ {
		if t.records[i].key == t.records[i-1].key {
			return fmt.Errorf("%w: two rows with one key", ErrTable)
		}
	}
	return nil
}

func literalOf(v any) (literal, error) {
	switch v := v.(type) {
	case nil:
		return literal{kind: literalNull}, nil
	case int:
		return integerLiteral(int64(v)), nil
	case int64:
		return integerLiteral(v), nil
	case uint64:
		return literal{kind: literalInteger, magnitude: v}, nil
	case float64:
		return literal{kind: literalFloat, float: v}, nil
	case string:
		return literal{kind: literalString, text: v}, nil
	case []byte:
		return literal{kind: literalString, text: string(v)}, nil
	}
	return literal{}, fmt.Errorf("%w: a value of type %T", ErrTable, v)
}

// store converts a value for a column, as INSERT does in strict mode; row counts from 1.
func (c *column) store(l literal, row int) (cell, *sqlError) {
	switch {
	case l.kind == literalNull && c.Nullable:
		return cell{}, nil
	case l.kind == literalNull:
		return cell{}, errNull.of(c.Name)
	case c.integer() && l.kind == literalInteger:
		p, where := c.locate(l)
		if where != 0 {
			return cell{}, errOutOfRange.of(c.Name, row)
		}
		return c.cellAt(p), nil
	case c.floating() && (l.kind == literalFloat || l.kind == literalInteger):
		return c.storeFloat(l, row)
	case c.text() && (l.kind == literalString || l.kind == literalInteger):
		return c.storeText(l, row)
	}
	return cell{}, unsupported("conversion of "+l.String()+" to "+c.declared, "column "+c.Name)
}

// locate returns where an integer stands among the values of an integer column, or -1 or 1 when it is below or above
// all of them.
func (c *column) locate(l literal) (p place, outside int) {
	switch {
	case c.unsigned && l.negative:
		return 0, -1
	case c.unsigned:
		p = place(l.magnitude)
	case l.negative:
		p = place(signBit - l.magnitude)
	case l.magnitude >= signBit:
		return 0, 1
	default:
		p = place(signBit + l.magnitude)
	}
	switch {
	case p < c.lowest():
		return p, -1
	case p > c.highest():
		return p, 1
	}
	return p, 0
}

func (c *column) storeFloat(l literal, row int) (cell, *sqlError) {
	f := l.float
	if l.kind == literalInteger {
		f = float64(l.magnitude)
		if l.negative {
			f = -f
		}
	}
	kind := cellDouble
	if c.wire == typeFloat {
		kind = cellFloat
		f = float64(float32(f))
	}
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return cell{}, errOutOfRange.of(c.Name, row)
	}
	return cell{kind: kind, bits: math.Float64bits(f)}, nil
}

func (c *column) storeText(l literal, row int) (cell, *sqlError) {
	text := l.text
	if l.kind == literalInteger {
		text = l.String()
	}
	length := len(text)
	if !c.binary && !utf8.ValidString(text) {
		return cell{}, unsupported("text that is not UTF-8", "column "+c.Name)
	}
	if c.wire == typeString {
		text = strings.TrimRight(text, " ")
	}
	if !c.binary && c.wire != typeBlob {
		length = utf8.RuneCountInString(text)
	}
	if uint32(length) > c.length {
		if strings.HasSuffix(text, " ") {
			return cell{}, unsupported("text that is too long by blanks", "column "+c.Name)
		}
		return cell{}, errTooLong.of(c.Name, row)
	}
	return cell{kind: cellText, text: text}, nil
}

func (t *table) column(name string) int {
	return slices.IndexFunc(t.columns, func(c column) bool { return strings.EqualFold(c.Name, name) })
}

// search returns the index of the first record whose key is at least k.
func (t *table) search(k place) int {
	i, _ := slices.BinarySearchFunc(t.records, k, func(r record, k place) int { return cmp.Compare(r.key, k) })
	return i
}

func (t *table) record(k place) *record {
	if i := t.search(k); i < len(t.records) && t.records[i].key == k {
		return &t.records[i]
	}
	return nil
}

// own makes the rows writable, when they are shared with a clone.
func (t *table) own() {
	if t.original {
		t.records = slices.Clone(t.records)
		t.original = false
	}
}
