package page

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onceover/reports"
	"onceover/reports/reporttest"
)

func TestAnySizeOfMatrix(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {12, 20}} {
		r := reporttest.Wide(size[0], size[1])
		page := pageOf(t, r)
		for _, fault := range lint(page) {
			t.Errorf("%v: %s", size, fault)
		}
		if got := strings.Count(page, "<article "); got != len(r.Cells) {
			t.Errorf("%v: %d cells", size, got)
		}
	}
}

func TestEveryRunOfALargeCellIsAccountedFor(t *testing.T) {
	r := reporttest.Empty()
	r.Cells = []reports.Cell{reporttest.FullCell("s", "f", "any", reports.ReportOnly, 300, reporttest.RunOf(1, reports.Safe, "the first"), reporttest.LostRun(2))}
	page := pageOf(t, r)
	if !strings.Contains(page, "50 of 300 runs, the worst first") {
		t.Error("the page does not say that runs are left out")
	}
	if !strings.Contains(page, "killed between its bitmap and its push") {
		t.Error("the bad run is left out")
	}
}

func TestThePageHoldsTheResults(t *testing.T) {
	for _, want := range []*reports.Results{
		reporttest.Sample(), reporttest.Merged(), reporttest.Hostile(reporttest.HostileTexts[0]), reporttest.Hostile(reporttest.HostileTexts[6]),
	} {
		if diff := cmp.Diff(want, dataOf(t, pageOf(t, want))); diff != "" {
			t.Error(diff)
		}
	}
}

// nightly has 13 strategies under 20 scenarios, with 60 runs of each cell, of which
// some are bad, and all have what a run on servers has.
func nightly() *reports.Results {
	r := reporttest.Merged()
	r.Cells = nil
	example := reporttest.StaleExample()
	for i := range 13 {
		for j := range 20 {
			c := reporttest.FullCell(fmt.Sprintf("strategy-%d", i), fmt.Sprintf("scenario-%d", j), "safe", reports.AsExpected, 60)
			for k := range c.Runs {
				nightlyRun(&c.Runs[k], c.ID)
			}
			if i > 8 {
				c.State, c.Verdict = reports.Worse, reports.Duplicated
				c.Counterexamples = []reports.Counterexample{example}
				for k := range 7 {
					run := reporttest.DuplicatedRun(uint64(k))
					run.Folder = fmt.Sprintf("runs/%s/%d", c.ID, k)
					c.Runs[k] = run
				}
				c.Tally = reports.Count(c.Runs)
				c.BadRate = c.Tally.Rate()
			}
			c.World = reports.WorldLive
			r.Cells = append(r.Cells, c)
		}
	}
	return r
}

func nightlyRun(run *reports.Run, cell string) {
	read, sent, commands, cpu := int64(520), int64(500), int64(50), 2.5
	run.Cost = &reports.Cost{Chunks: 10, RowsRead: &read, RowsSent: &sent, RedisCommands: &commands, RedisCPUMS: &cpu}
	for k := range 5 {
		run.RecoveryMS = append(run.RecoveryMS, 12.5*float64(k+1))
		run.Faults = append(run.Faults, reports.Fault{
			Text: fmt.Sprintf("kill worker=* chunk=%d at=read restart=100ms", k), Reached: true, Confirmed: true, Evidence: "process 4711: signal: killed", AtMS: 1936.3, HealedMS: 3444.2,
		})
		run.Plan += run.Faults[k].Text + "\n"
	}
	run.Folder = fmt.Sprintf("runs/%s/%d", cell, run.Seed)
}

func nightlyOptions() Options {
	return Options{History: func(string) ([]reports.Event, error) { return reporttest.History(), nil }}
}

func TestAPageOfANightlyRunStaysSmall(t *testing.T) {
	r := nightly()
	began := time.Now()
	page := pageWith(t, r, nightlyOptions())
	t.Logf("%d bytes in %s", len(page), time.Since(began))
	if len(page) > softLimit {
		t.Errorf("%d bytes", len(page))
	}
	if least := softLimit * 49 / 50; len(page) < least {
		t.Errorf("%d bytes: there is room for more counterexamples", len(page))
	}
	for _, fault := range lint(page) {
		t.Error(fault)
	}
	for _, left := range []string{"Shortened", " runs are drawn;", " counterexamples are shown;", " of 15,600 runs are kept"} {
		if !strings.Contains(page, left) {
			t.Errorf("the page does not say what is left out: %q", left)
		}
	}
	got := dataOf(t, page)
	if got.Abridged == "" {
		t.Error("the data block does not say that it is abridged")
	}
	for i, c := range got.Cells {
		if c.Tally != r.Cells[i].Tally || c.Verdict != r.Cells[i].Verdict {
			t.Errorf("%s: the data block has changed what was counted", c.ID)
		}
	}
}

func TestTheBadRunOfABadCellIsKept(t *testing.T) {
	for level := range copies {
		r, left := abridge(nightly(), level)
		if (left == "") != (level == wholeCopy) || r.Abridged != left {
			t.Errorf("copy %d says %q", level, left)
		}
		for _, c := range r.Cells {
			if c.Verdict.Bad() && (len(c.Runs) == 0 || len(c.Runs[0].Faults) == 0) {
				t.Fatalf("copy %d: the bad runs of %s are gone", level, c.ID)
			}
		}
	}
}

func BenchmarkNightly(b *testing.B) {
	r := nightly()
	for b.Loop() {
		if err := Write(io.Discard, r, nightlyOptions()); err != nil {
			b.Fatal(err)
		}
	}
}
