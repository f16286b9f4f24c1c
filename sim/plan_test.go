package sim

import (
	"slices"
	"strings"
	"testing"

	"onceover/faults"
	"onceover/loader"
)

// Every way of every fault is a fault of a plan, or has no counterpart there.
func TestFaultsAreSaidAsFaultsOfAPlan(t *testing.T) {
	wanted := map[string]string{
		"mysql-cut-before":        "",
		"mysql-cut-after":         "",
		"mysql-cut-middle":        "mysql-cut worker=* chunk=2 at=committing",
		"cut":                     "cut worker=* chunk=2 at=committing",
		"lose-reply":              "lose-reply worker=* chunk=2 at=committing",
		"half-reply":              "half-reply worker=* chunk=2 at=committing",
		"late-request":            "late-request worker=* chunk=2 at=committing",
		"crash-before":            "kill worker=* chunk=2 at=committing hold=1s restart=never",
		"crash-after":             "kill worker=* chunk=2 at=committed hold=1s restart=never",
		"kill-before":             "kill worker=* chunk=2 at=committing restart=200ms",
		"kill-after":              "kill worker=* chunk=2 at=committed restart=200ms",
		"half-open-before":        "half-open worker=* chunk=2 at=committing for=1.5s restart=200ms",
		"half-open-after":         "half-open worker=* chunk=2 at=committed for=1.5s restart=200ms",
		"partition":               "partition worker=* chunk=2 at=committing for=1.5s servers=both",
		"partition-past-timeouts": "partition worker=* chunk=2 at=committing for=6s servers=both",
		"kill-client":             "kill-client worker=* chunk=2 at=committing",
		"pause-past-leases":       "pause worker=* chunk=2 at=committing for=1.5s",
		"pause":                   "pause worker=* chunk=2 at=committing for=1.5s",
		"redis-kill":              "redis-kill chunk=2 at=committing for=300ms",
		"redis-power":             "redis-power chunk=2 at=committing for=300ms",
		"failover-lag":            "failover chunk=2 at=committing lag=200ms for=300ms",
		"failover":                "", // what began with the lag
		"failover-past-leases":    "",
		"mysql-kill":              "mysql-kill chunk=2 at=committing for=300ms",
		"evict-chunks":            "evict chunk=2 at=committing key=chunks",
		"evict-plan":              "evict chunk=2 at=committing key=plan",
		"evict-owners":            "evict chunk=2 at=committing key=owners",
		"evict-lock-0":            "",
		"evict-lock-1":            "",
		"evict-lock-2":            "evict chunk=2 at=committing key=lock",
		"evict-list":              "evict-list chunk=2 at=committing",
		"refuse-oom":              "refuse chunk=2 at=committing error=oom for=500ms",
		"refuse-readonly":         "refuse chunk=2 at=committing error=readonly for=500ms",
		"refuse-noreplicas":       "refuse chunk=2 at=committing error=noreplicas for=500ms",
		"redis-clock":             "redis-clock chunk=2 at=committing by=1m0s for=300ms",
		"redis-clock-1":           "redis-clock chunk=2 at=committing by=1m0s for=300ms",
		"redis-clock-2":           "redis-clock chunk=2 at=committing by=1m0s for=300ms",
		"redis-clock-3":           "redis-clock chunk=2 at=committing by=1m0s for=300ms",
		"refuse-misconf":          "refuse chunk=2 at=committing error=misconf for=500ms",
		"refuse-denied":           "refuse chunk=2 at=committing error=denied for=500ms",
		"refuse-busy":             "refuse chunk=2 at=committing error=busy for=500ms",
	}
	where := Where{{}, {Step: loader.Committing, Chunk: 2, Known: true}}
	for _, k := range EventKinds() {
		if !k.IsFault() {
			continue
		}
		text, known := wanted[k.String()]
		spec, _ := faults.Find(k.Fault())
		simulatedOnly := spec.NotLive != "" && spec.Kind != faults.Crash
		if !known && !simulatedOnly {
			t.Errorf("%s is not in the table", k)
		}
		want, err := faults.Parse(text)
		if simulatedOnly {
			want, err = nil, nil
		}
		if err != nil {
			t.Error(err)
		}
		plan, left := PlanOf(Run{Log: []EventID{{1, 7, k}}, Where: []Where{where}})
		if plan.String() != want.String() || len(plan)+len(left) != 1 && !events[k].sequel {
			t.Errorf("%s is said as %q, and %q is left, want %q", k, plan, left, want)
		}
		middle := "" // of the job
		if ofServer := spec.Class == faults.Forgets && k.Fault() != faults.RedisClock && !strings.Contains(text, "key=lock"); ofServer {
			middle = strings.Replace(want.String(), "chunk=2 at=committing", "progress=50%", 1)
		}
		if plan, _ := PlanOf(Run{Log: []EventID{{1, 7, k}}, Where: []Where{{}}}); plan.String() != middle {
			t.Errorf("%s of a worker that said nothing is %q, want %q", k, plan, middle)
		}
	}
}

// A server dies in a plan where the worker is whose request was the last before.
func TestAFaultOfNobodyIsPlannedAtTheLastThatActed(t *testing.T) {
	execute, err := ParseEventID("w1:7:deliver")
	if err != nil {
		t.Fatal(err)
	}
	die, err := ParseEventID("-:0:redis-kill")
	if err != nil {
		t.Fatal(err)
	}
	where := Where{{Step: loader.Reading, Chunk: 0, Known: true}, {Step: loader.Committed, Chunk: 2, Known: true}}
	elsewhere := EventID{Worker: 3, Kind: execute.Kind} // of which nobody knows where it is
	for _, log := range [][]EventID{{execute, die}, {execute, elsewhere, die}} {
		plan, left := PlanOf(Run{Log: log, Where: slices.Repeat([]Where{where}, len(log))})
		if want := "redis-kill chunk=2 at=committed for=300ms"; strings.TrimSpace(plan.String()) != want || left != nil {
			t.Errorf("%q, %v, want %q", plan, left, want)
		}
	}
}
