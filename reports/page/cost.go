package page

import (
	"fmt"
	"html/template"
	"slices"

	"onceover/reports"
	"onceover/reports/chart"
	"onceover/reports/chart/svg"
	"onceover/reports/metric"
)

type costView struct {
	Answer     string
	Columns    []costColumn
	Rows       []costRow
	Charts     []costChart
	More       []costChart // that are not seen at once
	Left       string      // scenarios that are not shown
	Unmeasured []string    // costs that were measured in no run that counts
	Shared     string      // of how many cells nothing was measured, and why
}

// costColumn is a heading of the table and its value for each cell.
type costColumn struct {
	Head  string
	Value func(reports.Cell) string
}

// costRow is a cell in the table. What a wrong result took is shown too, and marked.
type costRow struct {
	reports.Cell
	Anchor string // of the strategy
}

// Right says how many runs came out right; empty: none did.
func (r costRow) Right() string {
	switch r.Tally.Safe {
	case 0:
		return ""
	case r.Tally.N:
		return "right"
	}
	return fmt.Sprintf("right in %d of %d", r.Tally.Safe, r.Tally.N)
}

// Marked is a number of the cell, in brackets if its result was wrong.
func (r costRow) Marked(number string) string {
	if r.Tally.Safe > 0 || number == "-" {
		return number
	}
	return "(" + number + ")"
}

type costChart struct {
	Title string
	First *svg.Figure // nil: it was not measured there
	Rest  *svg.Figure // nil: there are no others, or it was not measured there

	Others int // scenarios that Rest has
}

type costPlot struct {
	id, title string
	plot      func(id string, cells []reports.Cell) plot
}

type plot interface {
	Measured() bool
	Figure() *svg.Figure
	Narrow() template.HTML
}

// costPlots and costColumns follow the catalogue of metrics; work that was done again
// is beside it, because it is two numbers of a run.
func costPlots() (all []costPlot) {
	for _, m := range metric.Charted() {
		all = append(all, costPlot{m.ID, m.Title, func(id string, cells []reports.Cell) plot { return chart.NewCosts(id, m.Title, m, cells) }})
	}
	const again = "Rows that were read and sent again, in vain"
	return append(all, costPlot{"waste", again, func(id string, cells []reports.Cell) plot { return chart.NewWaste(id, again, cells) }})
}

func costColumns() (all []costColumn) {
	for _, m := range metric.Charted() {
		all = append(all, costColumn{m.Label, func(c reports.Cell) string { return chart.CostOf(m, c).Median() }})
	}
	for i, head := range []string{"read again", "sent again"} {
		all = append(all, costColumn{head, func(c reports.Cell) string { return chart.WasteOf(c)[i].Share() }})
	}
	return all
}

func (s *source) cost() costView {
	first, rest := s.calmFirst()
	if len(first) == 0 {
		return costView{Answer: s.unmeasured()}
	}
	v := costView{Answer: s.costAnswer(), Columns: costColumns(), Shared: s.unmeasured()}
	for _, c := range first {
		v.Rows = append(v.Rows, costRow{c, s.strategy(c.Strategy).Anchor})
	}
	if len(rest) > 0 && !s.detail.others {
		rest = nil
		v.Left = s.leave("Costs under the other scenarios are not shown; they are in results.json.")
	}
	others := len(reports.Groups(rest, func(c reports.Cell) string { return c.Scenario }))
	for _, p := range costPlots() {
		c := costChart{Title: p.title, First: s.costFigure(p, "chart-"+p.id, first, len(first) <= costsSeen), Rest: s.costFigure(p, "chart-"+p.id+"-rest", rest, false), Others: others}
		if c.First == nil && c.Rest == nil {
			v.Unmeasured = append(v.Unmeasured, p.title)
			continue
		}
		v.Charts = append(v.Charts, c)
	}
	if len(v.Rows) > costsSeen {
		v.Charts, v.More = nil, v.Charts
	}
	return v
}

// costsSeen is up to how many rows the table of costs has where the charts are seen at once. With
// more, the table says it in less room.
const costsSeen = 12

// costFigure is drawn for small screens too, if it is to be seen at once.
func (s *source) costFigure(p costPlot, id string, cells []reports.Cell, small bool) *svg.Figure {
	if len(cells) == 0 {
		return nil
	}
	return once(s, id, func() *svg.Figure {
		if plot := p.plot(id, cells); plot.Measured() {
			figure := plot.Figure()
			if small {
				figure.Narrow = plot.Narrow()
			}
			return figure
		}
		return nil
	})
}

// calmFirst splits the cells that were measured: those of the scenario in which nothing goes
// wrong, or else of the first, with those of the one in which speeds can be compared, if
// that is another; and the rest.
func (s *source) calmFirst() (first, rest []reports.Cell) {
	live, _ := s.measured()
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
	held, _, _ := s.sortOut()
	there := s.speeds[s.comparer]
	one, ok := reports.First(held, func(x *record) bool { return there[x.Name].runs > 0 })
	if !ok {
		return s.incomparable(held)
	}
	name := one.Name
	if s.comparer != calm {
		others := fmt.Sprintf("%d others have right results too", len(there)-1)
		if len(there) == 2 {
			others = "another strategy has a right result too"
		}
		lead := fmt.Sprintf("Unknown where nothing goes wrong: under %s %s.", calm, s.aloneUnder(calm))
		if len(s.wrongMS()) > 0 && len(s.calmMS(one)) > 0 {
			lead = "Safety costs " + s.price(one)
		}
		return fmt.Sprintf("%s Under %s, where “%s” held and %s, it is %s. That includes the time that each took to recover.", lead, s.comparer, name, others, s.against(s.comparer, name))
	}
	if fastest, own := s.fastest(calm); name == fastest {
		return fmt.Sprintf("None that was seen: “%s” held, and among the %d strategies with a right result under %s it is the fastest%s.", name, len(there), calm, few(own))
	}
	return fmt.Sprintf("“%s” held, and under %s it is %s.", name, calm, s.against(calm, name))
}

func (s *source) incomparable(held []*record) string {
	const shown = " What each takes is shown all the same, and marked where the result was wrong."
	switch {
	case s.comparer != "":
		fastest, _ := s.fastest(s.comparer)
		return fmt.Sprintf("Unknown: no strategy that held was measured under %s. The fastest with a right result there is “%s”.", s.comparer, fastest)
	case len(held) == 0:
		return "Unknown: no strategy held, and under no scenario have several a right result to compare." + shown
	}
	if len(s.wrongMS()) > 0 && len(s.calmMS(held[0])) > 0 {
		return "Safety costs " + s.price(held[0]) + " No other strategy has a right result where “" + held[0].Name + "” was measured."
	}
	return fmt.Sprintf("Unknown: “%s” held, and nothing can be compared with it, since no other strategy has a right result where it was measured.", held[0].Name) + shown
}

func (s *source) aloneUnder(scenario string) string {
	if name, _ := s.fastest(scenario); name != "" {
		return fmt.Sprintf("only “%s” has a right result, so there is nothing to compare it with", name)
	}
	return "no run was right and measured"
}
