package redismodel

import (
	"math"
	"strconv"
)

// incrementsBy handles INCR and DECR.
func incrementsBy(by int64) handler {
	return func(s *Server, _ *conn, args [][]byte, out []byte) []byte { return s.add(args[1], by, out) }
}

func cmdIncrBy(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	n, ok := parseInt(args[2])
	if !ok {
		return appendError(out, errNotInteger)
	}
	return s.add(args[1], n, out)
}

func cmdDecrBy(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	n, ok := parseInt(args[2])
	if !ok {
		return appendError(out, errNotInteger)
	}
	if n == math.MinInt64 {
		return appendError(out, "ERR decrement would overflow")
	}
	return s.add(args[1], -n, out)
}

func (s *Server) add(key []byte, by int64, out []byte) []byte {
	o, ok := s.findKind(key, kindString)
	if !ok {
		return appendError(out, errWrongType)
	}
	var n int64
	if o != nil {
		if n, ok = parseInt(o.str); !ok {
			return appendError(out, errNotInteger)
		}
	}
	if overflows(n, by) {
		return appendError(out, errOverflow)
	}
	if o == nil {
		o = s.create(key, kindString)
	}
	o = s.writable(o)
	before := o.size()
	o.str = strconv.AppendInt(o.str[:0], n+by, 10)
	s.changed(o, before)
	return appendInt(out, n+by)
}

func overflows(n, by int64) bool {
	return (by > 0 && n > math.MaxInt64-by) || (by < 0 && n < math.MinInt64-by)
}
