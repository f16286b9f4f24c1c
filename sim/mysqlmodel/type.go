package mysqlmodel

import (
	"fmt"
	"strconv"
	"strings"
)

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

type integerType struct {
	wire                  byte
	bits                  uint
	width, unsignedLength uint32
}

var integerTypes = map[string]integerType{
	"tinyint":    {typeTiny, 8, 4, 3},
	"tinyint(1)": {typeTiny, 8, 1, 3},
	"smallint":   {typeShort, 16, 6, 5},
	"mediumint":  {typeInt24, 24, 9, 8},
	"int":        {typeLong, 32, 11, 10},
	"bigint":     {typeLongLong, 64, 20, 20},
}

func parseType(declared string) (columnType, error) {
	declared = strings.ToLower(strings.Join(strings.Fields(declared), " "))
	base, unsigned := strings.CutSuffix(declared, " unsigned")
	t := columnType{declared: declared, unsigned: unsigned}
	if i, ok := integerTypes[base]; ok {
		t.wire, t.bits, t.length = i.wire, i.bits, i.width
		if unsigned {
			t.length = i.unsignedLength
		}
		return t, nil
	}
	if unsigned {
		return t, fmt.Errorf("%w: type %q", ErrTable, declared)
	}
	return parseOtherType(t, base)
}

func parseOtherType(t columnType, base string) (columnType, error) {
	switch base {
	case "float":
		t.wire, t.length = typeFloat, 12
	case "double":
		t.wire, t.length = typeDouble, 22
	case "text":
		t.wire, t.length = typeBlob, 1<<16-1
	case "blob":
		t.wire, t.length, t.binary = typeBlob, 1<<16-1, true
	default:
		name, rest, _ := strings.Cut(base, "(")
		digits, closed := strings.CutSuffix(rest, ")")
		n, err := strconv.ParseUint(digits, 10, 14)
		if err != nil || !closed {
			return t, fmt.Errorf("%w: type %q", ErrTable, base)
		}
		t.length = uint32(n)
		switch name {
		case "char":
			t.wire = typeString
		case "varchar":
			t.wire = typeVarString
		case "varbinary":
			t.wire, t.binary = typeVarString, true
		default:
			return t, fmt.Errorf("%w: type %q", ErrTable, base)
		}
	}
	return t, nil
}
