package proxy_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"onceover/faults/proxy"
	"onceover/faults/wire"
	"onceover/faults/wire/wiretest"
)

// holding returns a proxy that holds the first LPUSH, and what releases it.
func holding(t *testing.T, target *backend) (f *fixture, release chan bool) {
	release = make(chan bool, 1)
	return listen(t, proxy.Config{Target: target.target, Protocol: wire.RESP, Rule: on("LPUSH", proxy.Hold(release))}), release
}

// late returns a proxy that cuts off the client of the first LPUSH, and what releases that.
func late(t *testing.T, target *backend) (f *fixture, release chan bool) {
	release = make(chan bool, 1)
	return listen(t, proxy.Config{Target: target.target, Protocol: wire.RESP, Rule: on("LPUSH", proxy.Late(release))}), release
}

func TestHoldDelaysARequestAndWhatIsBehindIt(t *testing.T) {
	r := newRedis(t)
	f, release := holding(t, r.backend)
	conn := f.dial()
	send(t, conn, "ECHO before\r\nLPUSH l a\r\nECHO behind\r\n")
	receive(t, conn, "$6\r\nbefore\r\n")
	if e := f.expect(proxy.Held); e.Request != "LPUSH" || e.Ordinal != 2 {
		t.Errorf("%+v", e)
	}
	send(t, conn, "PING\r\n")
	if log := r.log(); !slices.Equal(log, []string{"ECHO before"}) {
		t.Errorf("the server executed %q", log)
	}
	release <- true
	receive(t, conn, ":1\r\n$6\r\nbehind\r\n+PONG\r\n")
	f.expect(proxy.Released)
	f.quiet()
}

func TestALateRequestAndWhatIsBehindItOutliveTheClient(t *testing.T) {
	r := newRedis(t)
	f, release := late(t, r.backend)
	conn := f.dial()
	send(t, conn, "LPUSH l zombie\r\nLPUSH l behind\r\n")
	f.expect(proxy.Held)

	other := f.dial()
	send(t, other, "LPUSH l other\r\n")
	receive(t, other, ":1\r\n")

	release <- true
	f.expect(proxy.Released, proxy.Answered)
	for _, want := range []string{"LPUSH l other", "LPUSH l zombie", "LPUSH l behind"} {
		if got := <-r.ran; got != want {
			t.Errorf("the server executed %q, want %q", got, want)
		}
	}
}

// A server that notices its client's end may stop working for it, so the end must wait until the last answer is there.
func TestEndOfAClientWaitsForTheAnswerToItsLateRequest(t *testing.T) {
	result := make(chan error, 2)
	f, release := late(t, newBackend(t, func(conn *net.TCPConn) {
		buf := make([]byte, len("LPUSH l a\r\n"))
		for range 2 {
			if _, err := io.ReadFull(conn, buf); err != nil {
				result <- err
			}
			conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				result <- fmt.Errorf("before the answer, the connection ends with %v", err)
			}
			conn.SetReadDeadline(time.Time{})
			io.WriteString(conn, ":1\r\n")
		}
		_, err := io.ReadAll(conn)
		result <- err
	}))
	send(t, f.dial(), "LPUSH l a\r\nLPUSH l b\r\n")
	f.expect(proxy.Held)
	release <- true
	if err := <-result; err != nil {
		t.Error(err)
	}
}

func TestALateRequestIsMissedWhenTheServerVanishes(t *testing.T) {
	release := make(chan bool, 1)
	f := listen(t, proxy.Config{Target: newRedis(t).target, Protocol: wire.RESP, Rule: on("VANISH", proxy.Late(release))})
	send(t, f.dial(), "VANISH\r\n")
	f.expect(proxy.Held)
	release <- true
	f.expect(proxy.Released, proxy.Missed)
}

func TestALateRequestIsExecutedWithoutItsClient(t *testing.T) {
	for request, want := range map[string]proxy.Kind{"LPUSH l a": proxy.Answered, "LPUSH": proxy.Spared} {
		t.Run(request, func(t *testing.T) {
			r := newRedis(t)
			f, release := late(t, r.backend)
			conn := f.dial()
			send(t, conn, request+"\r\n")
			f.expect(proxy.Held)
			if rest, err := receiveEnd(t, conn); rest != "" || !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("got %q, %v", rest, err)
			}
			if log := r.log(); len(log) != 0 {
				t.Errorf("the server executed %q", log)
			}
			release <- true
			f.expect(proxy.Released, want)
			if log := r.log(); !slices.Equal(log, []string{request}) {
				t.Errorf("the server executed %q", log)
			}
		})
	}
}

func TestHeldRequestIsDroppedWhenTheProxyIsClosed(t *testing.T) {
	r := newRedis(t)
	f, release := holding(t, r.backend)
	conn := f.dial()
	send(t, conn, "LPUSH l a\r\n")
	f.expect(proxy.Held)
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if e := f.expect(proxy.Dropped); e.Err == nil || e.Request != "LPUSH" {
		t.Errorf("%+v", e)
	}
	release <- true
	receiveEnd(t, conn)
	if log := r.log(); len(log) != 0 {
		t.Errorf("the server executed %q", log)
	}
}

func TestHeldRequestIsDroppedWhenTheServerHasGone(t *testing.T) {
	leave := make(chan struct{})
	f, release := holding(t, newBackend(t, func(*net.TCPConn) { <-leave }))
	conn := f.dial()
	send(t, conn, "LPUSH l a\r\n")
	f.expect(proxy.Held)
	close(leave)
	receiveEnd(t, conn) // the server's close was passed on
	f.expect(proxy.Lost)
	release <- true
	f.expect(proxy.Dropped)
}

func TestManyBytesBehindAHeldRequest(t *testing.T) {
	f, release := holding(t, newRedis(t).backend)
	conn := f.dial()
	send(t, conn, "LPUSH l a\r\n")
	f.expect(proxy.Held)
	echo := string(wiretest.AppendCommand(nil, "ECHO", strings.Repeat("x", large)))
	sent := make(chan error, 1)
	go func() {
		_, err := io.WriteString(conn, echo)
		sent <- err
	}()
	release <- true
	receive(t, conn, ":1\r\n"+string(wiretest.AppendBulk(nil, strings.Repeat("x", large))))
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

// A fault that strikes the client of an executed request must find it waiting for the reply: a client that had learned
// of the cut would go on, and might end of its own before it is struck.
func TestAClientLearnsOfALaterCutWhenThatIsReleased(t *testing.T) {
	for _, says := range []bool{true, false} {
		t.Run(fmt.Sprint(says), func(t *testing.T) {
			r := newRedis(t)
			release := make(chan bool, 1)
			f := listen(t, proxy.Config{Target: r.target, Protocol: wire.RESP, Rule: on("LPUSH", proxy.CutLater(release))})
			conn := f.dial()
			send(t, conn, "LPUSH l a\r\n")
			if e := f.expect(proxy.Withheld); e.Request != "LPUSH" || e.Bytes != len(":1\r\n") {
				t.Errorf("%+v", e)
			}
			if log := r.log(); !slices.Equal(log, []string{"LPUSH l a"}) {
				t.Errorf("the server executed %q", log)
			}
			conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			if n, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("before the release, the client reads %d bytes and %v", n, err)
			}
			conn.SetReadDeadline(time.Time{})
			release <- says
			if rest, err := receiveEnd(t, conn); rest != "" || !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("got %q, %v", rest, err)
			}
			f.quiet()
		})
	}
}

// A client that is struck dead ends, and the proxy must notice that before anybody releases the cut.
func TestTheEndOfAClientIsNoticedBeforeALaterCut(t *testing.T) {
	release := make(chan bool, 1)
	f := listen(t, proxy.Config{Target: newRedis(t).target, Protocol: wire.RESP, Rule: on("LPUSH", proxy.CutLater(release))})
	conn := f.dial()
	send(t, conn, "LPUSH l a\r\n")
	f.expect(proxy.Withheld)
	if n := len(f.Clients()); n != 1 {
		t.Fatalf("%d clients are there, want 1", n)
	}
	conn.Close()
	for deadline := time.Now().Add(patience); len(f.Clients()) > 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("its end is not noticed")
		}
	}
	release <- false
}
