package answer_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/answer"
	"onceover/reports/reporttest"
)

func missed(r *reports.Results) *reports.Results {
	r.Cells[len(r.Cells)-1].State = reports.ControlMissed
	return r
}

// many are results of several scenarios in which nothing was found, and some more cells.
func many(strategy string, more ...reports.Cell) *reports.Results {
	var cells []reports.Cell
	for _, of := range []string{strategy, "b"} {
		for _, scenario := range []string{"kill", "pause", "lost-reply", "redis-always"} {
			cells = append(cells, reporttest.WithFaults(of, scenario, 60))
		}
	}
	return reporttest.OfCells(append(cells, more...)...)
}

// few are the results with so many runs of each cell that held.
func few(r *reports.Results, n int) *reports.Results {
	for i, c := range r.Cells {
		if c.Tally.Bad() == 0 {
			r.Cells[i] = reporttest.WithFaults(c.Strategy, c.Scenario, n)
		}
	}
	return r
}

// searched are the results with a search in which faults were allowed and nothing was found.
func searched(r *reports.Results) *reports.Results {
	r.Scenarios = append(r.Scenarios, reports.ScenarioText{Name: "kill", Sim: "kill x1"})
	for _, of := range []string{"a", "b"} {
		c := reporttest.WithFaults(of, "kill", 1)
		c.World, c.Search = reports.WorldSim, &reports.Search{Schedules: 9}
		r.Cells = append(r.Cells, c)
	}
	return r
}

func interrupted(r *reports.Results) *reports.Results {
	r.Run.Status, r.Run.Done, r.Run.Planned = reports.Interrupted, 3, 9
	return r
}

// inBoth are results of both worlds in which one lock held, and lacks scenarios of the simulated
// one that another has.
func inBoth(held, broken string, missing ...string) *reports.Results {
	all := many(held).Cells
	for _, scenario := range missing {
		c := reporttest.WithFaults(broken, scenario, 2, reporttest.DuplicatedRun(7))
		c.World, c.Search = reports.WorldSim, &reports.Search{Schedules: 9}
		all = append(all, c)
	}
	return reporttest.OfCells(all...)
}

func TestTheAnswerFollowsFromWhatWasRun(t *testing.T) {
	bad := reporttest.DuplicatedRun(7)
	stuck := reporttest.DuplicatedRun(8)
	stuck.Verdict, stuck.Verdicts = reports.Stuck, nil
	for name, c := range map[string]struct {
		r    *reports.Results
		want string
	}{
		"nothing": {reporttest.OfCells(), "Unknown: nothing was run."},
		"one that held": {reporttest.OfCells(reporttest.WithFaults("a", "kill", 60), reporttest.WithFaults("b", "kill", 60, bad)),
			"Nothing was found against a, but only 1 scenario was run. Not b: it duplicated rows."},
		"another that held": {reporttest.OfCells(reporttest.WithFaults("b", "kill", 60), reporttest.WithFaults("a", "kill", 60, bad)),
			"Nothing was found against b, but only 1 scenario was run. Not a: it duplicated rows."},
		"a tie": {reporttest.OfCells(reporttest.WithFaults("a", "kill", 60), reporttest.WithFaults("b", "kill", 60), reporttest.WithFaults("c", "kill", 2, bad)),
			"Nothing was found against a or b, but only 1 scenario was run. Not c: it duplicated rows."},
		"no choice": {reporttest.OfCells(reporttest.WithFaults("a", "kill", 60)),
			"Nothing was found against a, the only lock that was run."},
		"none held": {reporttest.OfCells(reporttest.WithFaults("a", "kill", 2, bad), reporttest.WithFaults("b", "kill", 2, bad)),
			"Use none of these 2 locks: each duplicates rows."},
		"nothing went wrong": {reporttest.OfCells(
			reporttest.FullCell("a", "calm", "safe", reports.AsExpected, 60), reporttest.FullCell("b", "calm", "any", reports.ReportOnly, 2, bad)),
			"No lock is shown to hold. Nothing was found against a, but not everything was proven. Not b: it duplicated rows."},
		"less was run": {reporttest.OfCells(reporttest.WithFaults("a", "kill", 60), reporttest.WithFaults("b", "kill", 60, bad), reporttest.WithFaults("b", "pause", 60)),
			"No lock is shown to hold. Nothing was found against a, but a/pause was not run on real servers (run: onceover chaos -s a -f pause). Not b: it duplicated rows."},
		"only one broke": {reporttest.OfCells(reporttest.WithFaults("a", "kill", 2, bad)), "Do not use a: it duplicated rows."},
		"several broke": {reporttest.OfCells(reporttest.WithFaults("a", "kill", 60), reporttest.WithFaults("b", "kill", 2, bad), reporttest.WithFaults("c", "kill", 2, reporttest.LostRun(1))),
			"Nothing was found against a, but only 1 scenario was run. 2 others lose rows or duplicate rows."},
		"a control that was missed": {missed(reporttest.OfCells(reporttest.WithFaults("a", "kill", 60), reporttest.WithFaults("b", "kill", 2))),
			"No answer: 1 control was missed, so the harness does not see what it must see."},
		"only stuck": {many("a", reporttest.WithFaults("a", "evict", 2, stuck), reporttest.WithFaults("b", "evict", 2, bad)),
			"Use a: it neither lost nor duplicated a row, though it got stuck under evict. Not b: it duplicated rows."},
		"many scenarios": {many("a", reporttest.WithFaults("a", "evict", 2), reporttest.WithFaults("b", "evict", 2, bad)), "Use a. Not b: it duplicated rows."},
		"few runs": {few(many("a", reporttest.WithFaults("a", "evict", 2), reporttest.WithFaults("b", "evict", 2, bad)), 1),
			"Best so far: a, but 5 runs on real servers are too few to be sure. It takes 14 runs without a bad one. Not b: it duplicated rows."},
		"few runs of two": {few(many("a", reporttest.WithFaults("a", "evict", 2), reporttest.WithFaults("b", "evict", 2)), 2),
			"Best so far: a or b, but 10 runs of a on real servers are too few to be sure. It takes 14 runs without a bad one."},
		"stuck, and few runs": {few(many("a", reporttest.WithFaults("a", "evict", 2, stuck), reporttest.WithFaults("b", "evict", 2, bad)), 1),
			"So far a neither lost nor duplicated a row, but got stuck under evict, and was run only 6 times on real servers. Not b: it duplicated rows."},
		"enough runs":           {few(many("a", reporttest.WithFaults("a", "evict", 2), reporttest.WithFaults("b", "evict", 2, bad)), 3), "Use a. Not b: it duplicated rows."},
		"few runs and a search": {searched(few(many("a", reporttest.WithFaults("a", "evict", 2), reporttest.WithFaults("b", "evict", 2, bad)), 1)), "Use a. Not b: it duplicated rows."},
		"interrupted": {interrupted(many("a", reporttest.WithFaults("a", "evict", 2), reporttest.WithFaults("b", "evict", 2, bad))),
			"No answer yet: 3 of 9 runs done. Not b: it duplicated rows."},
		"nothing was proven": {reporttest.OfCells(reporttest.WithFaults("a", "kill", 1, reporttest.UnreachedRun(3))),
			"Nothing is known of a: no run proved anything."},
		"a long name": {reporttest.OfCells(reporttest.WithFaults(strings.Repeat("x", 300), "kill", 60)),
			"Nothing was found against " + strings.Repeat("x", 40) + "…, the only lock that was run."},
		"stuck beside one that held": {reporttest.OfCells(reporttest.WithFaults("a", "kill", 2, stuck), reporttest.WithFaults("b", "kill", 60)), "Nothing was found against b, but only 1 scenario was run. Not a: it got stuck."},
		"stuck alone": {reporttest.OfCells(reporttest.WithFaults("a", "kill", 2, stuck)),
			"Do not use a: it got stuck."},
		"one run proved nothing": {reporttest.OfCells(reporttest.WithFaults("a", "kill", 60, reporttest.UnreachedRun(3))),
			"No lock is shown to hold. Nothing was found against a, but a/kill proved nothing on real servers (run: onceover chaos -s a -f kill)."},
		"one cell of one world is missing": {inBoth("a", "b", "evict"),
			"No lock is shown to hold. Nothing was found against a, but a/evict was not run in the simulated world (run: onceover explore -s a -f evict). Not b: it duplicated rows."},
		"many cells are missing": {inBoth("a", "b", "evict", "pause", "cut", "half-open"),
			"No lock is shown to hold. Nothing was found against a, but a/evict, a/pause, a/cut and 1 more were not run in the simulated world (run: onceover explore -s a -f evict,pause,cut,half-open). Not b: it duplicated rows."},
		"a scenario that no catalogue has": {inBoth("a", "b", "budget"),
			"No lock is shown to hold. Nothing was found against a, but a/budget was not run in the simulated world. Not b: it duplicated rows."},
	} {
		if got := answer.Of(c.r).String(); got != c.want {
			t.Errorf("%s:\n%q, want\n%q", name, got, c.want)
		}
		if title := answer.Of(c.r).Title(); !strings.HasPrefix(c.want, title+".") {
			t.Errorf("%s: the title is %q", name, title)
		}
	}
}

// How often the published scheme was bad is said before how.
func TestThePublishedSchemeIsCounted(t *testing.T) {
	r := reporttest.OfCells(
		reporttest.FullCell("connection-name", "calm", "any", reports.ReportOnly, 3, reporttest.DuplicatedRun(1), reporttest.DuplicatedRun(2)),
		reporttest.FullCell("connection-name", "kill", "any", reports.ReportOnly, 3, reporttest.LostRun(1)),
		reporttest.FullCell("none", "calm", "any", reports.ReportOnly, 3, reporttest.DuplicatedRun(1)),
	)
	r.Strategies = []reports.StrategyText{{Name: "connection-name", Published: true}}
	a := answer.Of(r)
	broken, _ := reports.First(a.Broken, func(l answer.Lock) bool { return l.Name == "connection-name" })
	want := fmt.Sprintf("The published scheme, connection-name, lost rows and duplicated rows (bad in 3 of %d runs on real servers).", broken.Live)
	if got := a.OfPublished(); got != want || broken.Live < 6 {
		t.Errorf("%q, want %q", got, want)
	}
}

// beside are results in which nothing was found against some locks, in that order. Of those that
// are marked with a !, safe is expected.
func beside(locks ...string) *reports.Results {
	r := reporttest.OfCells()
	for _, lock := range locks {
		name, trusted := strings.CutSuffix(lock, "!")
		c := reporttest.WithFaults(name, "kill", 60)
		if c.Expected = string(reports.DemandAny); trusted {
			c.Expected = string(reports.DemandSafe)
		}
		r.Cells = append(r.Cells, c)
		r.Strategies = append(r.Strategies, reports.StrategyText{Name: name, Published: name == "connection-name"})
	}
	return r
}

func TestLocksOfWhichSafeIsExpectedComeFirst(t *testing.T) {
	for want, locks := range map[string][]string{
		"lease-lua or connection-name":           {"connection-name", "lease-lua!"},
		"lease-lua, lua or 2 others":             {"set-nx-recheck", "connection-name", "lua!", "lease-lua!"},
		"lua, watch or set-nx":                   {"set-nx", "lua!", "watch!"},
		"set-nx, redlock or connection-name":     {"connection-name", "set-nx", "redlock"},
		"redlock or set-nx":                      {"redlock", "set-nx"},
		"lua, lease-lua or connection-name":      {"connection-name", "lua!", "lease-lua"},
		"lease-lua, connection-name or 2 others": {"set-nx", "connection-name!", "redlock", "lease-lua!"},
	} {
		r := beside(locks...)
		if got := answer.Of(r).Title(); got != "Nothing was found against "+want+", but only 1 scenario was run" {
			t.Errorf("%v: %s, want %s", locks, got, want)
		}
		for i := range r.Cells { // and where no lock held
			r.Cells[i].Add(reporttest.UnreachedRun(3))
		}
		first, _, _ := strings.Cut(strings.ReplaceAll(want, ",", " "), " ")
		if got := answer.Of(r); len(got.Open) != len(locks) || got.Open[0].Name != first {
			t.Errorf("%v: open is %+v, and %s does not stand first", locks, got.Open, first)
		}
	}
}

// The results do not say which lock is the default, and this package may not ask the loader.
func TestTheDefaultLockIsThatOfTheLoader(t *testing.T) {
	for file, want := range map[string]string{
		"catalogue.go": "func Default() Strategy { return LeaseLua }",
		"lease_lua.go": `"` + answer.Default + `"`,
	} {
		text, err := os.ReadFile("../../loader/lock/" + file)
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s does not say %s: %v", file, want, err)
		}
	}
}
