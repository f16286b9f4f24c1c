package mysqlmodel

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Dump returns the state in a form that is the same whenever Hash is.
func (s *Server) Dump(now time.Duration) string { return string(s.appendState(nil, now)) }

func TestHashIsTheSameExactlyWhenDumpIs(t *testing.T) {
	dumps := map[uint64]string{}
	rapid.Check(t, func(rt *rapid.T) {
		s, _ := logIn(t, sample(t), 1, 2, 3)
		reach(rt, s)
		h, d := s.Hash(0), s.Dump(0)
		if known, ok := dumps[h]; ok && known != d {
			rt.Fatalf("one hash for\n%s\nand\n%s", known, d)
		}
		dumps[h] = d
		if s.Clone().Hash(0) != h {
			rt.Fatal("a clone has another hash")
		}
	})
	if len(dumps) < 10 {
		t.Errorf("%d states", len(dumps))
	}
}

func TestStateIsCanonical(t *testing.T) {
	states := make([]string, 2)
	for i, order := range [][]ConnID{{1, 2}, {2, 1}} {
		s, _ := logIn(t, sample(t), order...)
		for _, id := range order {
			run(s, id, "BEGIN")
			run(s, id, "SELECT chunk FROM d WHERE chunk="+[]string{"", "1", "5"}[id]+" FOR UPDATE")
			run(s, id, "SELECT GET_LOCK('lock "+[]string{"", "a", "b"}[id]+"', 0)")
		}
		for range i {
			run(s, 1, "SELECT @@version") // leaves no trace
		}
		states[i] = s.Dump(time.Duration(i))
	}
	if states[0] != states[1] {
		t.Errorf("the order shows:\n%s\n%s", states[0], states[1])
	}
}

func TestNumberOfCommitsDoesNotShow(t *testing.T) {
	s, _ := logIn(t, sample(t), 1)
	for _, done := range []string{"1", "0", "1", "0"} {
		run(s, 1, "UPDATE d SET done="+done+" WHERE chunk=1")
	}
	after := s.Hash(0)
	run(s, 1, "UPDATE d SET done=1 WHERE chunk=1")
	if s.Hash(0) == after {
		t.Error("a change of a row does not show")
	}
	run(s, 1, "UPDATE d SET done=0 WHERE chunk=1")
	if s.Hash(0) != after {
		t.Error("the number of commits shows")
	}
}

func TestDeadlineShowsRelativeToNow(t *testing.T) {
	s, _ := logIn(t, sample(t), 1, 2)
	run(s, 1, "SELECT GET_LOCK('x', 0)")
	at := s.Hash(0)
	s.Do(2, time.Second, 0, query("SELECT GET_LOCK('x', 5)"), nil)
	if s.Hash(time.Second) == s.Hash(2*time.Second) || s.Hash(time.Second) == at {
		t.Error("the time that is left does not show")
	}
}
