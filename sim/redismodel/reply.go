package redismodel

import "strconv"

// The texts that several commands answer.
const (
	errWrongType   = "WRONGTYPE Operation against a key holding the wrong kind of value"
	errSyntax      = "ERR syntax error"
	errNotInteger  = "ERR value is not an integer or out of range"
	errNotPositive = "ERR value is out of range, must be positive"
	errOverflow    = "ERR increment or decrement would overflow"
	errOOM         = "OOM command not allowed when used memory > 'maxmemory'."
	errReadOnly    = "READONLY You can't write against a read only replica."
	errNoReplicas  = "NOREPLICAS Not enough good replicas to write."
	errBusy        = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
	errNoDisk      = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. " +
		"Commands that may modify the data set are disabled, because this instance is configured to report errors during writes " +
		"if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error."
	errTooLong = "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
)

// maxBulk is proto-max-bulk-len, the largest string Redis allows.
const maxBulk = 512 << 20

func appendError(out []byte, msg string) []byte {
	out = append(out, '-')
	start := len(out)
	out = append(out, msg...)
	for i := start; i < len(out); i++ {
		if out[i] == '\r' || out[i] == '\n' {
			out[i] = ' '
		}
	}
	return append(out, '\r', '\n')
}

func appendStatus(out []byte, msg string) []byte {
	out = append(append(out, '+'), msg...)
	return append(out, '\r', '\n')
}

func appendOK(out []byte) []byte { return append(out, "+OK\r\n"...) }

func appendInt(out []byte, n int64) []byte { return appendHeader(out, ':', n) }

func appendHeader(out []byte, kind byte, n int64) []byte {
	out = strconv.AppendInt(append(out, kind), n, 10)
	return append(out, '\r', '\n')
}

func appendArray(out []byte, n int) []byte { return appendHeader(out, '*', int64(n)) }

func appendBulk[T ~string | ~[]byte](out []byte, v T) []byte {
	out = appendHeader(out, '$', int64(len(v)))
	out = append(out, v...)
	return append(out, '\r', '\n')
}

func appendBulks(out []byte, values []string) []byte {
	out = appendArray(out, len(values))
	for _, v := range values {
		out = appendBulk(out, v)
	}
	return out
}

func appendBulkInt(out []byte, n int64) []byte {
	var b [20]byte
	return appendBulk(out, strconv.AppendInt(b[:0], n, 10))
}

// appendMap opens a map of n pairs, in RESP2 an array of 2n.
func (c *conn) appendMap(out []byte, n int) []byte {
	if c.resp == 3 {
		return appendHeader(out, '%', int64(n))
	}
	return appendArray(out, 2*n)
}

// appendSet opens a set of n members, in RESP2 an array.
func (c *conn) appendSet(out []byte, n int) []byte {
	if c.resp == 3 {
		return appendHeader(out, '~', int64(n))
	}
	return appendArray(out, n)
}

// appendDouble answers a score, in RESP2 as text.
func (c *conn) appendDouble(out []byte, f float64) []byte {
	if c.resp != 3 {
		return appendBulk(out, formatScore(f))
	}
	return append(append(append(out, ','), formatScore(f)...), '\r', '\n')
}

func (c *conn) appendNull(out []byte) []byte {
	if c.resp == 3 {
		return append(out, "_\r\n"...)
	}
	return append(out, "$-1\r\n"...)
}

func (c *conn) appendNullArray(out []byte) []byte {
	if c.resp == 3 {
		return c.appendNull(out)
	}
	return append(out, "*-1\r\n"...)
}

// appendVerbatim answers text, in RESP3 marked as such.
func (c *conn) appendVerbatim(out, text []byte) []byte {
	if c.resp != 3 {
		return appendBulk(out, text)
	}
	out = appendHeader(out, '=', int64(len(text)+4))
	out = append(append(out, "txt:"...), text...)
	return append(out, '\r', '\n')
}

func appendBool(out []byte, v bool) []byte {
	if v {
		return appendInt(out, 1)
	}
	return appendInt(out, 0)
}
