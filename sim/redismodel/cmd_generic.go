package redismodel

import "slices"

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

func cmdKeys(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	return appendBulks(out, s.matching(string(args[1]), ""))
}

// matching returns the live keys in order: a real server's order is that of
// its hash table.
func (s *Server) matching(pattern, kind string) []string {
	var keys []string
	for k, o := range s.db {
		if !s.expired(o) && (kind == "" || kindNames[o.kind] == kind) && glob(pattern, k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// cmdScan returns every key in one round and ignores COUNT.
func cmdScan(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	cursor, ok := parseInt(args[1])
	if !ok || cursor < 0 {
		return appendError(out, "ERR invalid cursor")
	}
	pattern, kind := "*", ""
	for opts := args[2:]; len(opts) > 0; opts = opts[2:] {
		switch {
		case len(opts) < 2:
			return appendError(out, errSyntax)
		case is(opts[0], "COUNT"):
			n, ok := parseInt(opts[1])
			if !ok {
				return appendError(out, errNotInteger)
			}
			if n < 1 {
				return appendError(out, errSyntax)
			}
		case is(opts[0], "MATCH"):
			pattern = string(opts[1])
		case is(opts[0], "TYPE"):
			kind = string(opts[1])
		default:
			return appendError(out, errSyntax)
		}
	}
	out = appendBulk(appendArray(out, 2), "0")
	if cursor != 0 {
		return appendArray(out, 0)
	}
	return appendBulks(out, s.matching(pattern, kind))
}
