package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/sequence"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
)

// examplesView is how exactly the promise is broken.
type examplesView struct {
	Answer string
	Shown  []*exampleView // one at least of each strategy and verdict
	More   []*exampleView
	Left   string // how many are not on the page
}

type exampleView struct {
	reports.Counterexample
	Anchor, Cell string
	Name, World  string
	Figure       *figureView
	Arrived      []arrivedView
	Right        string // how many rows are as they should be
	Totals       string
	Seed         string
	Shrunk       string
	NoFault      bool       // though faults were allowed
	Elsewhere    []linkView // the same strategy and verdict in another world

	cell *cellView
}

// example is one counterexample and where it comes from.
type example struct {
	cell *cellView
	of   reports.Counterexample
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
	if all == 0 {
		return v
	}
	v.Answer = s.examplesAnswer(first, rest)
	return v
}

func (s *source) examplesAnswer(first, rest []example) string {
	strategies := map[string]bool{}
	for _, x := range first {
		strategies[x.cell.Strategy] = true
	}
	text := fmt.Sprintf("%s, step by step, of %s: the first of each verdict", format.Plural(len(first)+len(rest), "counterexample", "counterexamples"),
		format.Plural(len(strategies), "strategy", "strategies"))
	if len(rest) > 0 {
		return text + ", then the rest."
	}
	return text + "."
}

// how leads to the first counterexample of each verdict of a strategy, the worst first.
func (v examplesView) how(strategy string) (links []linkView) {
	seen := map[reports.Verdict]bool{}
	for _, x := range slices.Concat(v.Shown, v.More) {
		if x.cell.Strategy == strategy && !seen[x.Verdict] {
			seen[x.Verdict] = true
			links = append(links, linkView{Anchor: x.Anchor, Text: string(x.Verdict) + ": how"})
		}
	}
	return links
}

// linkWorlds leads from each counterexample to one of the same strategy and verdict
// in each other world: that of the same scenario, or else the first.
func (s *source) linkWorlds(all []*exampleView) {
	for _, v := range all {
		alike := slices.DeleteFunc(slices.Clone(all), func(x *exampleView) bool {
			return x.cell.Strategy != v.cell.Strategy || x.Verdict != v.Verdict
		})
		slices.SortStableFunc(alike, func(a, b *exampleView) int { return cmp.Compare(differs(a.cell, v.cell), differs(b.cell, v.cell)) })
		seen := map[string]bool{v.cell.World: true}
		for _, other := range alike {
			world := other.cell.World
			if seen[world] {
				continue
			}
			seen[world] = true
			text := "the same cell, " + worldName(world)
			if differs(other.cell, v.cell) > 0 {
				text = fmt.Sprintf("%s too, %s: %s", svg.Word(v.Verdict), worldName(world), other.cell.ID)
			}
			v.Elsewhere = append(v.Elsewhere, linkView{Anchor: other.Anchor, Text: text})
		}
	}
}

// differs is 1 if two cells are of different scenarios.
func differs(a, b *cellView) int {
	if a.Scenario == b.Scenario {
		return 0
	}
	return 1
}

func (s *source) example(x example) *exampleView {
	cell := x.cell
	anchor := fmt.Sprintf("cx-%s-%s", strings.TrimPrefix(cell.Anchor, "cell-"), svg.Word(x.of.Verdict))
	cell.Proof = cmp.Or(cell.Proof, anchor)
	run, known := runOf(cell.Cell, x.of)
	v := &exampleView{
		Counterexample: x.of, Anchor: anchor, Cell: cell.Anchor, Name: cell.ID, World: cell.Where, Shrunk: shrunk(x.of), cell: cell,
	}
	drawing := sequence.Diagram{ID: anchor + "-drawing", Title: cell.ID + ": " + svg.Word(x.of.Verdict), Counterexample: x.of}
	v.Figure = &figureView{Figure: drawing.Figure(), Untitled: true, Open: true, Hint: "Wider than the screen? Scroll it sideways, or read the same steps below."}
	v.Arrived, v.Right = arrivals(x.of, run)
	if known {
		v.Totals = totals(run.Rows)
	}
	v.NoFault = known && cell.Search != nil && s.faulty(cell.Scenario) && run.Plan == noFaults
	if known && cell.Search == nil {
		v.Seed = fmt.Sprint(run.Seed)
	}
	return v
}

// runOf finds the run that a counterexample was taken from: that with its replay
// command, or else the first with its verdict.
func runOf(c reports.Cell, x reports.Counterexample) (reports.Run, bool) {
	i := slices.IndexFunc(c.Runs, func(r reports.Run) bool { return x.Replay != "" && r.Replay == x.Replay })
	if i < 0 {
		i = slices.IndexFunc(c.Runs, func(r reports.Run) bool { return slices.Contains(r.Found(), x.Verdict) })
	}
	if i < 0 {
		return reports.Run{}, false
	}
	return c.Runs[i], true
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

func totals(n reports.RowCounts) string {
	if n.Table == 0 && n.List == 0 {
		return ""
	}
	return fmt.Sprintf("The table has %s rows, and %s elements came into the list: %s of the rows are lost, %s duplicated, %s unfinished.",
		format.Thousands(n.Table), format.Thousands(n.List), format.Thousands(n.Lost), format.Thousands(n.Duplicated), format.Thousands(n.Unfinished))
}
