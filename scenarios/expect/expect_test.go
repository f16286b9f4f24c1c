package expect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onceover/reports"
	"onceover/reports/gate"
	"onceover/scenarios"
)

func parsed(t *testing.T, text string) *Expectations {
	t.Helper()
	e, err := Parse("mine.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// These expectations stay, whatever else is changed in the standard ones.
func TestStandardExpectations(t *testing.T) {
	e := Standard()
	for cell, want := range map[string]string{
		"live none/calm": "unsafe(duplicated)", "live none/mysql-kill": "unsafe(duplicated)", "live none/redis-none": "unsafe",
		"live bitmap/calm": "unsafe(duplicated)", "live bitmap/kill-steps": "any",
		"live connection-name/kill-skipped": "unsafe(lost)", "live connection-name/calm": "any",
		"live set-nx/pause-long": "unsafe(duplicated)", "live set-nx/calm": "any",
		"live lease-lua/redis-none": "safe", "live lease-lua/own-plan": "safe", "live none/own-plan@always": "any",
		"live worker-cmd/calm": "safe", "live worker-cmd/own-plan": "safe", "live none/own-plan": "any",
		"sim none/calm": "unsafe(duplicated)", "sim none/budget": "any", "sim lease-lua/budget": "safe", "sim lease-lua/calm": "safe",
		"sim connection-name/kill-skipped": "unsafe(lost)", "sim set-nx/budget": "any",
	} {
		world, id, _ := strings.Cut(cell, " ")
		strategy, scenario, _ := strings.Cut(id, "/")
		if got, said := e.Of(world, strategy, scenario); !said || got.String() != want {
			t.Errorf("%s: %s, want %s", cell, got, want)
		}
	}
}

func TestAStrategysOwnLinesGoFirst(t *testing.T) {
	e := parsed(t, `
version: 1
sim:
  none: {calm: unsafe}
  set-nx: {"*": any(lost)}
  "*": {calm: any, "*": safe}
`)
	for cell, want := range map[string]string{"none/calm": "unsafe", "none/budget": "safe", "set-nx/calm": "any(lost)", "bitmap/calm": "any", "bitmap/budget": "safe"} {
		strategy, scenario, _ := strings.Cut(cell, "/")
		if got, said := e.Of(reports.WorldSim, strategy, scenario); !said || got.String() != want {
			t.Errorf("%s: %s, want %s", cell, got, want)
		}
	}
	if _, said := e.Of(reports.WorldLive, "none", "calm"); said {
		t.Error("nothing is said of real servers")
	}
	if err := e.Cover(reports.WorldSim, []string{"none"}, []string{"calm", "budget"}); err != nil {
		t.Error(err)
	}
	err := e.Cover(reports.WorldLive, []string{"none"}, []string{"calm"})
	if err == nil || err.Error() != "mine.yaml: nothing is said of none/calm in the world live" {
		t.Errorf("%v", err)
	}
}

func TestCellsThatAreNamedOneByOne(t *testing.T) {
	e := parsed(t, `
version: 1
live:
  set-nx: {calm: any}
  none: {calm: unsafe(lost), pause-long: unsafe, "*": any}
  lease-lua: {own-plan: safe}
  "*": {calm: safe}
`)
	all := func(string) bool { return true }
	got := e.Named(reports.WorldLive, all, []string{"calm", "kill-steps", scenarios.OwnPlan, scenarios.OwnPlan + "@always"})
	named := func(id, expected string) gate.Named {
		return gate.Named{World: reports.WorldLive, ID: id, Expected: expected, By: "mine.yaml"}
	}
	want := []gate.Named{named("lease-lua/own-plan", "safe"), named("lease-lua/own-plan@always", "safe"), named("none/calm", "unsafe(lost)")}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
	if n := len(e.Named(reports.WorldLive, all, scenarioNames(reports.WorldLive))); n != 3 {
		t.Errorf("%d are named", n)
	}
	if n := len(e.Named(reports.WorldSim, all, scenarioNames(reports.WorldSim))); n != 0 {
		t.Errorf("%d are named", n)
	}
	if n := len(e.Named(reports.WorldLive, func(string) bool { return false }, []string{"calm"})); n != 0 {
		t.Errorf("%d are named", n)
	}
}

func TestExpectationsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "mine.yaml: it is not one YAML document: ",
		"version: 1\n---\nversion: 1\n":       "mine.yaml: it is not one YAML document: ",
		"version: 1\nlive: [1\n":              "mine.yaml:3: it is not YAML: did not find expected ',' or ']'",
		"\tversion: 1":                        "mine.yaml:1: it is not YAML: ",
		"# nothing\n":                         "mine.yaml: it is not one YAML document: ",
		"safe":                                "mine.yaml:1: here NAME: VALUE is to stand",
		"- version: 1":                        "mine.yaml:1: here NAME: VALUE is to stand",
		"live: {}":                            "mine.yaml:1: it has no version; this program reads version: 1",
		"version:":                            `mine.yaml:1: version ""; this program reads version 1`,
		"\nversion: 2":                        `mine.yaml:2: version "2"; this program reads version 1`,
		"version: 1\nversion: 1":              `mine.yaml:2: "version" is there twice, first in line 1`,
		"version: 1\nreal: {}":                `mine.yaml:2: unknown field "real"; known are version, live and sim`,
		"version: 1\nlive:":                   "mine.yaml:2: here NAME: VALUE is to stand",
		"version: 1\nlive:\n  nil: {calm: 1}": `mine.yaml:3: unknown strategy "nil"; see onceover list strategies`,
		"version: 1\nlive:\n  none: safe":     "mine.yaml:3: here NAME: VALUE is to stand",
		"version: 1\nlive:\n  none:\n    clam: safe":                        `mine.yaml:4: unknown scenario "clam"; perhaps calm`,
		"version: 1\nlive:\n  none:\n    budget: safe":                      `mine.yaml:4: unknown scenario "budget"`,
		"version: 1\nsim:\n  none:\n    own-plan: safe":                     `mine.yaml:4: unknown scenario "own-plan"`,
		"version: 1\nsim:\n  worker-cmd: {calm: safe}":                      `mine.yaml:3: unknown strategy "worker-cmd"`,
		"version: 1\nsim:\n  none:\n    calm: sound":                        `mine.yaml:4: expectation "sound": it begins with none of safe, unsafe and any`,
		"version: 1\nsim:\n  none:\n    calm: unsafe(gone)":                 `mine.yaml:4: expectation "unsafe(gone)": "gone" does not belong there`,
		"version: 1\nsim:\n  none:\n    calm: [safe]":                       "mine.yaml:4: an expectation is a text",
		"version: 1\nsim:\n  none:\n    calm: safe(max_rate: 5%)":           "mine.yaml:4: it is not YAML: mapping values are not allowed in this context (a text with a colon needs quotes)",
		"version: 1\nsim:\n  none:\n    calm: 'safe(max_rate: 5%)'":         "mine.yaml:4: safe(max_rate: 5%): a search is no sample",
		"version: 1\nlive:\n  none:\n    calm: safe(complete)":              "mine.yaml:4: safe(complete): runs on real servers are never complete",
		"version: 1\nlive:\n  none:\n    calm: safe\n    calm: any":         `mine.yaml:5: "calm" is there twice, first in line 4`,
		"version: 1\nlive:\n  none: &x\n    calm: any\n  bitmap: *x":        "mine.yaml:3: anchors, aliases and names that are no text are not taken",
		"version: 1\nlive:\n  none:\n    calm: any\n  none:\n    calm: any": `mine.yaml:5: "none" is there twice, first in line 3`,
	} {
		_, err := Parse("mine.yaml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q:\ngot  %v\nwant %s", text, err, want)
		}
	}
}

// Every cell has the expectation of its own line.
func FuzzParse(f *testing.F) {
	f.Add(scenarios.StandardExpectations)
	f.Add("version: 1\nlive: {none: {calm: safe}}")
	f.Add("version: 1\nsim:\n  ? [a]\n  : b")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse("mine.yaml", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "mine.yaml:") {
				t.Error(err)
			}
			return
		}
		for _, world := range []string{reports.WorldLive, reports.WorldSim} {
			for _, n := range e.Named(world, func(string) bool { return true }, scenarioNames(world)) {
				strategy, scenario, _ := strings.Cut(n.ID, "/")
				if what, said := e.Of(world, strategy, scenario); !said || what.String() != n.Expected {
					t.Errorf("%s: %s, and then %s", n.ID, n.Expected, what)
				}
			}
		}
	})
}
