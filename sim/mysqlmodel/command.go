package mysqlmodel

import (
	"strconv"
	"time"
)

// Commands of the protocol, from the server's my_command.h.
const (
	comQuit            = 0x01
	comInitDB          = 0x02
	comQuery           = 0x03
	comPing            = 0x0e
	comStmtPrepare     = 0x16
	comStmtExecute     = 0x17
	comStmtClose       = 0x19
	comStmtReset       = 0x1a
	comResetConnection = 0x1f
)

func (s *Server) command(c *session, now time.Duration, p *packets, payload []byte) ([]byte, State) {
	if len(payload) == 0 {
		return s.refuse(c, p, unsupported("packet", "it is empty"))
	}
	body := payload[1:]
	switch payload[0] {
	case comQuit:
		s.Disconnect(c.id)
		return p.buf, Closed
	case comQuery:
		st, err := s.parsed.parse(body)
		if err == nil && st.params > 0 {
			err = unsupported("statement: "+st.text, "a parameter outside a prepared statement")
		}
		if err != nil {
			return s.refuse(c, p, err)
		}
		return s.start(c, now, p, st, nil, false)
	case comInitDB:
		if err := s.useDatabase(c, string(body)); err != nil {
			return s.refuse(c, p, err)
		}
		p.ok(0, c.status(), 0, "")
		return p.buf, Idle
	case comResetConnection:
		s.reset(c)
		fallthrough
	case comPing:
		p.ok(0, c.status(), 0, "")
		return p.buf, Idle
	}
	return s.preparedCommand(c, now, p, payload[0], body)
}

func (s *Server) preparedCommand(c *session, now time.Duration, p *packets, command byte, body []byte) ([]byte, State) {
	switch command {
	case comStmtPrepare:
		return s.prepare(c, p, body)
	case comStmtExecute:
		return s.executePrepared(c, now, p, body)
	case comStmtClose:
		in := cursor{rest: body}
		c.closePrepared(uint32(in.uint(4)))
		return p.buf, Idle // never answered
	case comStmtReset:
		in := cursor{rest: body}
		if id := uint32(in.uint(4)); c.find(id) == nil {
			return s.refuse(c, p, errUnknownStatement.of(id, "mysql_stmt_precheck"))
		}
		p.ok(0, c.status(), 0, "")
		return p.buf, Idle
	}
	return s.refuse(c, p, unsupported("command "+strconv.Itoa(int(command)), "packet"))
}

func (s *Server) reset(c *session) {
	s.finish(c, false)
	s.releaseAll(c.id)
	c.prepared = nil
	c.settings.collation = collations["utf8mb4_0900_ai_ci"]
	c.defaults()
}
