package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onceover/faults/wire"
	"onceover/faults/wire/wiretest"
)

func TestParseCommand(t *testing.T) {
	long := strings.Repeat("x", 64<<10)
	tests := []struct {
		in   string
		args []string
		n    int
		err  error
	}{
		{"", nil, 0, nil},
		{"*1\r\n$4\r\nPING\r\n*1", []string{"PING"}, 14, nil},
		{"*2\r\n$3\r\nGET\r\n$0\r\n\r\n", []string{"GET", ""}, 19, nil},
		{"*2\r\n$3\r\nGET\r\n$1\r\n\r\r\n", []string{"GET", "\r"}, 20, nil},
		{"*2\r\n$3\r\nGET\r\n$1\r\nk\r", nil, 0, nil},
		{"*0\r\n", []string{}, 4, nil},
		{"*-1\r\n", []string{}, 5, nil},
		{"*1", nil, 0, nil},
		{"PING\r\nPING\r\n", []string{"PING"}, 6, nil},
		{"PING\n", []string{"PING"}, 5, nil},
		{"\r\n", []string{}, 2, nil},
		{" set  k\tv \r\n", []string{"set", "k", "v"}, 12, nil},
		{"GET 'k'\r\n", nil, 0, wire.ErrUnsupported},
		{"PING", nil, 0, nil},
		{"GET \"k\"\r\n", nil, 0, wire.ErrUnsupported},
		{"*x\r\n", nil, 0, wire.ErrProtocol},
		{"*01\r\n", nil, 0, wire.ErrProtocol},
		{"*2147483648\r\n", nil, 0, wire.ErrProtocol},
		{"*1\n$4\r\nPING\r\n", nil, 0, wire.ErrProtocol},
		{"*1\r\n:4\r\n", nil, 0, wire.ErrProtocol},
		{"*1\r\n$-1\r\n", nil, 0, wire.ErrProtocol},
		{"*1\r\n$536870913\r\n", nil, 0, wire.ErrProtocol},
		{"*1\r\n$3\r\nPING\r\n", nil, 0, wire.ErrProtocol},
		{"*" + strings.Repeat("1", 40), nil, 0, wire.ErrProtocol},
		{long + "y", nil, 0, wire.ErrProtocol},
		{long + "\n", []string{long}, len(long) + 1, nil},
	}
	for _, tt := range tests {
		name := tt.in[:min(len(tt.in), 40)]
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			args, n, err := wire.ParseCommand([]byte(tt.in))
			if n != tt.n || !errors.Is(err, tt.err) {
				t.Fatalf("got %d bytes, error %v; want %d, %v", n, err, tt.n, tt.err)
			}
			if got := fmt.Sprintf("%q", args); got != fmt.Sprintf("%q", tt.args) {
				t.Errorf("got %s, want %q", got, tt.args)
			}
		})
	}
}

func TestCommandRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 1, 20).Draw(t, "args")
		buf := wiretest.AppendCommand(nil, want...)
		for short := range buf {
			if _, n, err := wire.ParseCommand(buf[:short]); n != 0 || err != nil {
				t.Fatalf("%d of %d bytes: consumed %d, error %v", short, len(buf), n, err)
			}
		}
		got, n, err := wire.ParseCommand(append(buf, "rest"...))
		if err != nil || n != len(buf) || len(got) != len(want) {
			t.Fatalf("got %q, %d bytes of %d, error %v", got, n, len(buf), err)
		}
		for i := range want {
			if !bytes.Equal(got[i], want[i]) {
				t.Fatalf("argument %d: got %q, want %q", i, got[i], want[i])
			}
		}
	})
}

func TestMeasureReply(t *testing.T) {
	tests := []struct {
		in   string
		n    int
		push bool
		err  error
	}{
		{"+OK\r\n+OK\r\n", 5, false, nil},
		{"-ERR no\r\n", 9, false, nil},
		{":-5\r\n", 5, false, nil},
		{"$5\r\na\r\nbc\r\n", 11, false, nil},
		{"$-1\r\n", 5, false, nil},
		{"$0\r\n\r\n", 6, false, nil},
		{"*-1\r\n", 5, false, nil},
		{"*0\r\n", 4, false, nil},
		{"*2\r\n:1\r\n*1\r\n$1\r\na\r\n", 19, false, nil},
		{"%1\r\n+k\r\n~2\r\n:1\r\n:2\r\n", 20, false, nil},
		{"_\r\n", 3, false, nil},
		{",1.5\r\n", 6, false, nil},
		{"#t\r\n", 4, false, nil},
		{"(12345678901234567890\r\n", 23, false, nil},
		{"=7\r\ntxt:abc\r\n", 13, false, nil},
		{"!3\r\nERR\r\n", 9, false, nil},
		{">2\r\n+message\r\n:1\r\n", 18, true, nil},
		{">0\r\n", 4, true, nil},
		{"|1\r\n+ttl\r\n:3\r\n$1\r\na\r\n", 21, false, nil},
		{"|0\r\n:1\r\n", 8, false, nil},
		{"*2\r\n|1\r\n+a\r\n+b\r\n:1\r\n:2\r\n", 24, false, nil},
		{"*1\r\n", 0, false, nil},
		{"|1\r\n+a\r\n+b\r\n", 0, false, nil},
		{"", 0, false, nil},
		{"$5\r\nabcdeX\r\n", 0, false, wire.ErrProtocol},
		{"$-2\r\n", 0, false, wire.ErrProtocol},
		{"%-1\r\n", 0, false, wire.ErrProtocol},
		{"*1\r\n>1\r\n", 0, false, wire.ErrProtocol},
		{":x\r\n", 0, false, wire.ErrProtocol},
		{"#x\r\n", 0, false, wire.ErrProtocol},
		{"_x\r\n", 0, false, wire.ErrProtocol},
		{"\r\n", 0, false, wire.ErrProtocol},
		{"HTTP/1.1 400\r\n", 0, false, wire.ErrProtocol},
		{"*?\r\n", 0, false, wire.ErrUnsupported},
		{strings.Repeat("*1\r\n", 1025), 0, false, wire.ErrProtocol},
	}
	for _, tt := range tests {
		name := tt.in[:min(len(tt.in), 40)]
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			n, push, err := wire.MeasureReply([]byte(tt.in))
			if n != tt.n || push != tt.push || !errors.Is(err, tt.err) {
				t.Errorf("got %d, %t, %v; want %d, %t, %v", n, push, err, tt.n, tt.push, tt.err)
			}
		})
	}
}

// drawFrame appends any frame that a server can send as a reply.
func drawFrame(t *rapid.T, dst []byte, depth int) []byte {
	kinds := 14
	if depth == 0 {
		kinds = 10
	}
	text := rapid.StringMatching(`[ -~]{0,20}`)
	size := rapid.IntRange(0, 3)
	count := 0
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return wiretest.AppendSimple(dst, text.Draw(t, "simple"))
	case 1:
		return wiretest.AppendError(dst, text.Draw(t, "error"))
	case 2:
		return wiretest.AppendInt(dst, rapid.Int64().Draw(t, "int"))
	case 3:
		return wiretest.AppendBulk(dst, rapid.SliceOf(rapid.Byte()).Draw(t, "bulk"))
	case 4:
		return appendNullBulk(dst)
	case 5:
		return appendNullArray(dst)
	case 6:
		return appendNull(dst)
	case 7:
		return appendBool(dst, rapid.Bool().Draw(t, "bool"))
	case 8:
		return appendDouble(dst, rapid.Float64().Draw(t, "double"))
	case 9:
		return appendVerbatim(dst, "txt", text.Draw(t, "verbatim"))
	case 10:
		count = size.Draw(t, "elements")
		dst = wiretest.AppendArray(dst, count)
	case 11:
		count = size.Draw(t, "elements")
		dst = appendSet(dst, count)
	case 12:
		count = 2 * size.Draw(t, "pairs")
		dst = appendMap(dst, count/2)
	case 13:
		dst = append(dst, "|1\r\n+key\r\n+value\r\n"...)
		count = 1
	}
	for range count {
		dst = drawFrame(t, dst, depth-1)
	}
	return dst
}

func TestReplyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		buf := drawFrame(t, nil, 3)
		for short := range buf {
			if n, _, err := wire.MeasureReply(buf[:short]); n != 0 || err != nil {
				t.Fatalf("%d of %d bytes: measured %d, error %v", short, len(buf), n, err)
			}
		}
		n, push, err := wire.MeasureReply(append(buf, '+'))
		if n != len(buf) || push || err != nil {
			t.Fatalf("measured %d of %d, push %t, error %v", n, len(buf), push, err)
		}
	})
}

func TestAppendDoubleOfNoNumber(t *testing.T) {
	var got []byte
	for _, f := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), 0.5} {
		got = appendDouble(got, f)
	}
	if want := ",inf\r\n,-inf\r\n,nan\r\n,0.5\r\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func inline(lines ...string) turn {
	return client([]byte(strings.Join(lines, "\r\n") + "\r\n"))
}

func raw(s string) turn { return server([]byte(s)) }

func TestRESPConversations(t *testing.T) {
	tests := []struct {
		name  string
		turns []turn
		due   int
		want  string // the ends that the server's bytes made
		err   error
	}{
		{"pipeline", []turn{inline("A", "B", "C"), raw("+1\r\n+2\r\n")}, 1, "reply reply", nil},
		{"empty lines are not answered", []turn{inline("", "", "PING"), raw("+PONG\r\n")}, 0, "reply", nil},
		{"push frames answer nothing", []turn{inline("HELLO 3", "GET k"), raw(">1\r\n+x\r\n+h\r\n>1\r\n+x\r\n+v\r\n")}, 0, "unasked reply unasked reply", nil},
		{"error before the first request", []turn{raw("-ERR max number of clients reached\r\n")}, 0, "unasked", nil},
		{"a RESP2 subscription is a stream", []turn{inline("GET k", "SUBSCRIBE a b", "PING"), raw("+v\r\n*1\r\n:1\r\n*1\r\n:2\r\n+x\r\n")}, 0, "reply unasked unasked unasked", nil},
		{"a RESP3 subscription leaves room for replies", []turn{inline("HELLO 3", "subscribe a", "GET k"), raw("%0\r\n>1\r\n+a\r\n+v\r\n")}, 0, "reply unasked reply", nil},
		{"RESET goes back to RESP2", []turn{inline("HELLO 3", "RESET", "SUBSCRIBE a", "PING"), raw("%0\r\n+RESET\r\n*1\r\n:1\r\n")}, 0, "reply reply unasked", nil},
		{"CLIENT REPLY", []turn{inline("CLIENT REPLY OFF")}, 0, "", wire.ErrUnsupported},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := play(wire.RESP, tt.turns, whole)
			if c.due != tt.due || !errors.Is(c.err, tt.err) {
				t.Errorf("%d replies are due, error %v; want %d, %v", c.due, c.err, tt.due, tt.err)
			}
			if got := strings.Join(ends(c.found), " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			sameFound(t, play(wire.RESP, tt.turns, byteByByte).found, c.found)
		})
	}
}

func ends(found []string) []string {
	var only []string
	for _, f := range found {
		if f == wire.Reply.String() || f == wire.Unasked.String() {
			only = append(only, f)
		}
	}
	return only
}
