package redismodel

import (
	"testing"
	"time"
)

func TestAFailoverGoesBackToWhatTheReplicaHad(t *testing.T) {
	const early, late = 100 * time.Millisecond, 250 * time.Millisecond
	for _, parted := range []bool{true, false} {
		s := New(Options{})
		c := s.Connect("10.0.0.1:1")
		run := s.runID()
		converse(t, s, c, early, "RPUSH rows early => :1", "SET lease me PX 100 => +OK", "SET long me PX 200 => +OK",
			"CLIENT SETNAME x => +OK", "SCRIPT LOAD return => $40|"+shaOf([]byte("return")))
		rows := "*2|$5|early|$4|late"
		if parted {
			s.Part()
			rows = "*1|$5|early"
		}
		if s.Behind() {
			t.Error("the replica is behind before anything is written")
		}
		twin := s.Clone()
		converse(t, s, c, early, "RPUSH rows late => :2")
		if s.Behind() != parted || twin.Behind() {
			t.Errorf("parted %t: behind %t, and the clone %t", parted, s.Behind(), twin.Behind())
		}
		s.FailOver(late)
		if !s.Closed(c) || s.runID() == run || s.Parted() {
			t.Error("no other server took its place")
		}
		// One lease has run out meanwhile, and the other runs on.
		converse(t, s, s.Connect("10.0.0.1:1"), late, "LRANGE rows 0 -1 => "+rows, "GET lease => $-1", "PTTL long => :50",
			"CLIENT GETNAME => $-1", "EVALSHA "+shaOf([]byte("return"))+" 0 => -"+errNoScript, "RPUSH rows later => :"+map[bool]string{true: "2", false: "3"}[parted])
		converse(t, twin, c, late, "LRANGE rows 0 -1 => *1|$5|early")
	}
}
