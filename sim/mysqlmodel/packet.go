package mysqlmodel

import (
	"bytes"
	"encoding/binary"
)

// packets appends framed packets to a reply.
type packets struct {
	buf   []byte
	seq   byte
	start int
}

func (p *packets) begin() {
	p.start = len(p.buf)
	p.buf = append(p.buf, 0, 0, 0, 0)
}

func (p *packets) end() {
	n := len(p.buf) - p.start - 4
	h := p.buf[p.start:]
	h[0], h[1], h[2], h[3] = byte(n), byte(n>>8), byte(n>>16), p.seq
	p.seq++
}

func (p *packets) byte(b byte)     { p.buf = append(p.buf, b) }
func (p *packets) uint16(v uint16) { p.buf = binary.LittleEndian.AppendUint16(p.buf, v) }
func (p *packets) uint32(v uint32) { p.buf = binary.LittleEndian.AppendUint32(p.buf, v) }
func (p *packets) uint64(v uint64) { p.buf = binary.LittleEndian.AppendUint64(p.buf, v) }
func (p *packets) raw(s string)    { p.buf = append(p.buf, s...) }

// length appends a length-encoded integer.
func (p *packets) length(n uint64) {
	switch {
	case n < 251:
		p.byte(byte(n))
	case n < 1<<16:
		p.byte(0xfc)
		p.uint16(uint16(n))
	case n < 1<<24:
		p.buf = append(p.buf, 0xfd, byte(n), byte(n>>8), byte(n>>16))
	default:
		p.byte(0xfe)
		p.uint64(n)
	}
}

// string appends a length-encoded string.
func (p *packets) string(s string) {
	p.length(uint64(len(s)))
	p.raw(s)
}

func (p *packets) ok(affected uint64, status, warnings uint16, info string) {
	p.done(0, affected, status, warnings, info)
}

// endOfRows ends a result set.
func (p *packets) endOfRows(status uint16) { p.done(0xfe, 0, status, 0, "") }

// done appends an OK packet.
func (p *packets) done(header byte, affected uint64, status, warnings uint16, info string) {
	p.begin()
	p.byte(header)
	p.length(affected)
	p.length(0) // last insert id
	p.uint16(status)
	p.uint16(warnings)
	if info != "" {
		p.string(info)
	}
	p.end()
}

func (p *packets) fail(e *sqlError) {
	p.begin()
	p.byte(0xff)
	p.uint16(e.number)
	p.byte('#')
	p.raw(e.state)
	p.raw(e.message)
	p.end()
}

// cursor reads a client's packet. After a read past the end, bad is set and all values are zero.
type cursor struct {
	rest []byte
	bad  bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.rest) {
		c.bad, c.rest = true, nil
		return nil
	}
	taken := c.rest[:n]
	c.rest = c.rest[n:]
	return taken
}

func (c *cursor) uint(bytes int) (v uint64) {
	for i, b := range c.take(bytes) {
		v |= uint64(b) << (8 * i)
	}
	return v
}

func (c *cursor) length() uint64 {
	switch first := c.uint(1); first {
	case 0xfc:
		return c.uint(2)
	case 0xfd:
		return c.uint(3)
	case 0xfe:
		return c.uint(8)
	default:
		return first
	}
}

func (c *cursor) string() string {
	return string(c.take(int(c.length())))
}

// zeroTerminated reads up to and without the next zero byte.
func (c *cursor) zeroTerminated() string {
	n := bytes.IndexByte(c.rest, 0)
	s := c.take(n)
	c.take(1)
	return string(s)
}
