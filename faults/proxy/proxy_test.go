package proxy_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"onceover/faults/proxy"
	"onceover/faults/wire"
	"onceover/faults/wire/wiretest"
)

func echo(conn *net.TCPConn) { io.Copy(conn, conn) }

func TestListenRefusesBadConfigurations(t *testing.T) {
	target := func(context.Context) (string, error) { return "", nil }
	rule := func(proxy.Request) proxy.Action { return proxy.Forward }
	for name, config := range map[string]proxy.Config{
		"no target":            {},
		"rule and no protocol": {Target: target, Rule: rule},
		"unknown protocol":     {Target: target, Protocol: "http"},
	} {
		if p, err := proxy.Listen(config); !errors.Is(err, proxy.ErrConfig) {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
}

func TestSetRuleNeedsAProtocol(t *testing.T) {
	f := listen(t, proxy.Config{Target: newBackend(t, echo).target})
	f.SetRule(nil)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	f.SetRule(func(proxy.Request) proxy.Action { return proxy.Forward })
}

func TestCopiesManyBytesBothWays(t *testing.T) {
	f := listen(t, proxy.Config{Target: newBackend(t, echo).target})
	sent := make([]byte, large)
	rand.NewChaCha8([32]byte{}).Read(sent)
	conn := f.dial()
	failed := make(chan error, 1)
	go func() {
		_, err := conn.Write(sent)
		failed <- errors.Join(err, conn.CloseWrite())
	}()
	got, err := receiveEnd(t, conn)
	if err := errors.Join(err, <-failed); err != nil || !bytes.Equal([]byte(got), sent) {
		t.Fatalf("got %d bytes of %d, error %v", len(got), len(sent), err)
	}
	if accepted, _ := f.Counts(); accepted != 1 {
		t.Errorf("%d connections, want 1", accepted)
	}
}

func TestHalfCloses(t *testing.T) {
	for _, protocol := range []wire.Protocol{"", wire.RESP} {
		t.Run("client "+string(protocol), func(t *testing.T) {
			f := listen(t, proxy.Config{Protocol: protocol, Target: newBackend(t, func(conn *net.TCPConn) {
				all, _ := io.ReadAll(conn)
				conn.Write(wiretest.AppendBulk(nil, all))
			}).target})
			conn := f.dial()
			send(t, conn, "PING\r\n")
			conn.CloseWrite()
			if rest, err := receiveEnd(t, conn); rest != "$6\r\nPING\r\n\r\n" || err != nil {
				t.Errorf("got %q, %v", rest, err)
			}
		})
		t.Run("server "+string(protocol), func(t *testing.T) {
			got := make(chan string, 1)
			f := listen(t, proxy.Config{Protocol: protocol, Target: newBackend(t, func(conn *net.TCPConn) {
				conn.Write([]byte("+unasked\r\n+unfin"))
				conn.CloseWrite()
				all, _ := io.ReadAll(conn)
				got <- string(all)
			}).target})
			conn := f.dial()
			if rest, err := receiveEnd(t, conn); rest != "+unasked\r\n+unfin" || err != nil {
				t.Errorf("got %q, %v", rest, err)
			}
			send(t, conn, "PING\r\n")
			conn.CloseWrite()
			if all := <-got; all != "PING\r\n" {
				t.Errorf("the server got %q", all)
			}
		})
		t.Run("server, then reset "+string(protocol), func(t *testing.T) {
			f := listen(t, proxy.Config{Protocol: protocol, Target: newBackend(t, func(conn *net.TCPConn) {
				conn.CloseWrite()
				conn.Read(make([]byte, 1))
				conn.SetLinger(0)
			}).target})
			conn := f.dial()
			if _, err := receiveEnd(t, conn); err != nil {
				t.Fatal(err)
			}
			send(t, conn, "PING\r\n")
			// Only writes tell a reset from the close that was read before.
			for {
				if _, err := io.WriteString(conn, "\r\n"); err != nil {
					if !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
						t.Error(err)
					}
					return
				}
			}
		})
	}
}

func TestResetOfTheServerResetsTheClient(t *testing.T) {
	for _, protocol := range []wire.Protocol{"", wire.RESP} {
		t.Run(string(protocol), func(t *testing.T) {
			f := listen(t, proxy.Config{Protocol: protocol, Target: newBackend(t, func(conn *net.TCPConn) {
				conn.Read(make([]byte, 1))
				conn.SetLinger(0)
			}).target})
			conn := f.dial()
			send(t, conn, "PING\r\n")
			if _, err := receiveEnd(t, conn); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the connection ends with %v", err)
			}
		})
	}
}

func TestResetOfTheClientResetsTheServer(t *testing.T) {
	for _, protocol := range []wire.Protocol{"", wire.RESP} {
		t.Run(string(protocol), func(t *testing.T) {
			ended := make(chan error, 1)
			f := listen(t, proxy.Config{Protocol: protocol, Target: newBackend(t, func(conn *net.TCPConn) {
				conn.Write([]byte("+hello\r\n"))
				_, err := io.ReadAll(conn)
				ended <- err
			}).target})
			conn := f.dial()
			receive(t, conn, "+hello\r\n")
			conn.SetLinger(0)
			conn.Close()
			if err := <-ended; !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the connection ends with %v", err)
			}
		})
	}
}

func TestCloseEndsADial(t *testing.T) {
	dialling := make(chan struct{})
	f := listen(t, proxy.Config{Target: func(ctx context.Context) (string, error) {
		close(dialling)
		<-ctx.Done()
		return "", ctx.Err()
	}})
	conn := f.dial()
	<-dialling
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := receiveEnd(t, conn); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the connection ends with %v", err)
	}
	f.quiet()
}

func TestTargetMoves(t *testing.T) {
	name := func(s string) *backend {
		return newBackend(t, func(conn *net.TCPConn) { io.WriteString(conn, s) })
	}
	var now atomic.Pointer[backend]
	f := listen(t, proxy.Config{Target: func(ctx context.Context) (string, error) { return now.Load().target(ctx) }})
	for _, s := range []string{"first", "second"} {
		now.Store(name(s))
		if got, err := receiveEnd(t, f.dial()); got != s || err != nil {
			t.Errorf("got %q, %v; want %q", got, err, s)
		}
	}
}

func TestUnreachableTargets(t *testing.T) {
	closed := newBackend(t, echo)
	closed.listener.Close()
	unknown := errors.New("no such container")
	for name, target := range map[string]func(context.Context) (string, error){
		"refuses": closed.target,
		"unknown": func(context.Context) (string, error) { return "", unknown },
	} {
		t.Run(name, func(t *testing.T) {
			f := listen(t, proxy.Config{Target: target})
			f.dialReset()
			e := f.expect(proxy.Unreachable)
			if !errors.Is(e.Err, unknown) && !errors.Is(e.Err, syscall.ECONNREFUSED) {
				t.Errorf("%+v", e)
			}
			f.quiet()
		})
	}
}

func TestOpenedSpeaksWithTheServerFirst(t *testing.T) {
	r := newRedis(t)
	f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP, Opened: func(conn uint64, server net.Conn) error {
		send(t, server, "ECHO hello\r\n")
		receive(t, server, "$5\r\nhello\r\n")
		if conn == 2 {
			return errors.New("not this one")
		}
		return nil
	}})
	conn := f.dial()
	send(t, conn, "PING\r\n")
	receive(t, conn, "+PONG\r\n")
	f.dialReset()
	if e := f.expect(proxy.Unreachable); e.Conn != 2 {
		t.Errorf("%+v", e)
	}
	if log := r.log(); !slices.Equal(log, []string{"ECHO hello", "PING", "ECHO hello"}) {
		t.Errorf("the server executed %q", log)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	r := newRedis(t)
	f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP, Rule: on("LPUSH", proxy.Hold(nil))})
	idle, held := f.dial(), f.dial()
	send(t, idle, "PING\r\n")
	receive(t, idle, "+PONG\r\n")
	send(t, held, "LPUSH l a\r\n")
	f.expect(proxy.Held)
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if stacks := goroutines(); strings.Contains(stacks, "faults/proxy.(*link)") {
		t.Errorf("goroutines are left:\n%s", stacks)
	}
	f.expect(proxy.Dropped)
	if _, err := net.Dial("tcp4", f.Addr()); err == nil {
		t.Error("the proxy still listens")
	}
	if log := r.log(); len(log) != 1 {
		t.Errorf("the server executed %q", log)
	}
}

// The proxy knows its clients and what they sent with and without a protocol, and
// also of a client that has gone while its server stays.
func TestClientsAreSeenToComeAndToGo(t *testing.T) {
	for _, protocol := range []wire.Protocol{"", wire.RESP} {
		t.Run(string(protocol), func(t *testing.T) {
			f := listen(t, proxy.Config{Protocol: protocol, Target: newBackend(t, func(conn *net.TCPConn) {
				io.ReadFull(conn, make([]byte, 6))
				conn.Write([]byte("+PONG\r\n"))
				for {
					if _, err := conn.Write([]byte("+stays\r\n")); err != nil {
						return
					}
					time.Sleep(time.Millisecond)
				}
			}).target})
			first, second := f.dial(), f.dial()
			for _, conn := range []*net.TCPConn{first, second} {
				send(t, conn, "PING\r\n")
				receive(t, conn, "+PONG\r\n")
			}
			if n := f.Received(); n != 12 {
				t.Errorf("%d bytes received, want 12", n)
			}
			for _, want := range []int{2, 1, 0} {
				for deadline := time.Now().Add(10 * time.Second); len(f.Clients()) != want; time.Sleep(time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("clients %v, want %d", f.Clients(), want)
					}
				}
				if want == 2 {
					first.CloseWrite()
				} else {
					second.Close()
				}
			}
		})
	}
}
