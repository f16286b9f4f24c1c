package wire_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// appendVerbatim appends a RESP3 verbatim string; format has three letters, such as txt.
func appendVerbatim(dst []byte, format, s string) []byte {
	return fmt.Appendf(dst, "=%d\r\n%s:%s\r\n", len(format)+1+len(s), format, s)
}

// appendMap appends the head of a RESP3 map; twice as many values follow, keys and values in turn.
func appendMap(dst []byte, pairs int) []byte { return fmt.Appendf(dst, "%%%d\r\n", pairs) }

// appendSet appends the head of a RESP3 set; its elements follow.
func appendSet(dst []byte, elements int) []byte { return fmt.Appendf(dst, "~%d\r\n", elements) }

// appendNull appends the null of RESP3.
func appendNull(dst []byte) []byte { return append(dst, "_\r\n"...) }

// appendNullBulk appends the null of RESP2 where a bulk string was asked for.
func appendNullBulk(dst []byte) []byte { return append(dst, "$-1\r\n"...) }

// appendNullArray appends the null of RESP2 where an array was asked for, such as the reply to an aborted EXEC.
func appendNullArray(dst []byte) []byte { return append(dst, "*-1\r\n"...) }

// appendBool appends a RESP3 boolean.
func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, "#t\r\n"...)
	}
	return append(dst, "#f\r\n"...)
}

// appendDouble appends a RESP3 double with the fewest digits that read back as f.
func appendDouble(dst []byte, f float64) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(dst, ",inf\r\n"...)
	case math.IsInf(f, -1):
		return append(dst, ",-inf\r\n"...)
	case math.IsNaN(f):
		return append(dst, ",nan\r\n"...)
	}
	dst = append(dst, ',')
	dst = strconv.AppendFloat(dst, f, 'g', -1, 64)
	return append(dst, "\r\n"...)
}

// appendLenEncInt appends a length-encoded integer.
func appendLenEncInt(dst []byte, v uint64) []byte {
	switch {
	case v < 0xfb:
		return append(dst, byte(v))
	case v < 1<<16:
		return append(dst, 0xfc, byte(v), byte(v>>8))
	case v < 1<<24:
		return append(dst, 0xfd, byte(v), byte(v>>8), byte(v>>16))
	}
	return binary.LittleEndian.AppendUint64(append(dst, 0xfe), v)
}
