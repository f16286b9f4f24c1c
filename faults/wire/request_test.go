package wire_test

import (
	"errors"
	"strings"
	"testing"

	"onceover/faults/wire"
)

func resp(args ...string) wire.Request {
	r := wire.Request{Protocol: wire.RESP}
	for _, a := range args {
		r.Args = append(r.Args, []byte(a))
	}
	return r
}

func query(sql string) wire.Request {
	return wire.Request{Protocol: wire.MySQL, Cmd: wire.ComQuery, SQL: sql}
}

func TestRequestNames(t *testing.T) {
	tests := []struct {
		req        wire.Request
		verb, name string
	}{
		{resp("evalsha", "abc", "0"), "EVALSHA", "EVALSHA"},
		{resp("LPUSH", "list", "row"), "LPUSH", "LPUSH"},
		{resp("client", "setname", "chunk_7"), "CLIENT", "CLIENT SETNAME"},
		{resp("AUTH", "hunter2"), "AUTH", "AUTH"},
		{resp("AUTH", "user", "hunter2"), "AUTH", "AUTH"},
		{resp("HELLO", "3", "AUTH", "user", "hunter2"), "HELLO", "HELLO"},
		{resp("CONFIG", "SET", "requirepass", "hunter2"), "CONFIG", "CONFIG SET"},
		{resp("ACL", "SETUSER", "u", ">hunter2"), "ACL", "ACL SETUSER"},
		{resp("ACL", "hunter2!"), "ACL", "ACL ?"},
		{resp(), "EMPTY", "EMPTY"},
		{resp("\x16\x03"), "?", "?"},
		{resp(strings.Repeat("x", 100)), "?", "?"},
		{query("select id from t where id >= 5"), "SELECT", "SELECT id from t where id >= 5"},
		{query("/* a */ -- b\n (SELECT 1)"), "SELECT", "SELECT 1)"},
		{query("SELECT GET_LOCK('chunk_1', 10)"), "SELECT", "SELECT GET_LOCK( …"},
		{query("SELECT 1 /* hunter2 */"), "SELECT", "SELECT 1 …"},
		{query("SELECT\n\tid,\x00payload"), "SELECT", "SELECT id, payload"},
		{query("INSERT INTO u VALUES (1, \"hunter2\")"), "INSERT", "INSERT INTO u VALUES (1, …"},
		{query("ALTER USER u IDENTIFIED BY 'hunter2'"), "ALTER", "ALTER …"},
		{query("SET PASSWORD = hunter2"), "SET", "SET …"},
		{query("SELECT " + strings.Repeat("x", 100)), "SELECT", "SELECT " + strings.Repeat("x", 79) + " …"},
		{query(""), "COM_QUERY", "COM_QUERY"},
		{query("/* open"), "COM_QUERY", "…"},
		{wire.Request{Protocol: wire.MySQL, Cmd: wire.ComStmtPrepare, SQL: "SELECT ?"}, "COM_STMT_PREPARE", "PREPARE SELECT ?"},
		{wire.Request{Protocol: wire.MySQL, Cmd: wire.ComStmtExecute, SQL: "SELECT ?"}, "SELECT", "SELECT ?"},
		{wire.Request{Protocol: wire.MySQL, Cmd: wire.ComStmtExecute}, "COM_STMT_EXECUTE", "COM_STMT_EXECUTE"},
		{wire.Request{Protocol: wire.MySQL, Cmd: wire.ComPing}, "COM_PING", "COM_PING"},
		{wire.Request{Protocol: wire.MySQL, Cmd: 0x12}, "COM_0x12", "COM_0x12"},
		{wire.Request{Protocol: wire.MySQL, Cmd: 0xfa}, "COM_0xfa", "COM_0xfa"},
		{wire.Request{Protocol: wire.MySQL, Handshake: true}, "HANDSHAKE", "HANDSHAKE"},
	}
	for _, tt := range tests {
		verb, name := tt.req.Verb(), tt.req.String()
		if verb != tt.verb || name != tt.name {
			t.Errorf("%q %q: got %q, %q; want %q, %q", tt.req.Args, tt.req.SQL, verb, name, tt.verb, tt.name)
		}
		if strings.Contains(name, "hunter2") {
			t.Errorf("%q shows a password", name)
		}
	}
}

func TestNoProtocolHasNoSession(t *testing.T) {
	for _, p := range []wire.Protocol{"", "http"} {
		if _, err := p.NewSession(); !errors.Is(err, wire.ErrUnsupported) {
			t.Errorf("%q: %v", p, err)
		}
	}
}
