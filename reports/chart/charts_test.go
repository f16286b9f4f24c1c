package chart

import (
	"math"
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/compare"
	"onceover/reports/metric"
	"onceover/reports/reporttest"

	"pgregory.net/rapid"
)

// drawn is what every chart can do.
type drawn interface {
	Figure() *svg.Figure
}

// chartsOf makes every chart that is made of cells.
func chartsOf(cells []reports.Cell, leaseMS int64) map[string]drawn {
	return map[string]drawn{
		"forest": NewForest("forest", "title", cells), "throughput": NewCosts("throughput", "title", metric.Speed, cells), "commands": NewCosts("commands", "title", metric.RedisCommands, cells),
		"time": NewCosts("time", "title", metric.RedisCPU, cells), "waste": NewWaste("waste", "title", cells), "recovery": NewRecovery("recovery", "title", cells, leaseMS, nil),
	}
}

// sample has costs and recoveries of every kind, and searches.
func sample() []reports.Cell {
	cells := reporttest.Sample().Cells
	for i := range cells {
		c := &cells[i]
		c.World = reports.WorldLive
		for j := range c.Runs {
			n := (37*i + 11*j) % 29
			spend(&c.Runs[j], float64(1000+300*i+40*n), int64(i*n), int64(n*(i%3)))
			if c.Scenario != "calm" {
				c.Runs[j].RecoveryMS = []float64{20 * float64(1+i), 20 * float64(1+i*n), 5000 + float64(n)}
			}
		}
	}
	cells[2].Runs[0].CensoredMS = []float64{30_000}
	cells[5].Runs[1].RecoveryMS, cells[5].Runs[1].CensoredMS = nil, []float64{12_000, 30_000, 30_000}
	cells[3].Expected, cells[6].Expected = "safe(max_rate: 1%)", "safe(max_rate: 5%)"
	cells[6].Runs[0].Cost = nil
	return append(cells, searched("lease-lua", 12_043, true), searched("none", 345, false, reporttest.DuplicatedRun(1)))
}

func spend(r *reports.Run, speed float64, read, sent int64) {
	r.RowsPerSec = speed
	r.Cost = &reports.Cost{
		Chunks: 10, RowsRead: new(r.Rows.Table + read), RowsSent: new(r.Rows.Table + sent),
		RedisCommands: new(60 + read), RedisCPUMS: new(12 + float64(sent)),
	}
}

func searched(strategy string, schedules int, complete bool, bad ...reports.Run) reports.Cell {
	c := reporttest.CellOf(strategy, "kill", "any", reports.ReportOnly, 1, bad...)
	c.World = reports.WorldSim
	c.Search = &reports.Search{Bounds: "2 workers, 3 chunks", Schedules: schedules, Complete: complete}
	return c
}

func TestGoldens(t *testing.T) {
	cells := sample()
	for name, c := range chartsOf(append(cells[3:6], cells[8:]...), 5000) {
		reporttest.Golden(t, name+".svg", string(c.Figure().SVG)+"\n")
	}
	reporttest.Golden(t, "changes.svg", string(sampleChanges().Figure().SVG)+"\n")
}

func TestChartsOfTheSample(t *testing.T) {
	charts := chartsOf(sample(), 5000)
	charts["changes"], charts["shares"] = sampleChanges(), sampleShares()
	for name, c := range charts {
		checkChart(t, name, c)
		if svg := c.Figure().SVG; svg != c.Figure().SVG {
			t.Errorf("%s is not the same twice", name)
		}
	}
}

// checkChart holds any chart to what all charts promise.
func checkChart(t interface{ Errorf(string, ...any) }, name string, c drawn) {
	for _, fault := range lint(string(c.Figure().SVG)) {
		t.Errorf("%s: %s", name, fault)
	}
	table := c.Figure().Table
	for _, row := range table.Rows {
		if len(row) != len(table.Head) {
			t.Errorf("%s: row %q of a table with the head %q", name, row, table.Head)
		}
		if slices.Contains(row, "") {
			t.Errorf("%s: an empty place in %q", name, row)
		}
		for _, text := range row {
			if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
				t.Errorf("%s: %q", name, row)
			}
		}
	}
}

func TestAnEmptyChartSaysSo(t *testing.T) {
	charts := chartsOf(nil, 0)
	charts["changes"] = newChanges("a", "title", "rows/s", svg.Round, svg.Round)
	for name, c := range charts {
		checkChart(t, name, c)
		if !strings.Contains(string(c.Figure().SVG), "There is nothing to show.") {
			t.Errorf("%s: %s", name, c.Figure().SVG)
		}
	}
}

func TestChartsOfOnePageHaveNoIDsInCommon(t *testing.T) {
	var all strings.Builder
	for _, c := range chartsOf(sample(), 5000) {
		all.WriteString(string(c.Figure().SVG))
	}
	ids := map[string]bool{}
	for _, part := range strings.Split(all.String(), ` id="`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		if ids[id] {
			t.Errorf("id %q twice", id)
		}
		ids[id] = true
	}
	if len(ids) < 12 {
		t.Errorf("only %d ids", len(ids))
	}
}

func TestHostileNames(t *testing.T) {
	for _, text := range reporttest.HostileTexts {
		if text == "" {
			continue // an empty name is an empty place in the table
		}
		cells := sample()
		for i := range cells {
			cells[i].Strategy += text
			cells[i].Scenario = text + cells[i].Scenario
			cells[i].World = text
			if cells[i].Search != nil {
				cells[i].Search.Bounds = text
			}
			if i%2 == 0 && len(cells[i].Runs) > 0 {
				cells[i].Runs[0].Cost = &reports.Cost{Missing: text}
			}
		}
		for name, c := range chartsOf(cells, 5000) {
			checkChart(t, name, c)
		}
	}
}

// anyNumber is a number of any kind that a computer has, most often a usual one.
var anyNumber = rapid.OneOf(
	rapid.Float64Range(0, 10_000), rapid.Float64(),
	rapid.SampledFrom([]float64{0, 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64}),
)

var (
	anyName    = rapid.OneOf(rapid.SampledFrom([]string{"lease-lua", "set-nx", "kill", "שלום"}), rapid.StringN(1, 20, -1), rapid.Just(strings.Repeat("long ", 60)))
	anyNumbers = rapid.SliceOfN(anyNumber, 0, 12)
	anyCount   = rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64())
)

func TestNothingThatIsDrawnBreaksADrawing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "rows")
		forest, costs, waste := NewForest("f", "title", nil), NewCosts("d", "title", metric.Speed, nil), NewWaste("s", "title", nil)
		recovery, changes := NewRecovery("t", "title", nil, rapid.Int64().Draw(t, "lease"), nil), newChanges("a", "title", "rows/s", svg.Round, svg.Round)
		if rapid.Bool().Draw(t, "shares") {
			changes = NewRateChanges("a", &compare.Comparison{})
		}
		for range n {
			at, text := place{anyName.Draw(t, "a"), anyName.Draw(t, "b")}, anyName.Draw(t, "text")
			count := func() int { return int(rapid.Int32Range(0, math.MaxInt32).Draw(t, "n")) }
			forest.Rows = append(forest.Rows, anyForestRow(t, at.Strategy, at.Scenario, text))
			costs.Rows = append(costs.Rows, CostRow{at, finite(anyNumbers.Draw(t, "values")), count(), text, rapid.Bool().Draw(t, "wrong"), rapid.SampledFrom([]int{0, 0, 3}).Draw(t, "bad")})
			waste.Rows = append(waste.Rows, WasteRow{at, rapid.SampledFrom([]string{"read", "sent"}).Draw(t, "work"), anyCount.Draw(t, "first"), anyCount.Draw(t, "again"), count(), text, rapid.Bool().Draw(t, "wrong")})
			recovery.Rows = append(recovery.Rows, RecoveryRow{at, finite(anyNumbers.Draw(t, "recovered")), finite(anyNumbers.Draw(t, "censored")), text, rapid.Bool().Draw(t, "wrong")})
			changes.Rows = append(changes.Rows, ChangeRow{at, anyNumber.Draw(t, "old"), anyNumber.Draw(t, "new"), rapid.SampledFrom([]compare.Change{compare.Same, compare.Better, compare.Worse, "", compare.Change(text)}).Draw(t, "turn"), text})
		}
		for name, c := range map[string]drawn{"forest": forest, "costs": costs, "waste": waste, "recovery": recovery, "changes": changes} {
			checkChart(t, name, c)
		}
	})
}

// foundTogether are verdicts as a cell may have them.
var foundTogether = [][]reports.Verdict{
	{reports.Safe}, {reports.Inconclusive}, {"unheard of"}, {reports.Stuck}, {reports.Lost, reports.Stuck},
	{reports.Lost, reports.Duplicated}, {reports.Lost, reports.Duplicated, reports.Stuck},
}

func anyForestRow(t *rapid.T, strategy, scenario, bounds string) ForestRow {
	small := rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, 100_000_000))
	tally := reports.Tally{Safe: small.Draw(t, "safe"), Lost: small.Draw(t, "lost"), Inconclusive: small.Draw(t, "inconclusive")}
	tally.N = tally.Safe + tally.Lost + tally.Inconclusive
	r := ForestRow{
		place: place{strategy, scenario}, Tally: tally, MaxRate: anyNumber.Draw(t, "max rate"),
		Found: rapid.SampledFrom(foundTogether).Draw(t, "verdicts"),
	}
	if rapid.Bool().Draw(t, "searched") {
		r.Search = &reports.Search{Bounds: bounds, Schedules: small.Draw(t, "schedules"), Complete: rapid.Bool().Draw(t, "complete")}
	}
	return r
}

func TestThreeHundredCells(t *testing.T) {
	for name, c := range chartsOf(many(300), 5000) {
		checkChart(t, name, c)
		if size := len(c.Figure().SVG); size > 400_000 {
			t.Errorf("%s has %d bytes", name, size)
		}
		if rows := len(c.Figure().Table.Rows); rows < 100 {
			t.Errorf("%s has only %d rows", name, rows)
		}
	}
}

// many makes so many cells out of the sample.
func many(n int) []reports.Cell {
	var cells []reports.Cell
	for i := 0; len(cells) < n; i++ {
		for _, c := range sample() {
			c.Strategy += strings.Repeat("'", i)
			cells = append(cells, c)
		}
	}
	return cells[:n]
}

func BenchmarkThreeHundredCells(b *testing.B) {
	charts := chartsOf(many(300), 5000)
	for name, c := range charts {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.SetBytes(int64(len(c.Figure().SVG)))
			}
		})
	}
}

// sampleChanges has every kind of change.
func sampleChanges() Plot[ChangeRow] {
	p := newChanges("arrows", "Is it slower than before?", "rows/s", svg.Round, svg.Round)
	p.Rows = []ChangeRow{
		{place{"lease-lua", "calm"}, 4000, 4100, compare.Same, "p = 0.45"},
		{place{"lease-lua", "kill"}, 3000, 2100, compare.Worse, "−30 % (p = 0.001)"},
		{place{"lease-lua", "pause"}, 2000, 3600, compare.Better, "+80 % (p = 0.001)"},
		{place{"set-nx", "calm"}, 2000, math.NaN(), compare.Same, "too few runs: 3"},
		{place{"set-nx", "kill"}, 2000, 2001, compare.Same, "p = 0.97"},
		{place{"set-nx", "pause"}, math.NaN(), math.NaN(), compare.Same, "not comparable: MySQL 8.0.36 vs 8.4.2"},
	}
	return p
}

func sampleShares() Plot[ChangeRow] {
	p := NewRateChanges("shares", &compare.Comparison{})
	p.Rows = []ChangeRow{
		{place{"lease-lua", "calm"}, 0, 1.0 / 60, compare.Worse, "one bad run is proof"},
		{place{"lease-lua", "kill"}, 7.0 / 60, 15.0 / 60, compare.Same, "p = 0.10"},
	}
	return p
}

func TestSharesAreNeverCutShort(t *testing.T) {
	for bad := range 61 {
		cell := reports.Cell{Strategy: "s", Scenario: "f", Tally: reports.Tally{N: 60, Safe: 60 - bad, Duplicated: bad}}
		cell.BadRate = cell.Tally.Rate()
		if svg := string(NewForest("f", "title", []reports.Cell{cell}).Figure().SVG); strings.Contains(svg, "…") {
			t.Errorf("%d of 60: %s", bad, svg)
		}
	}
}
