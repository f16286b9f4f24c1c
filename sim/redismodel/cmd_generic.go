package redismodel

import (
	"bytes"
	"math"
	"slices"
)

// eachKey does something with the keys that are there, and answers how many are.
func eachKey(do func(*Server, *object)) handler {
	return func(s *Server, _ *conn, args [][]byte, out []byte) []byte {
		n := int64(0)
		for _, key := range args[1:] {
			if o := s.find(key); o != nil {
				do(s, o)
				n++
			}
		}
		return appendInt(out, n)
	}
}

// cmdLength answers how many bytes, elements, fields or entries a key has.
func cmdLength(_ *Server, _ *conn, o *object, _ [][]byte, out []byte) []byte {
	return appendInt(out, o.length())
}

func cmdType(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	if o := s.find(args[1]); o != nil {
		return appendStatus(out, kindNames[o.kind])
	}
	return appendStatus(out, "none")
}

// renames handles RENAME, and RENAMENX, which spares a key that is there.
func renames(spares bool, same, answer func(out []byte) []byte) handler {
	return func(s *Server, c *conn, args [][]byte, out []byte) []byte {
		o := s.find(args[1])
		switch {
		case o == nil:
			return noSuchKey(c, out)
		case bytes.Equal(args[1], args[2]):
			return same(out)
		}
		if there := s.find(args[2]); there != nil {
			if spares {
				return appendBool(out, false)
			}
			s.remove(there)
		}
		n := s.copied(o)
		s.remove(o)
		n.key, n.counted = string(args[2]), 0
		s.db[n.key] = n
		s.changed(n)
		return answer(out)
	}
}

func appendYes(out []byte) []byte { return appendBool(out, true) }
func appendNo(out []byte) []byte  { return appendBool(out, false) }

func cmdDBSize(s *Server, _ *conn, _ [][]byte, out []byte) []byte {
	return appendInt(out, int64(len(s.live())))
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
	return appendBulks(out, s.matching(string(args[1])))
}

// matching returns the live keys in order: a real server's order is that of
// its hash table.
func (s *Server) matching(pattern string) []string {
	var keys []string
	for _, o := range s.live() {
		if glob(pattern, o.key) {
			keys = append(keys, o.key)
		}
	}
	slices.Sort(keys)
	return keys
}

// live returns the keys whose time has not passed.
func (s *Server) live() (keys []*object) {
	for _, o := range s.db {
		if !s.expired(o) {
			keys = append(keys, o)
		}
	}
	return keys
}

type expireCondition struct{ nx, xx, gt, lt bool }

func parseExpireCondition(opts [][]byte) (e expireCondition, msg string) {
	for _, a := range opts {
		switch {
		case is(a, "NX"):
			e.nx = true
		case is(a, "XX"):
			e.xx = true
		case is(a, "GT"):
			e.gt = true
		case is(a, "LT"):
			e.lt = true
		default:
			return e, "ERR Unsupported option " + cutString(string(a))
		}
	}
	if e.nx && (e.xx || e.gt || e.lt) {
		return e, "ERR NX and XX, GT or LT options at the same time are not compatible"
	}
	if e.gt && e.lt {
		return e, "ERR GT and LT options at the same time are not compatible"
	}
	return e, ""
}

// allows decides on a key that vanishes at current and shall vanish at at.
func (e expireCondition) allows(current, at int64) bool {
	none := current == noExpiry
	switch {
	case e.nx && !none, e.xx && none, e.gt && (none || at <= current), e.lt && !none && at >= current:
		return false
	}
	return true
}

// setsExpiry handles EXPIRE and its like: unit is in milliseconds, counted from now or from the epoch.
func setsExpiry(cmd string, unit int64, absolute bool) handler {
	return func(s *Server, _ *conn, args [][]byte, out []byte) []byte {
		cond, msg := parseExpireCondition(args[3:])
		if msg != "" {
			return appendError(out, msg)
		}
		n, ok := parseInt(args[2])
		if !ok {
			return appendError(out, errNotInteger)
		}
		at, ok := s.time(n, unit, absolute)
		if !ok {
			return appendError(out, "ERR invalid expire time in '"+cmd+"' command")
		}
		o := s.find(args[1])
		if o == nil || !cond.allows(o.expireAt, at) {
			return appendBool(out, false)
		}
		if at <= s.ms {
			s.remove(o)
		} else {
			s.setExpiry(o, at)
		}
		return appendBool(out, true)
	}
}

// time is n units after now, or after the epoch, in Unix milliseconds.
func (s *Server) time(n, unit int64, absolute bool) (at int64, ok bool) {
	base := s.ms
	if absolute {
		base = 0
	}
	return n*unit + base, n <= math.MaxInt64/unit && n >= math.MinInt64/unit && n*unit <= math.MaxInt64-base
}

func cmdPersist(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	o := s.find(args[1])
	if o == nil || o.expireAt == noExpiry {
		return appendBool(out, false)
	}
	s.setExpiry(o, noExpiry)
	return appendBool(out, true)
}

// answersExpiry handles TTL and its like, rounded to the nearest unit.
func answersExpiry(unit int64, absolute bool) handler {
	return func(s *Server, _ *conn, args [][]byte, out []byte) []byte {
		o := s.find(args[1])
		switch {
		case o == nil:
			return appendInt(out, -2)
		case o.expireAt == noExpiry:
			return appendInt(out, -1)
		}
		at := o.expireAt
		if !absolute {
			at -= s.ms
		}
		return appendInt(out, int64((uint64(at)+uint64(unit/2))/uint64(unit)))
	}
}
