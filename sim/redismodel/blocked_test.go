package redismodel

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// waitsForEver are commands that a server without replicas never answers.
var waitsForEver = [][]string{{"WAIT", "1", "0"}, {"WAITAOF", "0", "1", "0"}}

func TestAWaitWithoutEndBlocksItsConnection(t *testing.T) {
	for _, args := range append(waitsForEver, []string{"WAITAOF", "1", "1", "0"}) {
		s := New(Options{Persistence: Always})
		waiting, other := s.Connect("10.0.0.1:1"), s.Connect("10.0.0.2:1")
		for _, sent := range [][]string{args, {"SET", "k", "v"}} {
			if reply := s.Do(waiting, 0, bytesOf(sent...), nil); len(reply) > 0 {
				t.Errorf("%q after %q: answered %q", sent, args, reply)
			}
		}
		if !s.Blocked(waiting) || s.Blocked(other) || len(s.Unsupported()) > 0 {
			t.Errorf("%q: blocked %t, the other one %t, unsupported %q", args, s.Blocked(waiting), s.Blocked(other), s.Unsupported())
		}
		converse(t, s, other, 0, "GET k => $-1", "CLIENT KILL ID 1 => :1", "CLIENT KILL ID 1 => :0")
		if s.Blocked(waiting) || !s.Closed(waiting) {
			t.Errorf("%q: not closed by CLIENT KILL", args)
		}
		waiting = s.Connect("10.0.0.1:2")
		converse(t, s, waiting, 0, "PING => +PONG")
		s.Do(waiting, 0, bytesOf(args...), nil)
		if clone := s.Clone(); !clone.Blocked(waiting) || clone.Hash(0) != s.Hash(0) {
			t.Errorf("%q: a copy is another", args)
		}
		if s.Crash(0, Killed); s.Blocked(waiting) {
			t.Errorf("%q: blocked after a crash", args)
		}
	}
}

func TestABlockedConnectionIsNotIdle(t *testing.T) {
	s := New(Options{})
	waiting, idle := s.Connect("10.0.0.1:1"), s.Connect("10.0.0.2:1")
	converse(t, s, idle, 0, "CONFIG SET timeout 1 => +OK")
	s.Do(waiting, 0, bytesOf("WAIT", "1", "0"), nil)
	s.Connect("10.0.0.3:1")
	s.advance(5 * time.Second)
	if s.Closed(waiting) || !s.Closed(idle) {
		t.Errorf("the blocked connection is closed: %t, the idle one: %t", s.Closed(waiting), s.Closed(idle))
	}
}

// A real server lists the connection as blocked, answers nothing, not even what was
// sent after it, and ends the wait with the connection.
func TestARealServerBlocksToo(t *testing.T) {
	for _, args := range waitsForEver {
		p, err := newPair(realAddress(t))
		if err != nil {
			t.Fatal(err)
		}
		defer p.close()
		var out []byte
		for _, sent := range [][]string{args, {"SET", "after", "1"}} {
			p.models[0].Do(p.ids[0], p.now, bytesOf(sent...), nil)
			out = append(out, encode(sent)...)
		}
		if _, err := p.real[0].Write(out); err != nil {
			t.Fatal(err)
		}
		p.awaitBlocked(t)
		id := strconv.FormatInt(int64(p.ids[0]), 10)
		for _, sent := range [][]string{{"CLIENT", "LIST", "ID", id}, {"EXISTS", "after"}, {"INFO", "clients"}, {"CLIENT", "KILL", "ID", id}} {
			if err := p.run(burst{conn: 1, commands: [][]string{sent}}); err != nil {
				t.Fatalf("%q: %v", args, err)
			}
		}
	}
}

// awaitBlocked returns when the real server has blocked connection 0.
func (p *pair) awaitBlocked(t *testing.T) {
	t.Helper()
	id := strconv.FormatInt(int64(p.ids[0]), 10)
	for end := time.Now().Add(5 * time.Second); ; {
		list, err := p.control.do("CLIENT", "LIST", "ID", id)
		if err != nil || time.Now().After(end) {
			t.Fatalf("not blocked: %q, %v", list, err)
		}
		if strings.Contains(list, "flags=b ") {
			return
		}
	}
}
