package redismodel

import (
	"math"
	"strings"
)

// parseInt reads a decimal integer exactly as strictly as Redis does: no
// sign but '-', no leading zero, no space.
func parseInt(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 20 {
		return 0, false
	}
	if len(b) == 1 && b[0] == '0' {
		return 0, true
	}
	digits, negative := b, b[0] == '-'
	if negative {
		digits = b[1:]
	}
	if len(digits) == 0 || digits[0] < '1' || digits[0] > '9' {
		return 0, false
	}
	var n uint64
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		if n > math.MaxUint64/10 {
			return 0, false
		}
		n *= 10
		if n > math.MaxUint64-uint64(d-'0') {
			return 0, false
		}
		n += uint64(d - '0')
	}
	switch {
	case negative && n <= 1<<63:
		return -int64(n), true
	case !negative && n <= math.MaxInt64:
		return int64(n), true
	}
	return 0, false
}

// is compares an argument with an option's name, without regard to case.
func is(arg []byte, upper string) bool {
	if len(arg) != len(upper) {
		return false
	}
	for i := range arg {
		ch := arg[i]
		if 'a' <= ch && ch <= 'z' {
			ch -= 'a' - 'A'
		}
		if ch != upper[i] {
			return false
		}
	}
	return true
}

// lower folds a name into buf; "" if it does not fit, and then it is no name
// of a command.
func lower(name []byte, buf *[24]byte) []byte {
	if len(name) > len(buf) {
		return nil
	}
	for i, ch := range name {
		if 'A' <= ch && ch <= 'Z' {
			ch += 'a' - 'A'
		}
		buf[i] = ch
	}
	return buf[:len(name)]
}

// bounds turns the inclusive, possibly negative range of LRANGE and its like
// into a half-open one within n elements; from == to if it is empty.
func bounds(start, end, n int64) (from, to int64) {
	if start < 0 {
		start = max(start+n, 0)
	}
	if end < 0 {
		end += n
	}
	if start > end || start >= n || end < 0 {
		return 0, 0
	}
	return start, min(end, n-1) + 1
}

// cut shortens text to its first n bytes, and at a NUL, as C's "%.*s" does.
func cut(text []byte, n int) string {
	return cutString(string(text[:min(len(text), max(n, 0))]))
}

func cutString(s string) string {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return s[:i]
	}
	return s
}
