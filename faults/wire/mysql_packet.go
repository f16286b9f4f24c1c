package wire

import (
	"encoding/binary"
	"fmt"
)

// A MySQL packet is a payload of three length bytes, a sequence number and at most maxPayload bytes. A payload of
// maxPayload bytes goes on in the next packet.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
const (
	headerSize = 4
	maxPayload = 1<<24 - 1
)

// First bytes of a server's packets.
const (
	headOK       = 0x00
	headMoreAuth = 0x01
	headInfile   = 0xfb
	headEOF      = 0xfe
	headERR      = 0xff
)

// PacketHead is the length of what stands before a packet's payload.
const PacketHead = headerSize

// PacketLen is the length of the packet at the beginning of buf, head and payload, or 0 as long as it is not complete.
func PacketLen(buf []byte) int {
	if len(buf) < headerSize || len(buf) < headerSize+payloadSize(buf) {
		return 0
	}
	return headerSize + payloadSize(buf)
}

func payloadSize(header []byte) int {
	return int(header[0]) | int(header[1])<<8 | int(header[2])<<16
}

// readPacket returns the payload at the beginning of buf with its first sequence number. n == 0 asks for more bytes.
// The payload aliases buf unless it came in several packets.
func readPacket(buf []byte) (payload []byte, seq byte, n int) {
	size := maxPayload
	for size == maxPayload {
		if len(buf) < n+headerSize {
			return nil, 0, 0
		}
		size = payloadSize(buf[n:])
		n += headerSize + size
	}
	if len(buf) < n {
		return nil, 0, 0
	}
	if n <= headerSize+size {
		return buf[headerSize:n:n], buf[3], n
	}
	payload = make([]byte, 0, n)
	for at := 0; at < n; at += headerSize + maxPayload {
		payload = append(payload, buf[at+headerSize:min(at+headerSize+maxPayload, n)]...)
	}
	return payload, buf[3], n
}

// cursor reads fields of a payload. The first field that is not there makes it broken, and all later ones zero.
type cursor struct {
	rest   []byte
	broken bool
}

func (c *cursor) bytes(n int) []byte {
	if n > len(c.rest) {
		c.rest, c.broken = nil, true
		return make([]byte, n)
	}
	field := c.rest[:n]
	c.rest = c.rest[n:]
	return field
}

func (c *cursor) uint8() byte    { return c.bytes(1)[0] }
func (c *cursor) uint16() uint16 { return binary.LittleEndian.Uint16(c.bytes(2)) }
func (c *cursor) uint32() uint32 { return binary.LittleEndian.Uint32(c.bytes(4)) }

// skipString passes a string that ends with a zero byte.
func (c *cursor) skipString() {
	for !c.broken && c.uint8() != 0 {
	}
}

// lenEncInt reads a length-encoded integer; 0xfb and 0xff begin none.
func (c *cursor) lenEncInt() uint64 {
	switch first := c.uint8(); first {
	case 0xfc:
		return uint64(c.uint16())
	case 0xfd:
		return uint64(c.uint16()) | uint64(c.uint8())<<16
	case 0xfe:
		return binary.LittleEndian.Uint64(c.bytes(8))
	case 0xfb, 0xff:
		c.broken = true
		return 0
	default:
		return uint64(first)
	}
}

func (c *cursor) err(what string) error {
	if c.broken {
		return fmt.Errorf("%w: malformed %s", ErrProtocol, what)
	}
	return nil
}
