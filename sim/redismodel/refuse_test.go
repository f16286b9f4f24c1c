package redismodel

import (
	"strings"
	"testing"
)

// The answers are those of Redis 8.0.6 with maxmemory 1, as a replica of nobody, with
// min-replicas-to-write 1 without any, and after a BGSAVE whose process was killed.
func TestWritesAreRefusedAsByARealServer(t *testing.T) {
	const script = "redis.call('SET',KEYS[1],1)"
	for why, text := range map[Refusal]string{Full: errOOM, Replica: errReadOnly, Alone: errNoReplicas, NoDisk: errNoDisk} {
		s := New(Options{})
		c := s.Connect("10.0.0.1:1")
		s.RefuseWrites(why)
		converse(t, s, c, 0, "SET a 1 => -"+text, "GET a => $-1",
			"MULTI => +OK", "SET a 1 => -"+text, "GET a => +QUEUED", "EXEC => -EXECABORT Transaction discarded because of previous errors.")
		answer := string(s.Do(c, 0, bytesOf("EVAL", script, "1", "a"), nil))
		if !strings.HasPrefix(answer, "-"+text+" script: ") || !strings.HasSuffix(answer, ", on @user_script:1.\r\n") {
			t.Errorf("a script answers %q", answer)
		}
		converse(t, s, c, 0, "MULTI => +OK", "GET a => +QUEUED", "EXEC => *1|$-1")
		s.RefuseWrites(Accepts)
		converse(t, s, c, 0, "MULTI => +OK", "SET a 1 => +QUEUED")
		s.RefuseWrites(why)
		converse(t, s, c, 0, "EXEC => -EXECABORT Transaction discarded because of: "+text)
		s.RefuseWrites(Accepts)
		converse(t, s, c, 0, "SET a 1 => +OK")
	}
}

func TestAServerThatCannotSaveDoesNotAnswerPing(t *testing.T) {
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	s.RefuseWrites(NoDisk)
	converse(t, s, c, 0, "PING => -"+errNoDisk, "CLIENT SETNAME x => +OK")
	s.RefuseWrites(Accepts)
	converse(t, s, c, 0, "PING => +PONG")
}

// The answers are those of Redis 8.0.6 after ACL SETUSER default -@write. Commands that were queued
// before are refused one by one, and the rest of the transaction is carried out.
func TestAUserWithoutTheRightToWriteIsAnsweredAsByARealServer(t *testing.T) {
	const no = "NOPERM User default has no permissions to run the 'set' command"
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	converse(t, s, c, 0, "MULTI => +OK", "SET a 1 => +QUEUED", "GET a => +QUEUED")
	s.RefuseWrites(Denied)
	converse(t, s, c, 0, "EXEC => *2|-"+errNoRightsNow+"|$-1", "SET a 1 => -"+no, "GET a => $-1",
		"MULTI => +OK", "SET a 1 => -"+no, "EXEC => -EXECABORT Transaction discarded because of previous errors.")
	answer := string(s.Do(c, 0, bytesOf("EVAL", "redis.call('SET',KEYS[1],1)", "1", "a"), nil))
	if !strings.HasPrefix(answer, "-ERR ACL failure in script: User default has no permissions to run the 'set' command script: ") {
		t.Errorf("a script answers %q", answer)
	}
	s.RefuseWrites(Accepts)
	converse(t, s, c, 0, "SET a 1 => +OK")
}

// The answers are those of Redis 8.0.6 while EVAL "while true do end" 0 runs.
func TestABusyServerRefusesReadsAsWell(t *testing.T) {
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	converse(t, s, c, 0, "MULTI => +OK", "SET a 1 => +QUEUED")
	s.RefuseWrites(Busy)
	converse(t, s, c, 0, "EXEC => -EXECABORT Transaction discarded because of: "+errBusy, "SET a 1 => -"+errBusy, "GET a => -"+errBusy,
		"MULTI => +OK", "GET a => -"+errBusy, "EXEC => -EXECABORT Transaction discarded because of: "+errBusy,
		"EVAL redis.call('SET',KEYS[1],1) 1 a => -"+errBusy, "CLIENT SETNAME x => -"+errBusy, "PING => -"+errBusy, "MULTI => +OK", "DISCARD => +OK")
	s.RefuseWrites(Accepts)
	converse(t, s, c, 0, "SET a 1 => +OK")
}
