package loader

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// key is the columns by which a table is cut, in the order of their index. Without any,
// the table is not cut.
//
// A key is written as its parts with commas between them. Only MySQL knows the order of
// keys of text: what is written goes back to it as a literal of the same character set,
// and MySQL compares as it does in the index.
type key []column

// integral tells whether keys can be counted without MySQL.
func (k key) integral() bool { return len(k) == 1 && k[0].integer() }

func (k key) names() []string { return each(k, func(c column) string { return c.name }) }

// types are those of the columns, with what their order depends on.
func (k key) types() []string {
	return each(k, func(c column) string { return strings.TrimSpace(c.sqlType + " " + c.collation) })
}

// order is the key as SQL orders by it.
func (k key) order() string {
	return strings.Join(each(k, func(c column) string { return quoteName(c.name) }), ", ")
}

// reversed is order from the last key to the first.
func (k key) reversed() string {
	return strings.Join(each(k, func(c column) string { return quoteName(c.name) + " DESC" }), ", ")
}

// asked is what SQL asks for, to be written as a key.
func (k key) asked() string { return strings.Join(each(k, askedAs), ", ") }

func each(k key, of func(column) string) []string {
	texts := make([]string, len(k))
	for i, c := range k {
		texts[i] = of(c)
	}
	return texts
}

// notation is how a part of a key is written, so that nothing of it is lost.
type notation int

const (
	noNotation notation = iota
	asNumber            // integers, DECIMAL, YEAR
	asReal              // FLOAT and DOUBLE, as the nearest DOUBLE
	asOrdinal           // ENUM, SET and BIT, which an index orders by their number
	asMoment            // dates and times
	asAddress           // UUID and INET of MariaDB
	asHex               // text and bytes, after an x
)

func notationOf(c column) notation {
	switch c.base() {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "year", "decimal":
		return asNumber
	case "float", "double":
		return asReal
	case "enum", "set", "bit":
		return asOrdinal
	case "date", "datetime", "timestamp", "time":
		return asMoment
	case "uuid", "inet":
		return asAddress
	case "char", "varchar", "binary", "varbinary",
		"tinytext", "text", "mediumtext", "longtext", "tinyblob", "blob", "mediumblob", "longblob":
		return asHex
	}
	return noNotation
}

// write appends a key of which these are the parts, as SQL gave them.
func (k key) write(to []byte, parts []sql.RawBytes) []byte {
	for i, c := range k {
		if i > 0 {
			to = append(to, ',')
		}
		if notationOf(c) == asHex {
			to = append(to, 'x')
		}
		to = append(to, parts[i]...)
	}
	return to
}

func askedAs(c column) string {
	name := quoteName(c.name)
	switch notationOf(c) {
	case asReal:
		return name + " + 0E0"
	case asOrdinal:
		return "CAST(" + name + " AS UNSIGNED)"
	case asHex:
		return "HEX(" + name + ")"
	}
	return name
}

// written are the texts that are a part of a key: a plan comes from Redis, where
// anybody may have put it, and its keys become SQL.
var written = map[notation]*regexp.Regexp{
	asNumber:  regexp.MustCompile(`^-?\d+(\.\d+)?$`),
	asReal:    regexp.MustCompile(`^-?\d+(\.\d+)?(e[-+]?\d+)?$`),
	asOrdinal: regexp.MustCompile(`^\d+$`),
	asMoment:  regexp.MustCompile(`^-?[\d:-]+( [\d:.]+)?(\.\d+)?$`),
	asAddress: regexp.MustCompile(`^[0-9a-f:.-]+$`),
	asHex:     regexp.MustCompile(`^x([0-9A-F]{2})*$`),
}

// literal is a part of a key as SQL that MySQL compares with the column by its index.
func literal(c column, part string) (string, error) {
	n := notationOf(c)
	if re := written[n]; re == nil || !re.MatchString(part) {
		return "", fmt.Errorf("%q is no %s of a key", part, c.sqlType)
	}
	switch n {
	case asReal:
		if !strings.Contains(part, "e") {
			part += "e0" // a literal without exponent is a DECIMAL
		}
	case asMoment, asAddress:
		return "'" + part + "'", nil
	case asHex:
		part = "X'" + part[1:] + "'"
		if c.collation != "" {
			part = "_" + c.charset() + " " + part
		}
	}
	return part, nil
}

// within is the condition that a row is within bounds; "" is every row.
func (k key) within(b Bounds) (string, error) {
	if k.integral() {
		return fmt.Sprintf("%s BETWEEN %s AND %s", k.order(), b.First, b.Last), nil
	}
	var conditions []string
	for _, edge := range []struct{ operator, at string }{{">=", b.First}, {"<", b.Before}, {"<=", b.Last}} {
		if len(k) == 0 || edge.at == "" {
			continue
		}
		literals, err := k.literals(edge.at)
		if err != nil {
			return "", err
		}
		conditions = append(conditions, k.compared(edge.operator, literals))
	}
	return strings.Join(conditions, " AND "), nil
}

func (k key) literals(written string) ([]string, error) {
	parts := strings.Split(written, ",")
	if len(parts) != len(k) {
		return nil, fmt.Errorf("%q is no key of %d columns", written, len(k))
	}
	for i, c := range k {
		var err error
		if parts[i], err = literal(c, parts[i]); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// compared compares column by column. MySQL does not use an index for (a, b) >= (1, 2),
// though that means the same (reference manual, "Range Optimization of Row Constructor
// Expressions").
func (k key) compared(operator string, literals []string) string {
	name, at := quoteName(k[0].name), literals[0]
	if len(k) == 1 {
		return name + " " + operator + " " + at
	}
	return fmt.Sprintf("(%s %s %s OR %s = %s AND %s)", name, operator[:1], at, name, at, k[1:].compared(operator, literals[1:]))
}

// shown is a written key for a reader.
func (k key) shown(written string) string {
	parts := strings.Split(written, ",")
	for i, part := range parts {
		if i >= len(k) || notationOf(k[i]) != asHex {
			continue
		}
		text, err := hex.DecodeString(strings.TrimPrefix(part, "x"))
		if err == nil && k[i].collation != "" && utf8.Valid(text) {
			parts[i] = fmt.Sprintf("%q", text)
		} else {
			parts[i] = "0" + part
		}
	}
	return strings.Join(parts, ", ")
}
