package gate

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// The sentences of reasons: what was expected, what was found, in numbers, with
// the seed that shows it first, and what to do about it.

func unreadable(err error) string {
	return fmt.Sprintf("%v; judge it anew, with an expectation that can be read (--expect)", err)
}

func unrun(n Named) string {
	return fmt.Sprintf("expected %s by %s, and it was not run; run it, or take it out there", n.Expected, n.By)
}

func unsafe(c reports.Cell) string {
	return fmt.Sprintf("expected safe, and %s; replay that, and mend the strategy: one bad run is proof", badRuns(c, bad))
}

func worseThanKnown(c reports.Cell, e reports.Expectation) string {
	known := reports.Worst(e.Verdicts...)
	return fmt.Sprintf("known to be %s at worst, and %s; replay that, and find out what has changed",
		known, badRuns(c, func(r reports.Run) bool { return r.Verdict.Rank() > known.Rank() }))
}

func missed(c reports.Cell, e reports.Expectation) string {
	known := "unsafe"
	if len(e.Verdicts) > 0 {
		known = kinds(e.Verdicts)
	}
	shown := "nothing"
	if found := c.Found(); found[0].Bad() {
		shown = "nothing but " + kinds(found)
	}
	return fmt.Sprintf("known to be %s, and %s showed %s%s: the harness did not see what it must see; mend that before anything here is believed",
		known, tried(c), shown, bracket(first(c, conclusive)))
}

func inconclusive(c reports.Cell) string {
	what := fmt.Sprintf("%d of %s", c.Tally.Inconclusive, format.Plural(c.Tally.N, "run", "runs"))
	if c.Search != nil {
		what = "the search"
	}
	return fmt.Sprintf("%s proved nothing%s; see why, and run it again",
		what, bracket(first(c, func(r reports.Run) bool { return !conclusive(r) })))
}

func notSearched(c reports.Cell) string {
	if c.Search == nil {
		return fmt.Sprintf("a complete search is demanded, and %s on real servers%s are none; explore it instead",
			tried(c), bracket(first(c, conclusive)))
	}
	return fmt.Sprintf("%s found nothing%s, and a complete search is demanded; give it more time (--budget) or smaller bounds",
		tried(c), bracket(format.Left(c.Search.Left), first(c, conclusive)))
}

func tooFew(c reports.Cell, rate float64) string {
	need := reports.RunsFor(rate)
	return fmt.Sprintf("%s, but %s has to be proven; that needs %s, %d more (--require %s)",
		bound(c), reports.FormatPercent(rate), format.Plural(need, "run", "runs"), need-c.Tally.Conclusive(), reports.FormatPercent(rate))
}

func better(c reports.Cell, e reports.Expectation) string {
	proof := bound(c)
	if c.Search != nil {
		proof = fmt.Sprintf("a complete search found nothing in %s%s", tried(c), bracket(first(c, conclusive)))
	}
	return fmt.Sprintf("known to be %s, and %s; expect safe from now on", kinds(e.Verdicts), proof)
}

// bound says what runs without a violation prove.
func bound(c reports.Cell) string {
	return fmt.Sprintf("0 of %s bad%s, so the true rate is below %s", format.Plural(c.Tally.Conclusive(), "run is", "runs are"),
		bracket(first(c, conclusive)), format.Percent(format.Ceil(c.Tally.Rate().High)))
}

// badRuns counts the bad runs of a cell, and names the first of those that matter.
func badRuns(c reports.Cell, matters func(reports.Run) bool) string {
	seed := first(c, matters)
	if c.Search != nil {
		return fmt.Sprintf("the search found it %s%s", kinds(c.Found()), bracket(seed))
	}
	are := "are"
	if c.Tally.Bad() == 1 {
		are = "is"
	}
	return fmt.Sprintf("%d of %s %s bad%s", c.Tally.Bad(), format.Plural(c.Tally.N, "run", "runs"), are, bracket(kinds(c.Found()), seed))
}

// tried is how much there was of what proves something.
func tried(c reports.Cell) string {
	if c.Search != nil {
		return format.Plural(c.Search.Schedules, "schedule", "schedules")
	}
	return format.Plural(c.Tally.Conclusive(), "run", "runs")
}

// first names the first run of a kind by its seed; the results may have kept none.
func first(c reports.Cell, of func(reports.Run) bool) string {
	if r, ok := reports.First(c.Runs, of); ok {
		return fmt.Sprintf("first seed %d", r.Seed)
	}
	return ""
}

func bad(r reports.Run) bool { return r.Verdict.Bad() }

func conclusive(r reports.Run) bool { return r.Verdict.Proves() }

// bracket puts what is not empty into brackets.
func bracket(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

func kinds(verdicts []reports.Verdict) string {
	return strings.Join(reports.Each(verdicts, func(v reports.Verdict) string { return string(v) }), " and ")
}

func unchecked(c reports.Cell) string {
	elements, runs := c.Unchecked()
	if elements == 0 {
		return "no run is bad, but details of runs are left out, so that it is not known whether content was checked; take results.json"
	}
	return fmt.Sprintf("no run is bad, but content was not checked: %s in %s; let a worker push JSON objects with id and payload, or leave --require-content out",
		format.Plural(elements, "element", "elements"), format.Plural(runs, "run", "runs"))
}
