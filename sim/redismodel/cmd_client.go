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
		normal, known := clientTypes[strings.ToLower(string(args[3]))]
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

// clientTypes are the types of connections; all that the model has are normal.
var clientTypes = map[string]bool{"normal": true, "slave": false, "replica": false, "pubsub": false, "master": false}

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

func cmdClientKill(s *Server, c *conn, args [][]byte, out []byte) []byte {
	if len(args) == 3 {
		if s.kill(c, func(o *conn) bool { return o.addr == string(args[2]) }) == 0 {
			return appendError(out, "ERR No such client")
		}
		return appendOK(out)
	}
	matches, msg := s.parseKill(c, args[2:])
	if msg != "" {
		return appendError(out, msg)
	}
	return appendInt(out, int64(s.kill(c, matches)))
}

// parseKill reads the newer form of CLIENT KILL, in which the last of several
// options with one name counts.
func (s *Server) parseKill(me *conn, opts [][]byte) (matches func(*conn) bool, msg string) {
	filters := map[string]func(*conn) bool{"SKIPME": func(c *conn) bool { return c != me }}
	for ; len(opts) > 0; opts = opts[2:] {
		if len(opts) < 2 {
			return nil, errSyntax
		}
		name, v := opts[0], opts[1]
		switch {
		case is(name, "ID"):
			id, ok := parseInt(v)
			if !ok || id < 1 {
				return nil, "ERR client-id should be greater than 0"
			}
			filters["ID"] = func(c *conn) bool { return c.id == ConnID(id) }
		case is(name, "ADDR"):
			filters["ADDR"] = func(c *conn) bool { return c.addr == string(v) }
		case is(name, "LADDR"):
			filters["LADDR"] = func(*conn) bool { return laddr == string(v) }
		case is(name, "TYPE"):
			normal, known := clientTypes[strings.ToLower(string(v))]
			if !known {
				return nil, "ERR Unknown client type '" + cutString(string(v)) + "'"
			}
			if !normal {
				filters["TYPE"] = func(*conn) bool { return false }
			}
		case is(name, "USER"):
			if string(v) != "default" {
				return nil, "ERR No such user '" + cutString(string(v)) + "'"
			}
		case is(name, "MAXAGE"):
			age, ok := parseInt(v)
			if !ok {
				return nil, "ERR maxage is not an integer or out of range"
			}
			if age <= 0 {
				return nil, "ERR maxage should be greater than 0"
			}
			filters["MAXAGE"] = func(c *conn) bool { return s.age(c) >= age }
		case is(name, "SKIPME") && is(v, "YES"):
			filters["SKIPME"] = func(c *conn) bool { return c != me }
		case is(name, "SKIPME") && is(v, "NO"):
			delete(filters, "SKIPME")
		default:
			return nil, errSyntax
		}
	}
	return func(c *conn) bool {
		for _, f := range filters {
			if !f(c) {
				return false
			}
		}
		return true
	}, ""
}

// kill closes connections. One that kills itself still gets its reply.
func (s *Server) kill(me *conn, matches func(*conn) bool) (n int) {
	for _, c := range slices.Clone(s.conns) {
		if !matches(c) {
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
