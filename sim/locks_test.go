package sim

import (
	"errors"
	"slices"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
)

// asked lists the lock servers that a worker sends requests to, in their order.
func asked(trace []Step, worker int) (servers []Server) {
	for _, s := range trace {
		if s.Worker == worker && s.Server >= firstLock && s.Request != "" && !s.Quiet {
			servers = append(servers, s.Server)
		}
	}
	return servers
}

// The client asks all at the same time; which goroutine comes first must not matter.
func TestLockServersAreAskedOneAfterTheOther(t *testing.T) {
	scene := prepared(t, bare(lock.Redlock, 1, 1))
	for range 5 {
		run, err := scene.Run(First, true)
		want := []Server{LockServer(0), LockServer(1), LockServer(2), LockServer(0), LockServer(1), LockServer(2)}
		if got := asked(run.Trace, 0); err != nil || run.Verdict != reports.Safe || !slices.Equal(got, want) {
			t.Fatalf("%v: %s, asked were %v", err, run.Verdict, got)
		}
	}
}

// A schedule of a program that asks several servers is the same from the memory and with the
// real clients, whatever goes wrong.
func TestSchedulesWithLockServersAreRepeated(t *testing.T) {
	setup := bare(lock.Redlock, 2, 2)
	setup.Budget = faults.Budget{faults.LoseReply: 1, faults.LateRequest: 1, faults.Pause: 1, faults.Kill: 1}
	cache := prepared(t, setup).Cache()
	for seed := range uint64(40) {
		run, err := cache.Run(randomly(seed), false)
		if err != nil {
			t.Fatal(err)
		}
		if err := cache.Check(run.Log); err != nil {
			t.Fatal(err)
		}
	}
}

// at injects a fault into the first request of a worker to each of some servers.
func at(name string, servers ...Server) Chooser {
	return func(enabled []Choice) int {
		for i, c := range enabled {
			if c.ID.Kind == kind(name) && c.Op != nil && slices.Contains(servers, c.Op.Server) {
				servers = slices.DeleteFunc(slices.Clone(servers), func(s Server) bool { return s == c.Op.Server })
				return i
			}
		}
		return First(enabled)
	}
}

// One lock server may be missed, and each can be struck.
func TestALockServerIsStruckAndMissed(t *testing.T) {
	setup := bare(lock.Redlock, 1, 1)
	setup.Budget = faults.Budget{faults.LateRequest: 1}
	scene := prepared(t, setup)
	for i := range 3 {
		run, err := scene.Run(at("late-request", LockServer(i)), true)
		struck := slices.ContainsFunc(run.Trace, func(s Step) bool { return s.Server == LockServer(i) && s.ID.Kind == kind("late-request") })
		if err != nil || run.Verdict != reports.Safe || !struck {
			t.Errorf("%v: %v, %s, struck %t", LockServer(i), err, run.Why, struck)
		}
	}
}

// The Redis of the data refuses commands; lock servers refuse none.
func TestLockServersRefuseNothing(t *testing.T) {
	setup := bare(lock.Redlock, 1, 1)
	setup.Budget = faults.Budget{faults.Refuse: 1, faults.Deny: 1}
	_, err := prepared(t, setup).Run(func(enabled []Choice) int {
		for _, c := range enabled {
			if c.ID.Kind.IsFault() && c.Op.Server != Redis {
				t.Errorf("%v is offered at %v", c.ID, c.Op.Server)
			}
		}
		return First(enabled)
	}, false)
	if err != nil {
		t.Error(err)
	}
}

// A lock that one server alone has lost is not lost.
func TestALockOfAQuorumIsLostByAQuorum(t *testing.T) {
	setup := bare(lock.Redlock, 1, 1)
	setup.Budget = faults.Budget{faults.Evict: 1}
	scene := prepared(t, setup)
	var w *world
	holders := func() (n int) {
		for _, server := range w.locks {
			if server.Has(w.now, keys.Lock(0)) {
				n++
			}
		}
		return n
	}
	lost := false
	_, err := scene.run(func(enabled []Choice) int {
		i := slices.IndexFunc(enabled, func(c Choice) bool { return c.ID.Kind == kind("evict-lock-0") })
		if had := holders(); (i >= 0) != (had >= 2 && !lost) {
			t.Errorf("offered: %t, with %d that have the lock", i >= 0, had)
		}
		if holders() == 3 && i >= 0 {
			lost = true
			w.apply(enabled[i])
			if left := holders(); left != 1 {
				t.Errorf("%d have it after it was lost", left)
			}
			return -1
		}
		return First(enabled)
	}, func(l *clientRunner) { w = l.w })
	if err != nil || !lost {
		t.Errorf("%v, lost %t", err, lost)
	}
}

// Keys of two lock servers are two keys, and those of one server are the same.
func TestKeysOfLockServersAreTheirOwn(t *testing.T) {
	set := func(worker int, server Server) Choice {
		op := &Op{Worker: worker, Server: server, commands: [][][]byte{{[]byte("SET"), []byte("lock"), []byte("me"), []byte("NX")}}}
		op.findFootprint()
		return Choice{EventID{worker, 0, Deliver}, op}
	}
	if !Independent(set(0, LockServer(0)), set(1, LockServer(1))) || !Independent(set(0, Redis), set(1, LockServer(0))) {
		t.Error("a key of one server is taken for that of another")
	}
	if Independent(set(0, LockServer(2)), set(1, LockServer(2))) {
		t.Error("two that set the same key are said to be independent")
	}
}

func TestTooManyLockServersAreRefused(t *testing.T) {
	setup := bare(lock.Redlock, 1, 1)
	setup.Locks = mostLockServers + 1
	if _, err := Prepare(setup); !errors.Is(err, ErrSetup) {
		t.Errorf("%v", err)
	}
}
