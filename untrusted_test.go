package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"onceover/reports"
	"onceover/reports/reporttest"
)

// orders are what CI systems take for a command, wherever in a line of a log they look
// for it. Those of a group go through all commands together, each at the beginning of a line; the
// first ones of a group are obeyed only there, and stand at the beginning of the text, too.
var orders = [][]string{
	{"::error::owned", "\n::set-output name=a::b", "\r::add-mask::x\r\n::stop-commands::y"},
	{"\u202e\x00\x07\u0085::error::owned", "##vso[task.setvariable variable=a]b", "##teamcity[buildStatus status='SUCCESS']"},
	{"\n \u3000::error file=x::owned", "\n##[error]owned", "section_start:1:owned\r\x1b[0K\x1b[31m"},
}

// obeyed is what a runner would carry out: GitHub's leaves white space at the beginning of
// a line aside, Azure's and TeamCity's look for theirs anywhere.
var obeyed = regexp.MustCompile(`(?:^|[\r\n])[\s\p{Z}\x{85}]*::|##[A-Za-z]*\[`)

// annotation is the one line that is a command on purpose, with nothing raw in it.
var annotation = regexp.MustCompile(`(?m)^::error [^\n]*\n`)

// ordering makes results that are accepted, in which every text that may be anything
// begins and ends with an order.
func ordering(order string, runs ...reports.Run) *reports.Results {
	r := reporttest.Passing()
	ordered := func(texts ...*string) {
		for _, text := range texts {
			*text = order + *text + order
		}
	}
	strategy, scenario := "set-nx", "pause"
	ordered(&strategy, &scenario, &r.Run.ID, &r.Run.Replay, &r.Run.LeftOut, &r.Tool.Name, &r.Tool.Version, &r.Tool.Commit,
		&r.Environment.MySQL, &r.Environment.Redis, &r.Environment.Go, &r.Environment.OS, &r.Config.Worker, &r.Gate.Expected)
	c := reporttest.FullCell(strategy, scenario, "safe", reports.Worse, 8, runs...)
	for i := range c.Runs {
		run := &c.Runs[i]
		ordered(&run.Why, &run.Replay, &run.Folder)
		for j := range run.Faults {
			ordered(&run.Faults[j].Evidence)
		}
		for j := range run.Witnesses {
			ordered(&run.Witnesses[j].Row, &run.Witnesses[j].Text)
		}
	}
	r.Cells, r.Run.Planned, r.Run.Done = []reports.Cell{c}, 8, 8
	r.Strategies = []reports.StrategyText{{Name: strategy, Summary: order, How: order, Rests: order, Cost: order, Use: order}}
	r.Scenarios = []reports.ScenarioText{{Name: scenario, Summary: order, Sim: order}}
	r.Gate.Reasons = []reports.Reason{{Cell: order + "gone" + order, State: reports.Gone, Text: order}}
	return r
}

func TestStoredResultsGiveNoOrders(t *testing.T) {
	for i, group := range append(slices.Clone(orders), slices.Concat(orders...)) {
		order := strings.Join(group, "\n")
		dir := t.TempDir()
		ci := "true"
		if i == len(orders) {
			ci = "" // the same texts are written, and no command of ours is among them
		}
		for name, r := range map[string]*reports.Results{
			"old": ordering(order), "new": ordering(order, reporttest.DuplicatedRun(1)), "refused": reporttest.Hostile(order),
		} {
			if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := r.Write(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		for _, with := range []struct {
			code int
			args []string
		}{
			{2, []string{"report", "refused"}},
			{2, []string{"report", "new", "--expect", "new/results.json"}},
			{2, []string{"replay", "new/results.json"}},
			{2, []string{"diff", "old", "refused"}},
			{1, []string{"report", "new"}},
			{1, []string{"report", "old", "--baseline", "new"}},
			{1, []string{"diff", "old", "new", "--fail-on", "cost"}},
			{1, []string{"diff", "old", "new", "--format", "md"}},
			{1, []string{"diff", "old", "new", "--format", "json"}},
			{0, []string{"diff", "new", "old"}},
			{1, []string{"report", "new", "old"}},
		} {
			cmd := command(t, []string{"CI=" + ci, "GITHUB_ACTIONS=" + ci, "GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "job.md")}, with.args...)
			cmd.Dir = dir
			e := complete(t, cmd)
			what := strings.Join(with.args, " ")
			if e.code != with.code {
				t.Errorf("%q, %s: exit code %d, want %d\n%s", order, what, e.code, with.code, e.stderr)
			}
			wantNoOrder(t, order, what+", standard output", annotation.ReplaceAllString(e.stdout, ""))
			wantNoOrder(t, order, what+", standard error", e.stderr)
		}
		for _, name := range []string{"report-out/latest/summary.md", "report-out/latest/junit.xml", "job.md"} {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			wantNoOrder(t, order, name, string(text))
		}
	}
}

func wantNoOrder(t *testing.T, order, where, text string) {
	t.Helper()
	if at := obeyed.FindStringIndex(text); at != nil {
		t.Errorf("%q is obeyed in %s: %q", order, where, text[at[0]:min(at[0]+200, len(text))])
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }); i >= 0 {
		t.Errorf("%q: a control character in %s: %q", order, where, text[i:min(i+80, len(text))])
	}
}
