package compare_test

import (
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/compare"
)

// costOf compares one cost of two cells, whose runs are all there is.
func costOf(t *testing.T, metric string, old, now reports.Cell, threshold float64) compare.Cost {
	t.Helper()
	c, err := compare.Of(resultsOf(old), resultsOf(now), compare.Options{Threshold: threshold})
	if err != nil {
		t.Fatal(err)
	}
	for _, cost := range c.Cells[0].Costs {
		if cost.Metric == metric {
			return cost
		}
	}
	t.Fatalf("no cost %s in %+v", metric, c.Cells[0].Costs)
	return compare.Cost{}
}

func TestACostRegressesOnlyBeyondTheThreshold(t *testing.T) {
	for name, c := range map[string]struct {
		metric    string
		base      float64 // before it is 100
		threshold float64
		want      compare.Outcome
	}{
		"half as fast":          {"speed", 200, 0.2, compare.Regressed},
		"twice as fast":         {"speed", 50, 0.2, compare.Improved},
		"twice the commands":    {"Redis commands", 200, 0.2, compare.Regressed},
		"half the commands":     {"Redis commands", 50, 0.2, compare.Improved},
		"twice the CPU":         {"Redis CPU", 200, 0.2, compare.Regressed},
		"as long to recover":    {"longest recovery", 100, 0.2, compare.Unshown},
		"longer to recover":     {"longest recovery", 200, 0.2, compare.Regressed},
		"a little slower":       {"speed", 103, 0.2, compare.Unshown},
		"slower, but perhaps":   {"speed", 122, 0.2, compare.Inconclusive},
		"slower, within it":     {"speed", 122, 0.5, compare.Inconclusive},
		"slower, beyond it":     {"speed", 122, 0.1, compare.Regressed},
		"a few rows in vain":    {"rows in vain", 5_000, 0.2, compare.Inconclusive},
		"many rows in vain":     {"rows in vain", 30_000, 0.2, compare.Regressed},
		"slower by 28 %":        {"speed", 128, 0.2, compare.Regressed}, // 0.78 of the rows per second is below 1/1.2, and not below 0.8 for certain
		"exactly 20 % slower":   {"speed", 120, 0.2, compare.Inconclusive},
		"the default threshold": {"speed", 200, 0, compare.Regressed},
	} {
		got := costOf(t, c.metric, measured(safe(20), 100), measured(safe(20), c.base), c.threshold)
		if got.Outcome != c.want {
			t.Errorf("%s: %s, want %s: %s", name, got.Outcome, c.want, got.String())
		}
	}
}

func TestTooFewRunsTellNothing(t *testing.T) {
	for n, want := range map[int]compare.Outcome{0: compare.TooFew, 3: compare.TooFew, 4: compare.Regressed} {
		got := costOf(t, "speed", measured(safe(20), 100), measured(unsure(n+2, 2), 1000), 0)
		if got.Outcome != want || (got.P == nil) != (want == compare.TooFew) {
			t.Errorf("%d runs: %+v", n, got)
		}
		if got.New.N != n || got.New.Interval != nil {
			t.Errorf("%d runs: %+v", n, got.New)
		}
	}
}

func TestWhatMakesACostIncomparable(t *testing.T) {
	good := measured(safe(20), 100)
	change := func(f func(*reports.Cell)) reports.Cell {
		c := measured(safe(20), 1000)
		f(&c)
		return c
	}
	for name, c := range map[string]struct {
		metric string
		now    reports.Cell
		want   string
	}{
		"runs that went wrong":     {"speed", measured(cellOf("any", 20, 1, reports.Stuck), 1000), "some runs were bad now"},
		"runs that were left out":  {"speed", change(func(c *reports.Cell) { c.Runs = c.Runs[:10] }), "only 10 of 20 runs were kept now"},
		"no recovery in one run":   {"longest recovery", change(func(c *reports.Cell) { c.Runs[3].CensoredMS = []float64{9000} }), "in 1 of 20 runs a fault was not recovered from now"},
		"counted on one side only": {"Redis CPU", change(uncounted), "not measured now: no INFO"},
	} {
		got := costOf(t, c.metric, good, c.now, 0)
		if got.Outcome != compare.NotComparable || !strings.Contains(got.Note, c.want) || got.Effect != nil || got.P != nil || got.String() != "-" {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
}

func uncounted(c *reports.Cell) {
	for i := range c.Runs {
		c.Runs[i].Cost = &reports.Cost{Chunks: 10, Missing: "no INFO"}
	}
}

func TestRunsWithoutAFaultHaveNoRecoveryAndAreNotMissed(t *testing.T) {
	now := measured(safe(20), 1000)
	for i := range 10 {
		now.Runs[i].RecoveryMS = nil
	}
	if got := costOf(t, "longest recovery", measured(safe(20), 100), now, 0); got.Outcome != compare.Regressed || got.New.N != 10 {
		t.Errorf("%+v", got)
	}
}

func TestOfZeroThereIsNoRatio(t *testing.T) {
	idle := measured(safe(20), 100)
	for i := range idle.Runs {
		idle.Runs[i].Cost.RedisCPUMS = new(float64)
	}
	got := costOf(t, "Redis CPU", idle, measured(safe(20), 100), 0)
	if got.Outcome != compare.Inconclusive || got.Effect != nil || got.Note == "" {
		t.Errorf("%+v", got)
	}
}

// A difference that would be significant alone is not, among many.
func TestManyTestsAreAdjustedFor(t *testing.T) {
	one, many := measured(safe(4), 100), resultsOf()
	now := measured(safe(4), 200) // p = 0.029, the least of 4 and 4
	if got := costOf(t, "speed", one, now, 0); got.Outcome != compare.Unshown || *got.P > 0.03 || *got.Adjusted < 0.05 {
		t.Errorf("among five costs: %+v", got)
	}
	for i := range one.Runs {
		one.Runs[i].Cost, one.Runs[i].RecoveryMS = nil, nil
		now.Runs[i].Cost, now.Runs[i].RecoveryMS = nil, nil
	}
	if got := costOf(t, "speed", one, now, 0); got.Outcome != compare.Regressed || *got.Adjusted != *got.P {
		t.Errorf("alone: %+v", got)
	}
	many.Cells = append(many.Cells, one, named(one, "other/cell"))
	c := compared(t, many, resultsOf(now, named(one, "other/cell")))
	if n := c.CostsWith(compare.Regressed); n != 0 {
		t.Errorf("among two: %d regressed", n)
	}
}

func TestExitCodes(t *testing.T) {
	fast, slow := measured(safe(20), 100), measured(safe(20), 200)
	broken := named(cellOf("safe", 60, 1, reports.Lost), "b/b")
	for name, c := range map[string]struct {
		now          *reports.Results
		verdict, all int
	}{
		"same":   {resultsOf(fast, named(safe(60), "b/b")), 0, 0},
		"dearer": {resultsOf(slow, named(safe(60), "b/b")), 0, 5},
		"worse":  {resultsOf(slow, broken), 1, 1},
		"gone":   {resultsOf(slow), 1, 1},
	} {
		got := compared(t, resultsOf(fast, named(safe(60), "b/b")), c.now)
		if got.ExitCode(false) != c.verdict || got.ExitCode(true) != c.all {
			t.Errorf("%s: %d and %d, want %d and %d", name, got.ExitCode(false), got.ExitCode(true), c.verdict, c.all)
		}
		for costs, code := range map[bool]int{false: c.verdict, true: c.all} {
			if answer := got.Answer(costs); strings.HasPrefix(answer, "PASS") != (code == 0) {
				t.Errorf("%s: exit code %d, and %q", name, code, answer)
			}
		}
	}
}
