package mysqlmodel

import (
	"maps"
	"slices"
)

// Capabilities, from the server's mysql_com.h.
const (
	clientLongPassword  = 1 << 0
	clientFoundRows     = 1 << 1
	clientLongFlag      = 1 << 2
	clientConnectWithDB = 1 << 3
	clientProtocol41    = 1 << 9
	clientTransactions  = 1 << 13
	clientSecure        = 1 << 15
	clientMultiResults  = 1 << 17
	clientPluginAuth    = 1 << 19
	clientConnectAttrs  = 1 << 20
	clientAuthLength    = 1 << 21
	clientDeprecateEOF  = 1 << 24
	required            = clientProtocol41 | clientSecure | clientPluginAuth | clientDeprecateEOF
	capabilities        = required | clientLongPassword | clientFoundRows | clientLongFlag | clientConnectWithDB |
		clientTransactions | clientMultiResults | clientConnectAttrs | clientAuthLength
)

const authPlugin = "caching_sha2_password"

// nonce is the challenge of every greeting. Every password is accepted, so it need not be secret.
const nonce = "simulated-challenge!"

// Connect opens a connection and appends the greeting, which the server sends first. The caller chooses the id, which
// must not be in use or 0: ids in the order of arrival would make two connects of different clients depend on each other.
func (s *Server) Connect(id ConnID, reply []byte) []byte {
	i, taken := s.place(id)
	if taken || id == 0 {
		panic("mysqlmodel: connection id is 0 or in use")
	}
	c := &session{id: id}
	c.defaults()
	s.sessions = slices.Insert(s.sessions, i, c)
	p := packets{buf: reply}
	p.begin()
	p.byte(10) // version of the protocol
	p.raw(s.version + "\x00")
	p.uint32(uint32(id))
	p.raw(nonce[:8] + "\x00")
	p.uint16(capabilities & 0xffff)
	p.byte(collations["utf8mb4_0900_ai_ci"])
	p.uint16(statusAutocommit)
	p.uint16(capabilities >> 16)
	p.byte(byte(len(nonce) + 1))
	p.raw("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	p.raw(nonce[8:] + "\x00" + authPlugin + "\x00")
	p.end()
	return p.buf
}

// logIn reads the client's handshake response. Any user may log in, with any password.
func (s *Server) logIn(c *session, p *packets, payload []byte) *sqlError {
	in := cursor{rest: payload}
	flags := in.uint(4)
	in.uint(4) // the longest packet
	c.collation = byte(in.uint(1))
	in.take(23)
	in.zeroTerminated() // user
	password := in.string()
	if flags&clientConnectWithDB != 0 {
		c.database = in.zeroTerminated()
	}
	var err *sqlError
	switch {
	case in.bad || flags&required != required || flags&^capabilities != 0:
		err = unsupported("handshake", "capabilities of the client")
	case !slices.Contains(slices.Collect(maps.Values(collations)), c.collation):
		err = unsupported("handshake", "collation of the client")
	case c.database != "" && !s.hasDatabase(c.database):
		err = errUnknownDatabase.of(c.database)
	}
	if err != nil {
		s.Disconnect(c.id)
		return err
	}
	c.greeted = true
	c.foundRows = flags&clientFoundRows != 0
	if password != "" {
		p.begin()
		p.raw("\x01\x03") // the password is in the cache
		p.end()
	}
	p.ok(0, c.status(), 0, "")
	return nil
}
