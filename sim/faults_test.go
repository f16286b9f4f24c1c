package sim

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
)

// striking lets one kind of fault happen as soon as it can after some
// deliveries, and nothing else.
func striking(kind EventKind, after int) Chooser {
	done := false
	delivered := 0
	return func(enabled []Choice) int {
		if !done && delivered >= after {
			if i := slices.IndexFunc(enabled, func(c Choice) bool { return c.ID.Kind == kind }); i >= 0 {
				done = true
				return i
			}
		}
		delivered++
		return First(enabled)
	}
}

func TestEachFaultTakesEffect(t *testing.T) {
	alone := func(p Program) Setup {
		return Setup{Name: "test", Program: p, Workers: 1, Chunks: 1, Rows: 1, Lives: 1, Budget: everything()}
	}
	for _, c := range []struct {
		kind    EventKind
		program Program
		after   int
		want    reports.Verdict
		trace   string // part of what the trace says
	}{
		{kind("cut"), once, 0, reports.Stuck, "the request did not arrive"},
		{kind("lose-reply"), once, 0, reports.Safe, "fails: EOF"},
		{kind("lose-reply"), pushing, 0, reports.Duplicated, ""}, // the client sends it again by itself
		{kind("half-reply"), once, 0, reports.Safe, "fails: "},
		{kind("cut"), pushing, 0, reports.Safe, ""},
		{kind("late-request"), once, 0, reports.Safe, "still on its way"},
		{kind("lose-reply"), looks, 0, reports.Stuck, "fails: EOF"}, // also of what only reads
		{kind("late-request"), looks, 0, reports.Stuck, "still on its way"},
		{kind("late-request"), pushing, 0, reports.Duplicated, ""},
		{kind("crash-before"), once, 0, reports.Inconclusive, "dies"},
		{kind("crash-after"), once, 0, reports.Safe, ""},
		{kind("kill-before"), once, 0, reports.Safe, "starts again"},
		{kind("kill-after"), once, 0, reports.Duplicated, "starts again"},
		{kind("half-open-before"), once, 0, reports.Safe, "its connections stay"},
		{kind("half-open-after"), once, 0, reports.Duplicated, "starts again"},
		{kind("partition"), once, 0, reports.Safe, "hear of each other again"},
		{kind("partition"), Bare(lock.LeaseLua), 2, reports.Safe, "lock:0 runs out"},
		{kind("partition-past-timeouts"), once, 0, reports.Safe, "i/o timeout"},
		{kind("partition-past-timeouts"), pushing, 0, reports.Duplicated, "hear of each other again"}, // what it had given up arrives, too
		{kind("kill-client"), once, 0, reports.Stuck, "Redis closes its connections"},
		{kind("kill-client"), pushing, 0, reports.Safe, ""},
		{kind("redis-kill"), once, 0, reports.Stuck, "Redis dies"},
		{kind("redis-kill"), pushing, 0, reports.Safe, ""},
		{kind("redis-power"), once, 0, reports.Stuck, "loses power"},
		{kind("redis-power"), pushing, 0, reports.Safe, ""},
		{kind("mysql-kill"), locking, 1, reports.Safe, "MySQL stops"},
		{kind("mysql-cut-before"), locking, 0, reports.Stuck, ""},
		{kind("mysql-cut-middle"), locking, 0, reports.Stuck, "fails: "},
		{kind("consume"), again, 1, reports.Duplicated, "a consumer takes"},
		{kind("evict-chunks"), Loader(lock.Watch), 0, reports.Duplicated, "Redis loses the bitmap"},
		{kind("evict-chunks"), Loader(lock.LeaseLua), 0, reports.Safe, "an owner and no bit"}, // refused, and no row is there twice
		{kind("evict-plan"), Loader(lock.LeaseLua), 0, reports.Safe, "Redis loses the plan"},  // before anything is committed
		{kind("evict-owners"), Loader(lock.LeaseLua), 0, reports.Safe, "who committed which chunk"},
		{kind("evict-lock-0"), Bare(lock.LeaseLua), 0, reports.Safe, "the lock on chunk 0"},
		{kind("evict-list"), Loader(lock.LeaseLua), 0, reports.Lost, "Redis loses the list"},
		{kind("refuse-oom"), once, 0, reports.Stuck, "OOM command not allowed"},
		{kind("refuse-readonly"), once, 0, reports.Stuck, "READONLY You can't write"},
		{kind("refuse-oom"), Loader(lock.LeaseLua), 0, reports.Safe, "OOM command not allowed"},
		{kind("refuse-readonly"), Loader(lock.LeaseLua), 2, reports.Safe, "READONLY You can't write"},
		{kind("pause"), Bare(lock.LeaseLua), 2, reports.Safe, "lock:0 runs out"},
	} {
		run, err := prepared(t, alone(c.program)).Run(striking(c.kind, c.after), true)
		if err != nil {
			t.Fatal(err)
		}
		var trace strings.Builder
		for _, s := range run.Trace {
			trace.WriteString(s.String() + "\n")
		}
		struck := slices.ContainsFunc(run.Log, func(e EventID) bool { return e.Kind == c.kind })
		if run.Verdict != c.want || !struck || !strings.Contains(trace.String(), c.trace) {
			t.Errorf("%v after %d: %s (%s), struck %t, want %s and %q in\n%s", c.kind, c.after, run.Verdict, run.Why, struck, c.want, c.trace, trace.String())
		}
	}
}

func TestWhatRedisSecuredSurvivesItsCrash(t *testing.T) {
	for _, c := range []struct {
		crash       faults.Kind
		persistence faults.Persistence
		want        reports.Verdict
	}{
		{faults.RedisKill, faults.Nothing, reports.Lost},
		{faults.RedisKill, faults.EverySec, reports.Safe},
		{faults.RedisKill, faults.Always, reports.Safe},
		{faults.RedisPower, faults.Nothing, reports.Lost},
		{faults.RedisPower, faults.EverySec, reports.Lost},
		{faults.RedisPower, faults.Always, reports.Safe},
	} {
		if forgets := c.want == reports.Lost; c.persistence.Forgets(c.crash) != forgets {
			t.Errorf("%s with %s: said to forget: %t", c.crash, c.persistence, !forgets)
		}
		setup := Setup{
			Name: "test", Program: pushing, Workers: 2, Chunks: 1, Persistence: c.persistence, Lives: 1,
			Budget: faults.Budget{c.crash: 1, faults.Crash: 1},
		}
		// w0 pushes and ends, Redis crashes, and w1 dies before it pushes.
		run, err := prepared(t, setup).Run(Tolerant([]EventID{
			{0, 0, Deliver}, {nobody, 0, kind(string(c.crash))}, {1, 0, kind("crash-before")},
		}), false)
		if err != nil || run.Verdict != c.want {
			t.Errorf("%s with %s: %s (%s), %v, want %s", c.crash, c.persistence, run.Verdict, run.Why, err, c.want)
		}
	}
}

func TestAWorkerThatWaitsForALockOfMySQLIsNotScheduled(t *testing.T) {
	setup := Setup{Name: "locking", Program: locking, Workers: 3, Chunks: 1}
	m := prepared(t, setup).Cache()
	for seed := range uint64(200) {
		run, err := m.Run(randomly(seed), false)
		if err != nil || run.Verdict != reports.Safe {
			t.Fatalf("seed %d: %s, %s, %v", seed, run.Verdict, run.Why, err)
		}
		if err := m.Check(run.Log); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAJobThatDoesNotCompleteIsStuck(t *testing.T) {
	for name, c := range map[string]struct {
		setup Setup
		why   string
	}{
		"it spins":         {Setup{Program: spin, Workers: 2, Chunks: 1}, "it did not complete within 240 steps"},
		"it sleeps":        {Setup{Program: nap, Workers: 1, Chunks: 1, Patience: 2 * time.Hour}, ""},
		"it sleeps longer": {Setup{Program: nap, Workers: 2, Chunks: 1, Patience: time.Hour}, ""},
	} {
		run, err := prepared(t, c.setup).Run(First, false)
		if err != nil {
			t.Fatal(err)
		}
		if c.why != "" && (run.Verdict != reports.Stuck || !strings.HasPrefix(run.Why, c.why)) {
			t.Errorf("%s: %s, %s", name, run.Verdict, run.Why)
		}
	}
}

func TestWhatAModelDoesNotKnowIsAnError(t *testing.T) {
	_, err := prepared(t, Setup{Program: asks, Workers: 2, Chunks: 1}).Run(First, false)
	if !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), "geoadd") {
		t.Errorf("the error is %v", err)
	}
}

func TestTheBudgetBoundsWhatGoesWrong(t *testing.T) {
	setup := bare(lock.LeaseLua, 2, 2)
	setup.Budget = faults.Budget{faults.Crash: 1, faults.LoseReply: 2}
	m := prepared(t, setup).Cache()
	most := map[EventKind]int{}
	for seed := range uint64(300) {
		run, err := m.Run(randomly(seed), false)
		if err != nil {
			t.Fatal(err)
		}
		used := map[EventKind]int{}
		for _, e := range run.Log {
			if e.Kind.IsFault() {
				used[e.Kind]++
			}
		}
		for kind, n := range used {
			most[kind] = max(most[kind], n)
		}
		if used[kind("crash-before")]+used[kind("crash-after")] != run.Used[faults.Crash] || run.Used[faults.Crash] > 1 || used[kind("lose-reply")] != run.Used[faults.LoseReply] || run.Used[faults.LoseReply] > 2 {
			t.Fatalf("%v of %v", used, setup.Budget)
		}
	}
	if len(most) != 3 || most[kind("lose-reply")] != 2 {
		t.Errorf("in 300 schedules at most %v went wrong", most)
	}
}
