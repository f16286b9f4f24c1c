package redismodel

import (
	"bytes"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// value converts the RESP2 reply that begins in into Lua, and returns the rest.
func (m *machine) value(in []byte) (v lua.LValue, rest []byte) {
	line, rest, _ := bytes.Cut(in[1:], []byte("\r\n"))
	switch in[0] {
	case '+':
		return statusTable(m.l, string(line)), rest
	case '-':
		return commandError(m.l, string(line)), rest
	}
	n, _ := parseInt(line)
	switch {
	case in[0] == ':':
		return lua.LNumber(n), rest
	case n < 0:
		return lua.LFalse, rest
	case in[0] == '$':
		return lua.LString(rest[:n]), rest[n+2:]
	}
	t := m.l.CreateTable(int(n), 0)
	for i := range int(n) {
		v, rest = m.value(rest)
		t.RawSetInt(i+1, v)
	}
	return t, rest
}

// typedReplies are the table fields with which a script chooses a RESP3 type.
var typedReplies = []string{"double", "map", "set", "big_number", "verbatim_string"}

// appendValue converts what a script returned.
func (m *machine) appendValue(out []byte, c *conn, v lua.LValue) []byte {
	switch v := v.(type) {
	case lua.LString:
		return appendBulk(out, string(v))
	case lua.LNumber:
		return appendInt(out, truncate(float64(v)))
	case lua.LBool:
		if v {
			return appendBool(out, true)
		}
	case *lua.LTable:
		return m.appendTable(out, c, v)
	}
	return c.appendNull(out)
}

func (m *machine) appendTable(out []byte, c *conn, t *lua.LTable) []byte {
	if msg, ok := t.RawGetString("err").(lua.LString); ok {
		return appendError(out, cutString(string(msg)))
	}
	if msg, ok := t.RawGetString("ok").(lua.LString); ok {
		return appendStatus(out, strings.NewReplacer("\r", " ", "\n", " ").Replace(string(msg)))
	}
	for _, name := range typedReplies {
		if t.RawGetString(name) != lua.LNil {
			return m.server.refuse(out, "script reply of type "+name)
		}
	}
	n := 0
	for t.RawGetInt(n+1) != lua.LNil {
		n++
	}
	out = appendArray(out, n)
	for i := 1; i <= n; i++ {
		out = m.appendValue(out, c, t.RawGetInt(i))
	}
	return out
}

// truncate is C's conversion from double to long long on amd64.
func truncate(f float64) int64 {
	if math.IsNaN(f) || f >= math.MaxInt64 || f < math.MinInt64 {
		return math.MinInt64
	}
	return int64(f)
}

// failureText words the error that ended a script.
func failureText(err error) string {
	e, ok := err.(*lua.ApiError)
	if !ok || e.Object == nil {
		return "ERR " + err.Error()
	}
	switch v := e.Object.(type) {
	case *lua.LTable:
		if msg, ok := v.RawGetString("err").(lua.LString); ok {
			return string(msg)
		}
		return "ERR unknown error"
	case lua.LNumber:
		return "ERR " + formatNumber(float64(v))
	}
	return "ERR " + e.Object.String()
}
