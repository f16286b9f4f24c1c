package wire_test

import (
	"strings"
	"testing"

	"onceover/faults/wire"
	"onceover/faults/wire/wiretest"
)

func BenchmarkRESPRequest(b *testing.B) {
	args := []string{"LPUSH", "list"}
	for range 100 {
		args = append(args, strings.Repeat("r", 100))
	}
	buf := wiretest.AppendCommand(nil, args...)
	session, err := wire.RESP.NewSession()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		if _, n, err := session.Client(buf); n != len(buf) || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkRESPReply(b *testing.B) {
	buf := wiretest.AppendArray(nil, 100)
	for range 100 {
		buf = wiretest.AppendBulk(buf, strings.Repeat("r", 100))
	}
	session, err := wire.RESP.NewSession()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		if n, _, err := session.Server(buf); n != len(buf) || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkMySQLResult(b *testing.B) {
	c := play(wire.MySQL, admitted(deprecateEOF), whole)
	request := command("\x03SELECT id, payload FROM t").bytes
	payloads := []string{"\x02", definition, definition}
	for range 100 {
		payloads = append(payloads, "\x011\x64"+strings.Repeat("r", 100))
	}
	result := answer(append(payloads, okEnd)...).bytes
	b.SetBytes(int64(len(result)))
	b.ReportAllocs()
	for b.Loop() {
		if _, n, err := c.session.Client(request); n == 0 || err != nil {
			b.Fatal(n, err)
		}
		if n, end, err := c.session.Server(result); n != len(result) || end != wire.Reply || err != nil {
			b.Fatal(n, end, err)
		}
	}
}
