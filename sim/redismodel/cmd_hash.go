package redismodel

import "strconv"

// setsFields handles HSET and HMSET, which answers differently.
func setsFields(cmd string, answer func(out []byte, added int64) []byte) handler {
	return func(s *Server, _ *conn, args [][]byte, out []byte) []byte {
		if len(args)%2 == 1 {
			return appendError(out, "ERR wrong number of arguments for '"+cmd+"' command")
		}
		o, ok := s.findKind(args[1], kindHash)
		if !ok {
			return appendError(out, errWrongType)
		}
		o = s.writableOrNew(o, args[1], kindHash)
		added := int64(0)
		for i := 2; i < len(args); i += 2 {
			if o.hash.set(args[i], args[i+1]) {
				added++
			}
		}
		s.changed(o)
		return answer(out, added)
	}
}

func cmdHSetNX(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	if o != nil && o.hash.find(args[2]) >= 0 {
		return appendBool(out, false)
	}
	o = s.writableOrNew(o, args[1], kindHash)
	o.hash.set(args[2], args[3])
	s.changed(o)
	return appendBool(out, true)
}

func cmdHGet(_ *Server, c *conn, o *object, args [][]byte, out []byte) []byte {
	return appendFieldValue(c, o, args[2], out)
}

func appendFieldValue(c *conn, o *object, name, out []byte) []byte {
	if o != nil {
		if i := o.hash.find(name); i >= 0 {
			return appendBulk(out, o.hash.fields[i].value)
		}
	}
	return c.appendNull(out)
}

func cmdHMGet(_ *Server, c *conn, o *object, args [][]byte, out []byte) []byte {
	out = appendArray(out, len(args)-2)
	for _, name := range args[2:] {
		out = appendFieldValue(c, o, name, out)
	}
	return out
}

func cmdHGetAll(_ *Server, c *conn, o *object, _ [][]byte, out []byte) []byte {
	out = c.appendMap(out, o.hash.len())
	for _, f := range o.hash.fields {
		out = appendBulk(appendBulk(out, f.name), f.value)
	}
	return out
}

func eachField(part func(field) string) keyHandler {
	return func(_ *Server, _ *conn, o *object, _ [][]byte, out []byte) []byte {
		out = appendArray(out, o.hash.len())
		for _, f := range o.hash.fields {
			out = appendBulk(out, part(f))
		}
		return out
	}
}

func cmdHDel(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	o = s.writable(o)
	n := int64(0)
	for _, name := range args[2:] {
		if o.hash.remove(name) {
			n++
		}
	}
	if n > 0 {
		s.changed(o)
	}
	return appendInt(out, n)
}

func cmdHExists(_ *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	return appendBool(out, o.hash.find(args[2]) >= 0)
}

func cmdHIncrBy(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	n, by, ok := int64(0), number(args[3]), false
	if o != nil {
		if i := o.hash.find(args[2]); i >= 0 {
			if n, ok = parseInt([]byte(o.hash.fields[i].value)); !ok {
				return appendError(out, "ERR hash value is not an integer")
			}
		}
	}
	if overflows(n, by) {
		return appendError(out, errOverflow)
	}
	o = s.writableOrNew(o, args[1], kindHash)
	o.hash.set(args[2], strconv.AppendInt(nil, n+by, 10))
	s.changed(o)
	return appendInt(out, n+by)
}
