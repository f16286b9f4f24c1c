package compare_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/compare"
	"onceover/reports/reporttest"

	"pgregory.net/rapid"
)

var expectations = []string{"safe", "safe(max_rate: 5%)", "safe(complete)", "unsafe", "unsafe(lost, duplicated)", "any", "any(duplicated)", "fine?"}

// anyCell draws a cell, of runs or of a search.
func anyCell(t *rapid.T, id string) reports.Cell {
	expected := rapid.SampledFrom(expectations).Draw(t, "expected")
	violation := rapid.SampledFrom([]reports.Verdict{reports.Lost, reports.Duplicated, reports.Stuck})
	if rapid.Bool().Draw(t, "search") {
		found := rapid.SliceOfNDistinct(violation, 0, 2, rapid.ID[reports.Verdict]).Draw(t, "found")
		bounds := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "bounds")
		return named(searched(expected, bounds, rapid.IntRange(1, 3).Draw(t, "schedules"), rapid.Bool().Draw(t, "complete"), found...), id)
	}
	verdict := rapid.OneOf(rapid.Just(reports.Safe), rapid.SampledFrom(reports.Verdicts()))
	var runs []reports.Run
	for i, v := range rapid.SliceOfN(verdict, 0, 12).Draw(t, "runs") {
		run := reporttest.RunOf(uint64(i), v, "it was so")
		if v == reports.Safe {
			run = reporttest.SafeRun("1", run.Seed)
		}
		runs = append(runs, run)
	}
	c := reporttest.FullCell("", "", expected, reports.ReportOnly, len(runs), runs...)
	c.World = reports.WorldLive
	return named(measured(c, rapid.SampledFrom([]float64{100, 101, 200}).Draw(t, "cost")), id)
}

// anyResults draws results of some of the same few cells.
func anyResults(t *rapid.T, name string) *reports.Results {
	r := resultsOf()
	for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a/1", "a/2", "b/1"}), 1, 3, rapid.ID[string]).Draw(t, name) {
		r.Cells = append(r.Cells, anyCell(t, id))
	}
	return r
}

func TestNothingHasChangedFromAResultToItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyResults(t, "cells")
		c := compared(t, r, r)
		for _, cell := range c.Cells {
			if cell.Change != compare.Same || cell.Fails || len(cell.Notes) > 0 || cell.Run != nil {
				t.Errorf("%+v", cell)
			}
			for _, cost := range cell.Costs {
				if cost.Outcome == compare.Regressed || cost.Outcome == compare.Improved || cost.Outcome == compare.Inconclusive {
					t.Errorf("%s: %+v", cell.ID, cost)
				}
			}
		}
		if c.ExitCode(true) != 0 {
			t.Errorf("exit code %d", c.ExitCode(true))
		}
	})
}

// To swap the sides turns better into worse, gone into new, and a cost that has
// regressed into one that has improved. It turns worse into better where that can
// be shown: a cell can be worse both ways, if each side has a violation that the
// other has not, or one of them proves nothing.
func TestSwappingTheSidesSwapsTheChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyResults(t, "a"), anyResults(t, "b")
		back := map[string]compare.Cell{}
		for _, cell := range compared(t, b, a).Cells {
			back[cell.Name()] = cell
		}
		for _, cell := range compared(t, a, b).Cells {
			was := back[cell.Name()]
			if !swaps(cell, was) {
				t.Errorf("%s: %s (%s), and back %s (%s)", cell.Name(), cell.Change, cell.Why, was.Change, was.Why)
			}
			opposite := map[compare.Outcome]compare.Outcome{compare.Regressed: compare.Improved, compare.Improved: compare.Regressed}
			for i, cost := range cell.Costs {
				want, swapped := opposite[cost.Outcome]
				if !swapped {
					want = cost.Outcome
				}
				if was.Costs[i].Outcome != want {
					t.Errorf("%s, %s: %s, and back %s", cell.Name(), cost.Metric, cost.Outcome, was.Costs[i].Outcome)
				}
			}
		}
	})
}

func swaps(cell, back compare.Cell) bool {
	if blind(cell) || blind(back) {
		return true
	}
	switch cell.Change {
	case compare.Better:
		return back.Change == compare.Worse || back.Change == compare.Unproven
	case compare.Gone:
		return back.Change == compare.New || back.Change == compare.Unproven
	case compare.Unproven:
		return back.Change == compare.Gone && cell.Old == nil || cell.Old != nil && back.Change != compare.Unproven
	case compare.New:
		return back.Change == compare.Gone
	case compare.Same:
		return back.Change == compare.Same || back.Change == compare.Worse || back.Change == compare.Unproven
	}
	return back.Change == compare.Better ||
		(back.Change == compare.Same || back.Change == compare.Unproven) && strings.Contains(back.Why, "not") ||
		back.Change == compare.Worse && (each(cell) || proveNothing(cell))
}

// blind tells whether a control is missed. What the older side demands of it decides
// that, so there is no way back.
func blind(c compare.Cell) bool { return strings.Contains(c.Why, "gone blind") }

// each tells whether both sides have violations, of which some are only theirs.
func each(c compare.Cell) bool { return len(onlyIn(c.Old, c.New)) > 0 && len(onlyIn(c.New, c.Old)) > 0 }

func onlyIn(one, other *compare.Evidence) (only []reports.Verdict) {
	for _, v := range one.Found {
		if v.Bad() && !strings.Contains(fmt.Sprint(other.Found), string(v)) {
			only = append(only, v)
		}
	}
	return only
}

func proveNothing(c compare.Cell) bool {
	return c.Old.Search == nil && c.Old.Of == 0 || c.New.Search == nil && c.New.Of == 0
}

func TestACounterexampleOfANewKindIsAlwaysWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, cell := range compared(t, anyResults(t, "a"), anyResults(t, "b")).Cells {
			if cell.Old == nil || cell.New == nil || len(onlyIn(cell.New, cell.Old)) == 0 {
				continue
			}
			noticed := strings.Contains(cell.Why, "noticed now") // a control has to be caught
			if cell.Change != compare.Worse && !noticed {
				t.Errorf("%s: %v, and now %v: %s (%s)", cell.ID, cell.Old.Found, cell.New.Found, cell.Change, cell.Why)
			}
		}
	})
}

func TestInconclusiveIsNeverBetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, cell := range compared(t, anyResults(t, "a"), anyResults(t, "b")).Cells {
			if cell.Change == compare.Better && cell.New.Found[0] == reports.Inconclusive {
				t.Errorf("%+v", cell)
			}
		}
	})
}

func TestEveryComparisonCanBeShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := compared(t, anyResults(t, "a"), anyResults(t, "b"))
		var text, markdown strings.Builder
		if err := c.WriteText(&text, true); err != nil {
			t.Fatal(err)
		}
		if err := c.WriteMarkdown(&markdown, true); err != nil {
			t.Fatal(err)
		}
		if _, err := json.Marshal(c); err != nil {
			t.Fatal(err)
		}
		for _, cell := range c.Cells {
			if cell.Change != compare.Same && !shown(text.String(), cell) {
				t.Errorf("%s is not shown:\n%s", cell.Name(), &text)
			}
		}
	})
}

// shown tells whether a text speaks of a cell, by itself or, if there is nothing of
// it any more, with others of its strategy.
func shown(text string, c compare.Cell) bool {
	if strings.Contains(text, c.Name()+": "+c.Why) {
		return true
	}
	for line := range strings.Lines(text) {
		start := fmt.Sprintf("%-6s %s, ", c.Change.Mark(), c.Strategy)
		_, names, _ := strings.Cut(line, " any more: ")
		if c.New == nil && strings.HasPrefix(line, start) && strings.Contains(line, "cells ("+c.World+")") && slices.Contains(strings.Split(strings.TrimSpace(names), ", "), c.Scenario) {
			return true
		}
	}
	return false
}
