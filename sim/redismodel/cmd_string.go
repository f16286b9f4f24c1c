package redismodel

import (
	"math"
	"strconv"
)

func cmdGet(_ *Server, _ *conn, o *object, _ [][]byte, out []byte) []byte {
	return appendBulk(out, o.str)
}

// setOptions are the options that SET and GETEX share.
type setOptions struct {
	nx, xx, get, keepTTL, persist bool
	expire                        []byte // the operand of EX, PX, EXAT or PXAT
	unit                          int64  // milliseconds
	absolute                      bool
}

func parseSetOptions(opts [][]byte, getex bool) (o setOptions, ok bool) {
	for i := 0; i < len(opts); i++ {
		a := opts[i]
		free := !o.keepTTL && !o.persist
		switch {
		case !getex && is(a, "NX") && !o.xx:
			o.nx = true
		case !getex && is(a, "XX") && !o.nx:
			o.xx = true
		case !getex && is(a, "GET"):
			o.get = true
		case !getex && is(a, "KEEPTTL") && o.expire == nil:
			o.keepTTL = true
		case getex && is(a, "PERSIST") && o.expire == nil:
			o.persist = true
		case free && i+1 < len(opts) && o.unitOf(a):
			i++
			o.expire = opts[i]
		default:
			return o, false
		}
	}
	return o, true
}

// expiryUnits are the options that set a time to live.
var expiryUnits = []struct {
	name     string
	unit     int64 // milliseconds
	absolute bool
}{{"EX", 1000, false}, {"PX", 1, false}, {"EXAT", 1000, true}, {"PXAT", 1, true}}

// unitOf reads the name of such an option, which may follow itself and no other.
func (o *setOptions) unitOf(name []byte) bool {
	for _, u := range expiryUnits {
		if is(name, u.name) && (o.expire == nil || o.unit == u.unit && o.absolute == u.absolute) {
			o.unit, o.absolute = u.unit, u.absolute
			return true
		}
	}
	return false
}

// deadline is the time in Unix milliseconds that the options set, noExpiry
// without one; msg is the error.
func (s *Server) deadline(o setOptions, cmd string) (at int64, msg string) {
	if o.expire == nil {
		return noExpiry, ""
	}
	n, ok := parseInt(o.expire)
	if !ok {
		return 0, errNotInteger
	}
	if at, ok = s.time(n, o.unit, o.absolute); !ok || n <= 0 {
		return 0, "ERR invalid expire time in '" + cmd + "' command"
	}
	return at, ""
}

func cmdSet(s *Server, c *conn, args [][]byte, out []byte) []byte {
	opt, ok := parseSetOptions(args[3:], false)
	if !ok {
		return appendError(out, errSyntax)
	}
	at, msg := s.deadline(opt, "set")
	if msg != "" {
		return appendError(out, msg)
	}
	o := s.find(args[1])
	switch {
	case !opt.get:
	case o == nil:
		out = c.appendNull(out)
	case o.kind != kindString:
		return appendError(out, errWrongType)
	default:
		out = appendBulk(out, o.str)
	}
	if (opt.nx && o != nil) || (opt.xx && o == nil) {
		if opt.get {
			return out
		}
		return c.appendNull(out)
	}
	if opt.keepTTL && o != nil {
		at = o.expireAt
	}
	s.setString(args[1], args[2], at)
	if opt.get {
		return out
	}
	return appendOK(out)
}

// setString replaces the value at key, of any kind.
func (s *Server) setString(key, value []byte, at int64) {
	o := s.find(key)
	if o != nil && (o.own != s.own || o.kind != kindString) {
		s.used -= o.counted
		o = nil
	}
	if o == nil {
		o = s.create(key, kindString)
	}
	o.str = append(o.str[:0], value...)
	o.expireAt = at
	s.changed(o)
}

func cmdSetNX(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	if s.find(args[1]) != nil {
		return appendBool(out, false)
	}
	s.setString(args[1], args[2], noExpiry)
	return appendBool(out, true)
}

func setsFor(cmd string, unit int64) handler {
	return func(s *Server, _ *conn, args [][]byte, out []byte) []byte {
		at, msg := s.deadline(setOptions{expire: args[2], unit: unit}, cmd)
		if msg != "" {
			return appendError(out, msg)
		}
		s.setString(args[1], args[3], at)
		return appendOK(out)
	}
}

func cmdGetDel(s *Server, _ *conn, o *object, _ [][]byte, out []byte) []byte {
	s.remove(o)
	return appendBulk(out, o.str)
}

func cmdGetEX(s *Server, c *conn, args [][]byte, out []byte) []byte {
	opt, ok := parseSetOptions(args[2:], true)
	if !ok {
		return appendError(out, errSyntax)
	}
	o, reply := s.lookup(args[1], kindString, out, c.appendNull(out))
	if o == nil {
		return reply
	}
	at, msg := s.deadline(opt, "getex")
	if msg != "" {
		return appendError(out, msg)
	}
	out = appendBulk(out, o.str)
	switch {
	case opt.expire != nil && at <= s.ms:
		s.remove(o)
	case opt.expire != nil, opt.persist && o.expireAt != noExpiry:
		s.setExpiry(o, at)
	}
	return out
}

func cmdGetRange(_ *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	start, end, n := number(args[2]), number(args[3]), int64(len(o.str))
	if start < 0 && end < 0 && start > end {
		return appendBulk(out, "")
	}
	if end < 0 {
		end = max(end+n, 0)
	}
	from, to := bounds(start, end, n)
	return appendBulk(out, o.str[from:to])
}

func cmdGetSet(s *Server, c *conn, o *object, args [][]byte, out []byte) []byte {
	if o == nil {
		out = c.appendNull(out)
	} else {
		out = appendBulk(out, o.str)
	}
	s.setString(args[1], args[2], noExpiry)
	return out
}

// maxModelString bounds what SETRANGE makes of a string, as maxModelBit does for SETBIT.
const maxModelString = maxModelBit / 8

func cmdSetRange(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	at, ok := parseInt(args[2])
	switch {
	case !ok:
		return appendError(out, errNotInteger)
	case at < 0:
		return appendError(out, "ERR offset is out of range")
	}
	o, ok := s.findKind(args[1], kindString)
	end := at + int64(len(args[3]))
	switch {
	case !ok:
		return appendError(out, errWrongType)
	case len(args[3]) == 0 && o == nil:
		return appendInt(out, 0)
	case len(args[3]) == 0:
		return appendInt(out, int64(len(o.str)))
	case at > maxBulk || end > maxBulk:
		return appendError(out, errTooLong)
	case end > maxModelString:
		return s.refuse(out, "setrange beyond 8388608")
	}
	o = s.writableOrNew(o, args[1], kindString)
	if short := end - int64(len(o.str)); short > 0 {
		o.str = append(o.str, make([]byte, short)...)
	}
	copy(o.str[at:], args[3])
	s.changed(o)
	return appendInt(out, int64(len(o.str)))
}

func cmdAppend(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	if o != nil && len(o.str)+len(args[2]) > maxBulk {
		return appendError(out, errTooLong)
	}
	o = s.writableOrNew(o, args[1], kindString)
	o.str = append(o.str, args[2]...)
	s.changed(o)
	return appendInt(out, int64(len(o.str)))
}

func cmdMGet(s *Server, c *conn, args [][]byte, out []byte) []byte {
	out = appendArray(out, len(args)-1)
	for _, key := range args[1:] {
		if o := s.find(key); o != nil && o.kind == kindString {
			out = appendBulk(out, o.str)
		} else {
			out = c.appendNull(out)
		}
	}
	return out
}

func cmdMSet(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	if len(args)%2 == 0 {
		return appendError(out, "ERR wrong number of arguments for 'mset' command")
	}
	for i := 1; i < len(args); i += 2 {
		s.setString(args[i], args[i+1], noExpiry)
	}
	return appendOK(out)
}

// adds handles INCR and DECR, and INCRBY and DECRBY, which say how much.
func adds(sign int64) handler {
	return func(s *Server, _ *conn, args [][]byte, out []byte) []byte {
		by, ok := int64(1), true
		if len(args) == 3 {
			by, ok = parseInt(args[2])
		}
		switch {
		case !ok:
			return appendError(out, errNotInteger)
		case sign < 0 && by == math.MinInt64:
			return appendError(out, "ERR decrement would overflow")
		}
		o, ok := s.findKind(args[1], kindString)
		if !ok {
			return appendError(out, errWrongType)
		}
		n := int64(0)
		if o != nil {
			if n, ok = parseInt(o.str); !ok {
				return appendError(out, errNotInteger)
			}
		}
		if by *= sign; overflows(n, by) {
			return appendError(out, errOverflow)
		}
		o = s.writableOrNew(o, args[1], kindString)
		o.str = strconv.AppendInt(o.str[:0], n+by, 10)
		s.changed(o)
		return appendInt(out, n+by)
	}
}

func overflows(n, by int64) bool {
	return (by > 0 && n > math.MaxInt64-by) || (by < 0 && n < math.MinInt64-by)
}
