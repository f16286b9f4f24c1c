package redismodel

import (
	"testing"
	"time"
)

func TestAClockThatJumpsEndsWhatGoesByIt(t *testing.T) {
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	if s.Timed(0) {
		t.Error("an empty server goes by its clock")
	}
	converse(t, s, c, 0, "SET kept 1 => +OK", "SET short 1 PX 500 => +OK", "SET long 1 PX 5000 => +OK")
	if !s.Timed(0) {
		t.Error("a key that is to end does not go by the clock")
	}
	s.Jump(0, time.Second)
	converse(t, s, c, 0, "GET kept => $1|1", "GET short => $-1", "PTTL long => :4000")
	at, ok := s.NextExpiry(0)
	if !ok || at != 4001*time.Millisecond {
		t.Errorf("next expiry %v, %v", at, ok)
	}
	converse(t, s, c, at, "GET long => $-1")
}

func TestAClockThatJumpsMakesPendingEntriesIdle(t *testing.T) {
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	converse(t, s, c, 0, "XGROUP CREATE q g 0 MKSTREAM => +OK", "XADD q 1-0 f v => $3|1-0")
	if s.Timed(0) {
		t.Error("an entry that nobody has goes by the clock")
	}
	do(s, c, 0, "XREADGROUP GROUP g a STREAMS q >")
	if !s.Timed(0) {
		t.Error("a pending entry does not go by the clock")
	}
	converse(t, s, c, 0, "XAUTOCLAIM q g b 1000 0 JUSTID => *3|$3|0-0|*0|*0")
	s.Jump(0, time.Second)
	converse(t, s, c, 0, "XAUTOCLAIM q g b 1000 0 JUSTID => *3|$3|0-0|*1|$3|1-0|*0")
}
