package redismodel

func cmdSAdd(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	o = s.writableOrNew(o, args[1], kindSet)
	return s.countMembers(o, args, out, (*set).add)
}

func cmdSRem(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	return s.countMembers(s.writable(o), args, out, (*set).remove)
}

// countMembers answers for how many members something changed.
func (s *Server) countMembers(o *object, args [][]byte, out []byte, change func(*set, []byte) bool) []byte {
	n := int64(0)
	for _, member := range args[2:] {
		if change(o.set, member) {
			n++
		}
	}
	if n > 0 {
		s.changed(o)
	}
	return appendInt(out, n)
}

func cmdSIsMember(_ *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	return appendBool(out, o.set.has(args[2]))
}

func cmdSMIsMember(_ *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	out = appendArray(out, len(args)-2)
	for _, member := range args[2:] {
		out = appendBool(out, o != nil && o.set.has(member))
	}
	return out
}

func cmdSMembers(_ *Server, c *conn, o *object, _ [][]byte, out []byte) []byte {
	out = c.appendSet(out, len(o.set.members))
	for _, m := range o.set.members {
		out = appendBulk(out, m)
	}
	return out
}
