package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
)

type answerView struct {
	Picture overviewView
	Matrix  matrixView
	Held    []candidateView // nothing was found against them, and nothing that others went through is missing
	Open    []candidateView // nothing was found, but not all was proven
	Gaps    []gapView       // of those, the ones of which the same was not run
	Broken  []candidateView
	Caution []string // reasons to trust it less
}

// gapView are strategies against which nothing was found, and of which the same was not run.
type gapView struct {
	Text  string
	Locks []candidateView
}

type candidateView struct {
	*record
	Evidence []string // how sure that is, or how it broke
	Cost     string
	How      []linkView // counterexamples
}

func (s *source) answer(examples examplesView) answerView {
	held, open, broken := s.sortOut()
	v := answerView{Caution: s.cautions(held, open), Picture: s.overview(), Matrix: s.matrix()}
	for _, x := range held {
		evidence := x.sure(s)
		if len(x.bad) > 0 {
			evidence = append([]string{"It " + x.broke() + ". No row was lost or duplicated."}, evidence...)
		}
		v.Held = append(v.Held, s.candidate(x, evidence))
	}
	for _, alike := range reports.Groups(open, func(x *record) string { return fmt.Sprint(x.Missing) }) {
		if len(alike) == 1 || len(alike[0].Missing) == 0 {
			for _, x := range alike {
				v.Open = append(v.Open, s.candidate(x, x.gaps(s)))
			}
			continue
		}
		gap := gapView{Text: fmt.Sprintf("%d strategies were not run where others were: %s.%s", len(alike), s.missing(alike[0]), s.commands(alike...))}
		for _, x := range alike {
			gap.Locks = append(gap.Locks, s.candidate(x, x.unproven(s)))
		}
		v.Gaps = append(v.Gaps, gap)
	}
	for _, x := range broken {
		broken := s.candidate(x, []string{x.broke()})
		broken.How = examples.how(x.Name)
		v.Broken = append(v.Broken, broken)
	}
	return v
}

// sortOut sorts the strategies as the answer does, in its order. Those that got stuck and did nothing worse are
// what there is to choose from if none held.
func (s *source) sortOut() (held, open, broken []*record) {
	halts := len(s.answered.Held) == 0
	for _, lock := range s.answered.Locks() {
		x := s.strategy(lock.Name)
		switch {
		case halts && x.Halts():
			held = append(held, x)
		case len(x.Broke) > 0:
			broken = append(broken, x)
		case x.Held():
			held = append(held, x)
		default:
			open = append(open, x)
		}
	}
	return held, open, broken
}

func (s *source) candidate(x *record, evidence []string) candidateView {
	evidence = slices.DeleteFunc(evidence, func(t string) bool { return t == "" })
	return candidateView{record: x, Evidence: evidence, Cost: s.costOf(x.Name)}
}

func (s *source) cautions(held, open []*record) []string {
	var all []string
	if s.summary.Partial() {
		all = append(all, s.partial())
	}
	if len(held)+len(open) > 0 {
		switch {
		case !slices.Contains(s.worlds, reports.WorldSim):
			all = append(all, "Only runs on servers are in here. A search of the simulated world (onceover explore) finds failures that need bad luck.")
		case !slices.Contains(s.worlds, reports.WorldLive):
			all = append(all, "Only the simulated world is in here: models of the servers. Confirm it on real servers too (onceover chaos).")
		}
	}
	return append(all, s.oneWorld()...)
}

func (s *source) partial() string {
	switch of := s.Run.Share().Of; {
	case s.summary.Interrupted:
		return fmt.Sprintf("The campaign was interrupted: %d of %d runs were done.", s.Run.Done, s.Run.Planned)
	case of > 0:
		return fmt.Sprintf("This is one shard of %d: %d of %d runs.", of, s.Run.Done, s.Run.Whole)
	}
	return fmt.Sprintf("%s not in here: %d of %d runs are.", format.Plural(s.summary.Absent, "shard is", "shards are"), s.Run.Done, s.Run.Planned)
}

func (s *source) oneWorld() []string {
	var all []string
	for _, world := range s.worlds {
		without := reports.Those(s.scenarios, func(scenario string) bool { return !s.was(scenario, world) })
		if len(without) > 0 {
			all = append(all, fmt.Sprintf("%s not run in the %s world: %s.", format.Plural(len(without), "scenario was", "scenarios were"), worldName(world), shortList(without)))
		}
	}
	return all
}
