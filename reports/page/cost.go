package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/chart"
	"onceover/reports/say"
)

// costView says what safety costs.
type costView struct {
	Answer string
	Charts []multiple
	Left   string // scenarios that are not shown

	Unmeasured []string // costs that were measured in no run that came out right
}

// Any tells whether costs were measured.
func (v costView) Any() bool { return v.Answer != "" }

func (s *source) cost() costView {
	first, rest := s.calmFirst()
	if len(first) == 0 {
		return costView{}
	}
	v := costView{Answer: s.costAnswer()}
	if len(rest) > 0 && !s.detail.others {
		rest = nil
		v.Left = s.leave("Costs under the other scenarios are not shown; they are in results.json.")
	}
	for _, m := range measures {
		v.add(s, m, first, rest)
	}
	return v
}

// measure is one kind of cost; draw answers nil if it was measured in no right run.
type measure struct {
	name, title string
	draw        func(id, title string, cells []reports.Cell) *figureView
}

var measures = []measure{
	{"speed", "Rows moved in a second", dots(chart.NewThroughput)},
	{"commands", "Redis commands for each chunk", dots(chart.NewCommands)},
	{"redis", "Processor time of Redis for 1,000 rows", dots(chart.NewRedisTime)},
	{"waste", "Rows that were read and sent again, in vain", waste},
}

func dots(of func(id string, cells []reports.Cell) chart.Dots) func(id, title string, cells []reports.Cell) *figureView {
	return func(id, title string, cells []reports.Cell) *figureView {
		c := of(id, cells)
		c.Title = title
		if !slices.ContainsFunc(c.Rows, func(r chart.DotsRow) bool { return len(r.Values) > 0 }) {
			return nil
		}
		return newFigure(c.Title, c.Finding, c)
	}
}

func waste(id, title string, cells []reports.Cell) *figureView {
	c := chart.NewWaste(id, cells)
	c.Title = title
	if !slices.ContainsFunc(c.Rows, func(r chart.StackedRow) bool { return r.First+r.Again > 0 }) {
		return nil
	}
	return newFigure(c.Title, c.Finding, c)
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
// wrong, or else of the first, and the others.
func (s *source) calmFirst() (first, rest []reports.Cell) {
	live := s.live()
	if len(live) == 0 {
		return nil, nil
	}
	scenario := live[0].Scenario
	for _, c := range live {
		if c.Scenario == calm {
			scenario = calm
		}
	}
	for _, c := range live {
		if c.Scenario == scenario {
			first = append(first, c)
		} else {
			rest = append(rest, c)
		}
	}
	return first, rest
}

// costAnswer compares the strategies that held with the fastest of all.
func (s *source) costAnswer() string {
	fastest := s.fastest()
	if fastest == "" {
		return "No run under " + calm + " was right and measured, so nothing is known of what safety costs."
	}
	held, _, _ := sortOut(s.all)
	for _, x := range held {
		own, ok := s.speeds[x.name]
		switch {
		case !ok:
			continue
		case x.name == fastest:
			return fmt.Sprintf("None that was seen: “%s” held, and of all strategies with a right result it is the fastest%s.", x.name, few(own.runs))
		}
		return fmt.Sprintf("“%s” held, and takes %.2f times as long as the fastest with a right result, “%s”%s.",
			x.name, s.speeds[fastest].median/own.median, fastest, few(min(own.runs, s.speeds[fastest].runs)))
	}
	return fmt.Sprintf("No strategy that held was measured under %s. The fastest with a right result there is “%s”.", calm, fastest)
}
