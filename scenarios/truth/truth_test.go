package truth

import (
	"path"
	"slices"
	"strings"
	"testing"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios"
)

// Each strategy under each scenario has a prediction, or says that it has none.
func TestThePredictionsNameEveryCell(t *testing.T) {
	lines := map[string][]string{}
	for line := range strings.Lines(predictions) {
		if f := strings.Fields(line); len(f) > 0 && f[0] != "#" {
			lines[f[0]] = f[1:]
		}
	}
	var columns []string
	for _, s := range scenarios.Every() {
		columns = append(columns, s.Name)
	}
	if !slices.Equal(lines["strategy"], columns) {
		t.Errorf("the head is %s, want %s", lines["strategy"], columns)
	}
	for _, s := range lock.All() {
		if lines[s.Name] == nil {
			t.Errorf("%s is missing", s.Name)
		}
		delete(lines, s.Name)
	}
	if len(lines) != 1 { // the head
		t.Errorf("there are lines of no strategy: %v", lines)
	}
	Predicted()
}

func TestWrongPredictionsAreRefused(t *testing.T) {
	for _, text := range []string{
		"strategy calm\nnone X", "strategy calm\nnone SD", "strategy calm\nnone DD", "strategy calm\nnone", "strategy calm\nnone S\nnone S",
	} {
		if p, err := ParsePredictions(text); err == nil {
			t.Errorf("%q is read as %v", text, p)
		}
	}
}

func sim(complete bool, found ...reports.Verdict) *reports.Cell {
	c := live(found...)
	c.World, c.Search = reports.WorldSim, &reports.Search{Complete: complete, Schedules: 12}
	return c
}

func live(found ...reports.Verdict) *reports.Cell {
	c := &reports.Cell{ID: "none/calm", World: reports.WorldLive}
	for _, v := range found {
		c.Add(reports.Run{Verdict: v})
	}
	return c
}

func TestDisagreement(t *testing.T) {
	const S, D, L, none = reports.Safe, reports.Duplicated, reports.Lost, reports.Inconclusive
	for _, test := range []struct {
		name      string
		predicted Prediction
		sim, live *reports.Cell
		disagree  bool
		settled   bool
	}{
		{"all say safe", Prediction{S}, sim(true, S), live(S), false, true},
		{"all say duplicated", Prediction{D}, sim(false, D), live(D), false, true},
		{"real servers had luck", Prediction{D}, sim(false, D), live(S), false, true},
		{"the search had no luck", Prediction{D}, sim(false, S), live(D), false, true},
		{"one of several kinds is enough", Prediction{D, L}, sim(false, D), live(S), false, true},
		{"safe was believed, the search finds something", Prediction{S}, sim(false, D), live(S), true, true},
		{"safe was believed, real servers show something", Prediction{S}, sim(false, S), live(D), true, true},
		{"nothing was predicted", nil, sim(false, D), live(S), false, true},
		{"a complete search misses what real servers show", Prediction{D}, sim(true, S), live(D), true, true},
		{"nothing goes wrong", Prediction{D}, sim(true, S), live(S), true, true},
		{"nothing goes wrong, and one world is missing", Prediction{D}, nil, live(S), false, false},
		{"something else goes wrong", Prediction{D}, sim(false, L), live(S), true, true},
		{"something else goes wrong too", Prediction{D}, sim(false, D), live(L), true, true},
		{"real servers show nothing", Prediction{S}, sim(true, S), live(none), false, false},
		{"it was not run", Prediction{S}, sim(true, S), nil, false, false},
	} {
		c := Cell{ID: "none/calm", Predicted: test.predicted, Simulated: test.sim, Live: test.live}
		if got := c.Disagreement(); (got != "") != test.disagree {
			t.Errorf("%s: %q", test.name, got)
		}
		if c.Settled() != test.settled {
			t.Errorf("%s: settled %t", test.name, c.Settled())
		}
	}
}

func TestOnlyAFindingExplainsADisagreement(t *testing.T) {
	r := &reports.Results{Cells: []reports.Cell{*sim(false, reports.Duplicated), *live(reports.Safe)}}
	predicted := Predictions{"none/calm": {reports.Safe}}
	explained := ParseFindings("# Findings\n\n## watch/calm, none/*: it doubles rows\n\ntext\n")
	for _, test := range []struct {
		findings []Finding
		code     int
	}{{nil, reports.ExitFail}, {ParseFindings("## watch/*: x"), reports.ExitFail}, {explained, reports.ExitPass}} {
		if table := Of(r, predicted, test.findings); table.ExitCode() != test.code {
			t.Errorf("%v: exit code %d, want %d", test.findings, table.ExitCode(), test.code)
		}
	}
	predicted["watch/calm"] = Prediction{reports.Safe}
	if table := Of(r, predicted, explained); table.ExitCode() != reports.ExitUnknown || len(table.Unsettled()) != 1 {
		t.Errorf("a cell that is in no result: exit code %d", table.ExitCode())
	}
	if table := Of(&reports.Results{}, nil, nil); table.ExitCode() != reports.ExitUnknown {
		t.Error("nothing was found, and it passes")
	}
}

// A finding is about cells that exist, and says how to see it again.
func TestEveryFindingCanBeSeenAgain(t *testing.T) {
	var ids []string
	for _, strategy := range lock.All() {
		for _, s := range scenarios.Every() {
			ids = append(ids, strategy.Name+"/"+s.Name)
		}
	}
	sections := strings.Split(scenarios.Findings, "\n## ")[1:]
	for i, f := range Findings() {
		if f.Title == "" || !strings.Contains(sections[i], "\n    onceover ") {
			t.Errorf("%q has no title, or no command on a line of its own", f.Cells)
		}
		for _, pattern := range f.Cells {
			if !slices.ContainsFunc(ids, func(id string) bool { match, err := path.Match(pattern, id); return match && err == nil }) {
				t.Errorf("%q is about %s, which is no cell", f.Title, pattern)
			}
		}
	}
}
