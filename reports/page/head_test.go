package page

import (
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/answer"
	"onceover/reports/reporttest"
)

func TestTheTitleLeadsWithTheAnswer(t *testing.T) {
	for _, c := range []struct {
		r    *reports.Results
		want string
	}{
		{chosen(), "Use a · Onceover"},
		{reporttest.Empty(), "Unknown: nothing was run · INCONCLUSIVE nothing was checked · Onceover"},
		{reporttest.Sample(), answer.Of(reporttest.Sample()).Title() + " · FAIL 1 worse, 1 control missed, 1 not proven · Onceover"},
	} {
		if page := pageOf(t, c.r); !strings.Contains(page, "<title>"+c.want+"</title>") {
			_, page, _ = strings.Cut(page, "<title>")
			t.Errorf("%s, want %s", page[:120], c.want)
		}
	}
}

// chosen are results in which a is the lock to use, and b broke.
func chosen() *reports.Results {
	var cells []reports.Cell
	for _, scenario := range []string{calm, "kill", "pause", "cut", "lost-reply"} {
		cells = append(cells, reporttest.WithFaults("a", scenario, 60), reporttest.WithFaults("b", scenario, 2, reporttest.DuplicatedRun(1)))
	}
	r := reporttest.OfCells(cells...)
	r.Gate.Status = reports.Pass
	return r
}

func TestTheHeadSaysHowSureAndAtWhatCost(t *testing.T) {
	want := []glanceView{
		{"How sure", "0 of 300 runs of a on real servers went wrong, so the true rate of bad runs is below 1.0\u00a0% (95\u00a0% confidence, averaged over the scenarios)."},
		{"Cost", "nothing measurable: a moved the table in 1.2s without a fault (median of 60 runs); the lock b, which gave a wrong result, took 1.2s."},
	}
	got := newSource(chosen(), Options{}).head().Glance
	for i, line := range want {
		if len(got) != len(want) || got[i] != line {
			t.Fatalf("%+v, want %+v", got, want)
		}
	}
}

func TestTheHeadSaysHowFarTheSimulatedWorldWasSearched(t *testing.T) {
	for complete, want := range map[int]string{
		0: "In the simulated world, nothing was found against a in 5 scenarios; not every order of events was tried.",
		2: "In the simulated world, nothing was found against a in 5 scenarios; in 2 of them every order of events within bounds was tried (COMPLETE).",
		5: "In the simulated world, nothing was found against a in 5 scenarios; every order of events within bounds was tried (COMPLETE).",
	} {
		r := chosen()
		r.Run.World = reports.WorldSim
		for i := range r.Cells {
			r.Cells[i].World, r.Cells[i].Search = reports.WorldSim, &reports.Search{Schedules: 9, Complete: i/2 < complete}
		}
		if got := newSource(r, Options{}).head().Glance; len(got) == 0 || got[0].Text != want {
			t.Errorf("%+v, want %q", got, want)
		}
	}
}

func TestAGateThatPassedBesideBrokenCellsSaysWhyItMay(t *testing.T) {
	control, known := reporttest.DuplicatedRun(1), reporttest.DuplicatedRun(2)
	of := func(state reports.State, special ...reports.Run) reports.Cell {
		return reporttest.CellOf("a", string(state), "any", state, 60, special...)
	}
	for want, cells := range map[string][]reports.Cell{
		"the only cell is as expected.":                  {of(reports.AsExpected)},
		"(1 bad cell has to be bad)":                     {of(reports.AsExpected, control), of(reports.ReportOnly)},
		"(2 bad cells are report only)":                  {of(reports.AsExpected), of(reports.ReportOnly, known), of(reports.ReportOnly, known)},
		"(1 bad cell is report only)":                    {of(reports.AsExpected), of(reports.ReportOnly, known)},
		"(2 bad cells have to be bad, 1 is report only)": {of(reports.AsExpected, control), of(reports.AsExpected, control), of(reports.ReportOnly, known)},
		"(1 bad cell has to be bad, 2 are report only)":  {of(reports.AsExpected, control), of(reports.ReportOnly, known), of(reports.ReportOnly, known)},
	} {
		r := reporttest.OfCells(cells...)
		r.Gate = reports.Gate{Status: reports.Pass}
		if page := pageOf(t, r); !strings.Contains(page, `Gate: PASS</strong> `+want+"</p>") {
			_, page, _ = strings.Cut(page, "Gate: ")
			t.Errorf("%s, want %s", page[:160], want)
		}
	}
	r := reporttest.OfCells(of(reports.Worse, known))
	r.Gate = reports.Gate{Status: reports.Fail}
	if page := pageOf(t, r); !strings.Contains(page, "Gate: FAIL</strong> 1 worse.</p>") {
		t.Error("a gate that failed does not say why")
	}
}

func TestTheCommandThatRunsWhatIsMissingIsNamed(t *testing.T) {
	r := chosen()
	r.Cells = append(r.Cells, reporttest.WithFaults("b", "mysql-kill", 2, reporttest.DuplicatedRun(1)))
	page := pageOf(t, r)
	for _, want := range []string{
		"<h1><bdi>No lock is shown to hold.</bdi></h1>",
		`Nothing was found against a, but a/<span class="name">mysql-kill</span> was not run on real servers (run: onceover chaos -s a -f <span class="name">mysql-kill</span>).`,
		"To run that: onceover chaos -s a -f mysql-kill. Then put the results together (onceover report).",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestAReasonForTheEndOfASearchIsSaidOnce(t *testing.T) {
	r := chosen()
	for i := range r.Cells {
		r.Cells[i].World = reports.WorldSim
		r.Cells[i].Search = &reports.Search{Schedules: 9, Left: "its time of 1.033739132s was over; its time of 1.036963144s was over"}
	}
	page := pageOf(t, r)
	for _, want := range []string{"not complete: its time of 1s was over, in 2 searches<", "<p>Not complete: <bdi>its time of 1s was over, in 2 searches</bdi></p>"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestTheHeadTellsHowThePublishedSchemeFails(t *testing.T) {
	r := chosen()
	for i, c := range r.Cells {
		if c.ID == "b/kill" {
			x := reporttest.Example()
			x.How = "w0 takes a chunk; w1 sees it taken and moves on; w0 dies; nobody comes back"
			r.Cells[i].Counterexamples = []reports.Counterexample{x}
		}
	}
	r.Strategies = []reports.StrategyText{{Name: "b", Published: true}}
	page := pageOf(t, r)
	for _, fault := range lint(page) {
		t.Error(fault) // such as a link to a counterexample that is not there
	}
	head, _, _ := strings.Cut(page, "Every lock, every kind of fault")
	for _, want := range []string{
		`<b class="how">How b, the published scheme, loses a row:</b> w0 takes a chunk; w1 sees it taken and moves on; w0 dies; nobody comes back. Seen in 0 of 10 runs on real servers.`,
		`<a href="#cx-4-lost">Step by step</a>`,
	} {
		if !strings.Contains(head, want) {
			t.Errorf("no %q in\n%s", want, head[strings.Index(head, "<h1>"):])
		}
	}
}

func TestNamesAreKeptInOneLine(t *testing.T) {
	long := strings.Repeat("long-", 9) + "name"
	for text, want := range map[string]string{
		"":                               "",
		"lua":                            "lua",
		"Use set-nx-recheck. Not a-b: x": `Use <span class="name">set-nx-recheck</span>. Not <span class="name">a-b</span>: x`,
		"set-nx/redis-kill":              `<span class="name">set-nx</span>/<span class="name">redis-kill</span>`,
		"<b>a-b</b> &":                   `&lt;b&gt;<span class="name">a-b</span>&lt;/b&gt; &amp;`,
		long:                             long,
		"onceover chaos -s a --all":      "onceover chaos -s a --all",
	} {
		if got := string(kept(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
