// Package gate compares cells with what is expected of them, and sums them up to a yes
// or no and an exit code.
//
// It is a pure function of the cells. Each brings its expectation along as text
// (reports.Cell.Expected), so the same results are judged alike right after a run, and
// years later from a file. It believes what a cell counts; package
// recheck doubts that.
//
// The unknown never passes: neither a cell without a conclusive run, nor an expectation
// that cannot be read, nor results that are empty or interrupted. And a control has to
// fail: one that looks fine fails the gate, since the harness has then gone blind.
//
//	gate.Apply(results)
//	os.Exit(results.Gate.ExitCode)
package gate

import (
	"slices"

	"onceover/reports"
)

// urgency orders the states that need a reason.
var urgency = []reports.State{reports.Worse, reports.ControlMissed, reports.Gone, reports.NotProven, reports.Better}

// Named is a cell that has to be there.
type Named struct {
	World    string
	ID       string
	Expected string
	By       string // a file of expectations, or a baseline
}

// RequireContent asks of every cell that has to be safe that the content of its rows was
// compared. It comes before Apply.
func RequireContent(r *reports.Results) {
	for i := range r.Cells {
		c := &r.Cells[i]
		if e, err := reports.ParseExpectation(c.Expected); err == nil && e.Demand == reports.DemandSafe {
			e.Content = true
			c.Expected = e.String()
		}
	}
}

// Apply judges all cells and sums them up: the worst wins. It sets the states of
// the cells and the gate. Cells that were named, now or by an earlier gate of the
// same results, and are not there, are gone.
func Apply(r *reports.Results, named ...Named) {
	from := r.Gate.Expected
	states, sum := sum(r.Cells, missing(r, named), !reports.Summarize(r).Partial(), r.Elsewhere)
	for i := range r.Cells {
		r.Cells[i].State = states[i]
	}
	r.Gate = sum
	r.Gate.Expected = from
}

// missing are the named cells that are not there.
func missing(r *reports.Results, named []Named) []reports.Reason {
	gone := slices.Clone(r.Gate.Reasons)
	absent := len(reports.Absent(r.Invocations())) > 0
	for _, n := range named {
		if absent && chosen(r, n) {
			continue // a shard that is not here has it
		}
		gone = append(gone, reports.Reason{Cell: n.ID, World: n.World, State: reports.Gone, Text: unrun(n)})
	}
	gone = slices.DeleteFunc(gone, func(reason reports.Reason) bool {
		_, there := r.Of(reason)
		return reason.State != reports.Gone || there
	})
	return reports.Unique(gone, func(reason reports.Reason) reports.PartCell {
		return reports.PartCell{World: reason.World, ID: reason.Cell}
	})
}

// chosen tells whether a cell is one of those that the campaign has.
func chosen(r *reports.Results, n Named) bool {
	return slices.ContainsFunc(r.Strategies, func(s reports.StrategyText) bool {
		return slices.ContainsFunc(r.Scenarios, func(t reports.ScenarioText) bool { return n.ID == s.Name+"/"+t.Name })
	})
}

// Sum returns the state of each cell, and the gate over them and over the cells that
// are gone. A proven violation outranks the unknown. If nothing at all was proved, or
// not everything was done, the gate has not passed.
func Sum(cells []reports.Cell, gone []reports.Reason, complete bool) ([]reports.State, reports.Gate) {
	return sum(cells, gone, complete, func(reports.Cell) int { return 0 })
}

func sum(cells []reports.Cell, gone []reports.Reason, complete bool, elsewhere func(reports.Cell) int) ([]reports.State, reports.Gate) {
	states := make([]reports.State, len(cells))
	reasons := append([]reports.Reason{}, gone...)
	proved := slices.ContainsFunc(cells, reports.Cell.Proves)
	for i, c := range cells {
		state, text := judgeShare(c, elsewhere(c))
		if !proved && !state.Fails() {
			state, text = reports.NotProven, inconclusive(c)
		}
		states[i] = state
		if text != "" {
			reasons = append(reasons, reports.Reason{Cell: c.ID, World: c.World, State: state, Text: text})
		}
	}
	slices.SortStableFunc(reasons, func(a, b reports.Reason) int {
		return slices.Index(urgency, a.State) - slices.Index(urgency, b.State)
	})
	g := reports.Gate{Status: reports.Pass, ExitCode: reports.ExitPass, Reasons: reasons}
	switch {
	case len(gone) > 0 || slices.ContainsFunc(states, reports.State.Fails):
		g.Status, g.ExitCode = reports.Fail, reports.ExitFail
	case !complete || !proved || slices.Contains(states, reports.NotProven):
		g.Status, g.ExitCode = reports.Unknown, reports.ExitUnknown
	}
	return states, g
}
