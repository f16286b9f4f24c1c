package sequence

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onceover/reports"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// asks is a step in which a worker asks Redis for something and is answered.
func asks(n, worker int, at float64, request, reply string) reports.Step {
	return reports.Step{Number: n, AtMS: at, Worker: worker, Server: "redis", Request: request, Reply: reply, Outcome: reports.StepAnswered}
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

func TestHolds(t *testing.T) {
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
		p := newPlan(reports.Counterexample{Steps: c.steps})
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
	for text, lines := range map[string]int{"ends": 1, strings.Repeat("a long note ", 9): 2} {
		p := newPlan(reports.Counterexample{Steps: []reports.Step{
			asks(1, 0, 0, "GET chunks", "nil"), {Worker: 0, Text: text, Outcome: reports.StepNote}, asks(2, 0, 0, "GET chunks", "nil"),
		}})
		redis := p.lanes[len(p.lanes)-1]
		if n := len(redis.alive); n != lines || redis.at(p.rows[1].done()) != (lines == 1) {
			t.Errorf("%q: the lifeline is drawn in %d parts: %v", text, n, redis.alive)
		}
	}
}

func TestALongNoteHasLines(t *testing.T) {
	cx := reports.Counterexample{Steps: []reports.Step{
		asks(1, 0, 0, "SCRIPT 80a1b5f lock:0 w0.0 4 20", "-NOSCRIPT No matching script. Please use EVAL."),
		{Worker: 0, Outcome: reports.StepNote, Text: "fails: {rows}:chunks or {rows}:owners exists without its plan, so it belongs to another job; take them away, or name another list"},
		asks(2, 0, 0, "GET chunks", "nil"),
	}}
	p := newPlan(cx)
	if got, want := p.rows[1].height, float64(noteRow+lineStep); got != want {
		t.Errorf("a note of two lines is %v high, want %v", got, want)
	}
}

func TestTheViolationIsNeverLeftOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var steps []reports.Step
		n := rapid.IntRange(2, 400).Draw(t, "steps")
		bad, first := rapid.IntRange(1, n-1).Draw(t, "bad"), 0
		first = rapid.IntRange(0, bad-1).Draw(t, "first")
		for i := range n {
			s := asks(i+1, i%3, float64(i), rapid.SampledFrom([]string{"", "GET chunks", "GETBIT chunks 0"}).Draw(t, "request"), "")
			if i == bad {
				s.Bad, s.First = true, first+1
			}
			steps = append(steps, s)
		}
		rows, shown := choose(steps)
		drawn, left := 0, 0
		for _, r := range rows {
			left += r.left
			if r.kind == stepRow {
				drawn++
			}
		}
		if drawn > mostSteps || shown+left != n {
			t.Fatalf("%d rows, which show %d steps and leave out %d of %d", drawn, shown, left, n)
		}
		for _, want := range []int{bad, first} {
			if !slices.ContainsFunc(rows, func(r row) bool { return r.kind == stepRow && r.index == want && r.times == 1 }) {
				t.Fatalf("step %d of %d is not drawn by itself", want+1, n)
			}
		}
	})
}

// A row is lost, and a job is stuck, because nothing follows: the end of the drawing says so.
func TestADrawingEndsWithTheViolationIfNoStepIsOne(t *testing.T) {
	x := reports.Counterexample{Verdict: reports.Lost, Steps: []reports.Step{
		asks(1, 0, 0, "GETBIT chunks 0", "0"),
		{Number: 2, AtMS: 1, Text: "dies", Outcome: reports.StepDies},
	}}
	drawing := Diagram{ID: "x", Title: "lost", Counterexample: x}
	if got := string(drawing.Figure().SVG); !strings.Contains(got, "violates: a row is lost") {
		t.Errorf("the drawing does not show what goes wrong: %s", got)
	}
}

func TestEachStepHasItsTimeWhereTimePasses(t *testing.T) {
	drawn := func(at ...float64) string {
		var cx reports.Counterexample
		for i, ms := range at {
			cx.Steps = append(cx.Steps, asks(i+1, 0, ms, fmt.Sprint("GET ", i), "1"))
		}
		cx.Verdict, cx.Workers, cx.Servers = reports.Lost, []int{0}, []string{"redis"}
		return string(Diagram{ID: "x", Title: "x", Counterexample: cx}.Figure().SVG)
	}
	const still = "No time passes"
	if text := drawn(0, 0, 0); strings.Contains(text, ">0 ms<") || !strings.Contains(text, still) {
		t.Errorf("time stands still, and is said: %s", text)
	}
	if text := drawn(0, 0, 2, 2); strings.Count(text, ">0 ms<") != 2 || strings.Count(text, ">2 ms<") != 2 || strings.Contains(text, still) {
		t.Errorf("a step has no time: %s", text)
	}
}
