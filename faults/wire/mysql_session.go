package wire

import (
	"encoding/binary"
	"fmt"
)

// Capability flags. https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html
const (
	capMySQL            = 1 << 0 // unset by MariaDB, whose extended flags stand in a filler then
	capCompress         = 1 << 5
	capProtocol41       = 1 << 9
	capSSL              = 1 << 11
	capDeprecateEOF     = 1 << 24
	capOptionalMetadata = 1 << 25
	capZstd             = 1 << 26
	capQueryAttributes  = 1 << 27
)

// MariaDB's extended flags. https://mariadb.com/kb/en/connection/#capabilities
const (
	extProgress      = 1 << 0
	extCacheMetadata = 1 << 4
)

// mysqlSession follows the connection phase and the command phase. Client keeps the requests that are due an answer,
// Server the position in the oldest one's answer.
type mysqlSession struct {
	greeted   bool // the server's greeting was read
	responded bool // the client's first message was read
	admitted  bool // the connection phase is over

	server, extServer uint32 // what the server offers
	caps, ext         uint32 // what both sides agreed upon

	due        []dueAnswer
	statements map[uint32]string

	packet packetState
	reply  replyState
}

// dueAnswer is a request that the server has not answered yet.
type dueAnswer struct {
	cmd    byte
	answer answer
	sql    string
}

func (s *mysqlSession) Client(buf []byte) (Request, int, error) {
	payload, seq, n := readPacket(buf)
	if n == 0 {
		return Request{}, 0, nil
	}
	req, kind, err := s.request(payload, seq)
	if err != nil {
		return Request{}, 0, err
	}
	if req.Silent = kind == answerNone; !req.Silent {
		s.due = append(s.due, dueAnswer{req.Cmd, kind, req.SQL})
	}
	return req, n, nil
}

// request reads a message. Commands begin the count of packets anew, messages of the connection phase go on with it.
func (s *mysqlSession) request(payload []byte, seq byte) (Request, answer, error) {
	switch {
	case !s.greeted:
		return Request{}, 0, fmt.Errorf("%w: the client speaks before the server's greeting", ErrProtocol)
	case !s.responded:
		s.responded = true
		return Request{Protocol: MySQL, Handshake: true}, answerAuth, s.negotiate(payload)
	case seq != 0 && !s.admitted:
		return Request{Protocol: MySQL, Handshake: true}, answerAuth, nil
	case seq != 0:
		return Request{}, 0, fmt.Errorf("%w: a command begins with packet %d", ErrProtocol, seq)
	case len(payload) == 0:
		return Request{}, 0, fmt.Errorf("%w: a command without a command byte", ErrProtocol)
	}
	req := Request{Protocol: MySQL, Cmd: payload[0]}
	kind := lookUp(req.Cmd).answer
	if kind == answerUnknown {
		return Request{}, 0, fmt.Errorf("%w: command byte 0x%02x", ErrUnsupported, req.Cmd)
	}
	return req, kind, s.arguments(&req, payload[1:])
}

// negotiate reads the flags of the client's first message.
func (s *mysqlSession) negotiate(payload []byte) error {
	c := cursor{rest: payload}
	flags := c.uint32()
	c.bytes(4 + 1 + 19) // largest packet, character set, filler
	s.ext = c.uint32() & s.extServer
	if err := c.err("handshake response"); err != nil {
		return err
	}
	s.caps = flags & s.server
	switch {
	case flags&capProtocol41 == 0:
		return fmt.Errorf("%w: handshake older than MySQL 4.1", ErrUnsupported)
	case flags&capSSL != 0:
		return fmt.Errorf("%w: TLS", ErrUnsupported)
	case s.caps&(capCompress|capZstd) != 0:
		return fmt.Errorf("%w: compression", ErrUnsupported)
	case s.ext&extProgress != 0:
		return fmt.Errorf("%w: progress reports", ErrUnsupported)
	}
	return nil
}

// arguments reads what a session and its owner need to know of a command.
func (s *mysqlSession) arguments(req *Request, payload []byte) error {
	c := cursor{rest: payload}
	switch req.Cmd {
	case ComQuery:
		if s.caps&capQueryAttributes != 0 {
			if c.lenEncInt() > 0 {
				return fmt.Errorf("%w: COM_QUERY (0x03) with query attributes", ErrUnsupported)
			}
			c.lenEncInt() // number of parameter sets
		}
		req.SQL = string(c.rest)
	case ComStmtPrepare:
		req.SQL = string(c.rest)
	case ComStmtExecute, ComStmtSendLongData, ComStmtClose, ComStmtReset, ComStmtFetch:
		req.Statement = c.uint32()
	}
	switch req.Cmd {
	case ComChangeUser:
		s.admitted = false
	case ComStmtExecute:
		req.SQL = s.statements[req.Statement]
	case ComStmtClose:
		delete(s.statements, req.Statement)
	}
	return c.err(CommandName(req.Cmd))
}

// greeting reads what the server offers. https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html
func (s *mysqlSession) greeting(payload []byte) error {
	c := cursor{rest: payload}
	if version := c.uint8(); version != 10 {
		return fmt.Errorf("%w: protocol version %d", ErrUnsupported, version)
	}
	c.skipString()     // version of the server
	c.bytes(4 + 8 + 1) // connection number, first part of the nonce, filler
	low := c.bytes(2)
	c.bytes(1 + 2) // character set, status
	high := c.bytes(2)
	c.bytes(1 + 6) // length of the nonce, filler
	extended := c.uint32()
	if err := c.err("greeting"); err != nil {
		return err
	}
	s.server = uint32(binary.LittleEndian.Uint16(low)) | uint32(binary.LittleEndian.Uint16(high))<<16
	if s.server&capMySQL == 0 {
		s.extServer = extended
	}
	s.greeted = true
	return nil
}
