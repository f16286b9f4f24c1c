package redismodel

const (
	errBitOffset = "ERR bit offset is not an integer or out of range"
	errBitValue  = "ERR bit is not an integer or out of range"
)

// maxModelBit bounds the bitmaps of the model: a real server takes offsets up
// to 4294967295 and then holds half a gigabyte.
const maxModelBit = 1 << 26

func bitOffset(arg []byte) (int64, bool) {
	n, ok := parseInt(arg)
	return n, ok && n >= 0 && n>>3 < maxBulk
}

func bit(str []byte, i int64) bool {
	return i >= 0 && i>>3 < int64(len(str)) && str[i>>3]&(0x80>>(i&7)) != 0
}

func cmdGetBit(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	i, ok := bitOffset(args[2])
	if !ok {
		return appendError(out, errBitOffset)
	}
	o, reply := s.lookup(args[1], kindString, out, appendBool(out, false))
	if o == nil {
		return reply
	}
	return appendBool(out, bit(o.str, i))
}

func cmdSetBit(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	i, ok := bitOffset(args[2])
	if !ok {
		return appendError(out, errBitOffset)
	}
	on, ok := parseInt(args[3])
	if !ok || on&^1 != 0 {
		return appendError(out, errBitValue)
	}
	o, ok := s.findKind(args[1], kindString)
	switch {
	case !ok:
		return appendError(out, errWrongType)
	case i >= maxModelBit:
		return s.refuse(out, "setbit beyond 67108863")
	case o == nil:
		o = s.create(args[1], kindString)
	}
	was := bit(o.str, i)
	if was != (on == 1) || i>>3 >= int64(len(o.str)) {
		o = s.writable(o)
		if short := i>>3 + 1 - int64(len(o.str)); short > 0 {
			o.str = append(o.str, make([]byte, short)...)
		}
		mask := byte(0x80) >> (i & 7)
		o.str[i>>3] &^= mask
		if on == 1 {
			o.str[i>>3] |= mask
		}
		s.changed(o)
	}
	return appendBool(out, was)
}

// bitRange is the optional range of BITCOUNT and BITPOS.
type bitRange struct {
	start, end int64
	bits       bool
}

func parseBitRange(args [][]byte) (r bitRange, msg string) {
	ok := true
	if len(args) > 0 {
		r.start, ok = parseInt(args[0])
	}
	switch {
	case !ok:
		return r, errNotInteger
	case len(args) < 2:
		r.end = -1
		return r, ""
	case len(args) == 3 && is(args[2], "BIT"):
		r.bits = true
	case len(args) == 3 && !is(args[2], "BYTE"):
		return r, errSyntax
	}
	if r.end, ok = parseInt(args[1]); !ok {
		return r, errNotInteger
	}
	return r, ""
}

// within returns the half-open range of bits that is meant in str.
func (r bitRange) within(str []byte) (from, to int64) {
	n, scale := int64(len(str)), int64(8)
	if r.bits {
		n, scale = 8*n, 1
	}
	end := r.end
	if end < 0 {
		end = max(end+n, 0)
	}
	from, to = bounds(r.start, end, n)
	return from * scale, to * scale
}

func cmdBitCount(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	if len(args) == 3 || len(args) > 5 {
		return appendError(out, errSyntax)
	}
	r, msg := parseBitRange(args[2:])
	if msg != "" {
		return appendError(out, msg)
	}
	o, reply := s.lookup(args[1], kindString, out, appendInt(out, 0))
	if o == nil {
		return reply
	}
	if r.start < 0 && r.end < 0 && r.start > r.end {
		return appendInt(out, 0)
	}
	n := int64(0)
	for i, to := r.within(o.str); i < to; i++ {
		if bit(o.str, i) {
			n++
		}
	}
	return appendInt(out, n)
}

func cmdBitPos(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	want, ok := parseInt(args[2])
	if !ok {
		return appendError(out, errNotInteger)
	}
	if want != 0 && want != 1 {
		return appendError(out, "ERR The bit argument must be 1 or 0.")
	}
	if len(args) > 6 {
		return appendError(out, errSyntax)
	}
	r, msg := parseBitRange(args[3:])
	if msg != "" {
		return appendError(out, msg)
	}
	o, reply := s.lookup(args[1], kindString, out, appendInt(out, -want))
	if o == nil {
		return reply
	}
	from, to := r.within(o.str)
	for i := from; i < to; i++ {
		if bit(o.str, i) == (want == 1) {
			return appendInt(out, i)
		}
	}
	// An open range ends where the string does, and zeros follow it.
	if want == 0 && len(args) < 5 && from < to {
		return appendInt(out, int64(len(o.str))*8)
	}
	return appendInt(out, -1)
}
