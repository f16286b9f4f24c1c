package proxy_test

import (
	"errors"
	"slices"
	"syscall"
	"testing"
	"time"

	"onceover/faults/proxy"
	"onceover/faults/wire"
)

// until waits for what happens soon.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for began := time.Now(); !happened(); time.Sleep(time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("not so: %s", what)
		}
	}
}

func eachProtocol(t *testing.T, test func(t *testing.T, config proxy.Config, r *redis)) {
	for _, protocol := range []wire.Protocol{"", wire.RESP} {
		t.Run("protocol "+string(protocol), func(t *testing.T) {
			r := newRedis(t)
			test(t, proxy.Config{Target: r.target, Protocol: protocol}, r)
		})
	}
}

func TestWhatWasKeptInASilenceArrivesLate(t *testing.T) {
	eachProtocol(t, func(t *testing.T, config proxy.Config, r *redis) {
		f := listen(t, config)
		conn := f.dial()
		send(t, conn, "PING\r\n")
		receive(t, conn, "+PONG\r\n")
		s := f.Silence(true)
		send(t, conn, "LPUSH l a\r\n")
		fresh := f.dial()
		send(t, fresh, "LPUSH l b\r\n")
		until(t, "something is kept", func() bool { bytes, came := s.Kept(); return bytes == 11 && came == 1 })
		if rows := r.rows(); rows != nil || len(s.Conns()) != 1 {
			t.Errorf("%q arrived, of the connections %v", rows, s.Conns())
		}
		s.End()
		for range 2 {
			<-r.ran
		}
		<-r.ran
		receive(t, conn, ":")
		receive(t, fresh, ":")
		send(t, f.dial(), "LPUSH l c\r\n")
		if got := <-r.ran; got != "LPUSH l c" {
			t.Errorf("behind the silence, the server executed %q", got)
		}
	})
}

// The reply of what the server has executed is kept as well.
func TestASilenceKeepsReplies(t *testing.T) {
	r := newRedis(t)
	f, release := holding(t, r.backend)
	conn := f.dial()
	send(t, conn, "LPUSH l a\r\n")
	f.expect(proxy.Held)
	s := f.Silence(false)
	release <- true
	<-r.ran
	conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 10)); n > 0 {
		t.Errorf("%d bytes of the reply, %v", n, err)
	}
	conn.SetReadDeadline(time.Now().Add(patience))
	s.End()
	receive(t, conn, ":1\r\n")
}

func TestAServerDoesNotLearnOfAClientThatEndsInASilence(t *testing.T) {
	eachProtocol(t, func(t *testing.T, config proxy.Config, r *redis) {
		f := listen(t, config)
		conn := f.dial()
		send(t, conn, "PING\r\n")
		receive(t, conn, "+PONG\r\n")
		s := f.Silence(false)
		send(t, conn, "LPUSH l a\r\n")
		conn.Close()
		until(t, "the client is gone", func() bool { return len(f.Clients()) == 0 })
		if _, open := f.Counts(); open != 1 {
			t.Errorf("%d connections are open", open)
		}
		other := f.dial() // is not silent
		send(t, other, "ECHO x\r\n")
		receive(t, other, "$1\r\nx\r\n")
		s.Drop()
		until(t, "the connection ends", func() bool { _, open := f.Counts(); return open == 1 })
		if log := r.log(); !slices.Equal(log, []string{"PING", "ECHO x"}) {
			t.Errorf("the server executed %q", log)
		}
	})
}

// An interrupted run leaves no silent connection.
func TestSilencesAreDropped(t *testing.T) {
	r := newRedis(t)
	f := listen(t, proxy.Config{Target: r.target})
	conn := f.dial()
	send(t, conn, "PING\r\n")
	receive(t, conn, "+PONG\r\n")
	first, second := f.Silence(true), f.Silence(true)
	if len(second.Conns()) > 0 {
		t.Error("a connection is in two silences")
	}
	f.dial()
	until(t, "the proxy has both connections", func() bool { _, open := f.Counts(); return open == 2 })
	f.DropSilent()
	first.End()
	second.Drop()
	until(t, "all connections end", func() bool { _, open := f.Counts(); return open == 0 })
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the connection ends with %v", err)
	}
}

// A client may die while its request is held.
func TestTheEndOfAClientIsNoticedWhileItsRequestIsHeld(t *testing.T) {
	r := newRedis(t)
	f, release := holding(t, r.backend)
	conn := f.dial()
	send(t, conn, "LPUSH l a\r\n")
	f.expect(proxy.Held)
	conn.Close()
	until(t, "the client is gone", func() bool { return len(f.Clients()) == 0 })
	release <- true
	f.expect(proxy.Released)
	if got := <-r.ran; got != "LPUSH l a" {
		t.Errorf("the server executed %q", got)
	}
}
