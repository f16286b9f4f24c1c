package chart

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/metric"
	"onceover/reports/reporttest"
)

func cellOf(strategy string, n int, special ...reports.Run) reports.Cell {
	return reporttest.CellOf(strategy, "kill", "any", reports.ReportOnly, n, special...)
}

func TestForestSaysWhatIsShownAndWhatIsNot(t *testing.T) {
	for want, cells := range map[string][]reports.Cell{
		"Nothing was run, so nothing is known.": nil,
		"0 of 1 cell is shown to be bad; of those without a bad run, least is known of a under kill: true rate < 4.9 %.":                                    {cellOf("a", 60)},
		"1 of 3 cells are shown to be bad, by 1 of 60 runs (c under kill); of those without a bad run, least is known of b under kill: true rate < 63.2 %.": {cellOf("a", 60), cellOf("b", 3), cellOf("c", 60, reporttest.LostRun(1))},
		"0 of 1 cell is shown to be bad; of those without a bad run, least is known of a under kill: true rate unknown.":                                    {cellOf("a", 1, reporttest.UnreachedRun(1))},
		"1 of 3 cells are shown to be bad; 1 of 2 searches that found nothing covered everything within bounds.":                                            {searched("a", 10, true), searched("b", 10, false), searched("c", 10, true, reporttest.LostRun(1))},
		"0 of 2 cells are shown to be bad; 0 of 1 search that found nothing covered everything within bounds; of those without a bad run, least is known of b under live kill: true rate < 4.9 %.": {
			searched("a", 10, false), inWorld(reports.WorldLive, cellOf("b", 60)),
		},
	} {
		if got := NewForest("f", "title", cells).Finding(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func inWorld(world string, c reports.Cell) reports.Cell {
	c.World = world
	return c
}

func TestEveryVerdictOfACellIsNamed(t *testing.T) {
	stuck := reporttest.RunOf(2, reports.Stuck, "")
	cell := cellOf("a", 2, reporttest.LostRun(1), stuck)
	f := NewForest("f", "title", []reports.Cell{cell})
	for _, want := range []string{">lost<", ">duplicated<", ">stuck<"} {
		if !strings.Contains(string(f.Figure().SVG), want) {
			t.Errorf("no %q in %s", want, f.Figure().SVG)
		}
	}
	if got := f.Figure().Table.Rows[0][2]; got != "lost + duplicated + stuck" {
		t.Errorf("the table says %q", got)
	}
	if got := NewCosts("d", "title", metric.Speed, []reports.Cell{cell}).Rows[0].Missing; got != "no run was right: 1 lost + duplicated, 1 stuck" {
		t.Errorf("%q", got)
	}
	cell.Runs = nil
	if got := NewCosts("d", "title", metric.Speed, []reports.Cell{cell}).Rows[0].Missing; got != "no run was right: 1 lost, 1 stuck" {
		t.Errorf("of runs that were not kept: %q", got)
	}
}

func TestASearchHasNoRate(t *testing.T) {
	f := NewForest("f", "title", []reports.Cell{searched("a", 12_043, true), searched("b", 1, false, reporttest.LostRun(1))})
	svg := string(f.Figure().SVG)
	for _, want := range []string{"12,043 schedules, COMPLETE", "1 schedule, not complete", "no rate"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, row := range f.Figure().Table.Rows {
		if row[4] != "2 workers, 3 chunks" || strings.Contains(strings.Join(row, " "), "%") {
			t.Errorf("%q", row)
		}
	}
	if strings.Contains(svg, " of 1<") {
		t.Error("it counts runs")
	}
}

func TestUnknownRunsAreNoEvidence(t *testing.T) {
	svg := string(NewForest("f", "title", []reports.Cell{cellOf("a", 1, reporttest.UnreachedRun(1))}).Figure().SVG)
	for _, want := range []string{"no run proves anything", ">unknown<", ">inconclusive<", ">0 of 0<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in %s", want, svg)
		}
	}
}

func TestTheRequiredBoundIsDrawnWhereItIs(t *testing.T) {
	cell := cellOf("a", 60)
	cell.Expected = "safe(max_rate: 1%)"
	f := NewForest("f", "title", []reports.Cell{cell})
	// The scale has four decades, and 1 % is in the middle.
	if want := `<path d="M688 `; !strings.Contains(string(f.Figure().SVG), want) || f.Figure().Table.Rows[0][5] != "< 1 %" {
		t.Errorf("no %s in %s", want, f.Figure().SVG)
	}
}

// What a lock with wrong results takes is what safety is paid instead of. What one that got stuck
// takes is its deadline.
func TestASpeedIsThatOfRightRunsWhereThereAreAny(t *testing.T) {
	lostOne, stuckOne := reporttest.LostRun(1), reporttest.RunOf(2, reports.Stuck, "")
	lostOne.DurationMS, stuckOne.RowsPerSec = 1000, 9000
	d := NewCosts("d", "title", metric.Speed, []reports.Cell{cellOf("a", 4, lostOne), cellOf("b", 2, lostOne, stuckOne), cellOf("c", 1, stuckOne)})
	row := func(strategy string) CostRow {
		return d.Rows[slices.IndexFunc(d.Rows, func(r CostRow) bool { return r.Strategy == strategy })]
	}
	if got := row("a"); len(got.Values) != 3 || got.Runs != 4 || got.Values[0] != 4032 || got.Wrong || got.result() != "1 wrong" {
		t.Errorf("%+v", got)
	}
	if got := row("b"); !slices.Equal(got.Values, []float64{500}) || !got.Wrong || got.result() != "wrong" {
		t.Errorf("%+v", got)
	}
	if got := row("c"); got.Values != nil || got.Missing != "no run was right: 1 stuck" {
		t.Errorf("%+v", got)
	}
	if want := "The medians go from 500 (b under kill, wrong result) to 4,032 rows/s (a under kill); where the result was right, the median is 4,032 rows/s (a under kill); 1 of 3 cells could not be measured."; d.Finding() != want {
		t.Errorf("%q, want %q", d.Finding(), want)
	}
}

// A newcomer asks what each lock costs, also of those that are not safe.
func TestTheCostOfAWrongResultIsMarked(t *testing.T) {
	lost, twice, right, stuck := reporttest.LostRun(1), reporttest.DuplicatedRun(2), reporttest.RunOf(3, reports.Safe, ""), reporttest.RunOf(4, reports.Stuck, "")
	for i, r := range []*reports.Run{&lost, &twice, &right, &stuck} {
		spend(r, 1000, int64(60*i), 0)
	}
	cells := []reports.Cell{cellOf("wrong", 2, lost, twice), cellOf("some", 2, twice, right), cellOf("stuck", 1, stuck)}
	c := NewCosts("c", "title", metric.RedisCommands, cells)
	for _, want := range []CostRow{
		{place: place{Strategy: "wrong"}, Values: []float64{6, 12}, Wrong: true},
		{place: place{Strategy: "some"}, Values: []float64{18}},
		{place: place{Strategy: "stuck"}}, // it waited for its deadline
	} {
		at := slices.IndexFunc(c.Rows, func(r CostRow) bool { return r.Strategy == want.Strategy })
		if got := c.Rows[at]; !slices.Equal(got.Values, want.Values) || got.Wrong != want.Wrong {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	svg := string(c.Figure().SVG)
	for _, want := range []string{">wrong</text>", "median of runs with a wrong result", "within scripts and transactions"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in %s", want, svg)
		}
	}
	if want := "The medians go from 9 (wrong under kill, wrong result) to 18 commands/chunk (some under kill); where the result was right, the median is 18 commands/chunk (some under kill); 1 of 3 cells could not be measured."; c.Finding() != want {
		t.Errorf("%q, want %q", c.Finding(), want)
	}
}

func TestCostsSayWhyThereIsNoNumber(t *testing.T) {
	uncounted := reporttest.RunOf(1, reports.Safe, "")
	uncounted.Cost = &reports.Cost{Chunks: 10, Missing: "INFO is forbidden"}
	unkept := cellOf("c", 60)
	unkept.Runs = nil
	for want, cell := range map[string]reports.Cell{
		"INFO is forbidden":                         cellOf("a", 1, uncounted),
		"nothing was counted":                       cellOf("b", 3),
		"the runs were not kept":                    unkept,
		"there was no run":                          cellOf("d", 0),
		"no run was right: 2 stuck, 1 inconclusive": cellOf("e", 3, reporttest.RunOf(1, reports.Stuck, ""), reporttest.RunOf(2, reports.Stuck, ""), reporttest.UnreachedRun(3)),
	} {
		d := NewCosts("d", "title", metric.RedisCommands, []reports.Cell{cell})
		if svg := string(d.Figure().SVG); d.Rows[0].Missing != want || !strings.Contains(svg, ">"+want+"<") || !strings.Contains(svg, ">-<") {
			t.Errorf("%q, want %q: %s", d.Rows[0].Missing, want, svg)
		}
	}
	none := NewCosts("d", "title", metric.RedisCommands, []reports.Cell{cellOf("b", 3)})
	if want := "No run was measured, so there is nothing to compare."; none.Finding() != want {
		t.Errorf("%q", none.Finding())
	}
	if len(NewCosts("d", "title", metric.Speed, []reports.Cell{searched("a", 1, true)}).Rows) > 0 {
		t.Error("a search has a speed")
	}
}

func TestCostsComparePerChunkAndPerRow(t *testing.T) {
	run := reporttest.RunOf(1, reports.Safe, "")
	run.Cost = &reports.Cost{Chunks: 10, RedisCommands: new(int64(120)), RedisCPUMS: new(6.0)}
	cells := []reports.Cell{cellOf("a", 1, run)}
	if got := NewCosts("d", "title", metric.RedisCommands, cells).Rows[0].Values[0]; got != 12 {
		t.Errorf("%v commands a chunk", got)
	}
	if got := NewCosts("d", "title", metric.RedisCPU, cells).Rows[0].Values[0]; got != 12 { // 6 ms for 500 rows
		t.Errorf("%v ms for 1000 rows", got)
	}
}

func TestWasteCountsOnlyRunsThatMovedAllRows(t *testing.T) {
	right, twice, gone, unread := reporttest.RunOf(1, reports.Safe, ""), reporttest.DuplicatedRun(2), reporttest.LostRun(3), reporttest.RunOf(4, reports.Safe, "")
	spend(&right, 1, 50, 0)
	spend(&twice, 1, 150, 50)
	spend(&gone, 1, 5000, 5000)
	spend(&unread, 1, -100, 0)
	s := NewWaste("w", "title", []reports.Cell{cellOf("a", 4, right, twice, gone, unread)})
	if read := s.Rows[0]; read.First != 500 || read.Again != 50 || read.Runs != 1 || read.Wrong {
		t.Errorf("%+v", read)
	}
	if sent := s.Rows[1]; sent.First != 1000 || sent.Again != 0 || sent.Runs != 2 || sent.Wrong {
		t.Errorf("%+v", sent)
	}
	if want := "The largest share of wasted work is 9.1 % (rows read by a under kill)."; s.Finding() != want {
		t.Errorf("%q, want %q", s.Finding(), want)
	}
	s = NewWaste("w", "title", []reports.Cell{cellOf("a", 2, twice, gone)})
	if read := s.Rows[0]; read.First != 500 || read.Again != 150 || read.Runs != 1 || !read.Wrong {
		t.Errorf("where none was right: %+v", read)
	}
	if want := "The largest share of wasted work is 23.1 % (rows read by a under kill, wrong result); no result was right."; s.Finding() != want {
		t.Errorf("%q, want %q", s.Finding(), want)
	}
	if got := s.Figure().Table.Rows[0][7]; got != "wrong" || !strings.Contains(string(s.Figure().SVG), ">wrong<") {
		t.Errorf("the result is %q", got)
	}
	if got := NewWaste("w", "title", []reports.Cell{cellOf("a", 1, unread)}).Rows[0].Missing; got != "fewer rows were counted than arrived" {
		t.Errorf("%q", got)
	}
}

func TestAFaultWithoutRecoveryIsCountedAndNotAveraged(t *testing.T) {
	a, b := reporttest.RunOf(1, reports.Safe, ""), reporttest.RunOf(2, reports.Stuck, "")
	a.RecoveryMS, b.CensoredMS = []float64{1000, 2000, 3000}, []float64{30_000, 40_000}
	s := NewRecovery("r", "title", []reports.Cell{cellOf("a", 2, a, b), cellOf("b", 1, b), reporttest.CellOf("calm", "calm", "any", reports.ReportOnly, 1)}, 5000, nil)
	if len(s.Rows) != 2 {
		t.Fatalf("%+v", s.Rows)
	}
	want := []string{
		"a|kill|3|1.0s|3.0s|3.0s|2 of 5|30.0s to 40.0s|right",
		"b|kill|0|-|not reached|-|2 of 2|30.0s to 40.0s|right",
	}
	for i, row := range s.Figure().Table.Rows {
		if got := strings.Join(row, "|"); got != want[i] {
			t.Errorf("%q, want %q", got, want[i])
		}
	}
	if want := "Work went on after 3 of 7 faults, in 1.0s to 3.0s; after 4 it did not, by the end of the run; the highest median is 3.0s (a under kill); 1 cell has no median, since too few of its faults were recovered from."; s.Finding() != want {
		t.Errorf("%q, want %q", s.Finding(), want)
	}
	if !strings.Contains(string(s.Figure().SVG), "lease of locks, 5.0s") {
		t.Error("no lease")
	}
}

// A run that ends a moment after a fault has watched it for no time at all: drawn on the
// scale, that would look like the fastest recovery of all.
func TestAFaultWithoutRecoveryIsNotOnTheScale(t *testing.T) {
	lost, fast := reporttest.LostRun(1), reporttest.RunOf(2, reports.Safe, "")
	lost.CensoredMS, fast.RecoveryMS = []float64{1.2}, []float64{900}
	s := NewRecovery("r", "title", []reports.Cell{cellOf("a", 1, lost), cellOf("b", 1, fast)}, 0, nil)
	svg := string(s.Figure().SVG)
	if want := "1 of 1, watched 1ms"; !strings.Contains(svg, ">"+want+"<") {
		t.Errorf("no %q in %s", want, svg)
	}
	if s.scale(s.Rows).Low != 100 {
		t.Errorf("the scale begins at %v ms, as if something had recovered by then", s.scale(s.Rows).Low)
	}
	hollow := regexp.MustCompile(`<path d="M([\d.]+) [\d.]+l7 4.5l-7 4.5z"`).FindAllStringSubmatch(svg, -1)
	if len(hollow) != 2 { // one of them in the legend
		t.Fatalf("%d hollow marks in %s", len(hollow), svg)
	}
	if x := value(hollow[1][1]); x < s.scale(s.Rows).End {
		t.Errorf("the mark stands at %v, and the scale goes on to %v", x, s.scale(s.Rows).End)
	}
}

func TestARecoveryThatWasNotMeasuredIsNotLeftOut(t *testing.T) {
	lost := reporttest.LostRun(1)
	replies := reporttest.RunOf(2, reports.Safe, "")
	for i := range 2 {
		replies.Faults = append(replies.Faults, reports.Fault{Text: fmt.Sprintf("lose-reply worker=* chunk=%d at=committing", i), Reached: true, Confirmed: true})
	}
	yes := func(reports.Cell) bool { return true }
	for _, c := range []struct {
		run    reports.Run
		silent func(reports.Cell) bool
		want   string
	}{
		{lost, nil, "not measured, 1 fault: no open chunk was hit, or it was committed without a report"},
		{lost, yes, "not measured, 1 fault: these workers do not report their steps"},
		{replies, nil, "not measured, 2 faults: the commit took effect, its reply was lost, and no worker reported it"},
	} {
		s := NewRecovery("r", "title", []reports.Cell{cellOf("a", 1, c.run)}, 0, c.silent)
		if len(s.Rows) != 1 || s.Rows[0].Missing != c.want || s.Finding() != "No recovery was measured." {
			t.Errorf("%+v, want %q", s, c.want)
		}
		if svg := string(s.Figure().SVG); !strings.Contains(svg, ">"+c.want+"</text>") {
			t.Errorf("%q is cut off in %s", c.want, svg)
		}
	}
}

func TestMarksThatWouldLieOnEachOtherAreMoved(t *testing.T) {
	var b beeswarm
	for i, want := range []float64{0, -7, 7, 0} {
		if got := b.place(100); got != want {
			t.Errorf("mark %d is moved by %v, want %v", i, got, want)
		}
	}
	if got := b.place(120); got != 0 {
		t.Errorf("a mark apart is moved by %v", got)
	}
}
