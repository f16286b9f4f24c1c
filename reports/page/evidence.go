package page

import (
	"fmt"

	"onceover/reports"
	"onceover/reports/chart"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
)

type evidenceView struct {
	Answer   string
	Forest   *svg.Figure // of the runs on servers
	Searches []*cellView
}

func (s *source) evidence() evidenceView {
	var v evidenceView
	live := s.live()
	if len(live) > 0 {
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
