package wire_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onceover/faults/wire"
)

// connected is what the connection phase makes.
const connected = "unasked reply"

func TestMySQLAnswers(t *testing.T) {
	tests := []struct {
		name  string
		turns []turn
		want  string
		due   int
	}{
		{"ping", admitted(plain, command("\x0e"), answer(okPacket)), "reply", 0},
		{"not answered yet", admitted(plain, command("\x0e")), "", 1},
		{"query without rows", admitted(plain, command("\x03DO 1"), answer(okPacket)), "reply", 0},
		{"error", admitted(plain, command("\x03x"), answer(errPacket)), "reply", 0},
		{"statistics", admitted(plain, command("\x09"), answer("\xffUptime")), "reply", 0},
		{"rows, EOF packets", admitted(plain, command("\x03S"), answer("\x02", definition, definition, eofPacket, "\x011\x012", "\x011\xfb", eofPacket)), "reply", 0},
		{"rows, EOF missing", admitted(plain, command("\x03S"), answer("\x01", definition, eofPacket, "\x011")), "", 1},
		{"rows, no EOF packets", admitted(deprecateEOF, command("\x03S"), answer("\x01", definition, "\x011", okEnd)), "reply", 0},
		{"no rows", admitted(deprecateEOF, command("\x03S"), answer("\x01", definition, okEnd)), "reply", 0},
		{"error among the rows", admitted(plain, command("\x03S"), answer("\x01", definition, eofPacket, "\x011", errPacket)), "reply", 0},
		{"error instead of the columns' EOF", admitted(plain, command("\x03S"), answer("\x01", definition, errPacket)), "reply", 0},
		{"several results, EOF packets", admitted(plain, command("\x03S"), answer("\x01", definition, eofPacket, eofMore, okMore, okPacket)), "reply", 0},
		{"several results, no EOF packets", admitted(deprecateEOF, command("\x03S"), answer("\x01", definition, okEndMore, okMore, "\x01", definition, okEnd)), "reply", 0},
		{"error after a result", admitted(deprecateEOF, command("\x03S"), answer(okMore, errPacket)), "reply", 0},
		{"last result missing", admitted(deprecateEOF, command("\x03S"), answer(okMore)), "", 1},
		{"cursor, EOF packets", admitted(plain, command("\x17\x01\x00\x00\x00\x01"), answer("\x01", definition, eofCursor)), "reply", 0},
		{"fetch", admitted(plain, command("\x1c\x01\x00\x00\x00\x01"), answer("\x00row", eofCursor)), "reply", 0},
		{"prepare, EOF packets", admitted(plain, command("\x16S ?"), answer("\x00\x01\x00\x00\x00\x01\x00\x02\x00\x00\x00\x00", definition, definition, eofPacket, definition, eofPacket)), "reply", 0},
		{"prepare, no EOF packets", admitted(deprecateEOF, command("\x16S ?"), answer("\x00\x01\x00\x00\x00\x01\x00\x02\x00\x00\x00\x00", definition, definition, definition)), "reply", 0},
		{"prepare, nothing to define", admitted(plain, command("\x16S"), answer("\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")), "reply", 0},
		{"prepare, refused", admitted(plain, command("\x16S"), answer(errPacket)), "reply", 0},
		{"close is silent", admitted(plain, command("\x19\x01\x00\x00\x00"), command("\x0e"), answer(okPacket)), "reply", 0},
		{"long data is silent", admitted(plain, command("\x18\x01\x00\x00\x00\x00\x00x"), command("\x01")), "", 0},
		{"set option, EOF packet", admitted(plain, command("\x1b\x00\x00"), answer(eofPacket)), "reply", 0},
		{"field list", admitted(plain, command("\x04t\x00"), answer(definition, eofPacket)), "reply", 0},
		{"reset connection", admitted(plain, command("\x1f"), answer(okPacket)), "reply", 0},
		{"two requests at once", admitted(plain, client(append(packet(0, "\x0e"), packet(0, "\x02job")...)), answer(okPacket), answer(okPacket)), "reply reply", 0},
		{"optional metadata, full", admitted(optionalMetadata, command("\x03S"), answer("\x01\x01", definition, okEnd)), "reply", 0},
		{"optional metadata, none", admitted(optionalMetadata, command("\x03S"), answer("\x01\x00", "\x011", okEnd)), "reply", 0},
		{"optional metadata, prepare", admitted(optionalMetadata, command("\x16S"), answer("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00")), "reply", 0},
		{"query attributes, none", admitted(attributes, command("\x03\x00\x01DO 1"), answer(okPacket)), "reply", 0},
		{"shutdown", admitted(plain, answer(errPacket)), "unasked", 0},
		{"change of user", admitted(plain, command("\x11root\x00"), server(packet(1, "\xfeplugin\x00")), client(packet(2, "secret")), server(packet(3, okPacket)), command("\x0e"), answer(okPacket)), "reply reply reply", 0},
		{"longest EOF, shortest long row", admitted(plain, command("\x03S"), answer("\x01", definition, eofPacket, "\xfe\x00\x00\x00\x00\x00\x00\x00\x01", eofPacket)), "reply", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := play(wire.MySQL, tt.turns, whole)
			if c.err != nil || c.due != tt.due || len(c.client)+len(c.server) > 0 {
				t.Errorf("error %v, %d answers are due, want %d; left over %q %q", c.err, c.due, tt.due, c.client, c.server)
			}
			want := strings.TrimSpace(connected + " " + tt.want)
			if got := strings.Join(ends(c.found), " "); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			sameFound(t, play(wire.MySQL, tt.turns, byteByByte).found, c.found)
		})
	}
}

func TestMySQLConnectionPhase(t *testing.T) {
	hello, reply := greeting(plain, 0), response(plain, 0)
	ping, ok := command("\x0e"), answer(okPacket)
	tests := []struct {
		name  string
		turns []turn
		want  string
	}{
		{"at once", []turn{hello, reply, server(packet(2, okPacket)), ping, ok}, "unasked reply reply"},
		{"fast authentication", []turn{hello, reply, server(append(packet(2, "\x01\x03"), packet(3, okPacket)...)), ping, ok}, "unasked reply reply"},
		{"full authentication", []turn{
			hello, reply, server(packet(2, "\x01\x04")), client(packet(3, "\x02")), server(packet(4, "\x01-----BEGIN PUBLIC KEY")),
			client(packet(5, "secret")), server(packet(6, okPacket)), ping, ok,
		}, "unasked reply reply reply reply"},
		{"another plugin", []turn{hello, reply, server(packet(2, "\xfemysql_native_password\x00nonce\x00")), client(packet(3, "secret")), server(packet(4, okPacket)), ping, ok}, "unasked reply reply reply"},
		{"refused", []turn{hello, reply, server(packet(2, errPacket))}, "unasked reply"},
		{"too many connections", []turn{server(packet(0, errPacket))}, "unasked"},
		{"command before the answer", []turn{hello, reply, ping, server(packet(2, okPacket)), ok}, "unasked reply reply"},
		{"MariaDB without column definitions", []turn{
			greeting(plain&^1, cacheMetadata), response(plain&^1, cacheMetadata), server(packet(2, okPacket)),
			command("\x03S"), answer("\x01\x00", eofPacket, "\x011", eofPacket),
		}, "unasked reply reply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := play(wire.MySQL, tt.turns, whole)
			if got := strings.Join(ends(c.found), " "); got != tt.want || c.err != nil || c.due != 0 {
				t.Errorf("got %q, %d due, error %v; want %q", got, c.due, c.err, tt.want)
			}
			if strings.Contains(strings.Join(c.found, " "), "secret") {
				t.Errorf("shows a credential: %q", c.found)
			}
			sameFound(t, play(wire.MySQL, tt.turns, byteByByte).found, c.found)
		})
	}
}

func TestMySQLRefusesWhatItCannotFollow(t *testing.T) {
	tests := []struct {
		name  string
		turns []turn
		err   error
		names string
	}{
		{"TLS", []turn{greeting(withTLS, 0), response(withTLS, 0)}, wire.ErrUnsupported, "TLS"},
		{"compression", []turn{greeting(withCompression, 0), response(withCompression, 0)}, wire.ErrUnsupported, "compression"},
		{"old handshake", []turn{greeting(plain, 0), response(1, 0)}, wire.ErrUnsupported, "4.1"},
		{"progress reports", []turn{greeting(plain&^1, progress), response(plain&^1, progress)}, wire.ErrUnsupported, "progress"},
		{"protocol version", []turn{server(packet(0, "\x09old"))}, wire.ErrUnsupported, "version 9"},
		{"truncated greeting", []turn{server(packet(0, "\x0aold"))}, wire.ErrProtocol, "greeting"},
		{"truncated response", []turn{greeting(plain, 0), client(packet(1, "abc"))}, wire.ErrProtocol, "handshake response"},
		{"client first", []turn{command("\x0e")}, wire.ErrProtocol, "greeting"},
		{"binlog dump", admitted(plain, command("\x12")), wire.ErrUnsupported, "0x12"},
		{"unknown command", admitted(plain, command("\xfa")), wire.ErrUnsupported, "0xfa"},
		{"empty command", admitted(plain, command("")), wire.ErrProtocol, "command byte"},
		{"command out of order", admitted(plain, client(packet(3, "\x0e"))), wire.ErrProtocol, "packet 3"},
		{"truncated execute", admitted(plain, command("\x17\x01")), wire.ErrProtocol, "COM_STMT_EXECUTE"},
		{"attributes", admitted(attributes, command("\x03\x01\x01x")), wire.ErrUnsupported, "0x03"},
		{"local file", admitted(plain, command("\x03LOAD"), answer("\xfbfile")), wire.ErrUnsupported, "LOCAL"},
		{"not a status", admitted(plain, command("\x0e"), answer("\x05")), wire.ErrProtocol, "COM_PING"},
		{"not a result", admitted(plain, command("\x03S"), answer(eofPacket)), wire.ErrProtocol, "COM_QUERY"},
		{"not the columns' end", admitted(plain, command("\x03S"), answer("\x01", definition, "\x011")), wire.ErrProtocol, "COM_QUERY"},
		{"not a prepared statement", admitted(plain, command("\x16S"), answer(eofPacket)), wire.ErrProtocol, "COM_STMT_PREPARE"},
		{"truncated OK", admitted(plain, command("\x03S"), answer("\x00\x00")), wire.ErrProtocol, "OK packet"},
		{"answer to nothing", admitted(plain, answer(okPacket)), wire.ErrProtocol, "not asked"},
		{"empty answer", admitted(plain, command("\x0e"), answer("")), wire.ErrProtocol, "empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := play(wire.MySQL, tt.turns, whole)
			if !errors.Is(c.err, tt.err) || !strings.Contains(c.err.Error(), tt.names) {
				t.Errorf("got %v, want %v that names %s", c.err, tt.err, tt.names)
			}
			sameFound(t, play(wire.MySQL, tt.turns, byteByByte).found, c.found)
		})
	}
}

func TestMySQLStatementsKeepTheirText(t *testing.T) {
	c := play(wire.MySQL, admitted(deprecateEOF,
		command("\x16SELECT ?"), answer("\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		command("\x17\x07\x00\x00\x00"), answer(okPacket),
		command("\x19\x07\x00\x00\x00"),
		command("\x17\x07\x00\x00\x00"), answer(errPacket),
	), whole)
	var names []string
	for _, f := range c.found {
		if _, name, ok := strings.Cut(f, "bytes: "); ok {
			names = append(names, name)
		}
	}
	sameFound(t, names, []string{
		"HANDSHAKE [] 0", "PREPARE SELECT ? [] 0", "SELECT ? [] 7", "COM_STMT_CLOSE [] 7 silent", "COM_STMT_EXECUTE [] 7",
	})
}

func TestMySQLLongPackets(t *testing.T) {
	const full = 1<<24 - 1
	for _, size := range []int{full - 1, full, full + 1, 2 * full} {
		sql := "\x03INSERT " + strings.Repeat("x", size-8)
		row := "\xfe" + strings.Repeat("y", size-1)
		turns := admitted(deprecateEOF, command(sql), answer("\x01", definition))
		if size >= full {
			turns = append(turns, answer(row))
		}
		turns = append(turns, answer(okEnd), command("\x0e"), answer(okPacket))
		inMegabytes := func(t turn) (pieces [][]byte) {
			for b := t.bytes; len(b) > 0; {
				k := min(len(b), 1<<20)
				pieces, b = append(pieces, b[:k]), b[k:]
			}
			return pieces
		}
		c := play(wire.MySQL, turns, inMegabytes)
		if c.err != nil || c.due != 0 || strings.Join(ends(c.found), " ") != connected+" reply reply" {
			t.Errorf("payload of %d bytes: %q, %d due, error %v", size, ends(c.found), c.due, c.err)
		}
	}
}

func TestPacketRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sql := rapid.String().Draw(t, "sql")
		session, err := wire.MySQL.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := session.Server(greeting(plain, 0).bytes); err != nil {
			t.Fatal(err)
		}
		if _, n, err := session.Client(response(plain, 0).bytes); n == 0 || err != nil {
			t.Fatal(n, err)
		}
		buf := packet(0, "\x03"+sql)
		req, n, err := session.Client(append(buf, "rest"...))
		if err != nil || n != len(buf) || req.SQL != sql {
			t.Fatalf("got %q, %d bytes of %d, error %v", req.SQL, n, len(buf), err)
		}
	})
}

func TestLenEncInt(t *testing.T) {
	tests := []struct {
		v    uint64
		want string
	}{
		{0, "00"}, {0xfa, "fa"}, {0xfb, "fcfb00"}, {0xffff, "fcffff"}, {0x10000, "fd000001"}, {0xffffff, "fdffffff"},
		{0x1000000, "fe0000000100000000"},
	}
	for _, tt := range tests {
		if got := hex.EncodeToString(appendLenEncInt(nil, tt.v)); got != tt.want {
			t.Errorf("%#x: got %s, want %s", tt.v, got, tt.want)
		}
	}
}

// readRecording reads a conversation of a real client with a real server.
func readRecording(t testing.TB, name string) []turn {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var turns []turn
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		side, digits, _ := strings.Cut(lines.Text(), " ")
		if side == "#" {
			continue
		}
		b, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		turns = append(turns, turn{side == "C", b})
	}
	return turns
}

func TestMySQLRecordings(t *testing.T) {
	names, err := filepath.Glob("testdata/mysql-*.txt")
	if err != nil || len(names) != 2 {
		t.Fatalf("recordings %q, error %v", names, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			turns := readRecording(t, name)
			c := newConversation(wire.MySQL)
			for i, turn := range turns {
				// The recorded client never asks before it has the whole answer.
				if turn.client && (c.due != 0 || len(c.server) > 0) {
					t.Fatalf("line %d: %d answers are due, %d bytes left over, after %q", i+1, c.due, len(c.server), c.found[len(c.found)-1])
				}
				c.feed(turn.client, turn.bytes)
			}
			if c.err != nil || c.due != 0 || len(c.client)+len(c.server) > 0 {
				t.Fatalf("error %v, %d answers are due", c.err, c.due)
			}
			sameFound(t, play(wire.MySQL, turns, byteByByte).found, c.found)
			for _, want := range []string{"COM_STATISTICS", "COM_FIELD_LIST", "COM_STMT_FETCH", "COM_QUIT", "CALL …", "SELECT 7"} {
				if !strings.Contains(strings.Join(c.found, "\n"), want) {
					t.Errorf("%s was not found", want)
				}
			}
		})
	}
}
