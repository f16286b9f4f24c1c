package page

import (
	"fmt"

	"onceover/reports"
	"onceover/reports/chart"
	"onceover/reports/say"
)

// costView says what safety costs.
type costView struct {
	Answer string
	Charts []multiple
	Left   string // scenarios that are not shown
}

// Any tells whether costs were measured.
func (v costView) Any() bool { return len(v.Charts) > 0 }

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
	v.add("speed", first, rest, func(id string, cells []reports.Cell) (string, string, drawn) {
		c := chart.NewThroughput(id, cells)
		return c.Title, c.Finding, c
	})
	v.add("commands", first, rest, func(id string, cells []reports.Cell) (string, string, drawn) {
		c := chart.NewCommands(id, cells)
		return c.Title, c.Finding, c
	})
	v.add("redis", first, rest, func(id string, cells []reports.Cell) (string, string, drawn) {
		c := chart.NewRedisTime(id, cells)
		return c.Title, c.Finding, c
	})
	v.add("waste", first, rest, func(id string, cells []reports.Cell) (string, string, drawn) {
		c := chart.NewWaste(id, cells)
		return c.Title, c.Finding, c
	})
	return v
}

func (v *costView) add(name string, first, rest []reports.Cell, draw func(id string, cells []reports.Cell) (title, finding string, c drawn)) {
	var m multiple
	m.First = newFigure(draw("chart-"+name, first))
	if len(rest) > 0 {
		m.Rest = newFigure(draw("chart-"+name+"-rest", rest))
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
