package redismodel

import "slices"

func cmdKeys(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	return appendKeys(out, s.matching(string(args[1]), ""))
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

func appendKeys(out []byte, keys []string) []byte {
	out = appendArray(out, len(keys))
	for _, k := range keys {
		out = appendBulk(out, k)
	}
	return out
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
	return appendKeys(out, s.matching(pattern, kind))
}
