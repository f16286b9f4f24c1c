package redismodel

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func (f Footprint) conflictsWith(g Footprint) bool {
	meets := func(a, b []string) bool {
		return slices.ContainsFunc(a, func(k string) bool { return slices.Contains(b, k) })
	}
	return f.All || g.All || meets(f.Writes, g.Writes) || meets(f.Writes, g.Reads) || meets(f.Reads, g.Writes)
}

// usedServer replays random bursts, without what may close connections.
func usedServer(t *rapid.T) (*Server, []ConnID, time.Duration) {
	s := New(Options{NamesOnly: uniform(t, 2) == 0})
	var ids []ConnID
	for range pairConns {
		ids = append(ids, s.Connect("10.0.0.1:1"))
	}
	var now time.Duration
	for _, b := range rapid.SliceOfN(genBurst, 0, 8).Draw(t, "history") {
		now += b.sleep
		for _, args := range b.commands {
			s.Do(ids[b.conn], now, bytesOf(args...), nil)
		}
	}
	return s, ids, now
}

// TestCommandsWithoutAConflictCommute runs two commands of different
// connections in both orders on copies of one state.
func TestCommandsWithoutAConflictCommute(t *testing.T) {
	commuted := 0
	rapid.Check(t, func(t *rapid.T) {
		s, ids, now := usedServer(t)
		for range 40 {
			i := uniform(t, pairConns)
			j := (i + 1 + uniform(t, pairConns-1)) % pairConns
			a, b := genCommand.Draw(t, "a"), genCommand.Draw(t, "b")
			if s.Footprint(ids[i], bytesOf(a...)).conflictsWith(s.Footprint(ids[j], bytesOf(b...))) {
				continue
			}
			commuted++
			x, y := s.Clone(), s.Clone()
			xa := string(x.Do(ids[i], now, bytesOf(a...), nil))
			xb := string(x.Do(ids[j], now, bytesOf(b...), nil))
			yb := string(y.Do(ids[j], now, bytesOf(b...), nil))
			ya := string(y.Do(ids[i], now, bytesOf(a...), nil))
			if xa != ya || xb != yb || x.Hash(now) != y.Hash(now) {
				t.Fatalf("%q and %q\n%q %q\n%q %q\n%s\n%s", a, b, xa, xb, ya, yb, x.Dump(now), y.Dump(now))
			}
		}
	})
	if commuted == 0 {
		t.Fatal("no two commands were independent")
	}
	t.Logf("%d pairs commuted", commuted)
}

func TestFootprints(t *testing.T) {
	tests := []struct {
		command, reads, writes string
		all, clock             bool
	}{
		{command: "PING"},
		{command: "HELLO 3"},
		{command: "CLIENT SETINFO LIB-NAME x"},
		{command: "GET a", reads: "a"},
		{command: "MGET a b", reads: "a b"},
		{command: "SET a 1 NX", writes: "a"},
		{command: "SET a 1 NX PX 5", writes: "a", clock: true},
		{command: "MSET a 1 b 2", writes: "a b"},
		{command: "LMOVE a b LEFT LEFT", writes: "a b"},
		{command: "RENAME a b", writes: "a b"},
		{command: "BLPOP a b 0", writes: "a b"},
		{command: "ZADD a NX 1 b", writes: "a"},
		{command: "SMEMBERS a", reads: "a"},
		{command: "PUBLISH a b"},
		{command: "CLIENT LIST", reads: ClientsKey, clock: true},
		{command: "CLIENT SETNAME x", writes: ClientsKey},
		{command: "EVAL return 2 a b c", writes: "a b " + ScriptsKey, clock: true},
		{command: "EVAL math.random() 0", writes: ScriptsKey + " " + RandomKey, clock: true},
		{command: "EVALSHA sha 1 a b", writes: "a", reads: ScriptsKey, clock: true},
		{command: "XREADGROUP GROUP g c STREAMS a b > >", writes: "a b", clock: true},
		{command: "XGROUP CREATE a g $", writes: "a"},
		{command: "FLUSHALL", all: true},
		{command: "KEYS *", all: true},
		{command: "EXEC", writes: ClientsKey, all: true, clock: true},
		{command: "SUBSCRIBE a", all: true, clock: true},
		{command: "GET"},
	}
	for _, tt := range tests {
		f := CommandFootprint(bytesOf(strings.Fields(tt.command)...))
		got := [2]string{strings.Join(f.Reads, " "), strings.Join(f.Writes, " ")}
		if want := [2]string{tt.reads, tt.writes}; got != want || f.All != tt.all || f.Clock != tt.clock {
			t.Errorf("%s: %+v", tt.command, f)
		}
	}
}

// All fields of the list tell of what anybody does, names only of who there is.
func TestTheListOfClientsDependsOnWhatItShows(t *testing.T) {
	for _, namesOnly := range []bool{true, false} {
		s := New(Options{NamesOnly: namesOnly})
		if f := s.Footprint(s.Connect("10.0.0.1:1"), bytesOf("CLIENT", "LIST")); f.All == namesOnly {
			t.Errorf("names only %v: %+v", namesOnly, f)
		}
	}
}

func TestExecTouchesWhatWasQueuedAndWatched(t *testing.T) {
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	for _, cmd := range []string{"WATCH w", "MULTI", "LPUSH rows r", "SETBIT done 3 1"} {
		args := bytesOf(strings.Fields(cmd)...)
		if cmd == "LPUSH rows r" {
			if f := s.Footprint(c, args); len(f.Writes) > 0 || f.All {
				t.Errorf("a queued command touches %+v", f)
			}
		}
		s.Do(c, 0, args, nil)
	}
	f := s.Footprint(c, bytesOf("EXEC"))
	if f.All || !slices.Equal(f.Reads, []string{"w"}) || !slices.Equal(f.Writes, []string{"rows", "done"}) {
		t.Errorf("%+v", f)
	}
}
