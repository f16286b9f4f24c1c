package redismodel

import (
	"bytes"
	"math"
	"slices"
)

const errNotSymmetric = "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"

func pushes(left bool) keyHandler {
	return func(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
		o = s.writableOrNew(o, args[1], kindList)
		if left {
			o.list.reserveLeft(len(args) - 2)
		}
		for _, v := range joined(args[2:]) {
			o.list.push(left, v)
		}
		s.changed(o)
		return appendInt(out, int64(o.list.len()))
	}
}

// joined yields the arguments as parts of one string, so that a push of a
// thousand rows allocates once.
func joined(args [][]byte) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		text := string(bytes.Join(args, nil))
		for i, a := range args {
			if !yield(i, text[:len(a)]) {
				return
			}
			text = text[len(a):]
		}
	}
}

func pops(cmd string, left bool) handler {
	return func(s *Server, c *conn, args [][]byte, out []byte) []byte {
		if len(args) > 3 {
			return appendError(out, "ERR wrong number of arguments for '"+cmd+"' command")
		}
		count, counted, absent := int64(1), len(args) == 3, c.appendNull(out)
		if counted {
			var ok bool
			if count, ok = parseInt(args[2]); !ok || count < 0 {
				return appendError(out, errNotPositive)
			}
			absent = c.appendNullArray(out)
		}
		o, reply := s.lookup(args[1], kindList, out, absent)
		if o == nil {
			return reply
		}
		n := int(min(count, int64(o.list.len())))
		if counted {
			out = appendArray(out, n)
		}
		if n == 0 {
			return out
		}
		o = s.writable(o)
		for range n {
			out = appendBulk(out, o.list.pop(left))
		}
		s.changed(o)
		return out
	}
}

func cmdLRange(_ *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	from, to := bounds(number(args[2]), number(args[3]), int64(o.list.len()))
	return appendBulks(out, o.list.items()[from:to])
}

func cmdLIndex(_ *Server, c *conn, o *object, args [][]byte, out []byte) []byte {
	n, ok := parseInt(args[2])
	if !ok {
		return appendError(out, errNotInteger)
	}
	i, ok := o.list.index(n)
	if !ok {
		return c.appendNull(out)
	}
	return appendBulk(out, o.list.items()[i])
}

func cmdLSet(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	n, ok := parseInt(args[2])
	if !ok {
		return appendError(out, errNotInteger)
	}
	i, ok := o.list.index(n)
	if !ok {
		return appendError(out, "ERR index out of range")
	}
	o = s.writable(o)
	o.list.set(i, string(args[3]))
	s.changed(o)
	return appendOK(out)
}

func cmdLTrim(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	o = s.writable(o)
	from, to := bounds(number(args[2]), number(args[3]), int64(o.list.len()))
	o.list.replace(slices.Clone(o.list.items()[from:to]))
	s.changed(o)
	return appendOK(out)
}

func cmdLRem(s *Server, c *conn, args [][]byte, out []byte) []byte {
	if n, ok := parseInt(args[2]); ok && n == math.MinInt64 {
		return appendError(out, errNotSymmetric)
	}
	return removesValue(s, c, args, out)
}

var removesValue = on(kindList, zero, removeValue, 2)

func removeValue(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	count, limit := number(args[2]), math.MaxInt
	if count != 0 {
		limit = int(max(count, -count))
	}
	o = s.writable(o)
	n := o.list.removeValue(string(args[3]), limit, count < 0)
	if n > 0 {
		s.changed(o)
	}
	return appendInt(out, int64(n))
}

// positionOptions are those of LPOS.
type positionOptions struct {
	rank, count, limit int64
	counted            bool
}

func parsePositionOptions(opts [][]byte) (p positionOptions, msg string) {
	p.rank = 1
	for ; len(opts) > 0; opts = opts[2:] {
		if len(opts) < 2 {
			return p, errSyntax
		}
		n, ok := parseInt(opts[1])
		switch {
		case is(opts[0], "RANK"):
			if msg := rankError(n, ok); msg != "" {
				return p, msg
			}
			p.rank = n
		case is(opts[0], "COUNT"):
			if !ok || n < 0 {
				return p, "ERR COUNT can't be negative"
			}
			p.count, p.counted = n, true
		case is(opts[0], "MAXLEN"):
			if !ok || n < 0 {
				return p, "ERR MAXLEN can't be negative"
			}
			p.limit = n
		default:
			return p, errSyntax
		}
	}
	return p, ""
}

func rankError(n int64, ok bool) (msg string) {
	switch {
	case !ok:
		return errNotInteger
	case n == math.MinInt64:
		return errNotSymmetric
	case n == 0:
		return "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list"
	}
	return ""
}

func cmdLPos(s *Server, c *conn, args [][]byte, out []byte) []byte {
	p, msg := parsePositionOptions(args[3:])
	if msg != "" {
		return appendError(out, msg)
	}
	absent := c.appendNull(out)
	if p.counted {
		absent = appendArray(out, 0)
	}
	o, reply := s.lookup(args[1], kindList, out, absent)
	if o == nil {
		return reply
	}
	found := p.positions(o.list.items(), string(args[2]))
	switch {
	case !p.counted && len(found) == 0:
		return absent
	case !p.counted:
		return appendInt(out, found[0])
	}
	out = appendArray(out, len(found))
	for _, i := range found {
		out = appendInt(out, i)
	}
	return out
}

// positions looks for v from the rank-th match on, from the end if that is negative.
func (p positionOptions) positions(items []string, v string) (found []int64) {
	limit, matches := int64(len(items)), int64(0)
	if p.limit > 0 {
		limit = min(limit, p.limit)
	}
	for n := range limit {
		i := n
		if p.rank < 0 {
			i = int64(len(items)) - 1 - n
		}
		if items[i] != v {
			continue
		}
		if matches++; matches < max(p.rank, -p.rank) {
			continue
		}
		if found = append(found, i); !p.counted || int64(len(found)) == p.count {
			break
		}
	}
	return found
}

// blocksFor handles BLPOP and BRPOP. What would wait is unsupported.
func blocksFor(cmd string, left bool) handler {
	return func(s *Server, c *conn, args [][]byte, out []byte) []byte {
		timeout := args[len(args)-1]
		if msg := timeoutError(timeout); msg != "" {
			return appendError(out, msg)
		}
		for _, key := range args[1 : len(args)-1] {
			o, ok := s.findKind(key, kindList)
			switch {
			case !ok:
				return appendError(out, errWrongType)
			case o == nil:
				continue
			}
			o = s.writable(o)
			out = appendBulk(appendBulk(appendArray(out, 2), key), o.list.pop(left))
			s.changed(o)
			return out
		}
		if c.multi || c.script {
			return c.appendNullArray(out)
		}
		return s.refuse(out, cmd+" without data")
	}
}

// timeoutError is about the seconds that a command may wait.
func timeoutError(arg []byte) (msg string) {
	f, ok := parseFloat(arg)
	switch {
	case !ok:
		return "ERR timeout is not a float or out of range"
	case f < 0:
		return "ERR timeout is negative"
	case f > math.MaxInt64/1000:
		return "ERR timeout is out of range"
	}
	return ""
}

func cmdLMove(s *Server, c *conn, args [][]byte, out []byte) []byte {
	from, ok1 := side(args[3])
	to, ok2 := side(args[4])
	if !ok1 || !ok2 {
		return appendError(out, errSyntax)
	}
	return s.move(c, args, from, to, out)
}

func cmdRPopLPush(s *Server, c *conn, args [][]byte, out []byte) []byte {
	return s.move(c, args, false, true, out)
}

func side(arg []byte) (left, ok bool) {
	return is(arg, "LEFT"), is(arg, "LEFT") || is(arg, "RIGHT")
}

func (s *Server) move(c *conn, args [][]byte, fromLeft, toLeft bool, out []byte) []byte {
	src, reply := s.lookup(args[1], kindList, out, c.appendNull(out))
	if src == nil {
		return reply
	}
	if _, ok := s.findKind(args[2], kindList); !ok {
		return appendError(out, errWrongType)
	}
	src = s.writable(src)
	v := src.list.pop(fromLeft)
	// Source and destination may be one key, so the destination is read again.
	dst := s.writableOrNew(s.db[string(args[2])], args[2], kindList)
	dst.list.push(toLeft, v)
	s.changed(dst)
	s.changed(src)
	return appendBulk(out, v)
}
