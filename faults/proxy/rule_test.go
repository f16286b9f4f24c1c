package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"

	goredis "github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"onceover/faults/proxy"
	"onceover/faults/wire"
	"onceover/faults/wire/wiretest"
)

func TestRuleSeesEveryRequestInOrder(t *testing.T) {
	var seen []string
	f := listen(t, proxy.Config{Target: newRedis(t).target, Protocol: wire.RESP, Rule: func(r proxy.Request) proxy.Action {
		seen = append(seen, fmt.Sprintf("%d %d %s %s", r.Conn, r.Ordinal, r.Verb(), r.Args[1]))
		return proxy.Forward
	}})
	for _, word := range []string{"a", "b"} {
		conn := f.dial()
		send(t, conn, "ECHO "+word+"1\r\nECHO ")
		receive(t, conn, "$2\r\n"+word+"1\r\n")
		send(t, conn, word+"2\r\n")
		receive(t, conn, "$2\r\n"+word+"2\r\n")
	}
	if want := []string{"1 1 ECHO a1", "1 2 ECHO a2", "2 3 ECHO b1", "2 4 ECHO b2"}; !slices.Equal(seen, want) {
		t.Errorf("got %q, want %q", seen, want)
	}
	f.quiet()
}

func TestRuleCanBeReplaced(t *testing.T) {
	f := listen(t, proxy.Config{Target: newRedis(t).target, Protocol: wire.RESP})
	conn := f.dial()
	send(t, conn, "PING\r\n")
	receive(t, conn, "+PONG\r\n")
	f.SetRule(on("PING", proxy.CutBefore))
	send(t, conn, "PING\r\n")
	f.expect(proxy.Cut)
}

func TestCutBefore(t *testing.T) {
	r := newRedis(t)
	f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP, Rule: on("LPUSH", proxy.CutBefore)})
	conn := f.dial()
	send(t, conn, "LPUSH l secret\r\n")
	if e := f.expect(proxy.Cut); e.Request != "LPUSH" || e.Conn != 1 || e.Ordinal != 1 {
		t.Errorf("%+v", e)
	}
	if rest, err := receiveEnd(t, conn); rest != "" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %q, %v", rest, err)
	}
	if log := r.log(); len(log) != 0 {
		t.Errorf("the server executed %q", log)
	}
}

func TestCutAfter(t *testing.T) {
	r := newRedis(t)
	f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP, Rule: on("LPUSH", proxy.CutAfter)})
	conn := f.dial()
	send(t, conn, "LPUSH l a\r\n")
	if e := f.expect(proxy.Withheld); e.Request != "LPUSH" || e.Bytes != len(":1\r\n") {
		t.Errorf("%+v", e)
	}
	if rest, err := receiveEnd(t, conn); rest != "" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %q, %v", rest, err)
	}
	if log := r.log(); len(log) != 1 {
		t.Errorf("the server executed %q", log)
	}
}

// An error says that nothing was done: there is nothing to keep from the client.
func TestCutAfterSparesErrors(t *testing.T) {
	r := newRedis(t)
	f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP, Rule: func(proxy.Request) proxy.Action { return proxy.CutAfter }})
	conn := f.dial()
	send(t, conn, "FAIL\r\n")
	if e := f.expect(proxy.Spared); e.Request != "FAIL" || e.Bytes != 0 {
		t.Errorf("%+v", e)
	}
	receive(t, conn, "-ERR failed\r\n")
	send(t, conn, "LPUSH l a\r\n")
	if e := f.expect(proxy.Withheld); e.Request != "LPUSH" || e.Bytes != len(":1\r\n") {
		t.Errorf("%+v", e)
	}
	if rest, err := receiveEnd(t, conn); rest != "" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %q, %v", rest, err)
	}
}

func TestCutWithinPassesHalfOfTheReply(t *testing.T) {
	r := newRedis(t)
	f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP, Rule: func(r proxy.Request) proxy.Action {
		if r.Verb() == "PING" {
			return proxy.Forward
		}
		return proxy.CutWithin
	}})
	conn := f.dial()
	send(t, conn, "FAIL\r\n")
	f.expect(proxy.Spared)
	receive(t, conn, "-ERR failed\r\n")
	send(t, conn, "PING\r\nECHO abcdef\r\n")
	if e := f.expect(proxy.Halved); e.Request != "ECHO" || e.Bytes != 6 {
		t.Errorf("%+v", e)
	}
	if rest, err := receiveEnd(t, conn); rest != "+PONG\r\n$6\r\nab" || err != nil {
		t.Errorf("got %q, %v", rest, err)
	}
	if log := r.log(); !slices.Equal(log, []string{"PING", "ECHO abcdef"}) {
		t.Errorf("the server executed %q", log)
	}
}

func TestCutAfterALargeReply(t *testing.T) {
	f := listen(t, proxy.Config{Target: newRedis(t).target, Protocol: wire.RESP, Rule: on("LARGE", proxy.CutAfter)})
	conn := f.dial()
	send(t, conn, "LARGE\r\n")
	if e := f.expect(proxy.Withheld); e.Bytes <= large {
		t.Errorf("%+v", e)
	}
	if rest, err := receiveEnd(t, conn); rest != "" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %d bytes, %v", len(rest), err)
	}
}

func TestCutAfterIsMissedWithoutAReply(t *testing.T) {
	f := listen(t, proxy.Config{Target: newRedis(t).target, Protocol: wire.RESP, Rule: on("VANISH", proxy.CutAfter)})
	conn := f.dial()
	send(t, conn, "VANISH\r\n")
	f.expect(proxy.Missed)
	receiveEnd(t, conn)
}

func TestEarlierRepliesReachTheClient(t *testing.T) {
	tests := []struct {
		name     string
		action   proxy.Action
		kind     proxy.Kind
		executed []string
	}{
		{"cut before", proxy.CutBefore, proxy.Cut, []string{"LARGE", "PING"}},
		{"cut after", proxy.CutAfter, proxy.Withheld, []string{"LARGE", "PING", "LPUSH l a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRedis(t)
			f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP, Rule: on("LPUSH", tt.action)})
			conn := f.dial()
			send(t, conn, "LARGE\r\nPING\r\nLPUSH l a\r\nECHO never\r\n")
			head := fmt.Sprintf("$%d\r\n", large)
			receive(t, conn, head+strings.Repeat("x", large)+"\r\n+PONG\r\n")
			f.expect(tt.kind)
			if rest, err := receiveEnd(t, conn); rest != "" || err != nil {
				t.Errorf("got %q, %v", rest, err)
			}
			if log := r.log(); !slices.Equal(log, tt.executed) {
				t.Errorf("the server executed %q, want %q", log, tt.executed)
			}
		})
	}
}

// A pipeline that is cut at any request and arrives in any pieces is executed up to the cut, and answered up to the cut.
func TestPipelinesAreCutWhereTheRuleSays(t *testing.T) {
	r := newRedis(t)
	f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP})
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(1, 6).Draw(t, "requests")
		at := rapid.IntRange(1, total).Draw(t, "cut at")
		after := rapid.Bool().Draw(t, "cut after")
		pieces := rapid.SliceOfN(rapid.IntRange(1, 40), 1, 5).Draw(t, "pieces")

		action, kind := proxy.CutBefore, proxy.Cut
		if after {
			action, kind = proxy.CutAfter, proxy.Withheld
		}
		n := 0
		f.SetRule(func(proxy.Request) proxy.Action {
			if n++; n == at {
				return action
			}
			return proxy.Forward
		})
		var out []byte
		var executed []string
		var replies string
		for i := 1; i <= total; i++ {
			word := fmt.Sprintf("w%d", i)
			out = wiretest.AppendCommand(out, "ECHO", word)
			if i < at {
				replies += string(wiretest.AppendBulk(nil, word))
			}
			if i < at || after && i == at {
				executed = append(executed, "ECHO "+word)
			}
		}
		before := len(r.log())
		conn := f.dial()
		defer conn.Close()
		for i := 0; len(out) > 0; i++ {
			k := min(len(out), pieces[i%len(pieces)])
			if _, err := conn.Write(out[:k]); err != nil {
				break // the cut came first
			}
			out = out[k:]
		}
		got, _ := receiveEnd(f.t, conn)
		conn.Close()
		f.expect(kind)
		if log := r.log()[before:]; got != replies || !slices.Equal(log, executed) {
			t.Fatalf("got %q, want %q; executed %q, want %q", got, replies, log, executed)
		}
	})
}

func TestPushFramesAreNoReplies(t *testing.T) {
	f := listen(t, proxy.Config{Target: newRedis(t).target, Protocol: wire.RESP, Rule: on("LPUSH", proxy.CutAfter)})
	conn := f.dial()
	send(t, conn, "PUSHED\r\n")
	receive(t, conn, ">1\r\n+news\r\n+OK\r\n")
	send(t, conn, "LPUSH l a\r\n")
	if e := f.expect(proxy.Withheld); e.Bytes != len(":1\r\n") {
		t.Errorf("%+v", e)
	}
}

func TestUnreadableBytes(t *testing.T) {
	for bytes, want := range map[string]error{
		"\x16\x03\x01\x02\x00\"\n": wire.ErrUnsupported, // of the client
		"*x\r\n":                   wire.ErrProtocol,
		"GARBLE\r\n":               wire.ErrProtocol, // of the server
	} {
		t.Run(fmt.Sprintf("%q", bytes), func(t *testing.T) {
			r := newRedis(t)
			f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP})
			conn := f.dial()
			send(t, conn, bytes)
			if e := f.expect(proxy.Unreadable); !errors.Is(e.Err, want) {
				t.Errorf("%+v", e)
			}
			if _, err := receiveEnd(t, conn); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the connection ends with %v", err)
			}
			if log := r.log(); len(log) != 0 {
				t.Errorf("the server executed %q", log)
			}
		})
	}
}

func newClient(t *testing.T, addr string) *goredis.Client {
	client := goredis.NewClient(&goredis.Options{Addr: addr, Protocol: 2, DisableIdentity: true, MaxRetries: 3})
	t.Cleanup(func() { client.Close() })
	return client
}

func TestRetryAfterALostReplyExecutesTwice(t *testing.T) {
	r := newRedis(t)
	f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP, Rule: on("LPUSH", proxy.CutAfter)})
	if n, err := newClient(t, f.Addr()).LPush(context.Background(), "list", "row").Result(); n != 2 || err != nil {
		t.Errorf("got %d, %v; want 2 without an error", n, err)
	}
	f.expect(proxy.Withheld)
	if rows := r.rows(); !slices.Equal(rows, []string{"row", "row"}) {
		t.Errorf("the list is %q", rows)
	}
}

func TestTransactionAfterALostReplyExecutesOnce(t *testing.T) {
	r := newRedis(t)
	f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP, Rule: on("EXEC", proxy.CutAfter)})
	_, err := newClient(t, f.Addr()).TxPipelined(context.Background(), func(p goredis.Pipeliner) error {
		p.LPush(context.Background(), "list", "row")
		return nil
	})
	if err == nil {
		t.Error("no error although the reply was lost")
	}
	f.expect(proxy.Withheld)
	if rows := r.rows(); !slices.Equal(rows, []string{"row"}) {
		t.Errorf("the list is %q", rows)
	}
}

var (
	mysqlOK       = []byte{0, 0, 0, 2, 0, 0, 0}
	mysqlGreeting = append([]byte("\x0a9.7\x00\x01\x00\x00\x0012345678\x00\x01\x02\xff\x02\x00\x00\x00\x15"), make([]byte, 40)...)
)

// mysqlServer answers everything with OK, but for silent commands. It knows only clients that wait for its answer.
func mysqlServer(conn *net.TCPConn) {
	conn.Write(wiretest.AppendPacket(nil, 0, mysqlGreeting))
	seq, buf := byte(2), make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		if n > 4 && buf[4] == wire.ComStmtClose {
			continue
		}
		conn.Write(wiretest.AppendPacket(nil, seq, mysqlOK))
		seq = 1
	}
}

func TestMySQLRequestsAreCut(t *testing.T) {
	tests := []struct {
		request string
		action  proxy.Action
		kind    proxy.Kind
		name    string
		bytes   int
	}{
		{"\x03INSERT INTO t VALUES (1, 'secret')", proxy.CutAfter, proxy.Withheld, "INSERT INTO t VALUES (1, …", 11},
		{"\x03INSERT INTO t VALUES (1, 'secret')", proxy.CutBefore, proxy.Cut, "INSERT INTO t VALUES (1, …", 0},
		{"\x03INSERT INTO t VALUES (1, 'secret')", proxy.CutWithin, proxy.Halved, "INSERT INTO t VALUES (1, …", 6},
		{"\x19\x01\x00\x00\x00", proxy.CutAfter, proxy.Withheld, "COM_STMT_CLOSE", 0},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %s", tt.name, tt.kind), func(t *testing.T) {
			f := listen(t, proxy.Config{Target: newBackend(t, mysqlServer).target, Protocol: wire.MySQL, Rule: func(r proxy.Request) proxy.Action {
				if r.Handshake {
					return proxy.Forward
				}
				return tt.action
			}})
			conn := f.dial()
			receive(t, conn, string(wiretest.AppendPacket(nil, 0, mysqlGreeting)))
			hello := append([]byte{0, 2, 0, 0}, make([]byte, 40)...)
			send(t, conn, string(wiretest.AppendPacket(nil, 1, hello)))
			receive(t, conn, string(wiretest.AppendPacket(nil, 2, mysqlOK)))
			send(t, conn, string(wiretest.AppendPacket(nil, 0, []byte(tt.request))))
			if e := f.expect(tt.kind); e.Request != tt.name || e.Bytes != tt.bytes || e.Ordinal != 2 {
				t.Errorf("%+v, want %s with %d bytes", e, tt.name, tt.bytes)
			}
		})
	}
}
