package redismodel

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// do runs a command of plain words and returns the raw reply.
func do(s *Server, id ConnID, now time.Duration, command string) string {
	return string(s.Do(id, now, bytesOf(strings.Fields(command)...), nil))
}

func converse(t *testing.T, s *Server, id ConnID, now time.Duration, lines ...string) {
	t.Helper()
	for _, line := range lines {
		command, want, _ := strings.Cut(line, " => ")
		if got := do(s, id, now, command); strings.TrimSuffix(got, "\r\n") != strings.ReplaceAll(want, "|", "\r\n") {
			t.Errorf("at %v: %s: got %q, want %q", now, command, got, want)
		}
	}
}

func TestKeysVanishAMillisecondAfterTheirTime(t *testing.T) {
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	converse(t, s, c, 0, "SET lock t NX PX 1000 => +OK", "SET lock u NX => $-1", "PTTL lock => :1000")
	at, ok := s.NextExpiry(0)
	if !ok || at != 1001*time.Millisecond {
		t.Fatalf("next expiry %v, %v", at, ok)
	}
	converse(t, s, c, at-time.Millisecond, "GET lock => $1|t")
	converse(t, s, c, at, "GET lock => $-1", "SET lock u NX => +OK")
	if _, ok := s.NextExpiry(at); ok {
		t.Error("a key without a time to live has an expiry")
	}
}

func TestConnectionNameVanishesWithItsConnection(t *testing.T) {
	s := New(Options{NamesOnly: true})
	a, b := s.Connect("10.0.0.1:1"), s.Connect("10.0.0.2:1")
	converse(t, s, a, 0, "CLIENT SETNAME chunk_7 => +OK")
	if list := do(s, b, 0, "CLIENT LIST"); !strings.Contains(list, " name=chunk_7 ") {
		t.Errorf("the name is not in %q", list)
	}
	s.Disconnect(a)
	if list := do(s, b, 0, "CLIENT LIST"); strings.Contains(list, "chunk_7") {
		t.Errorf("the name is still in %q", list)
	}
	if got := do(s, a, 0, "PING"); got != "" || !s.Closed(a) {
		t.Errorf("a closed connection answers %q", got)
	}
}

func TestServerClosesConnections(t *testing.T) {
	s := New(Options{})
	a, b := s.Connect("10.0.0.1:1"), s.Connect("10.0.0.2:1")
	converse(t, s, a, 0, "CLIENT KILL 10.0.0.2:1 => +OK")
	if !s.Closed(b) || s.Closed(a) {
		t.Error("CLIENT KILL closed the wrong connection")
	}
	converse(t, s, a, 0, "QUIT => +OK")
	if !s.Closed(a) {
		t.Error("QUIT did not close")
	}
	c := s.Connect("10.0.0.3:1")
	converse(t, s, c, 0, "CONFIG SET timeout 2 => +OK")
	converse(t, s, c, 2*time.Second, "PING => +PONG")
	if got := do(s, c, 5*time.Second, "PING"); got != "" || !s.Closed(c) {
		t.Errorf("an idle connection answers %q", got)
	}
}

// Seen on a real server: what follows in the transaction is executed, but not
// answered.
func TestConnectionThatKillsItselfInExecGetsNoMoreReplies(t *testing.T) {
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	converse(t, s, c, 0, "MULTI => +OK", "PING => +QUEUED", "CLIENT KILL ID 1 SKIPME no => +QUEUED",
		"SET a 1 => +QUEUED", "PING => +QUEUED", "EXEC => *4|+PONG|:1")
	if !s.Closed(c) {
		t.Error("the connection is open")
	}
	converse(t, s, s.Connect("10.0.0.1:2"), 0, "GET a => $1|1")
}

func TestCrashKeepsWhatPersistenceHasSecured(t *testing.T) {
	const early, late = 900 * time.Millisecond, 1100 * time.Millisecond
	tests := []struct {
		persistence Persistence
		how         Failure
		want        string
	}{
		{None, Killed, "*0"},
		{None, PowerLoss, "*0"},
		{Everysec, Killed, "*2|$5|early|$4|late"},
		{Everysec, PowerLoss, "*1|$5|early"},
		{Always, Killed, "*2|$5|early|$4|late"},
		{Always, PowerLoss, "*2|$5|early|$4|late"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.persistence, tt.how), func(t *testing.T) {
			s := New(Options{Persistence: tt.persistence})
			c := s.Connect("10.0.0.1:1")
			run := s.runID()
			converse(t, s, c, early, "RPUSH rows early => :1", "CLIENT SETNAME x => +OK", "SCRIPT LOAD return => $40|"+shaOf([]byte("return")))
			converse(t, s, c, late, "RPUSH rows late => :2", "WATCH rows => +OK")
			s.Crash(late, tt.how)
			if !s.Closed(c) || s.runID() == run {
				t.Error("the server did not restart")
			}
			c = s.Connect("10.0.0.1:1")
			converse(t, s, c, late, "LRANGE rows 0 -1 => "+tt.want, "CLIENT GETNAME => $-1",
				"EVALSHA "+shaOf([]byte("return"))+" 0 => -"+errNoScript)
			s.Crash(late, tt.how)
			converse(t, s, s.Connect("10.0.0.1:1"), late, "LRANGE rows 0 -1 => "+tt.want)
		})
	}
}

func TestWaitAOFSecuresWhatAPowerLossWouldTake(t *testing.T) {
	s := New(Options{Persistence: Everysec})
	c := s.Connect("10.0.0.1:1")
	converse(t, s, c, 0, "SET a 1 => +OK", "WAITAOF 1 0 0 => *2|:1|:0", "SET b 1 => +OK")
	s.Crash(0, PowerLoss)
	converse(t, s, s.Connect("10.0.0.1:1"), 0, "MGET a b => *2|$1|1|$-1")
}

func TestAGlobIsNotExponential(t *testing.T) {
	pattern, text := strings.Repeat("a*", 40), strings.Repeat("a", 80)
	if !glob(pattern, text) || !glob("*"+pattern+"b", text+"b") || glob(pattern+"b", text) {
		t.Error("wrong")
	}
}

// The first numbers that a real server draws after its start.
func TestRandomNumbersGoOnUntilTheServerStartsAgain(t *testing.T) {
	s := New(Options{})
	for range 2 {
		c := s.Connect("10.0.0.1:1")
		for _, want := range []string{"0.39646477363839", "0.84048536971234", "0.35333609737146"} {
			if got := string(s.Do(c, 0, bytesOf("EVAL", "return tostring(math.random())", "0"), nil)); !strings.Contains(got, want) {
				t.Errorf("drew %q, a real server %s", got, want)
			}
		}
		s.Crash(0, Killed)
	}
}

// A real server does not answer these, or as of a moment that the model does not know.
func TestWaitsWithoutEndAreRefused(t *testing.T) {
	for _, steps := range [][]string{
		{"CONFIG SET appendonly yes", "WAITAOF 0 0 0", "waitaof that does not wait for the file"},
		{"CONFIG SET appendonly yes", "MULTI", "WAITAOF 1 0 0", "EXEC", "waitaof that does not wait for the file"},
		{"CONFIG SET appendonly yes appendfsync no", "WAITAOF 1 0 0", "waitaof under appendfsync no"},
		{"WAIT 1 9", "WAITAOF 0 1 9", "MULTI", "WAIT 1 0", "WAITAOF 0 1 0", "EXEC", ""},
	} {
		s, n := New(Options{}), len(steps)-1
		c := s.Connect("10.0.0.1:1")
		for _, step := range steps[:n] {
			do(s, c, 0, step)
		}
		if got := strings.Join(s.Unsupported(), ", "); got != steps[n] {
			t.Errorf("%q: unsupported %q", steps, got)
		}
	}
}

func TestMemoryLimit(t *testing.T) {
	tests := []struct {
		policy string
		want   string
	}{
		{"noeviction", "*3|$1|1|$1|2|$1|3"},
		{"allkeys-lru", "*3|$1|1|$-1|$1|3"},
		{"volatile-ttl", "*3|$1|1|$1|2|$-1"},
	}
	for _, tt := range tests {
		s := New(Options{})
		c := s.Connect("10.0.0.1:1")
		converse(t, s, c, 0, "CONFIG SET maxmemory-policy "+tt.policy+" => +OK",
			"SET a 1 PX 9000 => +OK", "SET b 2 => +OK", "SET c 3 PX 5000 => +OK", "GET a => $1|1")
		limit := fmt.Sprintf("CONFIG SET maxmemory %d => +OK", memoryBase+s.used-1)
		converse(t, s, c, 0, limit, "PING => +PONG", "CONFIG SET maxmemory 0 => +OK", "MGET a b c => "+tt.want)
	}
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	converse(t, s, c, 0, "CONFIG SET maxmemory 1 => +OK", "SET a 1 => -"+errOOM, "GET a => $-1", "MULTI => +OK", "LPUSH a 1 => -"+errOOM,
		"EXEC => -EXECABORT Transaction discarded because of previous errors.")
}

func TestUnsupportedCommandsAreNamed(t *testing.T) {
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	converse(t, s, c, 0,
		"SUBSCRIBE ch => -ERR simulated redis: unsupported command 'subscribe'",
		"CLIENT TRACKING ON => -ERR simulated redis: unsupported command 'client tracking'",
		"SELECT 3 => -ERR simulated redis: unsupported command 'select of a database other than 0'",
		"NOSUCH => -ERR unknown command 'NOSUCH', with args beginning with: ",
		"SUBSCRIBE ch => -ERR simulated redis: unsupported command 'subscribe'")
	for _, body := range []string{"return cjson.encode({})", "redis.pcall('geoadd', 'z', 1, 2, 'a') return 1"} {
		s.Do(c, 0, bytesOf("EVAL", body, "0"), nil)
	}
	want := []string{"subscribe", "client tracking", "select of a database other than 0", "Lua library cjson", "geoadd"}
	if got := s.Unsupported(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOracleReadsWithoutTheProtocol(t *testing.T) {
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	converse(t, s, c, 0, "RPUSH rows a b => :2", "SETBIT done 9 1 => :0", "PEXPIRE rows 10 => :1")
	if got := s.List("rows"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("list %q", got)
	}
	if s.List("done") != nil || s.List("none") != nil || !s.Bit("done", 9) || s.Bit("done", 8) || s.Bit("rows", 0) || s.Bit("done", 1000) {
		t.Error("wrong bits or lists")
	}
	converse(t, s, c, 20*time.Millisecond, "PING => +PONG")
	if s.List("rows") != nil {
		t.Error("an expired list is still there")
	}
}

// replay runs bursts on a server with three connections.
func replay(s *Server, bursts []burst, ids []ConnID, now time.Duration, to *[]string) time.Duration {
	for _, b := range bursts {
		now += b.sleep
		for _, args := range b.commands {
			*to = append(*to, string(s.Do(ids[b.conn], now, bytesOf(args...), nil)))
		}
	}
	return now
}

func TestCloneIsIndependentAndRunsAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, ids, now := usedServer(t)
		before, dump := s.Hash(now), s.Dump(now)
		bursts := rapid.SliceOfN(genBurst, 1, 10).Draw(t, "future")
		var first, second []string
		c := s.Clone()
		end := replay(c, bursts, ids, now, &first)
		if s.Hash(now) != before || s.Dump(now) != dump {
			t.Fatalf("the original changed from\n%s\nto\n%s", dump, s.Dump(now))
		}
		replay(s, bursts, ids, now, &second)
		if !slices.Equal(first, second) || s.Hash(end) != c.Hash(end) || s.Dump(end) != c.Dump(end) {
			t.Fatalf("the copy ran differently:\n%q\n%q", first, second)
		}
	})
}

// The remembered hashes of values must be those that a fresh look gives.
func TestHashForgetsWhatChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _, now := usedServer(t)
		s.Hash(now)
		for _, o := range s.db {
			kept := o.contentHash()
			o.sum.Store(0)
			if fresh := o.contentHash(); fresh != kept {
				t.Fatalf("%s: remembered %x, is %x", o.key, kept, fresh)
			}
		}
		var used int64
		for _, o := range s.db {
			used += o.size()
		}
		if used != s.used {
			t.Fatalf("used memory %d, is %d", s.used, used)
		}
	})
}

func TestHashSeparatesStates(t *testing.T) {
	steps := []string{
		"SET a 1", "SET a 2", "SET a 2 PX 10", "PEXPIRE a 20", "RPUSH l 1", "RPUSH l 2", "HSET h f v", "SETBIT b 3 1",
		"SETBIT b 3 0", "CLIENT SETNAME x", "HELLO 3", "WATCH a", "MULTI", "GET a", "GET b", "DISCARD", "SCRIPT LOAD return",
		"XADD s 1-1 f v", "XGROUP CREATE s g 0", "XREADGROUP GROUP g c STREAMS s >", "XACK s g 1-1", "CONFIG SET timeout 9",
	}
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	seen := map[uint64]string{s.Hash(0): "the beginning"}
	for _, step := range steps {
		do(s, c, 0, step)
		if other, ok := seen[s.Hash(0)]; ok && step != "DISCARD" {
			t.Errorf("after %s the hash is that of %s", step, other)
		}
		seen[s.Hash(0)] = step
	}
}

// Clones are used from several goroutines, scripts included.
func TestClonesRunInParallel(t *testing.T) {
	s, id := loaded()
	var wg sync.WaitGroup
	for i := range 4 {
		c := s.Clone()
		wg.Go(func() {
			for n := range 50 {
				bit := fmt.Sprint(1000 + i*100 + n)
				got := string(c.Do(id, 0, bytesOf("EVAL", compareAndSet, "2", "rows", "bits", bit, "row"), nil))
				if got != ":1\r\n" {
					t.Errorf("bit %s: %q", bit, got)
				}
				c.Hash(0)
			}
		})
	}
	wg.Wait()
	if got := len(s.List("rows")); got != 100 {
		t.Errorf("the original has %d rows", got)
	}
}

// A frozen server may be cloned at any time, and what the clones do
// then does not meet: half a transaction, a list, and what the model refuses.
func TestAFrozenServerIsClonedInParallel(t *testing.T) {
	s := New(Options{})
	id := s.Connect("10.0.0.1:1")
	for _, step := range []string{"RPUSH rows 0", "SUBSCRIBE x", "WATCH rows", "MULTI", "RPUSH rows 1"} {
		do(s, id, 0, step)
	}
	s.Freeze()
	before := s.Dump(0)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			c := s.Clone()
			do(c, id, 0, fmt.Sprint("RPUSH rows ", 2+i))
			do(c, id, 0, "EXEC")
			if got, want := c.List("rows"), []string{"0", "1", fmt.Sprint(2 + i)}; !slices.Equal(got, want) {
				t.Errorf("a clone has %q, want %q", got, want)
			}
		})
	}
	wg.Wait()
	if after := s.Dump(0); after != before {
		t.Errorf("the original was\n%s\nand is\n%s", before, after)
	}
}

func TestHashLeavesOutValuesAndNotWatches(t *testing.T) {
	s := New(Options{NamesOnly: true})
	id := s.Connect("10.0.0.1:1")
	steps := []string{"RPUSH rows 1", "RPUSH rows 2", "SET other 1", "WATCH rows", "RPUSH rows 3"}
	same := []bool{true, true, false, false, false}
	for i, step := range steps {
		before := s.Hash(0, "rows")
		do(s, id, 0, step)
		if got := s.Hash(0, "rows") == before; got != same[i] {
			t.Errorf("after %s the hash is the same: %t", step, got)
		}
	}
}
