package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/answer"
	"onceover/reports/format"
)

// record is how a strategy came through everything that was run.
type record struct {
	answer.Lock
	Anchor  string
	Text    reports.StrategyText // zero: it is not explained
	control bool                 // it is expected to fail somewhere
	cells   []*cellView

	live, sim []*cellView // cells that held
	bad       []*cellView
	unknown   []*cellView // cells that proved nothing, or not in every run
}

func (s *source) judge(x *record) {
	for _, c := range x.cells {
		if c.bad() {
			x.bad = append(x.bad, c)
			continue
		}
		safe := c.Found()[0] == reports.Safe
		if !safe || c.Tally.Inconclusive > 0 {
			x.unknown = append(x.unknown, c)
		}
		switch {
		case !safe:
		case c.Search == nil:
			x.live = append(x.live, c)
		default:
			x.sim = append(x.sim, c)
		}
	}
}

// faulty tells whether anything may go wrong in a scenario of the simulated world.
// One that is not explained is taken to be harmless: that promises less.
func (s *source) faulty(scenario string) bool {
	allowed := s.scenarioText(scenario).Sim
	return allowed != "" && allowed != noFaults
}

// noFaults is how the simulated world says that nothing went, or may go, wrong.
const noFaults = "no faults"

// A bound above loose is called that, and one above empty nothing to rely on.
const (
	loose = 0.05
	empty = 0.2
)

func (x *record) sure(s *source) []string {
	var all []string
	if len(x.live) > 0 {
		runs, fewest := 0, x.live[0].Tally.Conclusive()
		for _, c := range x.live {
			runs += c.Tally.Conclusive()
			fewest = min(fewest, c.Tally.Conclusive())
		}
		all = append(all, fmt.Sprintf("On servers: 0 of %s bad, over %s, with %s seen to take effect. %s",
			format.Plural(runs, "run", "runs"), format.Plural(len(x.live), "scenario", "scenarios"), format.Plural(x.Faults, "fault", "faults"), worth(fewest)))
	}
	return append(all, x.searched(s.simulatedJob()))
}

// worth says how much n runs without a bad one prove of a scenario, and how to prove more.
func worth(n int) string {
	bound := reports.BadRate(0, n).High
	share := sayShare(format.Ceil(bound))
	remedy := fmt.Sprintf("%s a scenario (--require %s)", format.Plural(reports.RunsFor(loose), "run", "runs"), reports.FormatPercent(loose))
	switch {
	case bound <= loose:
		return fmt.Sprintf("With %s a scenario, the true rate of bad runs is below %s in each, with 95\u00a0%% confidence.", format.Plural(n, "run", "runs"), share)
	case bound <= empty:
		return fmt.Sprintf("That is a loose bound: a strategy that is bad in %s of its runs gets through %s one time in twenty; %s would do better.", share, format.Plural(n, "run", "runs"), remedy)
	}
	prove := "prove"
	if n == 1 {
		prove = "proves"
	}
	return fmt.Sprintf("%s a scenario %s next to nothing: a strategy that is bad in %s of its runs still gets through one time in twenty. To know more takes %s.",
		format.Plural(n, "run", "runs"), prove, share, remedy)
}

func sayShare(share float64) string { return fmt.Sprintf("%.1f\u00a0%%", 100*share) }

// simulatedJob is how large the jobs of the simulated world are, which bounds all
// that is proved there: "jobs of 2 workers and 3 chunks", if they are all alike.
func (s *source) simulatedJob() string {
	job := ""
	for _, p := range s.parts {
		c := p.Config
		if p.Run.World != reports.WorldSim || c.Workers == 0 || c.ChunkSize == 0 {
			continue
		}
		one := fmt.Sprintf("jobs of %s and %s", format.Plural(c.Workers, "worker", "workers"),
			format.Plural((c.Rows+c.ChunkSize-1)/c.ChunkSize, "chunk", "chunks"))
		if job != "" && job != one {
			return "jobs of several small sizes"
		}
		job = one
	}
	return cmp.Or(job, "small jobs")
}

func (x *record) searched(job string) string {
	if len(x.sim) == 0 {
		return ""
	}
	complete, most := 0, 0
	var left []string
	for _, c := range x.sim {
		most = max(most, c.Search.Schedules)
		if c.Search.Complete {
			complete++
		} else {
			left = append(left, fmt.Sprintf("%s (%s schedules)", c.Scenario, format.Thousands(c.Search.Schedules)))
		}
	}
	text := fmt.Sprintf("Simulated (%s, and no more faults than each cell names): searched to the end (COMPLETE) in %d of %s", job, complete, format.Plural(len(x.sim), "scenario", "scenarios"))
	if len(left) > 0 {
		return text + "; nothing was found, but not everything was searched, in " + format.Listed(left, "and") + "."
	}
	return text + fmt.Sprintf(", the largest with %s schedules.", format.Thousands(most))
}

// gaps says why nothing is shown of a strategy against which nothing was found.
func (x *record) gaps(s *source) []string {
	var all []string
	if len(x.Missing) > 0 {
		all = append(all, "Not run, although other strategies were: "+s.missing(x)+"."+s.commands(x))
	}
	return append(all, x.unproven(s)...)
}

// missing names what was not run of a strategy.
func (s *source) missing(x *record) string {
	return shortList(reports.Each(x.Missing, func(p answer.Place) string { return p.Scenario + " (" + worldName(p.World) + ")" }))
}

// unproven is what is known of a strategy, and what is not, in what was run.
func (x *record) unproven(s *source) []string {
	var all []string
	if len(x.unknown) > 0 {
		var where []string
		for _, c := range x.unknown {
			place := c.Scenario
			if c.Where != "" {
				place += " (" + c.Where + ")"
			}
			where = append(where, place)
		}
		all = append(all, "Nothing was proved, at least not in every run: "+shortList(where)+".")
	}
	if x.Faults+x.Risky == 0 {
		all = append(all, "No fault was seen to take effect in what was run, so it is not known what happens when something goes wrong.")
	}
	return append(all, x.sure(s)...)
}

// commands run what is missing of strategies, the same of each.
func (s *source) commands(of ...*record) string {
	var all []string
	for _, in := range reports.Groups(of[0].Missing, func(p answer.Place) string { return p.World }) {
		if command := s.answered.Command(in, reports.Each(of, func(x *record) string { return x.Name })...); command != "" {
			all = append(all, command)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " To run that: " + strings.Join(all, "; ") + ". Then put the results together (onceover report)."
}

func (x *record) broke() string {
	var parts []string
	for _, v := range slices.Backward(reports.Verdicts()) {
		if in := reports.Those(x.bad, func(c *cellView) bool { return slices.Contains(c.Found(), v) }); len(in) > 0 {
			parts = append(parts, fmt.Sprintf("%s in %d", string(v), len(in)))
		}
	}
	of := len(x.bad) + len(x.live) + len(x.sim)
	of += len(reports.Those(x.unknown, func(c *cellView) bool { return c.Found()[0] != reports.Safe }))
	return fmt.Sprintf("broke in %d of %s: %s", len(x.bad), format.Plural(of, "cell", "cells"), strings.Join(parts, ", "))
}
