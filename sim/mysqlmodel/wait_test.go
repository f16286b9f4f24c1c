package mysqlmodel

import (
	"strings"
	"testing"
	"time"
)

// logIn opens connections and returns the server.
func logIn(t testing.TB, s *Server, ids ...ConnID) (*Server, []ConnID) {
	for _, id := range ids {
		s.Connect(id, nil)
		if reply, state := s.Do(id, 0, 1, logInPacket("app"), nil); state != Idle || reply[4] != 0 {
			t.Fatalf("log in: %v %q", state, reply)
		}
	}
	return s, ids
}

func run(s *Server, id ConnID, sql string) []byte {
	reply, _ := s.Do(id, 0, 0, query(sql), nil)
	return reply
}

// answers checks that a reply holds a text, as a value or as a message.
func answers(t *testing.T, reply []byte, want string) {
	t.Helper()
	if !strings.Contains(string(reply), want) {
		t.Errorf("reply %q holds no %q", reply, want)
	}
}

func inState(t *testing.T, s *Server, id ConnID, want State) {
	t.Helper()
	if got := s.State(id); got != want {
		t.Errorf("connection %d is %v, want %v", id, got, want)
	}
}

func TestRowLockIsPassedOnInOrder(t *testing.T) {
	s, _ := logIn(t, sample(t), 1, 2, 3)
	run(s, 1, "BEGIN")
	run(s, 1, "SELECT chunk FROM d WHERE chunk=1 FOR UPDATE")
	for _, id := range []ConnID{3, 2} {
		run(s, id, "BEGIN")
		if reply := run(s, id, "UPDATE d SET done=1 WHERE chunk=1"); len(reply) > 0 {
			t.Errorf("a reply while it waits: %q", reply)
		}
		inState(t, s, id, Waiting)
	}
	run(s, 1, "COMMIT")
	inState(t, s, 3, Ready)
	inState(t, s, 2, Waiting)
	reply, state := s.Resume(3, 0, nil)
	answers(t, reply, "Rows matched: 1  Changed: 1")
	if state != Idle {
		t.Errorf("state %v", state)
	}
	run(s, 3, "COMMIT")
	reply, _ = s.Resume(2, 0, nil)
	answers(t, reply, "Rows matched: 1  Changed: 0")
}

func TestWaitForARowEndsAtItsDeadline(t *testing.T) {
	s, _ := logIn(t, sample(t), 1, 2)
	run(s, 1, "BEGIN")
	run(s, 1, "SELECT chunk FROM d WHERE chunk=1 FOR UPDATE")
	run(s, 2, "SET innodb_lock_wait_timeout = 3")
	if _, state := s.Do(2, time.Second, 0, query("UPDATE d SET done=1 WHERE chunk=1"), nil); state != Waiting {
		t.Fatal(state)
	}
	at, ok := s.Deadline(2)
	if !ok || at != 4*time.Second {
		t.Errorf("deadline %v %t", at, ok)
	}
	if reply, state := s.Resume(2, at-1, nil); len(reply) > 0 || state != Waiting {
		t.Errorf("before the deadline: %q %v", reply, state)
	}
	reply, state := s.Resume(2, at, nil)
	answers(t, reply, "Lock wait timeout exceeded")
	if state != Idle {
		t.Error(state)
	}
	run(s, 1, "COMMIT")
	inState(t, s, 2, Idle)
}

func TestGetLockWaitsAsLongAsItIsTold(t *testing.T) {
	s, _ := logIn(t, sample(t), 1, 2)
	answers(t, run(s, 1, "SELECT GET_LOCK('x', 0)"), "\x011")
	answers(t, run(s, 2, "SELECT GET_LOCK('X', 0)"), "\x010")
	run(s, 2, "SELECT GET_LOCK('X', 7)")
	if at, ok := s.Deadline(2); !ok || at != 7*time.Second {
		t.Errorf("deadline %v %t", at, ok)
	}
	reply, _ := s.Resume(2, 7*time.Second, nil)
	answers(t, reply, "\x010")
	run(s, 2, "SELECT GET_LOCK('X', -1)")
	if at, ok := s.Deadline(2); ok {
		t.Errorf("deadline %v of a wait for ever", at)
	}
	s.Disconnect(1)
	inState(t, s, 2, Ready)
	reply, _ = s.Resume(2, 0, nil)
	answers(t, reply, "\x011")
	answers(t, run(s, 2, "SELECT IS_USED_LOCK('x')"), "\x012")
}

func TestCrashKeepsWhatWasCommitted(t *testing.T) {
	s, _ := logIn(t, sample(t), 1, 2)
	run(s, 1, "UPDATE d SET done=1 WHERE chunk=1")
	run(s, 1, "SELECT GET_LOCK('x', 0)")
	run(s, 2, "BEGIN")
	run(s, 2, "UPDATE d SET done=1 WHERE chunk=2")
	run(s, 2, "INSERT INTO d VALUES (9, 0)")
	run(s, 1, "UPDATE d SET done=1 WHERE chunk=2")
	inState(t, s, 1, Waiting)
	s.Crash()
	inState(t, s, 1, Closed)
	logIn(t, s, 1)
	answers(t, run(s, 1, "SELECT IS_FREE_LOCK('x')"), "\x011")
	answers(t, run(s, 1, "SELECT * FROM d"), "\x011\x011")
	answers(t, run(s, 1, "SELECT * FROM d"), "\x012\x010")
	answers(t, run(s, 1, "SELECT COUNT(*) FROM d"), "\x014")
	inState(t, s, 1, Idle)
}

func TestKillClosesAConnectionAndFreesItsLocks(t *testing.T) {
	s, _ := logIn(t, sample(t), 1, 2, 3)
	run(s, 1, "BEGIN")
	run(s, 1, "UPDATE d SET done=1 WHERE chunk=1")
	run(s, 2, "SELECT * FROM d WHERE chunk=1 FOR UPDATE")
	inState(t, s, 2, Waiting)
	run(s, 3, "KILL 1")
	inState(t, s, 1, Closed)
	reply, _ := s.Resume(2, 0, nil)
	answers(t, reply, "\x011\x010")
	run(s, 3, "KILL 3")
	inState(t, s, 3, Closed)
	if reply, state := s.Do(3, 0, 0, query("SELECT 1"), nil); len(reply) > 0 || state != Closed {
		t.Error(reply, state)
	}
}

func TestSkipLockedHandsOutDifferentChunks(t *testing.T) {
	s, _ := logIn(t, sample(t), 1, 2, 3, 4)
	const claim = "SELECT chunk FROM d WHERE done=0 ORDER BY chunk LIMIT 1 FOR UPDATE SKIP LOCKED"
	for i, want := range []string{"1", "2", "5"} {
		id := ConnID(i + 1)
		run(s, id, "BEGIN")
		answers(t, run(s, id, claim), "\x01"+want)
	}
	run(s, 4, "BEGIN")
	if n := len(boundaries(nil, run(s, 4, claim))); n != 3 {
		t.Errorf("%d packets, want 3 without a row", n)
	}
}

func TestBoundariesEndEveryRow(t *testing.T) {
	s, _ := logIn(t, sample(t), 1)
	reply := run(s, 1, "SELECT id FROM t ORDER BY id LIMIT 2")
	ends := boundaries(nil, reply)
	if len(ends) != 5 || ends[4] != len(reply) {
		t.Fatal(ends, len(reply))
	}
	if got := string(reply[ends[1]+4 : ends[2]]); got != "\x02-7" {
		t.Errorf("first row %q", got)
	}
}
