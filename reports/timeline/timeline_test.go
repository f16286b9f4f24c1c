package timeline_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"onceover/reports"
	"onceover/reports/timeline"
)

// history reads events from lines such as "12 w1' step claimed 3", where 12 is
// the time, 1 the worker, ' a second life and 3 the chunk; a worker - is none.
// "fault 0 seen pause and so on" is the fault 0 of the plan, its phase and its
// kind. What follows the kind of other events is their text.
func history(lines string) []reports.Event {
	var events []reports.Event
	for line := range strings.Lines(lines) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		e := reports.Event{Seq: len(events) + 1, Worker: -1, Chunk: -1, Kind: reports.EventKind(fields[2])}
		e.AtMS, _ = strconv.ParseFloat(fields[0], 64)
		if who, ok := strings.CutPrefix(fields[1], "w"); ok {
			e.Life = strings.Count(who, "'")
			e.Worker, _ = strconv.Atoi(strings.TrimRight(who, "'"))
		}
		rest := fields[3:]
		switch e.Kind {
		case reports.EventStep:
			e.Step = rest[0]
			e.Chunk, _ = strconv.Atoi(rest[1])
			if len(rest) > 2 {
				e.Rows, _ = strconv.ParseInt(rest[2], 10, 64)
			}
		case reports.EventServer:
			e.Server, e.Change = rest[0], reports.Change(strings.Join(rest[1:], " "))
		case reports.EventWorker:
			e.Text = strings.Join(rest, " ")
			e.Change = change(e.Text)
		case reports.EventFault:
			e.Fault, e.Text = ref(rest)
		default:
			e.Text = strings.Join(rest, " ")
		}
		events = append(events, e)
	}
	return events
}

func change(text string) reports.Change {
	switch text, _, _ = strings.Cut(text, ","); text {
	case "started":
		return reports.WorkerStarted
	case "exit status 0":
		return reports.WorkerDone
	case "signal: killed":
		return reports.WorkerKilled
	}
	return reports.WorkerFailed
}

// ref reads what a line says of a fault; one that is too short says nothing.
func ref(words []string) (*reports.FaultRef, string) {
	if len(words) < 3 {
		return nil, ""
	}
	f := &reports.FaultRef{Phase: reports.Phase(words[1]), Kind: words[2]}
	f.Index, _ = strconv.Atoi(words[0])
	text := strings.Join(words[3:], " ")
	switch {
	case f.Phase == reports.FaultInjected:
		f.Line, text = strings.Join(words[2:], " "), ""
	case f.Phase == reports.FaultSeen && f.Kind == "pause":
		f.Effect = reports.WorkerSuspended
	}
	return f, text
}

func span(s timeline.Span) string {
	if s.Open {
		return fmt.Sprintf("%v-%v…", s.FromMS, s.ToMS)
	}
	return fmt.Sprintf("%v-%v", s.FromMS, s.ToMS)
}

// show writes a timeline in lines, so that a test can say what it expects.
func show(t timeline.Timeline) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for _, l := range t.Lanes {
		for _, life := range l.Lives {
			add("w%d life %d %s %s", l.Worker, life.Number, span(life.Span), life.End)
		}
		for _, s := range l.Segments {
			add("w%d.%d %s %s %d", l.Worker, s.Life, span(s.Span), s.Doing, s.Chunk)
		}
		for _, s := range l.Pauses {
			add("w%d paused %s", l.Worker, span(s))
		}
	}
	for _, f := range t.Faults {
		add("fault %s %s w%d seen %t %s", f.Kind, span(f.Span), f.Worker, f.Seen, f.Missed)
	}
	for _, o := range t.Outages {
		add("away %s %s", o.Server, span(o.Span))
	}
	for _, p := range t.Arrived.Points {
		add("%v %s at %v", p.N, t.Arrived.Unit, p.AtMS)
	}
	if t.Check != nil {
		add("check %v at %v", t.Check.Verdicts, t.Check.AtMS)
	}
	for _, f := range t.Flaws {
		add("flaw: %s", f)
	}
	return all
}

const checked = "\n99 - check [safe]: fine"

func TestTimelines(t *testing.T) {
	for name, c := range map[string]struct {
		history string
		want    []string
	}{
		"a chunk": {`
			0 - run a under b, seed 1, 10 rows in 1 chunks
			1 w0 worker started, process 7
			3 w0 step claiming 0
			4 w0 step claimed 0
			4 w0 step reading 0
			6 w0 step read 0
			6 w0 step committing 0
			9 w0 step committed 0 10
			9 w0 step released 0
			10 w0 worker exit status 0
			12 - check [safe]: fine`, []string{
			"w0 life 0 1-10 done",
			"w0.0 1-3 starting -1", "w0.0 3-4 claiming 0", "w0.0 4-6 reading 0", "w0.0 6-9 committing 0", "w0.0 9-10 idle -1",
			"10 rows at 9", "check [safe] at 12",
		}},
		"a chunk that others have": {`
			1 w0 worker started
			1 w0 step claiming 0
			3 w0 step claiming 1
			5 w0 step claimed 1
			7 w0 step claiming 0
			8 w0 worker exit status 0` + checked, []string{
			"w0 life 0 1-8 done",
			"w0.0 1-3 waiting 0", "w0.0 3-5 claiming 1", "w0.0 5-7 holding 1", "w0.0 7-8 waiting 0", "check [safe] at 99",
		}},
		"killed, and another life": {`
			1 w2 worker started
			2 w2 step claiming 4
			3 w2 fault 0 struck kill worker=2 chunk=4 at=claiming restart=1s
			5 w2 worker signal: killed
			5 w2 fault 0 seen kill signal: killed
			9 w2' worker started
			9 w2 fault 0 healed kill
			11 w2' worker exit status 0` + checked, []string{
			"w2 life 0 1-5 killed", "w2 life 1 9-11 done",
			"w2.0 1-2 starting -1", "w2.0 2-5 claiming 4", "w2.1 9-11 starting -1",
			"fault kill 3-9 w2 seen true ", "check [safe] at 99",
		}},
		"killed for good, while it stands still": {`
			1 w2 worker started
			2 w2 fault 1 struck pause worker=2 chunk=* at=read for=1s
			3 w2 fault 1 seen pause process 7 stopped
			4 w2 fault 0 struck kill worker=2 progress=5% restart=never
			5 w2 worker signal: killed
			5 w2 fault 0 seen kill signal: killed
			8 w2 fault 1 missed pause no such process` + checked, []string{
			"w2 life 0 1-5 killed", "w2.0 1-5 running -1", "w2 paused 3-5",
			"fault pause 2-8 w2 seen false no such process", "fault kill 4-99… w2 seen true ", "check [safe] at 99",
		}},
		"two pauses that read the same": {`
			1 w0 worker started
			1 w1 worker started
			2 w0 fault 0 struck pause worker=* chunk=* at=read for=1s
			3 w1 fault 1 struck pause worker=* chunk=* at=read for=1s
			4 w0 fault 0 seen pause process 10 stopped
			5 w1 fault 1 seen pause process 11 stopped
			7 w1 fault 1 healed pause and runs again
			8 w0 fault 0 healed pause and runs again
			9 w0 worker exit status 0
			9 w1 worker exit status 0` + checked, []string{
			"w0 life 0 1-9 done", "w0.0 1-9 running -1", "w0 paused 4-8",
			"w1 life 0 1-9 done", "w1.0 1-9 running -1", "w1 paused 5-7",
			"fault pause 2-8 w0 seen true ", "fault pause 3-7 w1 seen true ", "check [safe] at 99",
		}},
		"a server away": {`
			1 - fault 0 struck redis-kill progress=50% for=1s
			2 - server redis gone
			3 - fault 0 seen redis-kill exited
			7 - server redis back
			8 - fault 0 healed redis-kill answers` + checked, []string{
			"fault redis-kill 1-8 w-1 seen true ", "away redis 2-7", "check [safe] at 99",
		}},
		"a fault that no reader knows": {`
			1 w0 fault 0 struck earthquake worker=0 at=read
			3 w0 fault 0 seen earthquake the ground moved
			6 w0 fault 0 healed earthquake` + checked, []string{
			"fault earthquake 1-6 w0 seen true ", "check [safe] at 99",
		}},
		"a reply lost": {`
			1 w0 fault 0 struck lose-reply worker=0 chunk=* at=committing
			3 w0 fault 0 seen lose-reply EXEC was answered
			3 w0 fault 0 healed lose-reply` + checked, []string{
			"fault lose-reply 1-3 w0 seen true ", "check [safe] at 99",
		}},
		"commits that do not say how many rows": {`
			0 - run 10 rows in 2 chunks
			1 w0 worker started
			2 w0 step committed 0
			2 w0 step committed 1
			3 w0 step committed 1
			4 w0 worker exit status 3
			5 - check [duplicated lost nonsense]: worse`, []string{
			"w0 life 0 1-4 failed", "w0.0 1-2 starting -1", "w0.0 2-4 holding 1",
			"2 chunks at 2", "3 chunks at 3", "check [duplicated lost] at 5",
		}},
		"torn": {`
			1 w0 worker started
			2 w0 step claiming 0
			3 w0 step claimed 0
			4 w0 fault 0 struck pause worker=0 chunk=0 at=claimed for=1s
			5 w0 fault 0 seen pause process 7 stopped
			6 - server mysql gone
			7 w0 fault 1 struck kill worker=0 chunk=0 at=claimed for=1s`, []string{
			"w0 life 0 1-7… unknown", "w0.0 1-2 starting -1", "w0.0 2-3 claiming 0", "w0.0 3-7… holding 0", "w0 paused 5-7…",
			"fault pause 4-7… w0 seen true ", "fault kill 7-7… w0 seen false ", "away mysql 6-7…",
			"flaw: the history ends before the check",
		}},
		"out of order": {`
			5 w0 step claimed 0
			4 w0 worker exit status 0
			6 w0 step committed 0 5
			7 w1 worker exit status 0
			8 w0'' worker started
			9 w0''' worker started
			9 w0'' step committed 3
			9 - worker started
			9 w0''' step dancing 3
			9 - fault 7 seen nothing
			9 - fault whatever
			9 - server redis burns
			9 - miracle yes` + checked, []string{
			"w0 life 0 5-5 done", "w0 life 2 8-9 unknown", "w0 life 3 9-99… unknown", "w0.2 8-9 starting -1", "w0.3 9-99… starting -1",
			"w1 life 0 7-7 done",
			"5 rows at 6", "check [safe] at 99",
			"flaw: a life takes steps before it begins", "flaw: 1 event is earlier than the one before it",
			"flaw: 2 steps are told after the end of their lives", "flaw: a life ends that did not begin",
			"flaw: a life begins before the last one has ended", "flaw: a life is that of no worker",
			"flaw: 1 step is unknown here, or that of no worker", "flaw: something is told of a fault that did not strike",
			"flaw: what is told of a fault is not understood", "flaw: what is told of a server is not understood",
			"flaw: 1 event is of a kind that is unknown here", "flaw: 1 commit does not say how many rows it had",
		}},
		"nothing": {"", []string{"flaw: the history is empty"}},
	} {
		if d := cmp.Diff(c.want, show(timeline.Of(history(c.history)))); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestTheTotalIsInTheUnitOfTheCurve(t *testing.T) {
	for lines, want := range map[string]timeline.Curve{
		"0 - run s under 9 rows in, 4000 rows in 80 chunks":                              {Unit: timeline.Chunks, Total: 80},
		"0 - run 4000 rows in 80 chunks\n 0 w0 step committed 0 50":                      {Unit: timeline.Rows, Total: 4000, Points: []timeline.Point{{0, 50}}},
		"0 - run of whatever\n 0 w0 step committed 0 50":                                 {Unit: timeline.Rows, Points: []timeline.Point{{0, 50}}},
		"0 - run 4000 rows in 80 chunks\n1 w0 worker started\n1 - run ended":             {Unit: timeline.Chunks, Total: 80},
		"0 - run 99999999999999999999 rows in 99999999999999999999 chunks, wide numbers": {Unit: timeline.Chunks},
	} {
		if d := cmp.Diff(want, timeline.Of(history(lines)).Arrived); d != "" {
			t.Errorf("%s: %s", lines, d)
		}
	}
}

func TestMissingEventsAreNoticed(t *testing.T) {
	events := history("1 - run x\n2 w0 worker started\n3 w0 step claiming 0\n4 w0 worker exit status 0\n5 - check [safe]: fine")
	if flaws := timeline.Of(events).Flaws; flaws != nil {
		t.Errorf("of a whole history: %v", flaws)
	}
	want := []string{"events are missing in 1 place"}
	if d := cmp.Diff(want, timeline.Of(slices.Delete(events, 2, 3)).Flaws); d != "" {
		t.Error(d)
	}
}

// events draws any history, also one that cannot be.
func events(t *rapid.T) []reports.Event {
	texts := []string{"", "exit status 1", "[lost]: x", "[", "1 rows in 1 chunks"}
	changes := []reports.Change{reports.WorkerStarted, reports.WorkerDone, reports.WorkerKilled, reports.WorkerFailed, reports.ServerGone, reports.ServerBack, ""}
	refs := rapid.Ptr(rapid.Custom(func(t *rapid.T) reports.FaultRef {
		return reports.FaultRef{
			Index:  rapid.IntRange(-1, 2).Draw(t, "index"),
			Kind:   rapid.SampledFrom([]string{"kill", "pause", "redis-kill", "lose-reply", ""}).Draw(t, "kind"),
			Phase:  rapid.SampledFrom([]reports.Phase{reports.FaultInjected, reports.FaultSeen, reports.FaultMissed, reports.FaultHealed, ""}).Draw(t, "phase"),
			Effect: rapid.SampledFrom([]reports.Effect{reports.WorkerDies, reports.WorkerSuspended, reports.ReplyLost, ""}).Draw(t, "effect"),
		}
	}), true)
	kinds := []reports.EventKind{
		reports.EventRun, reports.EventWorker, reports.EventStep, reports.EventFault, reports.EventServer, reports.EventConsumer, reports.EventCheck, "",
	}
	steps := []string{"claiming", "claimed", "reading", "read", "committing", "committed", "released", ""}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reports.Event {
		return reports.Event{
			Seq: rapid.IntRange(-1, 9).Draw(t, "seq"), AtMS: rapid.Float64().Draw(t, "at"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
			Worker: rapid.IntRange(-2, 3).Draw(t, "worker"), Life: rapid.IntRange(-1, 3).Draw(t, "life"), Chunk: rapid.Int().Draw(t, "chunk"),
			Step: rapid.SampledFrom(steps).Draw(t, "step"), Server: rapid.SampledFrom([]string{"", "redis"}).Draw(t, "server"),
			Rows: rapid.Int64Range(-5, 5).Draw(t, "rows"), Text: rapid.SampledFrom(texts).Draw(t, "text"),
			Change: rapid.SampledFrom(changes).Draw(t, "change"), Fault: refs.Draw(t, "fault"),
		}
	}), 0, 60).Draw(t, "events")
}

func TestNothingIsOutsideOfTheRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := timeline.Of(events(t))
		within := func(what string, s timeline.Span) {
			if s.FromMS < 0 || s.FromMS > s.ToMS || s.ToMS > all.EndMS {
				t.Fatalf("%s from %v to %v in a run of %v ms", what, s.FromMS, s.ToMS, all.EndMS)
			}
		}
		for _, l := range all.Lanes {
			for _, life := range l.Lives {
				within("life", life.Span)
			}
			for i, s := range l.Segments {
				within("segment", s.Span)
				if i > 0 && s.FromMS < l.Segments[i-1].ToMS {
					t.Fatalf("worker %d does two things at once", l.Worker)
				}
			}
			for _, p := range l.Pauses {
				within("pause", p)
			}
		}
		for _, f := range all.Faults {
			within("fault", f.Span)
		}
		for _, o := range all.Outages {
			within("outage", o.Span)
		}
		last := timeline.Point{}
		for _, p := range all.Arrived.Points {
			if p.AtMS < last.AtMS || p.N < last.N {
				t.Fatalf("the curve goes back: %v after %v", p, last)
			}
			last = p
		}
	})
}

func TestALifeHasNoGaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, l := range timeline.Of(events(t)).Lanes {
			var lived, did float64
			for _, life := range l.Lives {
				lived += life.ToMS - life.FromMS
			}
			for i, s := range l.Segments {
				did += s.ToMS - s.FromMS
				if i > 0 && s.Life == l.Segments[i-1].Life && s.FromMS != l.Segments[i-1].ToMS {
					t.Fatalf("worker %d does nothing between %v and %v", l.Worker, l.Segments[i-1].ToMS, s.FromMS)
				}
			}
			if diff := lived - did; diff > 1e-9*lived || diff < -1e-9*lived {
				t.Fatalf("worker %d lived %v ms and did something in %v", l.Worker, lived, did)
			}
		}
	})
}

func BenchmarkOf(b *testing.B) {
	var all []reports.Event
	for i := range 100_000 {
		step := []string{"claiming", "claimed", "reading", "read", "committing", "committed", "released"}[i/8%7]
		all = append(all, reports.Event{Seq: i + 1, AtMS: float64(i), Kind: reports.EventStep, Worker: i % 8, Chunk: i / 56, Step: step, Rows: 50})
	}
	for b.Loop() {
		timeline.Of(all)
	}
	b.ReportMetric(float64(len(all)), "events/op")
}
