package terminal

import (
	"fmt"
	"io"
	"slices"

	"onceover/reports"
)

// writeFaults writes a line for each strategy that was to be struck: a verdict is
// worth no more than the faults that it withstood.
func writeFaults(w io.Writer, cells []reports.Cell) {
	var names []string
	of := map[string][]reports.Cell{}
	for _, c := range cells {
		if !slices.Contains(names, c.Strategy) {
			names = append(names, c.Strategy)
		}
		of[c.Strategy] = append(of[c.Strategy], c)
	}
	first := true
	for _, strategy := range names {
		n := reports.CountStruck(of[strategy])
		if n.Planned == 0 {
			continue
		}
		if first {
			fmt.Fprintln(w)
		}
		first = false
		fmt.Fprintf(w, "%s: %s\n", name(strategy), n)
	}
}
