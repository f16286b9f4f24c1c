package chart

import (
	"fmt"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/chart/sequence"
	"onceover/reports/reporttest"

	"pgregory.net/rapid"
)

// checkFrame holds a chart to what all charts promise, and to its frame.
func checkFrame(t interface{ Errorf(string, ...any) }, name string, c drawn) {
	checkChart(t, name, c)
	for _, fault := range outside(string(c.Figure().SVG)) {
		t.Errorf("%s: %s is outside", name, fault)
	}
}

func sequenceOf(name string, cx reports.Counterexample) sequence.Diagram {
	return sequence.Diagram{ID: "cx-" + name, Title: name, Counterexample: cx}
}

func TestSequences(t *testing.T) {
	for name, cx := range counterexamples() {
		s := sequenceOf(name, cx)
		checkFrame(t, name, s)
		if svg := s.Figure().SVG; svg != s.Figure().SVG {
			t.Errorf("%s is not the same twice", name)
		}
		if n := len(s.Figure().Table.Rows); n != len(cx.Steps) {
			t.Errorf("%s: %d rows in the table for %d steps", name, n, len(cx.Steps))
		}
	}
	for _, name := range []string{"stale", "everything"} {
		reporttest.Golden(t, "sequence-"+name+".svg", string(sequenceOf(name, counterexamples()[name]).Figure().SVG)+"\n")
	}
}

func TestTheViolationCanBeSeen(t *testing.T) {
	for name, want := range map[string][]string{
		"stale":      {"violates: row 17 pushed again, first in step 5", `stroke="` + "#AB2D91" + `" stroke-width="3.5"`, ">again<", "w0 believes that it has chunk 0", "although its lease is over"},
		"skipped":    {"violates: a row is lost", "w1 dies before it sends MULTI", "w0 ends: nothing is left to do", "#EC6B28"},
		"everything": {"violates: 5 rows pushed again, first in step 4", "reply lost", "the client waits no longer", "the connection breaks", "OK; w2 dies", "Redis dies and starts again", "5.03 s go by", "w2&#39;4"},
		"long":       {"showing 263 of 276 steps", "… 13 steps are not drawn …", "×120", "violates: row 17 pushed again, first in step 275"},
		"empty":      {"There is nothing to show."},
	} {
		svg := string(sequenceOf(name, counterexamples()[name]).Figure().SVG)
		for _, text := range want {
			if !strings.Contains(svg, text) {
				t.Errorf("%s does not show %q", name, text)
			}
		}
	}
}

func TestNoSignIsExplainedThatDoesNotOccur(t *testing.T) {
	svg := string(sequenceOf("skipped", skipped()).Figure().SVG)
	for _, text := range []string{"cut before it arrives", "reply lost", "still on its way", "believes", "lease", "repeated", "time goes by", "showing"} {
		if strings.Contains(svg, text) {
			t.Errorf("%q", text)
		}
	}
}

func TestLongTextsAreNotCutOff(t *testing.T) {
	cx := reports.Counterexample{Steps: []reports.Step{
		asks(1, 0, 0, "SCRIPT 80a1b5f lock:0 w0.0 4 20", "-NOSCRIPT No matching script. Please use EVAL."),
		{Worker: 0, Outcome: reports.StepNote, Text: "fails: {rows}:chunks or {rows}:owners exists without its plan, so it belongs to another job; take them away, or name another list"},
		asks(2, 0, 0, "GET chunks", "nil"),
	}}
	if svg := string(sequenceOf("long texts", cx).Figure().SVG); strings.Contains(svg, "…") {
		t.Errorf("something is cut off: %s", svg)
	}
}

var (
	anyText    = rapid.OneOf(rapid.SampledFrom([]string{"", "GET chunks", "MULTI{LPUSH rows row:1; SETBIT chunks 0 1}"}), rapid.SampledFrom(reporttest.HostileTexts), rapid.String())
	anyOutcome = rapid.SampledFrom([]reports.StepOutcome{
		reports.StepAnswered, reports.StepCutBefore, reports.StepReplyLost, reports.StepGivenUp, reports.StepDies, reports.StepDiesAfter, reports.StepNote, "unheard of", "",
	})
)

func anyStep(t *rapid.T) reports.Step {
	return reports.Step{
		Number: rapid.IntRange(0, 40).Draw(t, "number"), AtMS: anyNumber.Draw(t, "at"), Worker: rapid.OneOf(rapid.IntRange(-1, 3), rapid.Int()).Draw(t, "worker"),
		Life: rapid.OneOf(rapid.IntRange(0, 2), rapid.Int()).Draw(t, "life"), Server: rapid.SampledFrom([]string{"", "redis", "mysql", "<b>", strings.Repeat("long", 30)}).Draw(t, "server"),
		Request: anyText.Draw(t, "request"), Reply: anyText.Draw(t, "reply"), Text: anyText.Draw(t, "text"), Outcome: anyOutcome.Draw(t, "outcome"),
		Rows: rapid.SampledFrom([]string{"", "1", "1 2 3", "7 8 9 10 11", "<i>"}).Draw(t, "rows"), Bad: rapid.Bool().Draw(t, "bad"), First: rapid.IntRange(-1, 40).Draw(t, "first"),
		Place: rapid.SampledFrom([]string{"", "claiming", "claimed", "committing", "released", "<u>"}).Draw(t, "place"), Chunk: rapid.IntRange(0, 2).Draw(t, "chunk"),
		RunsOut: rapid.SliceOfN(rapid.IntRange(0, 2), 0, 2).Draw(t, "runs out"),
	}
}

func TestNoCounterexampleBreaksItsSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(anyStep), 0, 40).Draw(t, "steps")
		s := sequence.Diagram{ID: anyText.Draw(t, "id"), Title: "title", Counterexample: reports.Counterexample{
			Sentence: anyText.Draw(t, "sentence"),
			Verdict:  reports.Verdict(rapid.SampledFrom([]string{"lost", "duplicated", "stuck", "", "unheard of"}).Draw(t, "verdict")),
			Workers:  rapid.SliceOfN(rapid.IntRange(-1, 3), 0, 4).Draw(t, "workers"), Steps: steps,
		}}
		checkFrame(t, "sequence", s)
	})
}

func BenchmarkSequence(b *testing.B) {
	cx := long()
	for i := range 8000 {
		cx.Steps = append(cx.Steps, asks(1000+i, i%2, float64(1000+i), fmt.Sprint("GETBIT chunks ", i), "1"))
	}
	s := sequenceOf("long", cx)
	for b.Loop() {
		s.Figure()
	}
	b.ReportMetric(float64(len(cx.Steps)), "steps/op")
	b.ReportMetric(float64(len(s.Figure().SVG)), "bytes")
}
