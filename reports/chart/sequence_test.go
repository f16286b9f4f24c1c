package chart

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// checkFrame holds a chart to what all charts promise, and to its frame.
func checkFrame(t interface{ Errorf(string, ...any) }, name string, c drawn) {
	checkChart(t, name, c)
	for _, fault := range outside(string(c.SVG())) {
		t.Errorf("%s: %s is outside", name, fault)
	}
}

func sequenceOf(name string, cx reports.Counterexample) Sequence {
	return Sequence{ID: "cx-" + name, Title: name, Finding: cx.Sentence, Counterexample: cx}
}

func TestSequences(t *testing.T) {
	for name, cx := range counterexamples() {
		s := sequenceOf(name, cx)
		checkFrame(t, name, s)
		if svg := s.SVG(); svg != s.SVG() {
			t.Errorf("%s is not the same twice", name)
		}
		if n := len(s.Table().Rows); n != len(cx.Steps) {
			t.Errorf("%s: %d rows in the table for %d steps", name, n, len(cx.Steps))
		}
	}
	for _, name := range []string{"stale", "everything"} {
		reporttest.Golden(t, "sequence-"+name+".svg", string(sequenceOf(name, counterexamples()[name]).SVG())+"\n")
	}
}

func TestWhatGoesWrongCanBeSeen(t *testing.T) {
	for name, want := range map[string][]string{
		"stale":      {"violates: row 17 pushed again, first in step 5", `stroke="` + colourDuplicated + `" stroke-width="3.5"`, ">again<", "w0 believes that it has chunk 0", "although its lease is over"},
		"skipped":    {"violates: a row is lost", "w1 dies before it sends MULTI", "w0 ends: nothing is left to do", colourLost},
		"everything": {"violates: 5 rows pushed again, first in step 4", "reply lost", "the client waits no longer", "the connection breaks", "OK; w2 dies", "Redis dies and starts again", "5.03 s go by", "w2&#39;4"},
		"long":       {"showing 263 of 276 steps", "… 13 steps are not drawn …", "×120", "violates: row 17 pushed again, first in step 275"},
		"empty":      {"There is nothing to show."},
	} {
		svg := string(sequenceOf(name, counterexamples()[name]).SVG())
		for _, text := range want {
			if !strings.Contains(svg, text) {
				t.Errorf("%s does not show %q", name, text)
			}
		}
	}
}

func TestNoSignIsExplainedThatDoesNotOccur(t *testing.T) {
	svg := string(sequenceOf("skipped", skipped()).SVG())
	for _, text := range []string{"cut before it arrives", "reply lost", "still on its way", "believes", "lease", "so often", "time goes by", "showing"} {
		if strings.Contains(svg, text) {
			t.Errorf("%q", text)
		}
	}
}

func TestFold(t *testing.T) {
	for letters, want := range map[string]string{
		"":             "",
		"a":            "a",
		"ab":           "ab",
		"aab":          "a×2 b",
		"ababab":       "ab×3",
		"xababaxx":     "x ab×2 a x×2",
		"abcdabcd":     "abcd×2",
		"abcdeabcde":   "abcdeabcde",
		"aaaaaaaab":    "a×8 b",
		"aBaBa":        "aBaBa", // a capital breaks the promise
		"aaBaa":        "a×2 B a×2",
		"abababBababx": "ab×3 B ab×2 x",
	} {
		var steps []reports.Step
		for i, c := range letters {
			s := asks(i+1, 0, float64(i), string(c), "")
			s.Bad = c == 'B'
			steps = append(steps, s)
		}
		var parts []string
		single := false
		for _, b := range fold(steps) {
			text := letters[b.from : b.from+b.length]
			switch {
			case b.times > 1:
				parts = append(parts, fmt.Sprintf("%s×%d", text, b.times))
			case single:
				parts[len(parts)-1] += text
			default:
				parts = append(parts, text)
			}
			single = b.times == 1
		}
		if got := strings.Join(parts, " "); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%s is folded to %q, want %q", letters, got, want)
		}
	}
}

func TestWhoBelievesToHaveWhat(t *testing.T) {
	at := func(worker, life int, place string, chunk int, o reports.StepOutcome) reports.Step {
		return reports.Step{Worker: worker, Life: life, Server: "redis", Request: fmt.Sprint(place, worker, life, chunk), Outcome: o, Place: place, Chunk: chunk}
	}
	runsOut := reports.Step{Worker: reports.Nobody, Outcome: reports.StepNote, RunsOut: []int{3}}
	ok := reports.StepAnswered
	for name, c := range map[string]struct {
		steps []reports.Step
		want  []string // worker, chunk: from which step to which, late from which; halves are after a step
	}{
		"nothing is known":   {[]reports.Step{asks(1, 0, 0, "a", ""), asks(2, 0, 0, "b", "")}, nil},
		"only asked":         {[]reports.Step{at(0, 0, "claiming", 3, ok), at(0, 0, "claiming", 4, ok)}, nil},
		"claimed and let go": {[]reports.Step{at(0, 0, "claiming", 3, ok), at(0, 0, "committing", 3, ok), at(0, 0, "committed", 3, ok), at(0, 0, "claiming", 4, ok)}, []string{"w0 3: 0 to 2"}},
		"two after another":  {[]reports.Step{at(0, 0, "claiming", 3, ok), at(0, 0, "reading", 3, ok), at(0, 0, "claiming", 4, ok), at(0, 0, "reading", 4, ok)}, []string{"w0 3: 0 to 1", "w0 4: 2 to 3"}},
		"lease over":         {[]reports.Step{at(0, 0, "claiming", 3, ok), at(0, 0, "read", 3, ok), runsOut, at(0, 0, "committing", 3, ok)}, []string{"w0 3: 0 to 3, late from 2"}},
		"another's lease":    {[]reports.Step{at(0, 0, "claiming", 4, ok), at(0, 0, "read", 4, ok), runsOut, at(0, 0, "committing", 4, ok)}, []string{"w0 4: 0 to 3"}},
		"dead":               {[]reports.Step{at(0, 0, "claiming", 3, ok), at(0, 0, "committing", 3, reports.StepDiesAfter), runsOut, at(1, 0, "claiming", 3, ok), at(1, 0, "reading", 3, ok)}, []string{"w0 3: 0 to 1", "w1 3: 3 to 4"}},
		"another life":       {[]reports.Step{at(0, 0, "claiming", 3, ok), at(0, 0, "read", 3, ok), at(0, 1, "claiming", 3, ok), at(0, 1, "read", 3, ok)}, []string{"w0 3: 0 to 1", "w0 3: 2 to 3"}},
	} {
		p := planSequence(reports.Counterexample{Steps: c.steps})
		_, done := p.heights()
		step := func(y float64) int { return slices.Index(done, y) }
		var got []string
		for _, h := range p.holds() {
			text := fmt.Sprintf("w%d %d: %d to %d", h.worker, h.chunk, step(h.from), step(h.to))
			if h.late > 0 {
				text += fmt.Sprintf(", late from %d", step(h.late))
			}
			got = append(got, text)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestALongNoteIsNotStruckThrough(t *testing.T) {
	for text, lines := range map[string]int{"ends": 1, strings.Repeat("a long note ", 6): 2} {
		p := planSequence(reports.Counterexample{Steps: []reports.Step{
			asks(1, 0, 0, "GET chunks", "nil"), {Worker: 0, Text: text, Outcome: reports.StepNote}, asks(2, 0, 0, "GET chunks", "nil"),
		}})
		redis := p.lanes[len(p.lanes)-1]
		if n := len(redis.alive); n != lines || redis.at(p.rows[1].done()) != (lines == 1) {
			t.Errorf("%q: the lifeline is drawn in %d parts: %v", text, n, redis.alive)
		}
	}
}

func TestLongTextsAreNotCutOff(t *testing.T) {
	cx := reports.Counterexample{Steps: []reports.Step{
		asks(1, 0, 0, "SCRIPT 80a1b5f lock:0 w0.0 4 20", "-NOSCRIPT No matching script. Please use EVAL."),
		{Worker: 0, Outcome: reports.StepNote, Text: "fails: {rows}:chunks or {rows}:owners exists without its plan, so it belongs to another job; take them away, or name another list"},
		asks(2, 0, 0, "GET chunks", "nil"),
	}}
	svg := string(sequenceOf("long texts", cx).SVG())
	if strings.Contains(svg, "…") {
		t.Errorf("something is cut off: %s", svg)
	}
	p := planSequence(cx)
	if got, want := p.rows[1].wide, float64(noteRow+lineStep); got != want {
		t.Errorf("a note of two lines is %v high, want %v", got, want)
	}
}

func TestATextIsBrokenBetweenWords(t *testing.T) {
	width := func(s string) float64 { return textWidth(s, textSize, false) }
	for text, want := range map[string][]string{
		"":                                {""},
		"one two":                         {"one two"},
		"one two three":                   {"one two", "three"},
		"one two one two and all of that": {"one two", "one two", "and all of that"},
		"incomprehensibilities one":       {"incomprehensibilities", "one"},
	} {
		if got := wrap(text, width("one two "), textSize, false, 3); !slices.Equal(got, want) {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
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
		s := Sequence{ID: anyText.Draw(t, "id"), Title: "title", Finding: anyText.Draw(t, "finding"), Counterexample: reports.Counterexample{
			Verdict: reports.Verdict(rapid.SampledFrom([]string{"lost", "duplicated", "stuck", "", "unheard of"}).Draw(t, "verdict")),
			Workers: rapid.SliceOfN(rapid.IntRange(-1, 3), 0, 4).Draw(t, "workers"), Steps: steps,
		}}
		checkFrame(t, "sequence", s)
		p := planSequence(s.Counterexample)
		drawn, left := 0, 0
		for _, row := range p.rows {
			left += row.left
			if row.kind == stepRow {
				drawn++
			}
		}
		if drawn > mostSteps || p.shown+left != len(steps) {
			t.Fatalf("%d rows, which show %d steps and leave out %d of %d", drawn, p.shown, left, len(steps))
		}
	})
}

func TestWhatGoesWrongIsNeverLeftOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var steps []reports.Step
		n := rapid.IntRange(2, 400).Draw(t, "steps")
		bad, first := rapid.IntRange(1, n-1).Draw(t, "bad"), 0
		first = rapid.IntRange(0, bad-1).Draw(t, "first")
		for i := range n {
			s := asks(i+1, i%3, float64(i), anyText.Draw(t, "request"), "")
			if i == bad {
				s.Bad, s.First = true, first+1
			}
			steps = append(steps, s)
		}
		rows, _ := sequenceRows(steps)
		for _, want := range []int{bad, first} {
			if !slices.ContainsFunc(rows, func(r sequenceRow) bool { return r.kind == stepRow && r.index == want && r.times == 1 }) {
				t.Fatalf("step %d of %d is not drawn by itself", want+1, n)
			}
		}
	})
}

func BenchmarkSequence(b *testing.B) {
	cx := long()
	for i := range 8000 {
		cx.Steps = append(cx.Steps, asks(1000+i, i%2, float64(1000+i), fmt.Sprint("GETBIT chunks ", i), "1"))
	}
	s := sequenceOf("long", cx)
	for b.Loop() {
		s.SVG()
	}
	b.ReportMetric(float64(len(cx.Steps)), "steps/op")
	b.ReportMetric(float64(len(s.SVG())), "bytes")
}
