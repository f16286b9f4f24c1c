package terminal

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// writeFaults writes a line for each strategy that was to be struck, or for those that
// were struck alike: a verdict is worth no more than the faults that it withstood.
func writeFaults(w io.Writer, cells []reports.Cell) {
	var names []string
	of := map[string][]reports.Cell{}
	for _, c := range cells {
		if !slices.Contains(names, c.Strategy) {
			names = append(names, c.Strategy)
		}
		of[c.Strategy] = append(of[c.Strategy], c)
	}
	var lines []string
	struck := map[string][]string{} // the strategies by their line
	for _, strategy := range names {
		n := format.CountFaults(of[strategy])
		if n.Planned == 0 {
			continue
		}
		line := n.String()
		if struck[line] == nil {
			lines = append(lines, line)
		}
		struck[line] = append(struck[line], name(strategy))
	}
	for i, line := range lines {
		each := ""
		if len(struck[line]) > 1 {
			each = "each "
		}
		fmt.Fprintf(w, "%s%s: %s%s\n", strings.Repeat("\n", 1-min(i, 1)), strings.Join(struck[line], ", "), each, line)
	}
}
