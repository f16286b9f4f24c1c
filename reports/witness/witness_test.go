package witness_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onceover/reports"
	"onceover/reports/reporttest"
	"onceover/reports/witness"
)

// The histories were recorded on real servers. Steps at most chunks were taken
// out of them since.
func recorded(t *testing.T, name string) (run reports.Run, events []reports.Event) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".run.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &run); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join("testdata", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if events, err = reports.ReadHistory(f); err != nil {
		t.Fatal(err)
	}
	return run, events
}

func TestRecordedRunsAreExplained(t *testing.T) {
	for name, verdicts := range map[string][]reports.Verdict{
		"asked-before":      {reports.Duplicated},
		"pause":             {reports.Duplicated},
		"lost-reply":        {reports.Duplicated},
		"left-behind":       {reports.Lost, reports.Duplicated},
		"redis-forgot-some": {reports.Duplicated},
		"redis-forgot":      {reports.Lost},
	} {
		run, events := recorded(t, name)
		for _, verdict := range verdicts {
			c, ok := witness.Of(run, verdict, events)
			if !ok {
				t.Errorf("%s, %s: nothing to tell", name, verdict)
				continue
			}
			text, err := json.MarshalIndent(c, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			reporttest.Golden(t, name+"."+string(verdict)+".golden", string(text)+"\n")
		}
	}
}

func TestThereIsNothingToTell(t *testing.T) {
	run, events := recorded(t, "pause")
	lost, lostEvents := recorded(t, "left-behind")
	for name, c := range map[string]struct {
		run     reports.Run
		verdict reports.Verdict
		events  []reports.Event
	}{
		"of a verdict that the run does not have":  {run, reports.Lost, events},
		"of a job that is stuck":                   {run, reports.Stuck, events},
		"of a run without a bad row":               {reports.Run{Verdict: reports.Duplicated}, reports.Duplicated, events},
		"without a history":                        {run, reports.Duplicated, nil},
		"of a lost row without a history":          {lost, reports.Lost, nil},
		"of workers that report no steps":          {run, reports.Duplicated, without(events, reports.EventStep)},
		"of a lost row of workers without reports": {lost, reports.Lost, without(lostEvents, reports.EventStep)},
		"of an element that is in no chunk": {
			reports.Run{Witnesses: []reports.Witness{{Outcome: "duplicated", Chunk: -1, Times: 2}}}, reports.Duplicated, events,
		},
	} {
		if got, ok := witness.Of(c.run, c.verdict, c.events); ok {
			t.Errorf("%s: %s", name, got.Sentence)
		}
	}
}

func without(events []reports.Event, kind reports.EventKind) (left []reports.Event) {
	for _, e := range events {
		if e.Kind != kind {
			left = append(left, e)
		}
	}
	return left
}

// tale writes a history in short: w0 claimed; a life is w0', and ! is what is
// not a step: how a life ended, what became of Redis, or a fault that was seen,
// with its effect.
func tale(text string) (events []reports.Event) {
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		who, what, _ := strings.Cut(strings.TrimSpace(line), " ")
		e := reports.Event{Seq: i + 1, AtMS: float64(i), Worker: -1, Chunk: -1}
		if who != "-" {
			e.Worker = int(who[1] - '0')
			e.Life = strings.Count(who, "'")
		}
		rest, other := strings.CutPrefix(what, "!")
		switch {
		case !other:
			e.Kind, e.Step, e.Chunk = reports.EventStep, what, 0
		case who == "-":
			e.Kind, e.Server, e.Change = reports.EventServer, "redis", reports.Change(rest)
		case strings.HasPrefix(rest, "seen: "):
			e.Kind, e.Fault = reports.EventFault, seen(strings.TrimPrefix(rest, "seen: "))
		default:
			e.Kind, e.Text, e.Change = reports.EventWorker, rest, change(rest)
		}
		events = append(events, e)
	}
	return events
}

func change(text string) reports.Change {
	switch text {
	case "exit status 0":
		return reports.WorkerDone
	case "signal: killed":
		return reports.WorkerKilled
	}
	return reports.WorkerFailed
}

// seen reads an effect and the line of its fault.
func seen(text string) *reports.FaultRef {
	effect, line, _ := strings.Cut(text, " ")
	kind, _, _ := strings.Cut(line, " ")
	_, step, _ := strings.Cut(line, " at=")
	step, _, _ = strings.Cut(step, " ")
	return &reports.FaultRef{Kind: kind, Line: line, Step: step, Phase: reports.FaultSeen, Effect: reports.Effect(effect)}
}

const moved = "claiming\nclaimed\nreading\nread\ncommitting\ncommitted\nreleased"

// moves is a life that moves the chunk.
func moves(who string) string {
	return who + " " + strings.ReplaceAll(moved, "\n", "\n"+who+" ") + "\n"
}

func TestSentencesSayWhatIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		tale     string
		times    int64
		verdict  reports.Verdict
		sentence string
	}{
		"a commit that was sent again": {
			"w0 claiming\nw0 claimed\nw0 read\nw0 committing\nw0 !seen: reply-lost lose-reply worker=0 chunk=0 at=committing\nw0 committed",
			2, reports.Duplicated,
			"Row 1 of chunk 0 is in the list twice: the commit of w0 was executed in step 4, and its reply lost, and w0 reported its commit in step 5.",
		},
		"a commit that nobody knows of": {
			"w0 claiming\nw0 claimed\nw0 read\nw0 committing\nw0 !signal: killed\nw0 !seen: worker-dies kill worker=0 progress=5% restart=1s\n" + moves("w1"),
			2, reports.Duplicated,
			"Row 1 of chunk 0 is in the list twice: w0 began to commit the chunk in step 4, and nobody knows what came of it, and w1 reported its commit in step 9. w1 asked for the chunk only after that, in step 6, and got it all the same.",
		},
		"a commit that was not sent is no explanation": {
			"w0 claiming\nw0 claimed\nw0 read\nw0 committing\nw0 !signal: killed\nw0 !seen: worker-dies kill worker=0 chunk=0 at=committing restart=1s\n" + moves("w1"),
			2, reports.Duplicated,
			"Row 1 of chunk 0 is in the list twice, but only one commit of the chunk was reported, by w1 in step 4.",
		},
		"one commit before Redis died, one after": {
			moves("w0") + "- !gone\n- !back\n" + moves("w1"),
			2, reports.Duplicated,
			"Row 1 of chunk 0 is in the list twice: w0 reported its commit in step 4, and w1 reported its commit in step 11. w1 asked for the chunk only after that, in step 8, and got it all the same. In between Redis died, in step 6.",
		},
		"the first of several before Redis died": {
			moves("w0") + moves("w2") + "- !gone\n- !back\n" + moves("w1"),
			2, reports.Duplicated,
			"Row 1 of chunk 0 is in the list twice: w0 reported its commit in step 4, and w1 reported its commit in step 11. w1 asked for the chunk only after that, in step 8, and got it all the same. In between Redis died, in step 6. In all, 3 commits of the chunk were reported, more than are in the list: Redis died on the way.",
		},
		"the client may have sent a commit again": {
			"w0 claiming\nw0 claimed\nw0 read\nw0 committing\nw0 !seen: connection-lost kill-client worker=0 chunk=0 at=committing\nw0 committed",
			2, reports.Duplicated,
			"Row 1 of chunk 0 is in the list twice, but only one commit of the chunk was reported, by w0 in step 5. w0 lost a connection (kill-client) in step 4.",
		},
		"the reply to a claim was lost": {
			"w0 claiming\nw0 !seen: reply-lost lose-reply worker=0 chunk=0 at=claiming\nw0 claimed\nw0 read\nw0 !exit status 1", 0, reports.Lost,
			"Row 1 of chunk 0 is not in the list, and nobody reported a commit of the chunk. w0 got it in step 3 and ended in step 5. w0 lost a connection (lose-reply) in step 2. Nobody said that nothing is left.",
		},
		"committed and not there": {
			moves("w0") + "w0 !exit status 0", 0, reports.Lost,
			"Row 1 of chunk 0 is not in the list, although w0 reported its commit in step 4.",
		},
		"nobody got the chunk": {
			"w0 claiming\nw0 !exit status 0", 0, reports.Lost,
			"Row 1 of chunk 0 is not in the list, and nobody reported a commit of the chunk. Nobody reported to have got it. w0 said that nothing is left (step 1).",
		},
		"died with a commit begun": {
			"w0 claiming\nw0 claimed\nw0 read\nw0 committing\nw0 !exit status 69", 0, reports.Lost,
			"Row 1 of chunk 0 is not in the list, and nobody reported a commit of the chunk. w0 got it in step 2 and ended in step 5, with a commit begun of which nobody knows what came of it. Nobody said that nothing is left.",
		},
		"let go of without a commit": {
			"w0 claiming\nw0 claimed\nw0 read\nw0 committing\nw0 released\nw0 !exit status 0", 0, reports.Lost,
			"Row 1 of chunk 0 is not in the list, and nobody reported a commit of the chunk. w0 got it in step 2 and let go of it in step 5, without a commit of its own. w0 said that nothing is left (step 6).",
		},
		"turned away before and after the other got it: the one after is shown": {
			"w0 claiming\nw1 claiming\nw0 claimed\nw2 claiming\nw1 !exit status 0\nw2 !exit status 0\nw0 !signal: killed\nw0 !seen: worker-dies kill worker=0 chunk=0 at=read hold=1s restart=never", 0, reports.Lost,
			"Row 1 of chunk 0 is not in the list, and nobody reported a commit of the chunk. w0 got it in step 2 and was killed in step 5. Meanwhile 2 other workers asked for it and did not get it (step 3). 2 workers said that nothing is left, the last of them in step 4.",
		},
		"turned away, and all had asked before the other got it": {
			"w0 claiming\nw1 claiming\nw0 claimed\nw1 !exit status 0\nw0 !signal: killed\nw0 !seen: worker-dies kill worker=0 chunk=0 at=read hold=1s restart=never", 0, reports.Lost,
			"Row 1 of chunk 0 is not in the list, and nobody reported a commit of the chunk. w0 got it in step 3 and was killed in step 5. 1 other worker had begun to ask for it before that (step 2) and did not get it. w1 said that nothing is left (step 4).",
		},
		"nobody said anything any more": {
			"w0 claiming\nw0 claimed", 0, reports.Lost,
			"Row 1 of chunk 0 is not in the list, and nobody reported a commit of the chunk. w0 got it in step 2 and reported nothing of it any more. Nobody said that nothing is left.",
		},
	} {
		outcome := string(c.verdict)
		run := reports.Run{Witnesses: []reports.Witness{{Outcome: outcome, Row: "1", Times: c.times}}}
		got, ok := witness.Of(run, c.verdict, tale(c.tale))
		if !ok || got.Sentence != c.sentence {
			t.Errorf("%s: %v\n got %s\nwant %s", name, ok, got.Sentence, c.sentence)
		}
	}
}

func TestALongStoryIsCutInTheMiddle(t *testing.T) {
	var text strings.Builder
	for range 12 {
		text.WriteString("w0 claiming\nw0 claimed\nw0 read\nw0 committing\nw0 released\n")
	}
	text.WriteString("w0 !exit status 0")
	run := reports.Run{Witnesses: []reports.Witness{{Outcome: "lost", Row: "1"}}}
	c, _ := witness.Of(run, reports.Lost, tale(text.String()))
	if len(c.Steps) != 25 || !strings.Contains(c.Steps[12].Text, "37 steps are left out") || !c.Steps[24].Bad || c.Steps[24].Number != 61 {
		t.Errorf("%d steps: %+v", len(c.Steps), c.Steps)
	}
}

// Whatever a history holds, a story keeps to its form.
func TestAnyHistoryGivesAStoryOrNone(t *testing.T) {
	steps := []string{"claiming", "claimed", "reading", "read", "committing", "committed", "released", "eating"}
	changes := []reports.Change{reports.WorkerStarted, reports.WorkerDone, reports.WorkerFailed, reports.WorkerKilled, reports.ServerGone, reports.ServerBack, ""}
	ref := rapid.Ptr(rapid.Custom(func(t *rapid.T) reports.FaultRef {
		return reports.FaultRef{
			Index: rapid.IntRange(0, 1).Draw(t, "index"), Kind: "x", Line: "x worker=*",
			Step:   rapid.SampledFrom(steps).Draw(t, "at"),
			Phase:  rapid.SampledFrom([]reports.Phase{reports.FaultInjected, reports.FaultSeen, reports.FaultMissed, reports.FaultHealed, ""}).Draw(t, "phase"),
			Effect: rapid.SampledFrom([]reports.Effect{reports.WorkerDies, reports.WorkerSuspended, reports.WorkerCutOff, reports.ReplyLost, reports.ConnectionLost, reports.KeyLost, reports.ListLost, reports.ClockJumped, reports.WritesRefused, ""}).Draw(t, "effect"),
		}
	}), true)
	event := rapid.Custom(func(t *rapid.T) reports.Event {
		return reports.Event{
			Kind:   rapid.SampledFrom([]reports.EventKind{reports.EventStep, reports.EventStep, reports.EventWorker, reports.EventFault, reports.EventServer, "?"}).Draw(t, "kind"),
			Worker: rapid.IntRange(-1, 2).Draw(t, "worker"), Life: rapid.IntRange(0, 1).Draw(t, "life"),
			Chunk: rapid.IntRange(-1, 1).Draw(t, "chunk"), Step: rapid.SampledFrom(steps).Draw(t, "step"),
			Server: rapid.SampledFrom([]string{"redis", "mysql", ""}).Draw(t, "server"),
			Change: rapid.SampledFrom(changes).Draw(t, "change"), Fault: ref.Draw(t, "fault"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(event, 0, 80).Draw(t, "events")
		verdict := rapid.SampledFrom([]reports.Verdict{reports.Lost, reports.Duplicated}).Draw(t, "verdict")
		run := reports.Run{Witnesses: []reports.Witness{{
			Outcome: string(verdict), Row: "1", Times: rapid.Int64Range(0, 4).Draw(t, "times"),
		}}}
		if c, ok := witness.Of(run, verdict, events); ok {
			inForm(t, c)
		}
	})
}

func inForm(t *rapid.T, c reports.Counterexample) {
	bad, last := 0, 0
	numbers := map[int]bool{}
	for _, s := range c.Steps {
		if s.Number > 0 && s.Number <= last {
			t.Fatalf("step %d comes after step %d", s.Number, last)
		}
		last = max(last, s.Number)
		numbers[s.Number] = true
		if s.Bad {
			bad++
			if s.First != 0 && (s.First >= s.Number || !numbers[s.First]) {
				t.Fatalf("step %d does again what step %d did", s.Number, s.First)
			}
		}
	}
	if len(c.Steps) == 0 || len(c.Steps) > 25 || bad != 1 {
		t.Fatalf("%d steps, of which %d break the promise", len(c.Steps), bad)
	}
	if strings.Contains(c.Sentence, "step 0") {
		t.Fatalf("a step that is not told: %s", c.Sentence)
	}
}
