package scenarios

import (
	"fmt"

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

// Expected returns what is expected of a strategy under a scenario. Only those
// violations are demanded that need no luck with the timing.
func Expected(strategy, scenario string) Expectation {
	switch strategy {
	case "lease-lua":
		return ExpectSafe
	case "none":
		return ExpectUnsafe
	case "bitmap":
		if scenario == "pause-long" || scenario == "kill-skipped" || scenario == "calm" {
			return ExpectUnsafe
		}
	case "connection-name":
		if scenario == "kill-skipped" {
			return ExpectUnsafe
		}
	case "set-nx":
		if scenario == "pause-long" {
			return ExpectUnsafe
		}
	}
	return ExpectAny
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

// gate sums the cells up. What was proved to be wrong outranks what is unknown.
func gate(cells []reports.Cell, complete bool) reports.Gate {
	g := reports.Gate{Status: reports.Pass, ExitCode: exitPass, Reasons: []reports.Reason{}}
	unknown := !complete || len(cells) == 0
	failed := false
	for i := range cells {
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
