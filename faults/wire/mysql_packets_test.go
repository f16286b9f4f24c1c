package wire_test

import (
	"encoding/binary"

	"onceover/faults/wire/wiretest"
)

// Capability flags of the conversations below.
const (
	plain            = 1<<9 | 1<<0
	deprecateEOF     = plain | 1<<24
	optionalMetadata = deprecateEOF | 1<<25
	attributes       = deprecateEOF | 1<<27
	withTLS          = plain | 1<<11
	withCompression  = plain | 1<<5
	cacheMetadata    = 1 << 4 // of MariaDB's extended flags
	progress         = 1 << 0
)

func packet(seq byte, payload string) []byte { return wiretest.AppendPacket(nil, seq, []byte(payload)) }

func greeting(caps, ext uint32) turn {
	p := append([]byte{10}, "9.7.4\x00"...)
	p = append(p, "\x01\x00\x00\x0012345678\x00"...)
	p = binary.LittleEndian.AppendUint16(p, uint16(caps))
	p = append(p, 255, 2, 0)
	p = binary.LittleEndian.AppendUint16(p, uint16(caps>>16))
	p = append(p, 21, 0, 0, 0, 0, 0, 0)
	p = binary.LittleEndian.AppendUint32(p, ext)
	p = append(p, "123456789012\x00caching_sha2_password\x00"...)
	return server(wiretest.AppendPacket(nil, 0, p))
}

func response(caps, ext uint32) turn {
	p := binary.LittleEndian.AppendUint32(nil, caps)
	p = append(p, 0, 0, 0, 1, 45)
	p = append(p, make([]byte, 19)...)
	p = binary.LittleEndian.AppendUint32(p, ext)
	return client(wiretest.AppendPacket(nil, 1, append(p, "root\x00\x00"...)))
}

// command is a request; its answer is given as payloads, which are numbered from 1.
func command(payload string) turn { return client(packet(0, payload)) }

func answer(payloads ...string) turn {
	var b []byte
	for i, p := range payloads {
		b = append(b, packet(byte(i+1), p)...)
	}
	return server(b)
}

const (
	okPacket   = "\x00\x00\x00\x02\x00\x00\x00"
	okMore     = "\x00\x00\x00\x0a\x00\x00\x00"
	okEnd      = "\xfe\x00\x00\x02\x00\x00\x00"
	okEndMore  = "\xfe\x00\x00\x0a\x00\x00\x00"
	eofPacket  = "\xfe\x00\x00\x02\x00"
	eofMore    = "\xfe\x00\x00\x0a\x00"
	eofCursor  = "\xfe\x00\x00\x42\x00"
	errPacket  = "\xff\x7a\x04#42S02no such table"
	definition = "\x03def and so on"
)

// admitted begins a conversation with a finished connection phase.
func admitted(caps uint32, rest ...turn) []turn {
	return append([]turn{greeting(caps, 0), response(caps, 0), server(packet(2, okPacket))}, rest...)
}
