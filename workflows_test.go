package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/shlex"
	"go.yaml.in/yaml/v4"
)

// workflow is what the tests need of a workflow of GitHub's.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Timeout  int `yaml:"timeout-minutes"`
		Needs    string
		If       string
		Strategy struct {
			FailFast *bool `yaml:"fail-fast"`
			Matrix   map[string][]int
		}
		Steps []struct {
			Run  string
			Pass any `yaml:"continue-on-error"` // although it fails
		}
	}
}

func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	files, err := filepath.Glob(".github/workflows/*.yml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v: %v", files, err)
	}
	all := map[string]workflow{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var w workflow
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = w
	}
	return all
}

// expression is what a system puts a number in the place of.
var expression = regexp.MustCompile(`\$\{\{[^}]*\}\}|\$[A-Z_]+`)

// calls parses the calls of the program among some commands, and returns them.
func calls(t *testing.T, name, commands string) (all []*cli) {
	t.Helper()
	for line := range strings.Lines(commands) {
		words, err := shlex.Split(expression.ReplaceAllString(line, "3"))
		if err != nil || len(words) == 0 || words[0] != "bin/onceover" {
			continue
		}
		c := &cli{}
		parser, err := newParser(t.Context, c, streams{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(words[1:]); err != nil {
			t.Errorf("%s: %s: %v", name, strings.TrimSpace(line), err)
		}
		all = append(all, c)
	}
	return all
}

func TestWorkflowsCallCommandsThatExist(t *testing.T) {
	n := 0
	for name, w := range workflows(t) {
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				n += len(calls(t, name, step.Run))
			}
		}
	}
	if n < 5 {
		t.Errorf("only %d calls were found", n)
	}
}

// One machine for each shard, all with one seed, and a job that judges all of them even
// if one has failed.
func TestShardsOfAWorkflowAreJudgedTogether(t *testing.T) {
	night := workflows(t)[".github/workflows/nightly.yml"]
	chaos, judge := night.Jobs["chaos"], night.Jobs["judge"]
	var shard, reported bool
	for _, step := range chaos.Steps {
		for _, c := range calls(t, "chaos", step.Run) {
			shard = shard || c.Chaos.Shard == "3/4" && c.Chaos.Seed != nil && strings.Contains(step.Run, "${{ matrix.shard }}/4") && strings.Contains(step.Run, "${{ github.run_id }}")
		}
	}
	for _, step := range judge.Steps {
		for _, c := range calls(t, "judge", step.Run) {
			reported = reported || len(c.Report.Results) > 0
		}
	}
	if !shard || !reported || !slices.Equal(chaos.Strategy.Matrix["shard"], []int{1, 2, 3, 4}) || chaos.Strategy.FailFast == nil || *chaos.Strategy.FailFast || judge.Needs != "chaos" || judge.If != "always()" {
		t.Errorf("shard %v, reported %v, %+v, needs %s, if %s", shard, reported, chaos.Strategy, judge.Needs, judge.If)
	}
}

func TestShardsOfGitLabAreJudgedTogether(t *testing.T) {
	text, err := os.ReadFile(".ci/gitlab-shards.yml")
	if err != nil {
		t.Fatal(err)
	}
	type job struct {
		Parallel  int
		When      string
		Timeout   string
		Needs     []string
		Script    []string
		Artifacts struct{ When string }
	}
	var pipeline struct{ Chaos, Judge job }
	if err := yaml.Unmarshal(text, &pipeline); err != nil {
		t.Fatal(err)
	}
	var called []*cli
	for _, j := range []job{pipeline.Chaos, pipeline.Judge} {
		called = append(called, calls(t, "GitLab", strings.Join(j.Script, "\n"))...)
		if j.Artifacts.When != "always" || j.Timeout == "" || strings.Contains(strings.Join(j.Script, ""), "||") {
			t.Errorf("%+v", j)
		}
	}
	if len(called) != 3 || called[1].Chaos.ShardFrom != "CI_NODE_INDEX/CI_NODE_TOTAL" || called[1].Chaos.Seed == nil || len(called[2].Report.Results) == 0 {
		t.Errorf("%d calls", len(called))
	}
	if pipeline.Chaos.Parallel < 2 || pipeline.Judge.When != "always" || !slices.Equal(pipeline.Judge.Needs, []string{"chaos"}) {
		t.Errorf("%+v", pipeline)
	}
}

func TestWorkflowsMayDoLittleAndEnd(t *testing.T) {
	for name, w := range workflows(t) {
		if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
			t.Errorf("%s: its permissions are %v", name, w.Permissions)
		}
		for job, j := range w.Jobs {
			if j.Timeout == 0 {
				t.Errorf("%s: %s has no time limit", name, job)
			}
			for _, step := range j.Steps {
				if strings.Contains(step.Run, "||") || step.Pass != nil {
					t.Errorf("%s: %s cannot fail: %s", name, job, step.Run)
				}
			}
		}
	}
}
