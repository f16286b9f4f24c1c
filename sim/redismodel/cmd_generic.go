package redismodel

func cmdDel(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	n := int64(0)
	for _, key := range args[1:] {
		if o := s.find(key); o != nil {
			s.remove(o)
			n++
		}
	}
	return appendInt(out, n)
}

// lengthOf answers how many bytes, elements, fields or entries a key of one kind has.
func lengthOf(k kind) handler {
	return func(s *Server, _ *conn, args [][]byte, out []byte) []byte {
		o, ok := s.findKind(args[1], k)
		if !ok {
			return appendError(out, errWrongType)
		}
		return appendInt(out, o.length())
	}
}

func cmdExists(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	n := int64(0)
	for _, key := range args[1:] {
		if s.find(key) != nil {
			n++
		}
	}
	return appendInt(out, n)
}

func cmdType(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	if o := s.find(args[1]); o != nil {
		return appendStatus(out, kindNames[o.kind])
	}
	return appendStatus(out, "none")
}

func cmdDBSize(s *Server, _ *conn, _ [][]byte, out []byte) []byte {
	return appendInt(out, int64(s.liveKeys()))
}

func (s *Server) liveKeys() int {
	n := 0
	for _, o := range s.db {
		if !s.expired(o) {
			n++
		}
	}
	return n
}

func cmdFlush(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	if len(args) > 2 || (len(args) == 2 && !is(args[1], "SYNC") && !is(args[1], "ASYNC")) {
		return appendError(out, errSyntax)
	}
	s.touchAll()
	clear(s.db)
	s.used = 0
	s.dirty++
	return appendOK(out)
}
