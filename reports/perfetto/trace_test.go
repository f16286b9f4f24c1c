package perfetto

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"

	"pgregory.net/rapid"
)

// history is a run of two workers, one of which is killed and comes back while
// Redis is away.
func history() []reports.Event {
	all := []reports.Event{
		{Kind: reports.EventRun, Worker: -1, Chunk: -1, Text: "set-nx under pause, seed 7, 100 rows in 2 chunks"},
		{AtMS: 1, Kind: reports.EventWorker, Worker: 0, Chunk: -1, Change: reports.WorkerStarted},
		{AtMS: 1, Kind: reports.EventWorker, Worker: 1, Chunk: -1, Change: reports.WorkerStarted},
		{AtMS: 2, Kind: reports.EventStep, Worker: 0, Chunk: 0, Step: "claiming"},
		{AtMS: 3, Kind: reports.EventStep, Worker: 0, Chunk: 0, Step: "claimed"},
		{AtMS: 3.5, Kind: reports.EventStep, Worker: 1, Chunk: 1, Step: "claiming"},
		{AtMS: 4, Kind: reports.EventStep, Worker: 0, Chunk: 0, Step: "reading"},
		{AtMS: 5, Kind: reports.EventFault, Worker: 0, Chunk: 0, Fault: ref(0, reports.FaultInjected)},
		{AtMS: 6, Kind: reports.EventServer, Worker: -1, Chunk: -1, Server: "redis", Change: reports.ServerGone},
		{AtMS: 7, Kind: reports.EventFault, Worker: 1, Chunk: 1, Fault: ref(1, reports.FaultInjected)},
		{AtMS: 8, Kind: reports.EventWorker, Worker: 0, Chunk: -1, Change: reports.WorkerKilled, Text: "signal: killed"},
		{AtMS: 8, Kind: reports.EventFault, Worker: 0, Chunk: 0, Fault: ref(0, reports.FaultSeen), Text: "signal: killed"},
		{AtMS: 9, Kind: reports.EventServer, Worker: -1, Chunk: -1, Server: "redis", Change: reports.ServerBack},
		{AtMS: 10, Kind: reports.EventWorker, Worker: 0, Life: 1, Chunk: -1, Change: reports.WorkerStarted},
		{AtMS: 10, Kind: reports.EventFault, Worker: 0, Chunk: 0, Fault: ref(0, reports.FaultHealed)},
		{AtMS: 11, Kind: reports.EventStep, Worker: 1, Chunk: 1, Step: "claimed"},
		{AtMS: 12, Kind: reports.EventStep, Worker: 1, Chunk: 1, Step: "committing", Rows: 50},
		{AtMS: 13.25, Kind: reports.EventStep, Worker: 1, Chunk: 1, Step: "committed", Rows: 50},
		{AtMS: 14, Kind: reports.EventWorker, Worker: 1, Chunk: -1, Change: reports.WorkerDone, Text: "exit status 0"},
		{AtMS: 20, Kind: reports.EventCheck, Worker: -1, Chunk: -1, Text: "duplicated: 50 rows"},
	}
	for i := range all {
		all[i].Seq = i + 1
	}
	return all
}

func ref(index int, phase reports.Phase) *reports.FaultRef {
	f := [...]reports.FaultRef{{Kind: "kill", Line: "kill worker=0 at=reading"}, {Kind: "redis-kill", Line: "redis-kill worker=1 at=claiming"}}[index]
	f.Index, f.Phase = index, phase
	return &f
}

func traceOf(t testing.TB, c reports.Cell, run reports.Run, events []reports.Event) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, 4, c, run, events); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTrace(t *testing.T) {
	run := reporttest.DuplicatedRun(7)
	reporttest.Golden(t, "trace.json", traceOf(t, reporttest.Sample().Cells[5], run, history()))
}

// faultsOf are those of a trace that Perfetto would not show as it was meant.
func faultsOf(text string) (faults []string) {
	var trace struct {
		TraceEvents []event `json:"traceEvents"`
	}
	if err := json.Unmarshal([]byte(text), &trace); err != nil {
		return []string{err.Error()}
	}
	complain := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	named := map[int]bool{0: true}
	for _, e := range trace.TraceEvents {
		named[e.TID] = named[e.TID] || e.Name == "thread_name"
	}
	spans := map[int][]event{}
	for _, e := range trace.TraceEvents {
		switch {
		case e.PID != 4:
			complain("%s belongs to process %d", e.Name, e.PID)
		case !named[e.TID]:
			complain("%s is on thread %d, which has no name", e.Name, e.TID)
		case e.TS < 0:
			complain("%s is at %v", e.Name, e.TS)
		case e.Phase == "X" && (e.Dur == nil || *e.Dur < 0):
			complain("%s has no duration", e.Name)
		case e.Phase == "i" && e.Scope == "":
			complain("%s has no scope", e.Name)
		case e.Phase == "X":
			spans[e.TID] = append(spans[e.TID], e)
		}
	}
	const noise = 1e-3 // of floating point, in microseconds
	for tid, all := range spans {
		for i, a := range all {
			for _, b := range all[i+1:] {
				aEnd, bEnd := a.TS+*a.Dur, b.TS+*b.Dur
				apart := aEnd <= b.TS+noise || bEnd <= a.TS+noise
				inside := a.TS <= b.TS+noise && bEnd <= aEnd+noise || b.TS <= a.TS+noise && aEnd <= bEnd+noise
				if !apart && !inside {
					complain("%q and %q overlap on thread %d", a.Name, b.Name, tid)
				}
			}
		}
	}
	return faults
}

func TestTheLintOfTracesSeesEachFault(t *testing.T) {
	const named = `{"name":"thread_name","ph":"M","pid":4,"tid":1},`
	for name, text := range map[string]string{
		"no JSON":     `{`,
		"process":     `{"traceEvents":[` + named + `{"name":"a","ph":"X","ts":1,"dur":2,"pid":3,"tid":1}]}`,
		"no name":     `{"traceEvents":[{"name":"a","ph":"X","ts":1,"dur":2,"pid":4,"tid":1}]}`,
		"no duration": `{"traceEvents":[` + named + `{"name":"a","ph":"X","ts":1,"pid":4,"tid":1}]}`,
		"before":      `{"traceEvents":[` + named + `{"name":"a","ph":"X","ts":-1,"dur":1,"pid":4,"tid":1}]}`,
		"no scope":    `{"traceEvents":[` + named + `{"name":"a","ph":"i","ts":1,"pid":4,"tid":1}]}`,
		"overlap":     `{"traceEvents":[` + named + `{"name":"a","ph":"X","ts":1,"dur":2,"pid":4,"tid":1},{"name":"b","ph":"X","ts":2,"dur":2,"pid":4,"tid":1}]}`,
	} {
		if len(faultsOf(text)) == 0 {
			t.Errorf("%s: not seen", name)
		}
	}
}

func TestAnyHistoryMakesATrace(t *testing.T) {
	texts := []string{"", "exit status 1", `"</script>` + "\xff\u202e"}
	changes := []reports.Change{"", reports.WorkerStarted, reports.WorkerKilled, reports.WorkerDone, reports.WorkerFailed, reports.ServerGone, reports.ServerBack}
	phases := []reports.Phase{reports.FaultInjected, reports.FaultSeen, reports.FaultMissed, reports.FaultHealed}
	steps := []string{"claiming", "claimed", "reading", "read", "committing", "committed", "released", "?"}
	kinds := []reports.EventKind{reports.EventRun, reports.EventWorker, reports.EventStep, reports.EventFault, reports.EventServer, reports.EventConsumer, reports.EventCheck, "?"}
	rapid.Check(t, func(t *rapid.T) {
		var events []reports.Event
		at := 0.0
		for i := range rapid.IntRange(0, 40).Draw(t, "events") {
			at += rapid.Float64Range(-1, 5).Draw(t, "later")
			events = append(events, reports.Event{
				Seq: i + 1, AtMS: max(0, at), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Worker: rapid.IntRange(-1, 2).Draw(t, "worker"),
				Life: rapid.IntRange(0, 1).Draw(t, "life"), Chunk: rapid.IntRange(-1, 2).Draw(t, "chunk"), Step: rapid.SampledFrom(steps).Draw(t, "step"),
				Server: rapid.SampledFrom([]string{"redis", "mysql"}).Draw(t, "server"), Rows: rapid.Int64Range(0, 9).Draw(t, "rows"), Text: rapid.SampledFrom(texts).Draw(t, "text"),
				Change: rapid.SampledFrom(changes).Draw(t, "change"), Fault: ref(rapid.IntRange(0, 1).Draw(t, "fault"), rapid.SampledFrom(phases).Draw(t, "phase")),
			})
		}
		var b strings.Builder
		if err := Write(&b, 4, reports.Cell{ID: "a/b"}, reports.Run{}, events); err != nil {
			t.Fatal(err)
		}
		for _, fault := range faultsOf(b.String()) {
			t.Error(fault)
		}
	})
}

func TestBadRunsAndTheUsualOneAreChosen(t *testing.T) {
	run := func(seed uint64, v reports.Verdict, ms int64) reports.Run {
		return reports.Run{Seed: seed, Verdict: v, DurationMS: ms, Folder: "runs"}
	}
	cell := reports.Cell{ID: "a/b", Runs: []reports.Run{
		run(1, reports.Safe, 30), run(2, reports.Safe, 10), run(3, reports.Safe, 20), run(4, reports.Inconclusive, 15),
		run(5, reports.Lost, 1), run(6, reports.Stuck, 1), run(7, reports.Duplicated, 1), run(8, reports.Lost, 1), {Seed: 9, Verdict: reports.Lost},
	}}
	simulated := cell
	simulated.World = reports.WorldSim
	chosen, left := Choose(&reports.Results{Cells: []reports.Cell{simulated, cell}})
	var seeds []uint64
	for _, c := range chosen {
		seeds = append(seeds, c.Run.Seed)
		if c.PID != 2 {
			t.Errorf("process %d", c.PID)
		}
	}
	if fmt.Sprint(seeds) != "[5 6 7 3]" || left != 1 {
		t.Errorf("chosen %v, %d left", seeds, left)
	}
}

func TestBadRunsGoBeforeUsualOnes(t *testing.T) {
	r := &reports.Results{}
	for range 60 {
		r.Cells = append(r.Cells, reports.Cell{Runs: []reports.Run{{Verdict: reports.Safe, Folder: "x"}, {Verdict: reports.Lost, Folder: "x"}, {Verdict: reports.Lost, Folder: "x"}}})
	}
	chosen, left := Choose(r)
	for _, c := range chosen {
		if !c.Run.Verdict.Bad() {
			t.Fatal("a usual run takes the place of a bad one")
		}
	}
	if len(chosen) != mostAll || left != 20 {
		t.Errorf("%d chosen, %d left", len(chosen), left)
	}
}
