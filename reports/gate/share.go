package gate

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
)

// JudgeShare is Judge for a cell of which so many runs are in shards that are not here.
func JudgeShare(c reports.Cell, elsewhere int) reports.State {
	state, _ := judgeShare(c, elsewhere)
	return state
}

// judgeShare judges a cell by a part of its runs. A bad run is proof, wherever the others
// are. What only more runs can show is not proven, and that is no failure of these.
func judgeShare(c reports.Cell, elsewhere int) (reports.State, string) {
	if waits(c, elsewhere) {
		return reports.NotProven, awaited(c, elsewhere)
	}
	return judge(c)
}

// waits tells whether the runs of a cell that are elsewhere can still make it what is
// expected, and those that are here do not.
func waits(c reports.Cell, elsewhere int) bool {
	e, err := reports.ParseExpectation(c.Expected)
	if err != nil {
		return false
	}
	switch e.Demand {
	case reports.DemandUnsafe:
		return (elsewhere > 0 || searchedElsewhere(c)) && !Caught(c, e)
	case reports.DemandSafe:
		return Judge(c) == reports.NotProven && c.Verdict == reports.Safe && c.Tally.Inconclusive == 0 && completes(c, e, elsewhere)
	}
	return false
}

// completes tells whether what is elsewhere can prove what a cell lacks.
func completes(c reports.Cell, e reports.Expectation, elsewhere int) bool {
	if e.Complete {
		return searchedElsewhere(c)
	}
	possible := reports.BadRate(0, c.Tally.Conclusive()+elsewhere).High
	return elsewhere > 0 && (!e.Content || contentChecked(c)) && possible <= e.MaxRate
}

// searchedElsewhere tells whether a search lacks nothing but other shards of it.
func searchedElsewhere(c reports.Cell) bool {
	return c.Search != nil && !c.Search.Complete && len(c.Search.Shards) > 0 &&
		!slices.ContainsFunc(c.Search.Shards, func(s reports.SearchShard) bool { return !s.Complete })
}

// ShareHolds tells whether a shard has done all of its runs, and nothing in them keeps
// the campaign from passing. What is left to decide, the other shards decide.
func ShareHolds(r *reports.Results) bool {
	if r.Run.Share().Of == 0 || len(r.Parts) > 0 || len(r.Cells) == 0 || reports.Summarize(r).Interrupted {
		return false
	}
	gone := func(reason reports.Reason) bool { return reason.State == reports.Gone }
	return !slices.ContainsFunc(r.Gate.Reasons, gone) && !slices.ContainsFunc(r.Cells, func(c reports.Cell) bool {
		return !c.State.Holds() && !(c.State == reports.NotProven && waits(c, r.Elsewhere(c)))
	})
}

func awaited(c reports.Cell, elsewhere int) string {
	shown := "nothing"
	if found := c.Found(); found[0].Bad() {
		shown = "nothing but " + kinds(found)
	}
	here := fmt.Sprintf("expected %s, and %s here showed %s%s", c.Expected, tried(c), shown, bracket(first(c, conclusive)))
	if searchedElsewhere(c) {
		return fmt.Sprintf("%s; undecided: %s (onceover report counts all together)", here, c.Search.Left)
	}
	return fmt.Sprintf("%s; undecided: %s in shards that are not here (onceover report counts all together)",
		here, format.Plural(elsewhere, "run of it is", "runs of it are"))
}
