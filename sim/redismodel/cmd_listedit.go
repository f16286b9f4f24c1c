package redismodel

import "math"

func cmdLSet(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	o, ok := s.findKind(args[1], kindList)
	switch {
	case o == nil:
		return appendError(out, errNoSuchKey)
	case !ok:
		return appendError(out, errWrongType)
	}
	i, ok := parseInt(args[2])
	if !ok {
		return appendError(out, errNotInteger)
	}
	if i < 0 {
		i += int64(o.list.len())
	}
	if i < 0 || i >= int64(o.list.len()) {
		return appendError(out, "ERR index out of range")
	}
	o = s.writable(o)
	before := o.size()
	o.list.set(int(i), string(args[3]))
	s.changed(o, before)
	return appendOK(out)
}

func cmdLTrim(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	start, ok1 := parseInt(args[2])
	end, ok2 := parseInt(args[3])
	if !ok1 || !ok2 {
		return appendError(out, errNotInteger)
	}
	o, ok := s.findKind(args[1], kindList)
	switch {
	case !ok:
		return appendError(out, errWrongType)
	case o == nil:
		return appendOK(out)
	}
	o = s.writable(o)
	before := o.size()
	from, to := bounds(start, end, int64(o.list.len()))
	o.list.keep(int(from), int(to))
	s.changed(o, before)
	s.removeIfEmpty(o)
	return appendOK(out)
}

func cmdLRem(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	count, ok := parseInt(args[2])
	if !ok {
		return appendError(out, errNotInteger)
	}
	o, ok := s.findKind(args[1], kindList)
	switch {
	case !ok:
		return appendError(out, errWrongType)
	case o == nil:
		return appendInt(out, 0)
	}
	limit := math.MaxInt
	if count > 0 {
		limit = int(count)
	} else if count < 0 && count != math.MinInt64 {
		limit = int(-count)
	}
	o = s.writable(o)
	before := o.size()
	n := o.list.removeValue(string(args[3]), limit, count < 0)
	if n > 0 {
		s.changed(o, before)
		s.removeIfEmpty(o)
	}
	return appendInt(out, int64(n))
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
	src, ok := s.findKind(args[1], kindList)
	switch {
	case src == nil:
		return c.appendNull(out)
	case !ok:
		return appendError(out, errWrongType)
	}
	dst, ok := s.findKind(args[2], kindList)
	if !ok {
		return appendError(out, errWrongType)
	}
	src = s.writable(src)
	before := src.size()
	v := src.list.pop(fromLeft)
	s.changed(src, before)
	// Read again: source and destination may be one key.
	if dst == nil {
		dst = s.create(args[2], kindList)
	} else {
		dst = s.writable(s.db[dst.key])
	}
	before = dst.size()
	dst.list.push(toLeft, v)
	s.changed(dst, before)
	s.removeIfEmpty(src)
	return appendBulk(out, v)
}
