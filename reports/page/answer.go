package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
)

type answerView struct {
	Answer  string
	Held    []candidateView // nothing was found against them, and nothing that others went through is missing
	Open    []candidateView // nothing was found, but not all was proven
	Broken  []candidateView
	Warning string   // why the answer must not be relied on, if that is so
	Caution []string // reasons to trust it less
}

type candidateView struct {
	*record
	Evidence []string // how sure that is, or how it broke
	Cost     string
	How      []linkView // counterexamples
}

func (s *source) answer(examples examplesView) answerView {
	held, open, broken := s.sortOut()
	v := answerView{Answer: s.whichLock(held, open, broken), Caution: s.cautions(held, open)}
	if n := s.summary.Missed; n > 0 {
		v.Warning = fmt.Sprintf("Do not rely on this answer: %s, so the harness did not see what it must see.", format.Plural(n, "control was missed", "controls were missed"))
	}
	for _, x := range held {
		v.Held = append(v.Held, s.candidate(x, x.sure(s)))
	}
	for _, x := range open {
		v.Open = append(v.Open, s.candidate(x, x.gaps(s)))
	}
	for _, x := range broken {
		broken := s.candidate(x, []string{x.broke()})
		broken.How = examples.how(x.Name)
		v.Broken = append(v.Broken, broken)
	}
	return v
}

func (s *source) sortOut() (held, open, broken []*record) {
	for _, x := range s.strategies {
		switch {
		case len(x.bad) > 0:
			broken = append(broken, x)
		case x.holds():
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

// whichLock is the answer in a sentence. It never says more than was run.
func (s *source) whichLock(held, open, broken []*record) string {
	n := len(held) + len(open) + len(broken)
	run := format.Plural(n, "strategy that was run", "strategies that were run")
	switch {
	case n == 0:
		return "Unknown: nothing was run."
	case len(held) == 1 && n == 1:
		return fmt.Sprintf("Nothing was found against %s. No other strategy was run, so there is nothing to choose from.", held[0].Name)
	case len(held) == 1:
		return fmt.Sprintf("%s. It is the only one of the %s against which nothing was found.", held[0].Name, run)
	case len(held) > 1:
		return fmt.Sprintf("%s. Nothing was found against these %d of the %s, and nothing here tells them apart in safety: choose by cost.",
			listed(names(held), "or"), len(held), run)
	case len(open) > 0 && len(broken) == 0:
		return fmt.Sprintf("Unknown: too little was learned. Nothing was found against %s, but what was run does not bear out more.", listed(names(open), "and"))
	case len(open) > 0:
		return fmt.Sprintf("None is shown to hold. Nothing was found against %s, but not everything was proven; %s broke.",
			listed(names(open), "and"), listed(names(broken), "and"))
	}
	all := "the only strategy that was run"
	if n > 1 {
		all = "all " + run
	}
	return fmt.Sprintf("None of these: %s broke in at least one cell.", all)
}

func (s *source) cautions(held, open []*record) []string {
	var all []string
	if s.summary.Interrupted {
		all = append(all, fmt.Sprintf("The campaign was interrupted: %d of %d runs were done.", s.Run.Done, s.Run.Planned))
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

func names(all []*record) []string {
	return reports.Each(all, func(x *record) string { return x.Name })
}
