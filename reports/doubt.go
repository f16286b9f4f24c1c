package reports

import (
	"fmt"
	"slices"
)

// Exit codes of a gate that has not passed.
const (
	exitFail    = 1
	exitUnknown = 3
)

// Doubted are these results without what their own cells do not bear out: a verdict
// that the evidence contradicts (see Contradiction) proves nothing; and neither does
// a state that the verdicts of a cell contradict, a reason that is missing, a gate
// that passed all the same. It only ever makes them worse, and leaves honest
// results as they are. Whatever shows results to somebody who wants a yes or no
// shows these: a results.json can be damaged, or be of a later version.
func (r *Results) Doubted() *Results {
	d := *r
	d.Cells, d.Gate.Reasons = slices.Clone(r.Cells), slices.Clone(r.Gate.Reasons)
	for i := range d.Cells {
		c := &d.Cells[i]
		recorded := c.State
		c.State = c.Standing()
		contradiction := r.Contradiction(*c)
		if contradiction != nil && c.State.Mark() == "" {
			c.State = NotProven
		}
		if c.State.Mark() == "" || c.State == recorded && d.Gate.names(*c) {
			continue
		}
		text := c.doubt(recorded)
		if contradiction != nil {
			text += ": " + contradiction.Error()
		}
		d.Gate.Reasons = append(d.Gate.Reasons, Reason{Cell: c.ID, World: c.World, State: c.State, Text: text})
	}
	d.Gate.Status = Summarize(&d).Answer(r.Gate.Status)
	switch {
	case d.Gate.ExitCode != 0 && d.Gate.Status == Pass:
		d.Gate.Status = Unknown
	case d.Gate.ExitCode == 0:
		d.Gate.ExitCode = map[GateStatus]int{Fail: exitFail, Unknown: exitUnknown}[d.Gate.Status]
	}
	return &d
}

func (g Gate) names(c Cell) bool {
	return slices.ContainsFunc(g.Reasons, func(r Reason) bool { return r.About(c) && r.State == c.State })
}

func (c Cell) doubt(recorded State) string {
	text := fmt.Sprintf("expected %s, and %s", c.Expected, c.Tally.LongCount())
	if c.State != recorded {
		text += fmt.Sprintf("; recorded as %q, which that does not bear out", recorded)
	}
	return text
}

// Standing is the state of a cell as far as its verdicts and its expectation
// bear it out. A state that is unknown here, or rests on a verdict or an
// expectation that is, proves nothing.
func (c Cell) Standing() State {
	switch c.State {
	case Worse, ControlMissed, Gone, NotProven:
		return c.State
	case AsExpected, ReportOnly, Better:
	default:
		return NotProven
	}
	e, err := ParseExpectation(c.Expected)
	found := c.Found()[0]
	switch {
	case e.Demand == DemandSafe && found.Bad():
		return Worse
	case err != nil || !c.understood():
		return NotProven
	case e.Demand == DemandUnsafe && found == Safe:
		return ControlMissed
	case e.Demand != DemandAny && found == Inconclusive:
		return NotProven
	}
	return c.State
}

// understood tells whether all verdicts of a cell have a meaning here.
func (c Cell) understood() bool {
	known := func(v Verdict) bool { return slices.Contains(severity, v) }
	return known(c.Verdict) && !slices.ContainsFunc(c.Runs, func(r Run) bool { return !known(r.Verdict) })
}
