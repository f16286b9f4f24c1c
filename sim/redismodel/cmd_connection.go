package redismodel

import "math"

func cmdPing(_ *Server, c *conn, args [][]byte, out []byte) []byte {
	switch len(args) {
	case 1:
		return append(out, "+PONG\r\n"...)
	case 2:
		return appendBulk(out, args[1])
	}
	return appendError(out, "ERR wrong number of arguments for 'ping' command")
}

// cmdPublish reaches nobody: nobody can subscribe.
func cmdPublish(_ *Server, _ *conn, _ [][]byte, out []byte) []byte { return appendInt(out, 0) }

func cmdEcho(_ *Server, _ *conn, args [][]byte, out []byte) []byte {
	return appendBulk(out, args[1])
}

func cmdHello(s *Server, c *conn, args [][]byte, out []byte) []byte {
	resp := c.resp
	if len(args) > 1 {
		v, ok := parseInt(args[1])
		if !ok {
			return appendError(out, "ERR Protocol version is not an integer or out of range")
		}
		if v != 2 && v != 3 {
			return appendError(out, "NOPROTO unsupported protocol version")
		}
		resp = int(v)
	}
	var user, name []byte
	for i := 2; i < len(args); i++ {
		switch more := len(args) - 1 - i; {
		case is(args[i], "AUTH") && more >= 2:
			user = args[i+1]
			i += 2
		case is(args[i], "SETNAME") && more >= 1:
			name = args[i+1]
			if !printable(name) {
				return appendError(out, errClientName)
			}
			i++
		default:
			return appendError(out, "ERR Syntax error in HELLO option '"+cutString(string(args[i]))+"'")
		}
	}
	if user != nil && string(user) != "default" {
		return appendError(out, errWrongPass)
	}
	if name != nil {
		c.name = string(name)
	}
	c.resp = resp
	return s.appendHello(c, out)
}

func (s *Server) appendHello(c *conn, out []byte) []byte {
	out = c.appendMap(out, 7)
	out = appendBulk(appendBulk(out, "server"), "redis")
	out = appendBulk(appendBulk(out, "version"), version)
	out = appendInt(appendBulk(out, "proto"), int64(c.resp))
	out = appendInt(appendBulk(out, "id"), int64(c.id))
	out = appendBulk(appendBulk(out, "mode"), "standalone")
	out = appendBulk(appendBulk(out, "role"), "master")
	out = appendArray(appendBulk(out, "modules"), 1)
	out = c.appendMap(out, 4)
	out = appendBulk(appendBulk(out, "name"), "vectorset")
	out = appendInt(appendBulk(out, "ver"), 1)
	out = appendBulk(appendBulk(out, "path"), "")
	return appendArray(appendBulk(out, "args"), 0)
}

const errWrongPass = "WRONGPASS invalid username-password pair or user is disabled."

func cmdAuth(_ *Server, _ *conn, args [][]byte, out []byte) []byte {
	switch {
	case len(args) > 3:
		return appendError(out, errSyntax)
	case len(args) == 2:
		return appendError(out, "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?")
	case string(args[1]) != "default":
		return appendError(out, errWrongPass)
	}
	return appendOK(out)
}

func cmdSelect(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	n, ok := parseInt(args[1])
	switch {
	case !ok:
		return appendError(out, errNotInteger)
	case n < math.MinInt32 || n > math.MaxInt32:
		return appendError(out, "ERR value is out of range, value must between -2147483648 and 2147483647")
	case n < 0 || n > 15:
		return appendError(out, "ERR DB index is out of range")
	case n != 0:
		return s.refuse(out, "select of a database other than 0")
	}
	return appendOK(out)
}

func cmdQuit(_ *Server, c *conn, _ [][]byte, out []byte) []byte {
	c.closing = true
	return appendOK(out)
}

func cmdReset(s *Server, c *conn, _ [][]byte, out []byte) []byte {
	s.discard(c)
	c.name, c.resp = "", 2
	c.noEvict, c.noTouch = false, false
	return append(out, "+RESET\r\n"...)
}
