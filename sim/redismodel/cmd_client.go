package redismodel

import (
	"slices"
	"strings"
)

const errClientName = "ERR Client names cannot contain spaces, newlines or special characters."

// printable is Redis' rule for names: every byte from '!' to '~', as far as C
// reads a string.
func printable(name []byte) bool {
	return !strings.ContainsFunc(cutString(string(name)), func(r rune) bool { return r < '!' || r > '~' })
}

func cmdClientID(_ *Server, c *conn, _ [][]byte, out []byte) []byte {
	return appendInt(out, int64(c.id))
}

func cmdClientInfo(s *Server, c *conn, _ [][]byte, out []byte) []byte {
	return c.appendVerbatim(out, s.describe(nil, c))
}

func cmdClientList(s *Server, c *conn, args [][]byte, out []byte) []byte {
	shown := s.conns
	switch {
	case len(args) == 2:
	case len(args) == 4 && is(args[2], "TYPE"):
		normal, known := clientType(args[3])
		if !known {
			return appendError(out, "ERR Unknown client type '"+cutString(string(args[3]))+"'")
		}
		if !normal {
			shown = nil
		}
	case len(args) > 3 && is(args[2], "ID"):
		shown = nil
		for _, a := range args[3:] {
			id, ok := parseInt(a)
			if !ok {
				return appendError(out, "ERR Invalid client ID")
			}
			if i, found := s.index(ConnID(id)); found {
				shown = append(shown, s.conns[i])
			}
		}
	default:
		return appendError(out, errSyntax)
	}
	text := s.scratch[:0]
	for _, o := range shown {
		text = s.describe(text, o)
	}
	s.scratch = text
	return c.appendVerbatim(out, text)
}

// clientType tells whether a CLIENT type exists and is the only one that the
// model has.
func clientType(name []byte) (normal, known bool) {
	switch {
	case is(name, "NORMAL"):
		return true, true
	case is(name, "SLAVE"), is(name, "REPLICA"), is(name, "PUBSUB"), is(name, "MASTER"):
		return false, true
	}
	return false, false
}

func cmdClientSetName(_ *Server, c *conn, args [][]byte, out []byte) []byte {
	if !printable(args[2]) {
		return appendError(out, errClientName)
	}
	c.name = string(args[2])
	return appendOK(out)
}

func cmdClientGetName(_ *Server, c *conn, _ [][]byte, out []byte) []byte {
	if c.name == "" {
		return c.appendNull(out)
	}
	return appendBulk(out, c.name)
}

func cmdClientSetInfo(_ *Server, c *conn, args [][]byte, out []byte) []byte {
	var to *string
	switch {
	case is(args[2], "LIB-NAME"):
		to = &c.libName
	case is(args[2], "LIB-VER"):
		to = &c.libVer
	default:
		return appendError(out, "ERR Unrecognized option '"+cutString(string(args[2]))+"'")
	}
	if !printable(args[3]) {
		return appendError(out, "ERR "+string(args[2])+" cannot contain spaces, newlines or special characters.")
	}
	*to = string(args[3])
	return appendOK(out)
}

// switches handles a command that turns an option of its connection ON or OFF.
func switches(option func(*conn) *bool) handler {
	return func(_ *Server, c *conn, args [][]byte, out []byte) []byte {
		on := is(args[2], "ON")
		if !on && !is(args[2], "OFF") {
			return appendError(out, errSyntax)
		}
		*option(c) = on
		return appendOK(out)
	}
}

// killFilter is what the newer form of CLIENT KILL asks for.
type killFilter struct {
	id          ConnID
	addr, laddr []byte // nil: any
	nobody      bool   // a type or user that no connection has
	skipMe      bool
	maxAge      int64
}

func cmdClientKill(s *Server, c *conn, args [][]byte, out []byte) []byte {
	if len(args) == 3 {
		if s.kill(c, killFilter{addr: args[2]}) == 0 {
			return appendError(out, "ERR No such client")
		}
		return appendOK(out)
	}
	f, msg := parseKill(args[2:])
	if msg != "" {
		return appendError(out, msg)
	}
	return appendInt(out, int64(s.kill(c, f)))
}

func parseKill(opts [][]byte) (f killFilter, msg string) {
	f.skipMe = true
	for ; len(opts) > 0; opts = opts[2:] {
		if len(opts) < 2 {
			return f, errSyntax
		}
		name, v := opts[0], opts[1]
		switch {
		case is(name, "ID"):
			id, ok := parseInt(v)
			if !ok || id < 1 {
				return f, "ERR client-id should be greater than 0"
			}
			f.id = ConnID(id)
		case is(name, "ADDR"):
			f.addr = v
		case is(name, "LADDR"):
			f.laddr = v
		case is(name, "TYPE"):
			normal, known := clientType(v)
			if !known {
				return f, "ERR Unknown client type '" + cutString(string(v)) + "'"
			}
			f.nobody = f.nobody || !normal
		case is(name, "USER"):
			if string(v) != "default" {
				return f, "ERR No such user '" + cutString(string(v)) + "'"
			}
		case is(name, "MAXAGE"):
			age, ok := parseInt(v)
			if !ok {
				return f, "ERR maxage is not an integer or out of range"
			}
			if age <= 0 {
				return f, "ERR maxage should be greater than 0"
			}
			f.maxAge = age
		case is(name, "SKIPME") && is(v, "YES"):
			f.skipMe = true
		case is(name, "SKIPME") && is(v, "NO"):
			f.skipMe = false
		default:
			return f, errSyntax
		}
	}
	return f, ""
}

func (s *Server) kill(me *conn, f killFilter) int {
	n := 0
	for _, c := range slices.Clone(s.conns) {
		if (me == c && f.skipMe) || !s.matches(c, f) {
			continue
		}
		n++
		if c == me {
			c.closing = true
		} else {
			s.Disconnect(c.id)
		}
	}
	return n
}

func (s *Server) matches(c *conn, f killFilter) bool {
	return !f.nobody &&
		(f.id == 0 || f.id == c.id) &&
		(f.addr == nil || string(f.addr) == c.addr) &&
		(f.laddr == nil || string(f.laddr) == laddr) &&
		(f.maxAge == 0 || int64((s.now-c.created)/1e9) >= f.maxAge)
}
