package page

import (
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
)

func answerTo(r *reports.Results) answerView { return newSource(r, Options{}).answer(examplesView{}) }

func TestTheAnswerSaysWhatMakesItWeak(t *testing.T) {
	good := reporttest.OfCells(reporttest.WithFaults("a", "kill", 60), reporttest.WithFaults("b", "kill", 2, reporttest.LostRun(1)))
	for name, c := range map[string]struct {
		damage func(r *reports.Results)
		want   string
	}{
		"a scenario of one world": {func(r *reports.Results) {
			sim := reporttest.WithFaults("a", "pause", 1)
			sim.World, sim.Search = reports.WorldSim, &reports.Search{}
			r.Cells = append(r.Cells, sim)
		}, "1 scenario was not run in the simulated world: kill."},
		"one world":   {func(*reports.Results) {}, "Only runs on servers are in here."},
		"interrupted": {func(r *reports.Results) { r.Run.Status, r.Run.Done, r.Run.Planned = reports.Interrupted, 3, 9 }, "interrupted: 3 of 9 runs were done"},
		"few runs":    {func(r *reports.Results) { r.Cells[0] = reporttest.WithFaults("a", "kill", 3) }, "3 runs a scenario prove next to nothing: a strategy that is bad in 63.2\u00a0% of its runs still gets through one time in twenty. To know more takes 59 runs a scenario (--require 5%)."},
		"one run":     {func(r *reports.Results) { r.Cells[0] = reporttest.WithFaults("a", "kill", 1) }, "1 run a scenario proves next to nothing: a strategy that is bad in 95.0\u00a0% of"},
		"some runs":   {func(r *reports.Results) { r.Cells[0] = reporttest.WithFaults("a", "kill", 20) }, "That is a loose bound: a strategy that is bad in 14.0\u00a0% of its runs gets through 20 runs one time in twenty; 59 runs a scenario (--require 5%) would do better."},
		"enough runs": {func(r *reports.Results) { r.Cells[0] = reporttest.WithFaults("a", "kill", 59) }, "With 59 runs a scenario, the true rate of bad runs is below 5.0\u00a0% in each, with 95\u00a0% confidence."},
		"no price":    {func(r *reports.Results) {}, "Its speed is not known"},
		"a gap":       {func(r *reports.Results) { r.Cells = append(r.Cells, reporttest.WithFaults("b", "pause", 2)) }, "Not run, although other strategies were: pause (live)."},
		"an unproven cell": {func(r *reports.Results) {
			r.Cells[0] = reporttest.WithFaults("a", "kill", 2, reporttest.UnreachedRun(3))
		}, "Nothing was proved, at least not in every run: kill."},
		"simulated only": {func(r *reports.Results) {
			for i := range r.Cells {
				r.Cells[i].World, r.Cells[i].Search = reports.WorldSim, &reports.Search{Schedules: 9}
			}
			r.Scenarios = []reports.ScenarioText{{Name: "kill", Sim: "crashes 1"}}
		}, "Only the simulated world is in here"},
	} {
		r := *good
		r.Cells = append([]reports.Cell{}, good.Cells...)
		c.damage(&r)
		if got := said(answerTo(&r)); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q does not say %q", name, got, c.want)
		}
	}
}

// said is all text of an answer.
func said(v answerView) string {
	all := slices.Clone(v.Caution)
	for _, group := range [][]candidateView{v.Held, v.Open, v.Broken} {
		for _, c := range group {
			all = append(append(all, c.Evidence...), c.Cost)
		}
	}
	return strings.Join(all, "\n")
}

func TestTheCostOfSafety(t *testing.T) {
	r := reporttest.Merged()
	got := said(answerTo(r))
	for _, want := range []string{
		"Simulated (jobs of 2 workers and 3 chunks, and no more faults than each cell names): searched to the end (COMPLETE) in 2 of 2 scenarios, the largest with 14,036 schedules.",
		"3,488 rows/s when nothing goes wrong (median of 8 runs): slower by a factor of 1.16 than the fastest with a right result, “none”, which broke elsewhere; Redis works 4.00 ms for 1,000 rows.",
		"broke in 3 of 3 cells: lost in 1, duplicated in 2",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	for i := range r.Cells {
		for k := range r.Cells[i].Runs {
			r.Cells[i].Runs[k].Verdict = reports.Duplicated
		}
	}
	for scenario, v := range newSource(r, Options{}).speeds {
		if len(v) != 0 {
			t.Errorf("wrong results have a speed under %s: %v", scenario, v)
		}
	}
}

func TestASearchWithoutFaultsProvesNothing(t *testing.T) {
	sim := reporttest.FullCell("a", "kill", "any", reports.ReportOnly, 1)
	sim.World, sim.Search, sim.Runs[0].Faults = reports.WorldSim, &reports.Search{Schedules: 1200}, nil
	r := reporttest.OfCells(sim)
	if got := answerTo(r); len(got.Held) != 0 {
		t.Error("a search in which nothing is known to have gone wrong is taken for evidence")
	}
	r.Scenarios = []reports.ScenarioText{{Name: "kill", Sim: "crashes 1"}}
	if got := said(answerTo(r)); !strings.Contains(got, "not everything was searched, in kill (1,200 schedules)") {
		t.Errorf("%s", got)
	}
}

func TestWorkersOfAnotherProgramAreKnownToBeSilent(t *testing.T) {
	c := reporttest.WithFaults("worker-cmd", "kill", 1)
	own, foreign := reporttest.OfCells(c), reporttest.OfCells(c)
	foreign.Config.Worker = "python3 loader.py"
	merged := reporttest.OfCells(c, reporttest.WithFaults("lease-lua", "kill", 1))
	merged.Parts = []reports.Part{
		{Config: foreign.Config, Cells: []reports.PartCell{{World: reports.WorldLive, ID: "worker-cmd/kill"}}},
		{Cells: []reports.PartCell{{World: reports.WorldLive, ID: "lease-lua/kill"}}},
	}
	for name, x := range map[string]struct {
		r    *reports.Results
		want []bool
	}{"its own workers": {own, []bool{false}}, "another program": {foreign, []bool{true}}, "parts": {merged, []bool{true, false}}} {
		for i, c := range x.r.Cells {
			if got := newSource(x.r, Options{}).silent(c); got != x.want[i] {
				t.Errorf("%s: the workers of %s report nothing: %v, want %v", name, c.ID, got, x.want[i])
			}
		}
	}
}

func TestALockThatIsExpectedToBeSafeStandsBeforeKnownBadOnes(t *testing.T) {
	r := reporttest.OfCells(paid("set-nx", calm, reports.Safe, 900, 4), paid("redlock", calm, reports.Safe, 900, 4), paid("lease-lua", calm, reports.Safe, 900, 4))
	r.Cells[2].Expected = "safe"
	s := newSource(r, Options{})
	for name, got := range map[string]string{
		"glance": s.glance()[0].Text, "cost": s.costAnswer(), "list": s.answer(examplesView{}).Held[0].Name, "picture": s.overview().Rows[0].Name,
	} {
		if !strings.Contains(got, "lease-lua") {
			t.Errorf("the %s begins with another lock: %s", name, got)
		}
	}
}

// A dozen strategies lack the same, and the same command mends it: the page says so once.
func TestWhatIsMissingOfManyIsSaidOnce(t *testing.T) {
	r := chosen()
	for _, name := range []string{"c", "d", "e"} {
		r.Cells = append(r.Cells, reporttest.WithFaults(name, "kill", 60))
	}
	page := pageOf(t, r)
	const want = "3 strategies were not run where others were: calm (live), pause (live), cut (live) and lost-reply (live). To run that: onceover chaos -s c,d,e -f calm,pause,cut,lost-reply."
	if !strings.Contains(page, want) || strings.Count(page, "To run that") != 1 {
		t.Errorf("no %q, or it is said %d times", want, strings.Count(page, "To run that"))
	}
	for _, fault := range lint(page) {
		t.Error(fault)
	}
}
