package redismodel

import (
	"bytes"
	"strconv"
	"strings"
)

// parseInt reads a decimal integer exactly as strictly as Redis does: only as
// the server itself would write it.
func parseInt(b []byte) (int64, bool) {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return 0, false
	}
	var text [20]byte
	return n, bytes.Equal(b, strconv.AppendInt(text[:0], n, 10))
}

// number reads what is known to be an integer, see on.
func number(b []byte) int64 {
	n, _ := parseInt(b)
	return n
}

// is compares an argument with an option's name, without regard to the case of
// ASCII letters.
func is(arg []byte, name string) bool {
	return len(arg) == len(name) && strings.EqualFold(string(arg), name)
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
	before, _, _ := strings.Cut(s, "\x00")
	return before
}

// glob matches as Redis' stringmatchlen does: '*', '?', '[set]', '[^set]',
// ranges, and '\' before any of them.
func glob(p, s string) bool {
	star, tried := -1, "" // the length of what follows the last '*', and the text it was tried on
	pattern := p
	for len(s) > 0 {
		if strings.HasPrefix(p, "*") {
			p = p[1:]
			star, tried = len(p), s
			continue
		}
		if hit, rest := globOne(p, s[0]); hit {
			p, s = rest, s[1:]
			continue
		}
		if star < 0 {
			return false
		}
		tried = tried[1:]
		p, s = pattern[len(pattern)-star:], tried
	}
	return strings.Trim(p, "*") == ""
}

// globOne matches ch against what begins p, and returns what follows in p.
func globOne(p string, ch byte) (hit bool, rest string) {
	switch {
	case p == "":
		return false, ""
	case p[0] == '?':
		return true, p[1:]
	case p[0] == '[':
		hit, p = globSet(p[1:], ch)
		return hit, p[min(1, len(p)):]
	case p[0] == '\\' && len(p) > 1:
		p = p[1:]
	}
	return p[0] == ch, p[1:]
}

// globSet matches ch against the set that begins p, and returns p from the
// closing bracket on; a set that is not closed ends with the pattern.
func globSet(p string, ch byte) (hit bool, rest string) {
	not := len(p) > 0 && p[0] == '^'
	if not {
		p = p[1:]
	}
	for len(p) > 0 && p[0] != ']' {
		switch {
		case p[0] == '\\' && len(p) >= 2:
			p = p[1:]
			hit = hit || p[0] == ch
		case len(p) >= 3 && p[1] == '-':
			low, high := min(p[0], p[2]), max(p[0], p[2])
			hit = hit || (low <= ch && ch <= high)
			p = p[2:]
		default:
			hit = hit || p[0] == ch
		}
		p = p[1:]
	}
	return hit != not, p
}
