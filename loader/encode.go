package loader

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A row becomes one JSON object on one line, names in column order, so that
// nothing of the value is lost:
//
//	integers, YEAR          number, all digits (beyond 2^53 too)
//	FLOAT, DOUBLE           number, the shortest that reads back the same
//	BIT                     number
//	DECIMAL                 string, with the scale of the column
//	dates and times         string, as MySQL writes them; TIMESTAMP in UTC
//	CHAR, TEXT, ENUM, SET   string
//	JSON                    string with the document's text: a document that is
//	                        the JSON null differs from SQL NULL
//	BINARY, BLOB, VECTOR,
//	spatial types, and what
//	Job.Base64 names        string, base64 of the bytes
//	NULL                    null
type form int

const (
	asText form = iota
	asInteger
	asFloat
	asDouble
	asBits
	asBase64
)

func formOf(c column) form {
	if c.raw {
		return asBase64
	}
	switch c.base() {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "year":
		return asInteger
	case "float":
		return asFloat
	case "double":
		return asDouble
	case "bit":
		return asBits
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector",
		"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring",
		"multipolygon", "geomcollection", "geometrycollection":
		return asBase64
	}
	return asText
}

// selectExpression asks for a column in a way that loses nothing: MySQL writes
// a FLOAT with six digits, and a DOUBLE(M,D) with D decimals, which is fewer
// than they hold.
func selectExpression(c column) string {
	name := quoteName(c.name)
	if c.raw {
		return "CAST(" + name + " AS BINARY)"
	}
	if formOf(c) == asFloat || strings.HasPrefix(c.sqlType, "double(") {
		return "CAST(" + name + " AS DOUBLE)"
	}
	return name
}

// encoder turns rows of one table into elements. It reuses its buffers, so it
// serves one goroutine.
type encoder struct {
	src     *source
	names   [][]byte // `{"id":`, `,"payload":`
	forms   []form
	guarded []int          // columns, in the order of their guards
	values  []sql.RawBytes // of the columns, of what of the key is not among them, and of the guards
	keyAt   []int
	into    []any
	buffer  []byte  // the row that is being encoded
	block   []byte  // elements that were encoded before
	largest largest // of the last result set
}

func newEncoder(src *source) encoder {
	columns := src.columns
	at, further := src.keyAt()
	e := encoder{src: src, forms: make([]form, len(columns)), keyAt: at}
	for i, c := range columns {
		e.forms[i] = formOf(c)
		name := []byte{','}
		if i == 0 {
			name[0] = '{'
		}
		name = append(appendString(name, []byte(c.name)), ':')
		e.names = append(e.names, name)
		if c.guarded() {
			e.guarded = append(e.guarded, i)
		}
	}
	e.values = make([]sql.RawBytes, len(columns)+further+len(e.guarded))
	for i := range e.values {
		e.into = append(e.into, &e.values[i])
	}
	return e
}

// each encodes every row of a result set.
func (e *encoder) each(rows *sql.Rows, visit func(element []byte) error) error {
	e.largest = largest{}
	for rows.Next() {
		if err := rows.Scan(e.into...); err != nil {
			return err
		}
		element, err := e.row()
		if err != nil {
			return err
		}
		if len(element) > max(alwaysTaken, e.largest.size) {
			e.largest = largest{len(element), e.key()}
		}
		if err := visit(element); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (e *encoder) row() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	out := e.buffer[:0]
	for i, value := range e.values[:len(e.forms)] {
		out = append(out, e.names[i]...)
		if value == nil {
			out = append(out, "null"...)
			continue
		}
		var err error
		if out, err = appendValue(out, e.forms[i], value); err != nil {
			return nil, lost(e.src.job, e.key(), e.src.columns[i], err.Error())
		}
	}
	out = append(out, '}')
	e.buffer = out
	return e.keep(out), nil
}

// Elements share blocks: to allocate each apart costs more than to encode it. A large one
// stands apart, so that no more than an eighth of a block is left empty.
const (
	blockSize  = 16 << 10
	largeInOne = blockSize / 8
)

// keep copies an element to where it can stay.
func (e *encoder) keep(element []byte) []byte {
	if len(element) > largeInOne {
		return bytes.Clone(element)
	}
	if len(element) > cap(e.block)-len(e.block) {
		e.block = make([]byte, 0, blockSize)
	}
	begins := len(e.block)
	e.block = append(e.block, element...)
	return e.block[begins:len(e.block):len(e.block)]
}

// key is that of the row, for a reader.
func (e *encoder) key() string { return e.src.key.shown(e.writtenKey()) }

func (e *encoder) writtenKey() string {
	parts := make([]sql.RawBytes, len(e.keyAt))
	for i, at := range e.keyAt {
		parts[i] = e.values[at]
	}
	return string(e.src.key.write(nil, parts))
}

// check looks at the guards: NULL is of a value that is NULL.
func (e *encoder) check() error {
	guards := e.values[len(e.values)-len(e.guarded):]
	for i, g := range guards {
		if string(g) == "0" {
			c := e.src.columns[e.guarded[i]]
			return lost(e.src.job, e.key(), c, "holds bytes that "+c.charset()+" has no character for")
		}
	}
	return nil
}

func appendValue(out []byte, f form, value []byte) ([]byte, error) {
	switch f {
	case asInteger:
		return appendInteger(out, value), nil
	case asFloat:
		return appendFloat(out, value, 32)
	case asDouble:
		return appendFloat(out, value, 64)
	case asBits:
		var n uint64
		for _, b := range value {
			n = n<<8 | uint64(b)
		}
		return strconv.AppendUint(out, n, 10), nil
	case asBase64:
		out = append(out, '"')
		out = base64.StdEncoding.AppendEncode(out, value)
		return append(out, '"'), nil
	}
	if plain(value) {
		return appendQuoted(out, value), nil
	}
	if !utf8.Valid(value) {
		return nil, errors.New("holds text that is not valid UTF-8")
	}
	return appendString(out, value), nil
}

// appendInteger drops the zeros of a ZEROFILL column: JSON knows no 007.
func appendInteger(out, digits []byte) []byte {
	if len(digits) > 1 && digits[0] == '0' {
		digits = bytes.TrimLeft(digits, "0")
		if len(digits) == 0 {
			digits = []byte{'0'}
		}
	}
	return append(out, digits...)
}

func appendFloat(out, text []byte, bits int) ([]byte, error) {
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return nil, err
	}
	return strconv.AppendFloat(out, f, 'g', -1, bits), nil
}

// appendString quotes as encoding/json does, without its detour through
// reflection and without its escapes for HTML.
func appendString(out, text []byte) []byte {
	for _, b := range text {
		if b < ' ' || b == '"' || b == '\\' {
			return appendEscaped(out, text)
		}
	}
	return appendQuoted(out, text)
}

func appendQuoted(out, text []byte) []byte {
	out = append(out, '"')
	out = append(out, text...)
	return append(out, '"')
}

// plain tells whether text is ASCII of which JSON escapes nothing. It looks at eight bytes
// at once: with no high bit among them, a subtraction sets one for each byte that is less.
func plain(text []byte) bool {
	const each, high = 0x0101010101010101, 0x8080808080808080
	for ; len(text) >= 8; text = text[8:] {
		word := binary.LittleEndian.Uint64(text)
		quote, backslash := word^'"'*each, word^'\\'*each
		if (word|(word-' '*each)|(quote-each)|(backslash-each))&high != 0 {
			return false
		}
	}
	for _, b := range text {
		if b < ' ' || b == '"' || b == '\\' || b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func appendEscaped(out, text []byte) []byte {
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(string(text)); err != nil {
		panic(err) // a string always encodes
	}
	return append(out, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
}
