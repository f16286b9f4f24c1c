package proxy_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"onceover/faults/proxy"
	"onceover/faults/wire"
	"onceover/faults/wire/wiretest"
)

// patience bounds every wait of a test; it is never waited for when a test passes.
const patience = 20 * time.Second

// backend is a TCP server; serve handles one connection each.
type backend struct {
	listener net.Listener
	conns    sync.WaitGroup
}

func newBackend(t testing.TB, serve func(*net.TCPConn)) *backend {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &backend{listener: listener}
	b.conns.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			b.conns.Go(func() {
				defer conn.Close()
				serve(conn.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		b.conns.Wait()
	})
	return b
}

func (b *backend) target(context.Context) (string, error) { return b.listener.Addr().String(), nil }

// redis speaks enough RESP2 for the tests: lists, and transactions of commands that are answered alike.
type redis struct {
	*backend
	mu       sync.Mutex
	executed []string
	list     []string
	ran      chan string // executed commands, for tests that wait for them
}

func newRedis(t testing.TB) *redis {
	r := &redis{ran: make(chan string, 10000)}
	r.backend = newBackend(t, r.serve)
	return r
}

func (r *redis) serve(conn *net.TCPConn) {
	var buf []byte
	var queue [][]string
	queueing := false
	piece := make([]byte, 64<<10)
	for {
		n, err := conn.Read(piece)
		if err != nil {
			return
		}
		buf = append(buf, piece[:n]...)
		var out []byte
		for {
			args, n, err := wire.ParseCommand(buf)
			if err != nil || n == 0 {
				break
			}
			var words []string
			for _, a := range args {
				words = append(words, string(a))
			}
			buf = buf[n:]
			switch verb := strings.ToUpper(words[0]); {
			case verb == "VANISH":
				return
			case verb == "FAIL":
				out = wiretest.AppendError(out, "ERR failed")
			case verb == "GARBLE":
				out = append(out, "what?\r\n"...)
			case verb == "MULTI":
				queueing, queue = true, nil
				out = wiretest.AppendSimple(out, "OK")
			case verb == "EXEC":
				out = wiretest.AppendArray(out, len(queue))
				for _, q := range queue {
					out = r.execute(out, q)
				}
				queueing = false
			case queueing:
				queue = append(queue, words)
				out = wiretest.AppendSimple(out, "QUEUED")
			default:
				out = r.execute(out, words)
			}
		}
		if _, err := conn.Write(out); err != nil {
			return
		}
	}
}

func (r *redis) execute(out []byte, words []string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	line := strings.Join(words, " ")
	r.executed = append(r.executed, line)
	r.ran <- line
	switch strings.ToUpper(words[0]) {
	case "LPUSH":
		if len(words) < 3 {
			return wiretest.AppendError(out, "ERR wrong number of arguments")
		}
		r.list = append(words[2:], r.list...)
		return wiretest.AppendInt(out, int64(len(r.list)))
	case "PING":
		return wiretest.AppendSimple(out, "PONG")
	case "ECHO":
		return wiretest.AppendBulk(out, words[1])
	case "LARGE":
		return wiretest.AppendBulk(out, strings.Repeat("x", large))
	case "PUSHED":
		out = wiretest.AppendSimple(wiretest.AppendPush(out, 1), "news")
		return wiretest.AppendSimple(out, "OK")
	}
	return wiretest.AppendError(out, "ERR unknown command")
}

const large = 8 << 20

func (r *redis) log() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.executed)
}

func (r *redis) rows() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.list)
}

// fixture is a proxy whose events a test can wait for.
type fixture struct {
	*proxy.Proxy
	t      testing.TB
	events chan proxy.Event
}

func listen(t testing.TB, config proxy.Config) *fixture {
	f := &fixture{t: t, events: make(chan proxy.Event, 1000)}
	config.Events = func(e proxy.Event) { f.events <- e }
	p, err := proxy.Listen(config)
	if err != nil {
		t.Fatal(err)
	}
	f.Proxy = p
	t.Cleanup(func() {
		if err := p.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		if stacks := goroutines(); strings.Contains(stacks, "faults/proxy.(*") {
			t.Errorf("Close left goroutines:\n%s", stacks)
		}
	})
	return f
}

func goroutines() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

// expect waits for the next events, which must be of these kinds, and returns the last.
func (f *fixture) expect(kinds ...proxy.Kind) (last proxy.Event) {
	f.t.Helper()
	for _, kind := range kinds {
		select {
		case last = <-f.events:
			if last.Kind != kind {
				f.t.Fatalf("got event %+v, want %s", last, kind)
			}
		case <-time.After(patience):
			f.t.Fatalf("no event %s\n%s", kind, goroutines())
		}
	}
	return last
}

func (f *fixture) quiet() {
	f.t.Helper()
	select {
	case e := <-f.events:
		f.t.Fatalf("unexpected event %+v", e)
	default:
	}
}

func (f *fixture) dial() *net.TCPConn {
	f.t.Helper()
	conn, err := net.Dial("tcp4", f.Addr())
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn.(*net.TCPConn)
}

// dialReset connects to a proxy that resets the connection, which the dial itself may notice already.
func (f *fixture) dialReset() {
	f.t.Helper()
	conn, err := net.Dial("tcp4", f.Addr())
	if err == nil {
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		_, err = receiveEnd(f.t, conn)
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		f.t.Errorf("the connection ends with %v", err)
	}
}

func send(t testing.TB, conn net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(conn, s); err != nil {
		t.Fatal(err)
	}
}

func receive(t testing.TB, conn net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(conn, got); err != nil || string(got) != want {
		t.Fatalf("received %.100q, error %v; want %.100q", got[:n], err, want)
	}
}

// receiveEnd reads until the connection ends, and returns what came before and how it ended: nil for a close.
func receiveEnd(t testing.TB, conn net.Conn) (rest string, err error) {
	t.Helper()
	b, err := io.ReadAll(conn)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		t.Fatalf("the connection does not end\n%s", goroutines())
	}
	return string(b), err
}

// on strikes the first request with that verb, and forwards all others.
func on(verb string, action proxy.Action) proxy.Rule {
	struck := false
	return func(r proxy.Request) proxy.Action {
		if struck || r.Verb() != verb {
			return proxy.Forward
		}
		struck = true
		return action
	}
}
