package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/chart"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
)

type recoveryView struct {
	Answer string
	Strip  *svg.Figure
	Rest   *svg.Figure // of the cells that are not seen at once; nil: there are none
	Others int         // how many those are
	Left   string      // the cells that are not drawn
	Shared string      // of how many cells nothing was measured, and why
}

// recoveriesSeen is of how many cells recoveries are drawn at once, the safest strategies first. The
// rest is folded.
const recoveriesSeen = 24

func (s *source) recovery() recoveryView {
	recovered, censored, marks, cells, drawn := 0, 0, 0, 0, 0
	var shown []reports.Cell
	measured, _ := s.measured()
	for _, c := range measured {
		n := 0
		for _, r := range c.Runs {
			recovered += len(r.RecoveryMS)
			censored += len(r.CensoredMS)
			n += len(r.RecoveryMS) + len(r.CensoredMS)
		}
		if n == 0 && format.CountFaults([]reports.Cell{c}).Confirmed == 0 {
			continue
		}
		if n > 0 {
			cells++
		}
		if marks += n; marks <= s.detail.recoveries {
			shown, drawn = append(shown, c), cells
		}
	}
	if recovered+censored == 0 {
		return recoveryView{}
	}
	seen, rest := shown, []reports.Cell(nil)
	if len(shown) > recoveriesSeen {
		seen, rest = shown[:recoveriesSeen], shown[recoveriesSeen:]
	}
	v := recoveryView{Shared: s.unmeasured(), Strip: s.strip("chart-recovery", seen)}
	if len(rest) > 0 {
		v.Rest, v.Others = s.strip("chart-recovery-rest", rest), len(rest)
	}
	if marks > s.detail.recoveries {
		v.Left = s.leave("%d of %s are drawn, the safest strategies first; the others are in results.json.", drawn, format.Plural(cells, "cell with faults", "cells with faults"))
	}
	all := "1 fault"
	if n := recovered + censored; n > 1 {
		all = format.Thousands(n) + " faults"
	}
	v.Answer = fmt.Sprintf("%s of %s were recovered from: a worker committed the chunk that was hit.", format.Thousands(recovered), all)
	switch {
	case censored == 1:
		v.Answer += " One was not, by the end of its run; it is counted, and in no average."
	case censored > 1:
		v.Answer += fmt.Sprintf(" %s were not, by the end of their runs; they are counted, and in no average.", format.Thousands(censored))
	}
	return v
}

// strip draws the recoveries of some cells.
func (s *source) strip(id string, cells []reports.Cell) *svg.Figure {
	id = fmt.Sprintf("%s-%d", id, len(cells))
	return once(s, id, func() *svg.Figure {
		return chart.NewRecovery(id, "From each fault to the commit of what it hit", cells, s.leaseMS(), s.silent).Figure()
	})
}

// silent tells whether the workers of a cell report no steps, as those of another
// program do not.
func (s *source) silent(c reports.Cell) bool {
	at := reports.PartCell{World: c.World, ID: c.ID}
	return slices.ContainsFunc(s.parts, func(p reports.Part) bool {
		return p.Config.Worker != "" && (len(s.Parts) == 0 || slices.Contains(p.Cells, at))
	})
}

func (s *source) leaseMS() int64 {
	i := slices.IndexFunc(s.parts, func(p reports.Part) bool { return p.Run.World == reports.WorldLive })
	return s.parts[max(i, 0)].Config.TTLMS
}
