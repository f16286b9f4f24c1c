package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/chart"
	"onceover/reports/metric"
	"onceover/reports/say"
)

// costView says what safety costs.
type costView struct {
	Answer string
	Bill   billView
	Charts []multiple
	Left   string // scenarios that are not shown

	Unmeasured []string // costs that were measured in no run that counts
}

// Any tells whether costs were measured.
func (v costView) Any() bool { return v.Answer != "" }

func (s *source) cost() costView {
	first, rest := s.calmFirst()
	if len(first) == 0 {
		return costView{}
	}
	v := costView{Answer: s.costAnswer(), Bill: s.bill(first)}
	if len(rest) > 0 && !s.detail.others {
		rest = nil
		v.Left = s.leave("Costs under the other scenarios are not shown; they are in results.json.")
	}
	for _, m := range metric.Charted() {
		v.add(s, measure{m.ID, m.Title, dots(m)}, first, rest)
	}
	v.add(s, measure{"waste", "Rows that were read and sent again, in vain", waste}, first, rest)
	return v
}

// measure is one kind of cost; draw answers nil if it was measured in no run that counts.
type measure struct {
	name, title string
	draw        func(id, title string, cells []reports.Cell) *figureView
}

func dots(m metric.Metric) func(id, title string, cells []reports.Cell) *figureView {
	return func(id, title string, cells []reports.Cell) *figureView {
		p := chart.NewCosts(id, title, m, cells)
		if !slices.ContainsFunc(p.Rows, func(r chart.CostRow) bool { return len(r.Values) > 0 }) {
			return nil
		}
		return &figureView{Figure: p.Figure()}
	}
}

func waste(id, title string, cells []reports.Cell) *figureView {
	p := chart.NewWaste(id, title, cells)
	if !slices.ContainsFunc(p.Rows, func(r chart.WasteRow) bool { return r.First+r.Again > 0 }) {
		return nil
	}
	return &figureView{Figure: p.Figure()}
}

// add draws a cost, of the first scenario and of the others. One that was measured
// nowhere is named and not drawn.
func (v *costView) add(s *source, m measure, first, rest []reports.Cell) {
	draw := func(cells []reports.Cell) func(id string) *figureView {
		return func(id string) *figureView { return m.draw(id, m.title, cells) }
	}
	x := multiple{First: s.figure("chart-"+m.name, draw(first))}
	if len(rest) > 0 {
		x.Rest = s.figure("chart-"+m.name+"-rest", draw(rest))
		scenarios := map[string]bool{}
		for _, c := range rest {
			scenarios[c.Scenario] = true
		}
		x.Other = "under " + say.Plural(len(scenarios), "other scenario", "other scenarios")
	}
	if x.First == nil && x.Rest == nil {
		v.Unmeasured = append(v.Unmeasured, m.title)
		return
	}
	x.Title = m.title
	v.Charts = append(v.Charts, x)
}

// calmFirst splits the cells that were run: those of the scenario in which nothing goes
// wrong, or else of the first, with those of the one in which speeds can be compared, if
// that is another; and the rest.
func (s *source) calmFirst() (first, rest []reports.Cell) {
	live := s.live()
	if len(live) == 0 {
		return nil, nil
	}
	scenario := live[0].Scenario
	if slices.ContainsFunc(live, func(c reports.Cell) bool { return c.Scenario == calm }) {
		scenario = calm
	}
	var compared []reports.Cell
	for _, c := range live {
		switch c.Scenario {
		case scenario:
			first = append(first, c)
		case s.comparer:
			compared = append(compared, c)
		default:
			rest = append(rest, c)
		}
	}
	return append(first, compared...), rest
}

// costAnswer compares the strategies that held with the fastest of all. Where there is
// nothing to compare with, the cost of safety is unknown, and not none.
func (s *source) costAnswer() string {
	held, _, _ := sortOut(s.all)
	at := slices.IndexFunc(held, func(x standing) bool { _, ok := s.speeds[s.comparer][x.name]; return ok })
	if at < 0 {
		return s.incomparable(held)
	}
	name := held[at].name
	own := s.speeds[s.comparer][name]
	fastest, best := s.fastest(s.comparer)
	if s.comparer == calm {
		if name == fastest {
			return fmt.Sprintf("None that was seen: “%s” held, and of the %d strategies with a right result under %s it is the fastest%s.", name, len(s.speeds[calm]), calm, few(own.runs))
		}
		return fmt.Sprintf("“%s” held, and under %s it is %s%s.", name, calm, s.against(calm, name), few(min(own.runs, best.runs)))
	}
	return fmt.Sprintf("Unknown where nothing goes wrong: under %s %s. Under %s, where “%s” held and %s, it is %s%s. That includes what each took to recover.",
		calm, s.aloneUnder(calm), s.comparer, name, others(len(s.speeds[s.comparer])-1), s.against(s.comparer, name), few(min(own.runs, best.runs)))
}

// incomparable says why the cost of safety is unknown.
func (s *source) incomparable(held []standing) string {
	const shown = " What each took of the servers is shown all the same, and marked where the result was wrong."
	switch {
	case s.comparer != "":
		fastest, _ := s.fastest(s.comparer)
		return fmt.Sprintf("Unknown: no strategy that held was measured under %s. The fastest with a right result there is “%s”.", s.comparer, fastest)
	case len(held) == 0:
		return "Unknown: no strategy held, and under no scenario have several a right result to compare." + shown
	}
	return fmt.Sprintf("Unknown: “%s” held, and nothing can be compared with it, since no other strategy has a right result where it was measured.", held[0].name) + shown
}

// aloneUnder says who has a right result under a scenario in which nothing can be compared.
func (s *source) aloneUnder(scenario string) string {
	if name, _ := s.fastest(scenario); name != "" {
		return fmt.Sprintf("only “%s” has a right result, so there is nothing to compare it with", name)
	}
	return "no run was right and measured"
}

func others(n int) string {
	if n == 1 {
		return "another strategy has a right result too"
	}
	return fmt.Sprintf("%d others have right results too", n)
}
