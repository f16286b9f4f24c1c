package mysqlmodel

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

type cellKind uint8

const (
	cellNull cellKind = iota
	cellSigned
	cellUnsigned
	cellFloat  // of 32 bits, widened
	cellDouble // of 64 bits
	cellText
)

// cell is a stored value; bits holds an integer or the bits of a float64.
type cell struct {
	kind cellKind
	bits uint64
	text string
}

func integerCell(i int64) cell { return cell{kind: cellSigned, bits: uint64(i)} }
func textCell(s string) cell   { return cell{kind: cellText, text: s} }

func oneIf(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// place is the position of an integer in the order of its type, so that signed and unsigned ones compare alike.
type place uint64

const signBit = 1 << 63

func (c cell) place() place {
	if c.kind == cellSigned {
		return place(c.bits ^ signBit)
	}
	return place(c.bits)
}

func (t *columnType) cellAt(p place) cell {
	if t.unsigned {
		return cell{kind: cellUnsigned, bits: uint64(p)}
	}
	return cell{kind: cellSigned, bits: uint64(p) ^ signBit}
}

func (c cell) appendText(b []byte) []byte {
	switch c.kind {
	case cellSigned:
		return strconv.AppendInt(b, int64(c.bits), 10)
	case cellUnsigned:
		return strconv.AppendUint(b, c.bits, 10)
	case cellFloat:
		return appendFloat(b, math.Float64frombits(c.bits), 6)
	case cellDouble:
		return appendFloat(b, math.Float64frombits(c.bits), -1)
	}
	return append(b, c.text...)
}

// asDouble is CAST(column AS DOUBLE) of a floating-point column.
func (c cell) asDouble() cell {
	if c.kind == cellFloat {
		c.kind = cellDouble
	}
	return c
}

// text appends a value of the text protocol.
func (p *packets) text(c cell) {
	switch c.kind {
	case cellNull:
		p.byte(0xfb)
	case cellText:
		p.string(c.text)
	default: // shorter than 251 bytes
		at := len(p.buf)
		p.buf = c.appendText(append(p.buf, 0))
		p.buf[at] = byte(len(p.buf) - at - 1)
	}
}

// binary appends a value of the binary protocol that is not NULL.
func (p *packets) binary(c cell, wire byte) {
	switch wire {
	case typeTiny:
		p.byte(byte(c.bits))
	case typeShort:
		p.uint16(uint16(c.bits))
	case typeInt24, typeLong:
		p.uint32(uint32(c.bits))
	case typeLongLong, typeDouble:
		p.uint64(c.bits)
	case typeFloat:
		p.uint32(math.Float32bits(float32(math.Float64frombits(c.bits))))
	default:
		p.string(c.text)
	}
}

// appendFloat writes a number as MySQL's my_gcvt does: the digits that are needed to read it back (digits < 0), or so
// many of them; with an exponent when that is shorter.
func appendFloat(b []byte, f float64, digits int) []byte {
	if f == 0 {
		return append(b, '0') // MySQL does not show the sign of zero
	}
	if digits > 0 {
		f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'e', digits-1, 64), 64)
	}
	mantissa, e, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e") // [-]d[.ddd]e±dd
	exponent, _ := strconv.Atoi(e)
	if exponent < -15 || exponent > 14 && f == math.Trunc(f) {
		return strconv.AppendInt(append(append(b, mantissa...), 'e'), int64(exponent), 10)
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

// Column types on the wire, from the server's field_types.h.
const (
	typeTiny      = 1
	typeShort     = 2
	typeLong      = 3
	typeFloat     = 4
	typeDouble    = 5
	typeNull      = 6
	typeLongLong  = 8
	typeInt24     = 9
	typeBlob      = 0xfc
	typeVarString = 0xfd
	typeString    = 0xfe
)

// columnType is what the model knows of a declared type.
type columnType struct {
	declared string // as SHOW COLUMNS writes it
	wire     byte
	length   uint32 // the display width, or the capacity in characters or bytes
	unsigned bool
	bits     uint // of an integer; 0 for other types
	binary   bool // bytes, not characters
}

func (t *columnType) integer() bool  { return t.bits > 0 }
func (t *columnType) floating() bool { return t.wire == typeFloat || t.wire == typeDouble }
func (t *columnType) text() bool     { return !t.integer() && !t.floating() }

// lowest and highest are the bounds of an integer type.
func (t *columnType) lowest() place {
	if t.unsigned {
		return 0
	}
	return signBit - 1<<(t.bits-1)
}

func (t *columnType) highest() place {
	if t.unsigned {
		return 1<<(t.bits-1)<<1 - 1
	}
	return signBit + 1<<(t.bits-1) - 1
}

var types = map[string]columnType{
	"tinyint":            {wire: typeTiny, bits: 8, length: 4},
	"tinyint unsigned":   {wire: typeTiny, bits: 8, length: 3, unsigned: true},
	"tinyint(1)":         {wire: typeTiny, bits: 8, length: 1},
	"smallint":           {wire: typeShort, bits: 16, length: 6},
	"smallint unsigned":  {wire: typeShort, bits: 16, length: 5, unsigned: true},
	"mediumint":          {wire: typeInt24, bits: 24, length: 9},
	"mediumint unsigned": {wire: typeInt24, bits: 24, length: 8, unsigned: true},
	"int":                {wire: typeLong, bits: 32, length: 11},
	"int unsigned":       {wire: typeLong, bits: 32, length: 10, unsigned: true},
	"bigint":             {wire: typeLongLong, bits: 64, length: 20},
	"bigint unsigned":    {wire: typeLongLong, bits: 64, length: 20, unsigned: true},
	"float":              {wire: typeFloat, length: 12},
	"double":             {wire: typeDouble, length: 22},
	"text":               {wire: typeBlob, length: 1<<16 - 1},
	"blob":               {wire: typeBlob, length: 1<<16 - 1, binary: true},
}

// sizedTypes are declared with their capacity, as in char(10).
var sizedTypes = map[string]columnType{
	"char":      {wire: typeString},
	"varchar":   {wire: typeVarString},
	"varbinary": {wire: typeVarString, binary: true},
}

func parseType(declared string) (columnType, error) {
	declared = strings.ToLower(strings.Join(strings.Fields(declared), " "))
	t, known := types[declared]
	if !known {
		name, rest, _ := strings.Cut(declared, "(")
		digits, closed := strings.CutSuffix(rest, ")")
		n, err := strconv.ParseUint(digits, 10, 14)
		if t, known = sizedTypes[name]; !known || !closed || err != nil {
			return t, fmt.Errorf("%w: type %q", ErrTable, declared)
		}
		t.length = uint32(n)
	}
	t.declared = declared
	return t, nil
}
