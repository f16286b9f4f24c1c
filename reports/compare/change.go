package compare

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
)

// Change is what became of a cell.
type Change string

// The changes, in the order in which they are shown.
const (
	Worse  Change = "worse"
	Gone   Change = "gone"   // was checked, and is not any more: coverage is lost
	New    Change = "new"    // was not checked before
	Better Change = "better" // shown by evidence enough
	Same   Change = "same"   // or not shown to be otherwise

	// Unproven is what is not known to be as good as it was: too little was learned.
	Unproven Change = "unproven"
)

// Changes lists all changes, in the order in which they are shown.
func Changes() []Change { return []Change{Worse, Gone, Unproven, New, Better, Same} }

// Mark is a change in one word.
func (c Change) Mark() string { return strings.ToUpper(string(c)) }

// Count counts the cells with a change.
func (c *Comparison) Count(change Change) int { return len(c.With(change)) }

// With lists the cells with a change.
func (c *Comparison) With(change Change) []Cell {
	return reports.Those(c.Cells, func(cell Cell) bool { return cell.Change == change })
}

// Failing counts the cells that fail the comparison.
func (c *Comparison) Failing() int {
	return len(reports.Those(c.Cells, func(cell Cell) bool { return cell.Fails }))
}

// CostsWith counts the costs with an outcome.
func (c *Comparison) CostsWith(o Outcome) (n int) {
	for _, cell := range c.Cells {
		n += len(reports.Those(cell.Costs, func(cost Cost) bool { return cost.Outcome == o }))
	}
	return n
}

// Interrupted tells whether the newer result is of less than was asked for. What
// it lacks can be anything.
func (c *Comparison) Interrupted() bool { return partial(c.New.Run) }

// partial tells whether there is less than was asked for. A shard is less, too.
func partial(run reports.Invocation) bool {
	return run.Status != reports.Complete || run.Share().Of > 0
}

// ExitCode is 1 if a cell fails, 3 if it is not known whether one would, 5 if only
// costs have regressed and those count, and otherwise 0.
func (c *Comparison) ExitCode(costs bool) int {
	switch {
	case c.Failing() > 0:
		return reports.ExitFail
	case c.Interrupted() || c.Count(Unproven) > 0:
		return reports.ExitUnknown
	case costs && c.CostsWith(Regressed) > 0:
		return reports.ExitCost
	}
	return reports.ExitPass
}

// Summary counts the cells of each change, in words.
func (c *Comparison) Summary() string {
	return strings.Join(reports.Each(Changes(), func(of Change) string { return fmt.Sprintf("%d %s", c.Count(of), of) }), ", ")
}

// order sorts cells by change, those that fail first, and leaves them otherwise
// as they are.
func order(cells []Cell) {
	rank := func(c Cell) int {
		r := 2 * slices.Index(Changes(), c.Change)
		if c.Fails {
			r--
		}
		return r
	}
	slices.SortStableFunc(cells, func(a, b Cell) int { return rank(a) - rank(b) })
}
