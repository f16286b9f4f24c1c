package mysqlmodel

import (
	"math"
	"strconv"
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

// textCell appends a value of the text protocol.
func (p *packets) textCell(c cell) {
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

// binaryCell appends a value of the binary protocol that is not NULL.
func (p *packets) binaryCell(c cell, wire byte) {
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
	precision := -1
	if digits > 0 {
		precision = digits - 1
	}
	var scratch [32]byte
	e := strconv.AppendFloat(scratch[:0], f, 'e', precision, 64) // [-]d[.ddd]e±dd
	if e[0] == '-' {
		b = append(b, '-')
		e = e[1:]
	}
	mark := len(e) - 1
	for e[mark] != 'e' {
		mark--
	}
	exponent, _ := strconv.Atoi(string(e[mark+1:])) // AppendFloat wrote a number
	mantissa := append(e[:1:1], e[min(2, mark):mark]...)
	for len(mantissa) > 1 && mantissa[len(mantissa)-1] == '0' {
		mantissa = mantissa[:len(mantissa)-1]
	}
	if exponent < -15 || exponent > 14 && len(mantissa) <= exponent+1 {
		return appendScientific(b, mantissa, exponent)
	}
	return appendPlain(b, mantissa, exponent)
}

func appendScientific(b, mantissa []byte, exponent int) []byte {
	b = append(b, mantissa[0])
	if len(mantissa) > 1 {
		b = append(append(b, '.'), mantissa[1:]...)
	}
	return strconv.AppendInt(append(b, 'e'), int64(exponent), 10)
}

func appendPlain(b, mantissa []byte, exponent int) []byte {
	if exponent < 0 {
		b = append(b, '0', '.')
		for range -exponent - 1 {
			b = append(b, '0')
		}
		return append(b, mantissa...)
	}
	for i, d := range mantissa {
		if i == exponent+1 {
			b = append(b, '.')
		}
		b = append(b, d)
	}
	for range exponent + 1 - len(mantissa) {
		b = append(b, '0')
	}
	return b
}
