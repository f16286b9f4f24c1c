package terminal

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"onceover/reports"
	"onceover/reports/format"
)

// writeLegend says in a few words what the words and numbers of the table mean,
// as far as they are there.
func writeLegend(w io.Writer, cells []reports.Cell, o Style) {
	var parts []string
	for _, word := range []struct {
		verdict reports.Verdict
		means   string
	}{
		{reports.Safe, "safe as far as was tried"}, {reports.Duplicated, "a row arrived more than once"}, {reports.Lost, "a row is missing"},
		{reports.Stuck, "not done in time"}, {reports.Inconclusive, "proves nothing"},
	} {
		if slices.ContainsFunc(cells, func(c reports.Cell) bool { return slices.Contains(c.Found(), word.verdict) }) {
			parts = append(parts, o.verdict(word.verdict)+" = "+word.means)
		}
	}
	for _, number := range []struct {
		shown func(reports.Cell) bool
		means string
	}{
		{func(c reports.Cell) bool { return c.Search == nil }, "1/3 bad = bad runs of those that prove something"},
		{func(c reports.Cell) bool { return c.Search != nil && !c.Search.Complete }, "in 9 = schedules tried in all"},
		{func(c reports.Cell) bool { return c.Search != nil && c.Search.Complete }, "complete = all schedules within the bounds"},
	} {
		if slices.ContainsFunc(cells, number.shown) {
			parts = append(parts, number.means)
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(w, "\n%s\n", strings.Join(folded(parts, o.Width), "\n"))
	}
}

// folded puts parts onto as few lines of a width as they take.
func folded(parts []string, width int) (lines []string) {
	line := parts[0]
	for _, part := range parts[1:] {
		if longer := line + "; " + part; width == 0 || text.StringWidthWithoutEscSequences(longer) < width {
			line = longer
		} else {
			lines, line = append(lines, line+";"), part
		}
	}
	return append(lines, line)
}

// writeFaults writes a line for each strategy that was to be struck, or for those that
// were struck alike: a verdict is worth no more than the faults that it withstood.
func writeFaults(w io.Writer, cells []reports.Cell) {
	type strike struct{ strategy, faults string }
	var struck []strike
	for _, of := range reports.Groups(cells, func(c reports.Cell) string { return c.Strategy }) {
		if n := format.CountFaults(of); n.Planned > 0 {
			struck = append(struck, strike{name(of[0].Strategy), n.String()})
		}
	}
	for i, alike := range reports.Groups(struck, func(s strike) string { return s.faults }) {
		names := reports.Each(alike, func(s strike) string { return s.strategy })
		each := ""
		if len(alike) > 1 {
			each = "each "
		}
		fmt.Fprintf(w, "%s%s: %s%s\n", strings.Repeat("\n", 1-min(i, 1)), strings.Join(names, ", "), each, alike[0].faults)
	}
}
