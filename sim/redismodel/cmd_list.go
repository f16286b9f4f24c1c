package redismodel

func pushes(left, onlyOld bool) handler {
	return func(s *Server, _ *conn, args [][]byte, out []byte) []byte {
		o, ok := s.findKind(args[1], kindList)
		switch {
		case !ok:
			return appendError(out, errWrongType)
		case o == nil && onlyOld:
			return appendInt(out, 0)
		case o == nil:
			o = s.create(args[1], kindList)
		}
		o = s.writable(o)
		before := o.size()
		if left {
			o.list.reserveLeft(len(args) - 2)
		}
		for _, v := range joined(args[2:]) {
			o.list.push(left, v)
		}
		s.changed(o, before)
		return appendInt(out, int64(o.list.len()))
	}
}

// joined yields the arguments as parts of one string, so that a push of a
// thousand rows allocates once.
func joined(args [][]byte) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		n := 0
		for _, a := range args {
			n += len(a)
		}
		block := make([]byte, 0, n)
		for _, a := range args {
			block = append(block, a...)
		}
		text := string(block)
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
		count, counted := int64(1), len(args) == 3
		if counted {
			var ok bool
			if count, ok = parseInt(args[2]); !ok || count < 0 {
				return appendError(out, errNotPositive)
			}
		}
		o, ok := s.findKind(args[1], kindList)
		switch {
		case !ok:
			return appendError(out, errWrongType)
		case o == nil && counted:
			return c.appendNullArray(out)
		case o == nil:
			return c.appendNull(out)
		}
		n := int(min(count, int64(o.list.len())))
		if counted {
			out = appendArray(out, n)
		}
		if n == 0 {
			return out
		}
		o = s.writable(o)
		before := o.size()
		for range n {
			out = appendBulk(out, o.list.pop(left))
		}
		s.changed(o, before)
		s.removeIfEmpty(o)
		return out
	}
}

func (l *list) pop(left bool) string {
	if left {
		return l.popLeft()
	}
	return l.popRight()
}

func (l *list) push(left bool, v string) {
	if left {
		l.pushLeft(v)
	} else {
		l.pushRight(v)
	}
}

func cmdLRange(s *Server, _ *conn, args [][]byte, out []byte) []byte {
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
		return appendArray(out, 0)
	}
	from, to := bounds(start, end, int64(o.list.len()))
	out = appendArray(out, int(to-from))
	for _, v := range o.list.items()[from:to] {
		out = appendBulk(out, v)
	}
	return out
}

func cmdLIndex(s *Server, c *conn, args [][]byte, out []byte) []byte {
	o, ok := s.findKind(args[1], kindList)
	switch {
	case !ok:
		return appendError(out, errWrongType)
	case o == nil:
		return c.appendNull(out)
	}
	i, ok := parseInt(args[2])
	if !ok {
		return appendError(out, errNotInteger)
	}
	if i < 0 {
		i += int64(o.list.len())
	}
	if i < 0 || i >= int64(o.list.len()) {
		return c.appendNull(out)
	}
	return appendBulk(out, o.list.items()[i])
}
