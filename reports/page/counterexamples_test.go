package page

import (
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
)

func TestEveryStrategyAndVerdictHasItsCounterexample(t *testing.T) {
	long := reporttest.StaleExample()
	long.Steps = append(slices.Clone(long.Steps), reports.Step{Number: 7, Worker: 0, Outcome: reports.StepNote, Text: "goes on"})
	stuck := reporttest.StaleExample()
	stuck.Verdict = reports.Stuck
	cell := func(strategy, scenario string, state reports.State, all ...reports.Counterexample) reports.Cell {
		c := reporttest.WithFaults(strategy, scenario, 1, reporttest.DuplicatedRun(1))
		c.State, c.Counterexamples = state, all
		return c
	}
	s := newSource(reporttest.OfCells(
		cell("a", "calm", reports.ReportOnly, long), cell("a", "later", reports.ReportOnly, reporttest.StaleExample()),
		cell("a", "other", reports.ReportOnly, stuck),
		cell("b", "worse", reports.Worse, long), cell("b", "worse still", reports.Worse, long), cell("b", "known", reports.ReportOnly, long),
	), Options{})
	s.detail = details[0]
	v := s.examples()
	if got := namesOf(v.Shown); got != "b/worse, b/worse still, a/calm, a/other" {
		t.Errorf("shown: %s", got)
	}
	if got := namesOf(v.More); got != "a/later, b/known" {
		t.Errorf("more: %s", got)
	}
	s.detail.examples = 3
	if v := s.examples(); v.Left != "3 of 6 counterexamples are shown; the others are in results.json." || len(v.More) != 0 {
		t.Errorf("%q, more: %s", v.Left, namesOf(v.More))
	}
}

func TestTheAnswerLeadsToHowEachStrategyBroke(t *testing.T) {
	s := newSource(reporttest.Merged(), Options{})
	s.detail = details[0]
	examples := s.examples()
	broken := s.answer(examples).Broken
	if len(broken) == 0 {
		t.Fatal("nothing broke")
	}
	for _, c := range broken {
		if len(c.How) == 0 {
			t.Errorf("%s: no way to a counterexample", c.Name)
		}
	}
}

// The steps of a live run may show less than the check found.
func TestARowArrivedAsOftenAsTheCheckFound(t *testing.T) {
	run := reporttest.DuplicatedRun(1)
	run.Witnesses = []reports.Witness{{Outcome: "duplicated", Row: "1", Times: 29}}
	x := reports.Counterexample{Verdict: reports.Duplicated, Steps: []reports.Step{{Number: 1, Rows: "1 2"}, {Number: 2, Rows: "1"}}}
	wrong, _ := arrivals(x, run)
	if want := []arrivedView{{Row: "1", Arrived: 29, Steps: "1, 2; 27 times beyond these steps"}}; !slices.Equal(wrong, want) {
		t.Errorf("%+v, want %+v", wrong, want)
	}
}

func TestACounterexampleSaysThatNoFaultWasNeeded(t *testing.T) {
	r := reporttest.Merged()
	for _, plan := range []string{noFaults, "crashes 1"} {
		for i := range r.Cells {
			for j := range r.Cells[i].Runs {
				r.Cells[i].Runs[j].Plan = plan
			}
		}
		s := newSource(r, Options{})
		s.detail = details[0]
		for _, x := range s.examples().Shown {
			c := x.Cell
			if want := plan == noFaults && c.Search != nil && c.Scenario != "calm"; x.NoFault != want {
				t.Errorf("%s, plan %q: no fault was needed: %v, want %v", c.ID, plan, x.NoFault, want)
			}
		}
	}
}

func TestStrategiesTakeTurns(t *testing.T) {
	var cells []reports.Cell
	add := func(strategy, scenario, world string) {
		c := reporttest.WithFaults(strategy, scenario, 1, reporttest.DuplicatedRun(1))
		c.State, c.World, c.Counterexamples = reports.ReportOnly, world, []reports.Counterexample{reporttest.StaleExample()}
		cells = append(cells, c)
	}
	for _, strategy := range []string{"a", "none"} {
		for _, scenario := range []string{"calm", "kill", "pause"} {
			add(strategy, scenario, reports.WorldLive)
			add(strategy, scenario, reports.WorldSim)
		}
	}
	add("rare", "kill", reports.WorldLive)
	s := newSource(reporttest.OfCells(cells...), Options{})
	s.detail = details[0]
	v := s.examples()
	var got []string
	for _, x := range append(v.Shown, v.More...) {
		got = append(got, x.Cell.ID+" "+x.Cell.Where)
	}
	want := []string{
		"rare/kill live", "a/calm simulated", "none/calm simulated",
		"a/calm live", "none/calm live", "a/kill simulated", "none/kill simulated", "a/pause simulated", "none/pause simulated",
		"a/kill live", "none/kill live", "a/pause live", "none/pause live",
	}
	if !slices.Equal(got, want) {
		t.Errorf("shown:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func namesOf(all []*exampleView) string {
	var names []string
	for _, v := range all {
		names = append(names, v.Cell.ID)
	}
	return strings.Join(names, ", ")
}

func TestRowsThatDidNotArriveOnce(t *testing.T) {
	x := reporttest.StaleExample()
	wrong, rest := arrivals(x, reports.Run{})
	if want := []arrivedView{{"17", 2, "5, 6"}}; !slices.Equal(wrong, want) {
		t.Errorf("%v, want %v", wrong, want)
	}
	if want := "1 other row that these steps push came once, as it should be."; rest != want {
		t.Errorf("%q, want %q", rest, want)
	}
	x.Verdict = reports.Lost
	lost := reports.Run{Witnesses: []reports.Witness{{Outcome: "lost", Row: "18"}, {Outcome: "lost", Row: "99"}}}
	wrong, rest = arrivals(x, lost)
	if want := []arrivedView{{"18", 0, "5"}, {"99", 0, "none"}, {"17", 2, "5, 6"}}; !slices.Equal(wrong, want) || rest != "" {
		t.Errorf("%v, %q, want %v", wrong, rest, want)
	}
}
