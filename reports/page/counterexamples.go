package page

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/answer"
	"onceover/reports/chart/sequence"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
)

type examplesView struct {
	Answer string
	Shown  []*exampleView // one at least of each strategy and verdict
	More   []*exampleView
	Left   string // how many are not on the page
}

type exampleView struct {
	example
	Anchor    string
	Figure    *svg.Figure
	Arrived   []arrivedView
	Right     string             // how many rows are as they should be
	Totals    *reports.RowCounts // nil: they are not known
	Seed      string
	Shrunk    string
	Stored    string     // the address of its file, if that is there
	Unnamed   bool       // it has a file that the command does not name
	Files     []fileView // of its run
	NoFault   bool       // though faults were allowed
	Elsewhere []linkView // the same strategy and verdict in another world
}

type example struct {
	reports.Counterexample
	Cell *cellView
}

func (s *source) examples() examplesView {
	first, rest := s.sortExamples()
	all := len(first) + len(rest)
	first = first[:min(len(first), s.detail.examples)]
	rest = rest[:min(len(rest), s.detail.examples-len(first))]
	var v examplesView
	for _, c := range s.cells {
		c.Proof = ""
	}
	for _, x := range first {
		v.Shown = append(v.Shown, s.example(x))
	}
	for _, x := range rest {
		v.More = append(v.More, s.example(x))
	}
	s.linkWorlds(append(slices.Clone(v.Shown), v.More...))
	if n := len(first) + len(rest); n < all {
		v.Left = s.leave("%d of %d counterexamples are shown; the others are in results.json.", n, all)
	}
	if all > 0 {
		v.Answer = s.examplesAnswer(first, rest)
	}
	return v
}

func (s *source) examplesAnswer(first, rest []example) string {
	strategies := reports.Groups(first, func(x example) string { return x.Cell.Strategy })
	text := fmt.Sprintf("%s, step by step, of %s: the first of each verdict", format.Plural(len(first)+len(rest), "counterexample", "counterexamples"),
		format.Plural(len(strategies), "strategy", "strategies"))
	if len(rest) > 0 {
		return text + ", then the rest."
	}
	return text + "."
}

// how leads to the first counterexample of each verdict of a strategy, the worst first.
func (v examplesView) how(strategy string) (links []linkView) {
	own := slices.DeleteFunc(slices.Concat(v.Shown, v.More), func(x *exampleView) bool { return x.Cell.Strategy != strategy })
	for _, alike := range reports.Groups(own, func(x *exampleView) reports.Verdict { return x.Verdict }) {
		links = append(links, linkView{Anchor: alike[0].Anchor, Text: string(alike[0].Verdict) + ": how"})
	}
	return links
}

// of leads to the counterexample that a story is from, if it is on the page.
func (v examplesView) of(how answer.How) string {
	for _, x := range slices.Concat(v.Shown, v.More) {
		if x.Cell.ID == how.Cell && x.Cell.World == how.World && x.Verdict == how.Verdict {
			return x.Anchor
		}
	}
	return ""
}

// linkWorlds leads from each counterexample to one of the same strategy and verdict
// in each other world: that of the same scenario, or else the first.
func (s *source) linkWorlds(all []*exampleView) {
	for _, v := range all {
		alike := slices.DeleteFunc(slices.Clone(all), func(x *exampleView) bool {
			return x.Cell.Strategy != v.Cell.Strategy || x.Verdict != v.Verdict
		})
		slices.SortStableFunc(alike, func(a, b *exampleView) int { return cmp.Compare(differs(a.Cell, v.Cell), differs(b.Cell, v.Cell)) })
		for _, in := range reports.Groups(alike, func(x *exampleView) string { return x.Cell.World }) {
			other, world := in[0], in[0].Cell.World
			if world == v.Cell.World {
				continue
			}
			text := "the same cell, " + worldName(world)
			if differs(other.Cell, v.Cell) > 0 {
				text = fmt.Sprintf("%s too, %s: %s", svg.Word(v.Verdict), worldName(world), other.Cell.ID)
			}
			v.Elsewhere = append(v.Elsewhere, linkView{Anchor: other.Anchor, Text: text})
		}
	}
}

// differs is 1 if two cells are of different scenarios.
func differs(a, b *cellView) int { return map[bool]int{true: 1}[a.Scenario != b.Scenario] }

func (s *source) example(x example) *exampleView {
	cell := x.Cell
	anchor := fmt.Sprintf("cx-%s-%s", strings.TrimPrefix(cell.Anchor, "cell-"), svg.Word(x.Verdict))
	cell.Proof = cmp.Or(cell.Proof, anchor)
	run, known := runOf(cell.Cell, x.Counterexample)
	v := &exampleView{example: x, Anchor: anchor, Shrunk: shrunk(x.Counterexample)}
	drawing := sequence.Diagram{ID: anchor + "-drawing", Title: cell.ID + ": " + svg.Word(x.Verdict), Counterexample: x.Counterexample}
	v.Figure = drawing.Figure()
	v.Figure.Untitled = true
	v.Arrived, v.Right = arrivals(x.Counterexample, run)
	if known && run.Rows.Table+run.Rows.List > 0 {
		v.Totals = &run.Rows
	}
	v.NoFault = known && cell.Search != nil && s.faulty(cell.Scenario) && run.Plan == noFaults
	v.Stored, v.Unnamed = s.href(x.File), x.File != "" && !strings.Contains(x.Replay, path.Base(x.File))
	if known && cell.Search == nil {
		v.Seed, v.Files = fmt.Sprint(run.Seed), s.runView(run, false).Files
	}
	return v
}

// runOf finds the run that a counterexample was taken from: that with its replay
// command, or else the first with its verdict.
func runOf(c reports.Cell, x reports.Counterexample) (reports.Run, bool) {
	run, ok := reports.First(c.Runs, func(r reports.Run) bool { return x.Replay != "" && r.Replay == x.Replay })
	if !ok {
		return reports.First(c.Runs, func(r reports.Run) bool { return r.Shows(x.Verdict) })
	}
	return run, true
}

// shrunk says how small a counterexample was made, and how often it was carried
// out again.
func shrunk(x reports.Counterexample) string {
	text := ""
	if x.ShrunkFrom > 0 {
		events := 0
		for _, step := range x.Steps {
			if step.Number > 0 {
				events++
			}
		}
		text = format.Plural(events, "event", "events")
		if events < x.ShrunkFrom {
			text = fmt.Sprintf("shrunk from %d to %s", x.ShrunkFrom, text)
		}
	}
	if x.Repeated > 0 {
		if text != "" {
			text += "; "
		}
		text += fmt.Sprintf("repeated %s, each the very same", format.Plural(x.Repeated, "time", "times"))
	}
	return text
}

// arrivedView is a row that did not come as often as it should: once.
type arrivedView struct {
	Row     string
	Arrived int
	Steps   string // that brought it
}

const mostArrived = 12

// arrivals compares the rows that arrived with the table. The steps name the rows that came; a row that is
// not in the list is in the witnesses of the run.
func arrivals(x reports.Counterexample, run reports.Run) (wrong []arrivedView, rest string) {
	rows, in := pushed(x.Steps)
	lost := map[string]bool{}
	for _, w := range run.Witnesses {
		if w.Outcome == "lost" && !lost[w.Row] {
			lost[w.Row] = true
			wrong = append(wrong, arrivedView{Row: w.Row, Arrived: 0, Steps: cmp.Or(strings.Join(in[w.Row], ", "), "none")})
		}
	}
	right := 0
	for _, row := range rows {
		shown := len(in[row])
		where := strings.Join(in[row], ", ")
		n := max(shown, timesInList(run, row))
		if n > shown {
			where += fmt.Sprintf("; %s beyond these steps", format.Plural(n-shown, "time", "times"))
		}
		switch {
		case lost[row]:
		case n == 1:
			right++
		default:
			wrong = append(wrong, arrivedView{row, n, where})
		}
	}
	// Where rows are lost, a pushed row may be gone again, so nothing is said of the others.
	if right > 0 && x.Verdict == reports.Duplicated {
		rest = fmt.Sprintf("%s that these steps push came once, as it should be.", format.Plural(right, "other row", "other rows"))
	}
	if n := len(wrong); n > mostArrived {
		rest = strings.TrimSpace(fmt.Sprintf("%d of %d wrong rows are listed. ", mostArrived, n) + rest)
		wrong = slices.Clip(wrong[:mostArrived])
	}
	return wrong, rest
}

// timesInList is how often the check found a row that it names, or 0.
func timesInList(run reports.Run, row string) int {
	w, _ := reports.First(run.Witnesses, func(w reports.Witness) bool { return w.Row == row && w.Outcome == "duplicated" })
	return int(w.Times)
}

func pushed(all []reports.Step) (rows []string, in map[string][]string) {
	in = map[string][]string{}
	for i, step := range all {
		for row := range strings.FieldsSeq(step.Rows) {
			if in[row] == nil {
				rows = append(rows, row)
			}
			in[row] = append(in[row], fmt.Sprint(numberOf(all, i)))
		}
	}
	return rows, in
}

// numberOf is the number of a step, or that of the one that it follows from.
func numberOf(steps []reports.Step, i int) int {
	for i > 0 && steps[i].Number == 0 {
		i--
	}
	return steps[i].Number
}
