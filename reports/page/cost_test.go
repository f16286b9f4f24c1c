package page

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
)

// paid is a cell whose runs have the speed and the commands for each of ten chunks.
func paid(strategy, scenario string, v reports.Verdict, speed float64, commands int64) reports.Cell {
	var runs []reports.Run
	for seed := range uint64(6) {
		r := reporttest.RunOf(seed, v, "")
		r.RowsPerSec = speed
		r.Cost = &reports.Cost{Chunks: 10, RedisCommands: new(10 * commands), RowsRead: new(int64(600)), RowsSent: new(int64(500))}
		r.Faults = []reports.Fault{{Text: "kill worker=0 chunk=1 at=read", Reached: true, Confirmed: true}}
		runs = append(runs, r)
	}
	return reporttest.FullCell(strategy, scenario, "any", reports.ReportOnly, len(runs), runs...)
}

func TestNothingToCompareWithIsNotNoCost(t *testing.T) {
	alone := reporttest.OfCells(paid("a", calm, reports.Safe, 900, 4), paid("b", calm, reports.Duplicated, 900, 25), paid("c", calm, reports.Duplicated, 900, 7))
	also := reporttest.OfCells(append(alone.Cells, paid("a", "kill", reports.Safe, 500, 5), paid("b", "kill", reports.Safe, 1000, 20), paid("c", "kill", reports.Duplicated, 1, 1))...)
	broken := reporttest.OfCells(alone.Cells[1:]...)
	all := reporttest.OfCells(paid("a", calm, reports.Safe, 900, 4), paid("b", calm, reports.Safe, 450, 4))
	for name, c := range map[string]struct {
		r    *reports.Results
		want string
	}{
		"one right result": {alone, "Safety costs nothing measurable: a moved the table in 1.2s without a fault (median of 6 runs); the 2 locks that gave wrong results took 1.2s. No other strategy has a right result where “a” was measured."},
		"another scenario": {also, "Safety costs nothing measurable: a moved the table in 1.2s without a fault (median of 6 runs); the 2 locks that gave wrong results took 1.2s. " +
			"Under kill, where “a” held and another strategy has a right result too, it is slower by a factor of 2.00 than the fastest with a right result, “b”, which broke elsewhere. That includes the time that each took to recover."},
		"none right":  {broken, "Unknown: no strategy held, and under no scenario have several a right result to compare. What each takes is shown all the same, and marked where the result was wrong."},
		"the fastest": {all, "None that was seen: “a” held, and among the 2 strategies with a right result under calm it is the fastest."},
	} {
		if got := newSource(c.r, Options{}).costAnswer(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := said(answerTo(also)); !strings.Contains(got, "900 rows/s when nothing goes wrong (median of 6 runs); no other strategy has a right result there to compare with. "+
		"Under kill, where 2 strategies have a right result, it is slower by a factor of 2.00 than") {
		t.Errorf("the box on top says something else:\n%s", got)
	}
}

func TestTheScenarioThatAllowsAComparisonIsNotFolded(t *testing.T) {
	s := newSource(reporttest.OfCells(
		paid("a", calm, reports.Safe, 900, 4), paid("b", calm, reports.Duplicated, 900, 25),
		paid("a", "pause", reports.Safe, 900, 4), paid("b", "pause", reports.Duplicated, 900, 4),
		paid("a", "kill", reports.Safe, 500, 5), paid("b", "kill", reports.Safe, 1000, 20)), Options{})
	for _, d := range details {
		s.detail, s.made = d, map[string]any{}
		v := s.cost()
		if first := string(v.Charts[0].First.SVG); !strings.Contains(first, ">kill<") || strings.Contains(first, ">pause<") {
			t.Errorf("with %+v, what is shown at once is %s", d, first)
		}
	}
}

func TestTheTableNamesWhatWasSpentOnWrongResults(t *testing.T) {
	some := paid("c", calm, reports.Safe, 900, 9)
	some.Runs[0].Verdict, some.Tally.Safe, some.Tally.Duplicated = reports.Duplicated, 5, 1
	s := newSource(reporttest.OfCells(paid("a", calm, reports.Safe, 900, 4), paid("b", calm, reports.Duplicated, 900, 25), some), Options{})
	s.detail = details[0]
	v := s.cost()
	heads := []string{"rows/s", "Redis commands/chunk", "Redis ms/1000 rows", "read again", "sent again"}
	want := map[string]string{"a": "right|900|4|-|16.7 %|0.0 %", "b": "|(403)|(25)|-|(16.7 %)|(0.0 %)", "c": "right in 5 of 6|900|9|-|16.7 %|0.0 %"}
	for _, row := range v.Rows {
		got := row.Right()
		for _, head := range heads {
			i := slices.IndexFunc(v.Columns, func(c costColumn) bool { return c.Head == head })
			if i < 0 {
				t.Fatalf("no column %q", head)
			}
			got += "|" + row.Marked(v.Columns[i].Value(row.Cell))
		}
		if got != want[row.Strategy] {
			t.Errorf("%s: %q, want %q", row.Strategy, got, want[row.Strategy])
		}
	}
	if body, err := render("cost", v); err != nil || strings.Count(body, "<td>wrong: ") != 1 || !strings.Contains(body, "<b>duplicated</b>") {
		t.Errorf("the wrong result is not named: %v, %s", err, body)
	}
}

func TestThePriceIsSaidAsItsNumbersAre(t *testing.T) {
	took := func(strategy string, v reports.Verdict, ms int64) reports.Cell {
		c := paid(strategy, calm, v, 900, 4)
		for i := range c.Runs {
			c.Runs[i].DurationMS = ms
		}
		return c
	}
	fast, slow := took("fast", reports.Duplicated, 492), took("slow", reports.Duplicated, 814)
	once := took("a", reports.Safe, 490)
	once.Runs = once.Runs[:1]
	for want, r := range map[string]*reports.Results{
		"time within the range of the unsafe locks: a moved the table in 575ms without a fault (median of 6 runs); the 2 locks that gave wrong results took 492ms to 814ms.": reporttest.OfCells(took("a", reports.Safe, 575), fast, slow),
		"nothing measurable: a moved the table in 490ms without a fault (median of 6 runs); the 2 locks that gave wrong results took 492ms to 814ms.":                        reporttest.OfCells(took("a", reports.Safe, 490), fast, slow),
		"nothing measurable yet: a moved the table in 490ms without a fault (one run); the 2 locks that gave wrong results took 492ms to 814ms.":                             reporttest.OfCells(once, fast, slow),
		"time: a moved the table in 900ms without a fault (median of 6 runs); the 2 locks that gave wrong results took 492ms to 814ms.":                                      reporttest.OfCells(took("a", reports.Safe, 900), fast, slow),
		"time: a moved the table in 900ms without a fault (median of 6 runs); the lock slow, which gave a wrong result, took 814ms.":                                         reporttest.OfCells(took("a", reports.Safe, 900), slow),
	} {
		if s := newSource(r, Options{}); s.price(s.strategy("a")) != want {
			t.Errorf("%q, want %q", s.price(s.strategy("a")), want)
		}
	}
}

// Charts that are seen at once are drawn for small screens too, and those that are folded are not: they would
// double the page.
func TestTheFirstCostsAreDrawnForSmallScreensToo(t *testing.T) {
	s := newSource(reporttest.Merged(), Options{})
	s.detail = details[0]
	charts := s.cost().Charts
	for _, c := range charts {
		if c.First != nil && c.First.Narrow == "" || c.Rest != nil && c.Rest.Narrow != "" {
			t.Errorf("%s is drawn for other screens", c.Title)
		}
	}
	if len(charts) == 0 {
		t.Error("nothing is drawn")
	}
}

// Of many strategies the table is seen at once, and of many cells the recoveries of the safest.
func TestWhatIsMuchIsFolded(t *testing.T) {
	for _, c := range []struct {
		strategies   int
		charts, more bool
		others       int // cells whose recoveries are folded
	}{{2, true, false, 0}, {12, true, false, 0}, {13, false, true, 2}} { // each is struck in two scenarios
		var cells []reports.Cell
		for i := range c.strategies {
			name := fmt.Sprintf("strategy-%d", i)
			calm := reporttest.FullCell(name, reports.Calm, "any", reports.ReportOnly, 2)
			calm.World = reports.WorldLive
			cells = append(cells, reporttest.WithCosts(calm, 1000, 6))
			for _, scenario := range []string{"kill", "pause"} {
				struck := reporttest.WithFaults(name, scenario, 2)
				struck.Runs[0].RecoveryMS = []float64{500}
				cells = append(cells, struck)
			}
		}
		s := newSource(reporttest.OfCells(cells...), Options{})
		s.detail = details[0]
		cost, recovery := s.cost(), s.recovery()
		if (len(cost.Charts) > 0) != c.charts || (len(cost.More) > 0) != c.more || recovery.Others != c.others || (recovery.Rest != nil) != (c.others > 0) {
			t.Errorf("%d strategies: %d charts, %d more, %d other cells", c.strategies, len(cost.Charts), len(cost.More), recovery.Others)
		}
	}
}
