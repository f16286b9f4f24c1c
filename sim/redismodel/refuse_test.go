package redismodel

import (
	"strings"
	"testing"
)

// The answers are those of Redis 8.0.6 with maxmemory 1, as a replica of nobody, and with
// min-replicas-to-write 1 without any.
func TestWritesAreRefusedAsByARealServer(t *testing.T) {
	const script = "redis.call('SET',KEYS[1],1)"
	for why, text := range map[Refusal]string{Full: errOOM, Replica: errReadOnly, Alone: errNoReplicas} {
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
