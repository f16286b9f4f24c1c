package wire

import (
	"math"
	"strconv"
)

// AppendCommand appends a request: an array of bulk strings.
func AppendCommand[S ~string | ~[]byte](dst []byte, args ...S) []byte {
	dst = AppendArray(dst, len(args))
	for _, a := range args {
		dst = AppendBulk(dst, a)
	}
	return dst
}

// AppendSimple appends a simple string, which must not hold CR or LF.
func AppendSimple(dst []byte, s string) []byte { return appendLine(dst, '+', s) }

// AppendError appends an error reply; msg begins with its code (ERR, WRONGTYPE …) and must not hold CR or LF.
func AppendError(dst []byte, msg string) []byte { return appendLine(dst, '-', msg) }

func appendLine(dst []byte, kind byte, s string) []byte {
	dst = append(dst, kind)
	dst = append(dst, s...)
	return append(dst, "\r\n"...)
}

// AppendInt appends an integer reply.
func AppendInt(dst []byte, n int64) []byte {
	dst = append(dst, ':')
	dst = strconv.AppendInt(dst, n, 10)
	return append(dst, "\r\n"...)
}

// AppendBulk appends a bulk string.
func AppendBulk[S ~string | ~[]byte](dst []byte, s S) []byte {
	dst = appendHead(dst, '$', len(s))
	dst = append(dst, s...)
	return append(dst, "\r\n"...)
}

// AppendVerbatim appends a RESP3 verbatim string; format has three letters, such as txt.
func AppendVerbatim(dst []byte, format, s string) []byte {
	dst = appendHead(dst, '=', len(format)+1+len(s))
	dst = append(append(append(dst, format...), ':'), s...)
	return append(dst, "\r\n"...)
}

// AppendArray appends the head of an array; its elements follow.
func AppendArray(dst []byte, elements int) []byte { return appendHead(dst, '*', elements) }

// AppendMap appends the head of a RESP3 map; twice as many values follow, keys and values in turn.
func AppendMap(dst []byte, pairs int) []byte { return appendHead(dst, '%', pairs) }

// AppendSet appends the head of a RESP3 set; its elements follow.
func AppendSet(dst []byte, elements int) []byte { return appendHead(dst, '~', elements) }

// AppendPush appends the head of a RESP3 push frame, which is no reply; its elements follow.
func AppendPush(dst []byte, elements int) []byte { return appendHead(dst, '>', elements) }

func appendHead(dst []byte, kind byte, length int) []byte {
	dst = append(dst, kind)
	dst = strconv.AppendInt(dst, int64(length), 10)
	return append(dst, "\r\n"...)
}

// AppendNull appends the null of RESP3.
func AppendNull(dst []byte) []byte { return append(dst, "_\r\n"...) }

// AppendNullBulk appends the null of RESP2 where a bulk string was asked for.
func AppendNullBulk(dst []byte) []byte { return append(dst, "$-1\r\n"...) }

// AppendNullArray appends the null of RESP2 where an array was asked for, such as the reply to an aborted EXEC.
func AppendNullArray(dst []byte) []byte { return append(dst, "*-1\r\n"...) }

// AppendBool appends a RESP3 boolean.
func AppendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, "#t\r\n"...)
	}
	return append(dst, "#f\r\n"...)
}

// AppendDouble appends a RESP3 double with the fewest digits that read back as f.
func AppendDouble(dst []byte, f float64) []byte {
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
