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
	if s.detail.rest < len(rest) {
		rest = nil
		v.Left = "Costs under the other scenarios are not shown; they are in results.json."
	}
	v.add("speed", "Rows moved in a second", first, rest, func(id, title string, cells []reports.Cell) (string, drawn, bool) {
		return dots(chart.NewThroughput(id, cells), title)
	})
	v.add("commands", "Redis commands for each chunk", first, rest, func(id, title string, cells []reports.Cell) (string, drawn, bool) {
		return dots(chart.NewCommands(id, cells), title)
	})
	v.add("redis", "Processor time of Redis for 1,000 rows", first, rest, func(id, title string, cells []reports.Cell) (string, drawn, bool) {
		return dots(chart.NewRedisTime(id, cells), title)
	})
	v.add("waste", "Rows that were read and sent again, in vain", first, rest, func(id, title string, cells []reports.Cell) (string, drawn, bool) {
		c := chart.NewWaste(id, cells)
		c.Title = title
		return c.Finding, c, slices.ContainsFunc(c.Rows, func(r chart.StackedRow) bool { return r.First+r.Again > 0 })
	})
	return v
}

func dots(c chart.Dots, title string) (finding string, d drawn, measured bool) {
	c.Title = title
	return c.Finding, c, slices.ContainsFunc(c.Rows, func(r chart.DotsRow) bool { return len(r.Values) > 0 })
}

// add draws a cost, of the first scenario and of the others. One that was measured
// in no run is named and not drawn.
func (v *costView) add(name, title string, first, rest []reports.Cell, draw func(id, title string, cells []reports.Cell) (string, drawn, bool)) {
	finding, c, measured := draw("chart-"+name, title, first)
	others, more, measuredMore := draw("chart-"+name+"-rest", title, rest)
	if !measured && !measuredMore {
		v.Unmeasured = append(v.Unmeasured, title)
		return
	}
	m := multiple{First: newFigure(title, finding, c)}
	if measuredMore {
		m.Rest = newFigure(title, others, more)
		scenarios := map[string]bool{}
		for _, c := range rest {
			scenarios[c.Scenario] = true
		}
		m.Other = "under " + say.Plural(len(scenarios), "other scenario", "other scenarios")
	}
	v.Charts = append(v.Charts, m)
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

// costAnswer compares the slowest strategy that held with the fastest of all.
func (s *source) costAnswer() string {
	held, _, _ := sortOut(s.standings())
	fastest, best := "", 0.0
	for _, row := range s.strategies {
		if speed, n := s.speed(row.name); n > 0 && speed > best {
			fastest, best = row.name, speed
		}
	}
	if fastest == "" {
		return "No run under " + calm + " was right and measured, so nothing is known of what safety costs."
	}
	for _, x := range held {
		own, n := s.speed(x.name)
		switch {
		case n == 0:
			continue
		case x.name == fastest:
			return fmt.Sprintf("None that was seen: %s held, and of all strategies with a right result it is the fastest%s.", x.name, few(n))
		}
		return fmt.Sprintf("%s held, and takes %.2f times as long as the fastest with a right result, %s%s.", x.name, best/own, fastest, few(n))
	}
	return fmt.Sprintf("No strategy that held was measured under %s. The fastest with a right result there is %s.", calm, fastest)
}
