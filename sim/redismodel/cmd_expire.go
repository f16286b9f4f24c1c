package redismodel

import "math"

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
		base := s.ms
		if absolute {
			base = 0
		}
		cond, msg := parseExpireCondition(args[3:])
		if msg != "" {
			return appendError(out, msg)
		}
		n, ok := parseInt(args[2])
		if !ok {
			return appendError(out, errNotInteger)
		}
		if n > math.MaxInt64/unit || n < math.MinInt64/unit || n*unit > math.MaxInt64-base {
			return appendError(out, "ERR invalid expire time in '"+cmd+"' command")
		}
		at := n*unit + base
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
