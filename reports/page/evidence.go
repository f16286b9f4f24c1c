package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/chart"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
)

type evidenceView struct {
	Answer   string
	Classes  []classView
	Pooled   []pooledRow // of the runs on servers
	Forest   *svg.Figure // of the runs on servers
	Searches []*cellView
}

// pooledRow is what the runs of a strategy prove together, for each class of fault. Cells of one
// class differ in when a fault strikes, and not in what it is, so their runs are counted as one
// sample: a bound of a cell alone says less.
type pooledRow struct {
	Name, Anchor string
	Cells        []string // of each class: "0 of 66, below 4.5 %"
}

func (s *source) pool(all []classView) (rows []pooledRow) {
	for _, x := range s.byStanding() {
		row := pooledRow{Name: x.Name, Anchor: x.Anchor}
		known := false
		for _, class := range all {
			t := pooled(reports.Those(x.cells, func(c *cellView) bool { return c.Search == nil && slices.Contains(class.scenarios, c.Scenario) }))
			text := ""
			if n := t.Conclusive(); n > 0 {
				known = true
				text = fmt.Sprintf("%d of %d, ", t.Bad(), n)
				if rate := t.Rate(); t.Bad() == 0 {
					text += "below " + sayShare(format.Ceil(rate.High))
				} else {
					text += sayShare(rate.Low) + " to " + sayShare(rate.High)
				}
			}
			row.Cells = append(row.Cells, text)
		}
		if known {
			rows = append(rows, row)
		}
	}
	return rows
}

func (s *source) evidence() evidenceView {
	var v evidenceView
	live := s.live()
	if len(live) > 0 {
		v.Classes = s.classes()
		v.Pooled = s.pool(v.Classes)
		v.Forest = once(s, "forest", func() *svg.Figure {
			return chart.NewForest("chart-evidence", "Share of bad runs in each cell, and what is known of the true one", live).Figure()
		})
	}
	v.Searches = reports.Those(s.inOrder(), func(c *cellView) bool { return c.Search != nil })
	if len(live)+len(v.Searches) > 0 {
		v.Answer = s.evidenceAnswer(live)
	}
	return v
}

// evidenceAnswer names the tightest and the loosest bound, and how much was searched.
func (s *source) evidenceAnswer(live []reports.Cell) string {
	fewest, most, good := 0, 0, 0
	for _, c := range live {
		if n := c.Tally.Conclusive(); c.Found()[0] == reports.Safe {
			good++
			most = max(most, n)
			if good == 1 || n < fewest {
				fewest = n
			}
		}
	}
	text := "One bad run is proof. "
	switch {
	case len(live) == 0:
		text += "Nothing was run on servers, so there is no rate."
	case good == 0:
		text += "Every cell on servers has one."
	case fewest == most:
		text += "Where none was found on servers, that is only a bound. " + worth(most)
	default:
		text += fmt.Sprintf("Where none was found on servers, that is only a bound; there were %d to %d runs of a cell, and the fewest say least. %s", fewest, most, worth(fewest))
	}
	return text + s.completeness()
}

func (s *source) completeness() string {
	quiet := reports.Those(s.Cells, func(c reports.Cell) bool { return c.Search != nil && c.Found()[0] == reports.Safe })
	if len(quiet) == 0 {
		return ""
	}
	complete := reports.Those(quiet, func(c reports.Cell) bool { return c.Search.Complete })
	return fmt.Sprintf(" %d of %s that found nothing went through everything within their bounds.", len(complete), format.Plural(len(quiet), "search", "searches"))
}
