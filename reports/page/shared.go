package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
)

// measured splits the cells on servers: those of which a run had the machine to itself,
// and those of which none had.
func (s *source) measured() (cells, shared []reports.Cell) {
	for _, c := range s.live() {
		if len(c.Runs) > 0 && !slices.ContainsFunc(c.Runs, func(r reports.Run) bool { return !r.Shared }) {
			shared = append(shared, c)
		} else {
			cells = append(cells, c)
		}
	}
	return cells, shared
}

// unmeasured says of how many cells no figure is on the page, and why; empty: of none.
func (s *source) unmeasured() string {
	_, shared := s.measured()
	if len(shared) == 0 {
		return ""
	}
	return fmt.Sprintf("The runs of %s went on beside others, so their speed, their load and their recoveries were not measured; chaos --jobs 1 measures all.",
		format.Plural(len(shared), "cell", "cells"))
}
