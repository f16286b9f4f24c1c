package mysqlmodel

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestCloneGoesItsOwnWay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, _ := logIn(t, sample(t), 1, 2, 3)
		reach(rt, s)
		before := s.Dump(0)
		twin, other := s.Clone(), s.Clone()
		if twin.Dump(0) != before {
			rt.Fatalf("the clone is in another state:\n%s\n%s", before, twin.Dump(0))
		}
		reach(rt, other)
		if s.Dump(0) != before {
			rt.Fatalf("what was done to a clone changed the original:\n%s\n%s", before, s.Dump(0))
		}
		for id := range ConnID(connections) {
			a, ok := anyAction(rt, s, id+1)
			if !ok {
				continue
			}
			reply, state := a.apply(s, 0)
			again, same := a.apply(twin, 0)
			if !bytes.Equal(reply, again) || state != same {
				rt.Fatalf("%s %q: %q, and of the clone %q", a.kind, a.payload, reply, again)
			}
		}
		if s.Dump(0) != twin.Dump(0) || s.Hash(0) != twin.Hash(0) {
			rt.Fatal("the same requests led to different states")
		}
	})
}

func TestCloneKeepsItsPreparedStatements(t *testing.T) {
	s, _ := logIn(t, sample(t), 1)
	for _, sql := range []string{"SELECT 1", "SELECT 2"} {
		s.Do(1, 0, 0, append([]byte{comStmtPrepare}, sql...), nil)
	}
	twin := s.Clone()
	s.Do(1, 0, 0, []byte{comStmtClose, 1, 0, 0, 0}, nil)
	reply, _ := twin.Do(1, 0, 0, []byte{comStmtExecute, 1, 0, 0, 0, 0, 1, 0, 0, 0}, nil)
	if bytes.Contains(reply, []byte("Unknown prepared statement")) || len(boundaries(nil, reply)) != 4 {
		t.Errorf("statement 1 of the clone: %q", reply)
	}
}

func TestCloneKeepsTheReplyOfAStatementThatWaits(t *testing.T) {
	s, _ := logIn(t, sample(t), 1, 2)
	run(s, 1, "BEGIN")
	run(s, 1, "SELECT * FROM d WHERE chunk=1 FOR UPDATE")
	run(s, 2, "SELECT * FROM d FOR UPDATE")
	twin := s.Clone()
	run(s, 1, "COMMIT")
	s.Resume(2, 0, nil)
	run(s, 1, "BEGIN")
	run(s, 1, "SELECT * FROM d WHERE chunk=1 FOR UPDATE")
	run(s, 2, "SELECT done FROM d FOR UPDATE") // no longer than the other
	run(twin, 1, "COMMIT")
	reply, _ := twin.Resume(2, 0, nil)
	want := run(twin, 2, "SELECT * FROM d FOR UPDATE")
	if !bytes.Equal(reply, want) {
		t.Errorf("reply of the clone %q, want %q", reply, want)
	}
}
