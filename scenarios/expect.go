package scenarios

import (
	"fmt"
	"slices"

	"onceover/loader/lock"
	"onceover/reports"
)

// Expectation is what a cell has to come to.
type Expectation string

const (
	// ExpectSafe: one bad run fails the gate.
	ExpectSafe Expectation = "safe"
	// ExpectUnsafe: the cell is a control. If it is never caught, the harness
	// has gone blind, and the gate fails.
	ExpectUnsafe Expectation = "unsafe"
	// ExpectAny: reported, not judged.
	ExpectAny Expectation = "any"
)

// Foreign is the name, in place of a strategy's, of workers of another program.
const Foreign = "worker-cmd"

// Expected returns what is expected of a strategy under a scenario, or under a
// plan of the user's own. A program that somebody brings is held to be safe
// until it is caught. Of the strategies that are known to be unsafe only those
// violations are demanded that need no luck with the timing.
func Expected(strategy, scenario string, ownPlan bool) Expectation {
	switch {
	case strategy == lock.Default().Name || strategy == Foreign:
		return ExpectSafe
	case !ownPlan && slices.Contains(demanded[strategy], scenario):
		return ExpectUnsafe
	}
	return ExpectAny
}

// demanded are the scenarios in which a strategy has to be caught.
var demanded = map[string][]string{
	"none": {
		"calm", "kill-steps", "kill-random", "kill-skipped", "pause-short", "pause-long", "lost-reply",
		"redis-always", "redis-everysec", "redis-none", "mysql-kill",
	},
	"bitmap":          {"calm", "kill-skipped", "pause-long"},
	"connection-name": {"kill-skipped"},
	"set-nx":          {"pause-long"},
}

// judge compares a finished cell with its expectation.
func judge(c *reports.Cell) {
	c.State = reports.AsExpected
	switch Expectation(c.Expected) {
	case ExpectAny:
		c.State = reports.ReportOnly
	case ExpectSafe:
		if c.Verdict.Bad() {
			c.State = reports.Worse
		} else if c.Verdict != reports.Safe {
			c.State = reports.NotProven
		}
	case ExpectUnsafe:
		switch {
		case c.Verdict.Bad():
		case c.Verdict == reports.Safe:
			c.State = reports.ControlMissed
		default:
			c.State = reports.NotProven
		}
	}
}

// reason says in a sentence why a cell is not as expected.
func reason(c *reports.Cell) (reports.Reason, bool) {
	r := reports.Reason{Cell: c.ID, State: c.State}
	switch c.State {
	case reports.Worse:
		r.Text = fmt.Sprintf("expected safe, and %d of %d runs are bad", c.Tally.Bad(), c.Tally.N)
	case reports.ControlMissed:
		r.Text = fmt.Sprintf("known to be unsafe, and %d runs found nothing: the harness did not see", c.Tally.N)
	case reports.NotProven:
		r.Text = fmt.Sprintf("%d of %d runs proved nothing", c.Tally.Inconclusive, c.Tally.N)
	default:
		return reports.Reason{}, false
	}
	return r, true
}

// Exit codes of a campaign.
const (
	exitPass         = 0
	exitFail         = 1
	exitInconclusive = 3
)

// gate sums the cells up. What was proved to be wrong outranks what is unknown,
// and where nothing at all was proved, nothing has passed.
func gate(cells []reports.Cell, complete bool) reports.Gate {
	g := reports.Gate{Status: reports.Pass, ExitCode: exitPass, Reasons: []reports.Reason{}}
	proved := slices.ContainsFunc(cells, func(c reports.Cell) bool { return c.Verdict != reports.Inconclusive })
	unknown := !complete || !proved
	failed := false
	for i := range cells {
		if !proved {
			cells[i].State = reports.NotProven
		}
		r, ok := reason(&cells[i])
		if !ok {
			continue
		}
		g.Reasons = append(g.Reasons, r)
		if r.State == reports.NotProven {
			unknown = true
		} else {
			failed = true
		}
	}
	switch {
	case failed:
		g.Status, g.ExitCode = reports.Fail, exitFail
	case unknown:
		g.Status, g.ExitCode = reports.Unknown, exitInconclusive
	}
	return g
}
