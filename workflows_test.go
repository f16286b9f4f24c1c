package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/shlex"
	"go.yaml.in/yaml/v4"
)

// workflow is what the tests need of a workflow of GitHub's.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Timeout int `yaml:"timeout-minutes"`
		Steps   []struct {
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

func TestWorkflowsCallCommandsThatExist(t *testing.T) {
	calls := 0
	for name, w := range workflows(t) {
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				for line := range strings.Lines(step.Run) {
					words, err := shlex.Split(line)
					if err != nil || len(words) == 0 || words[0] != "bin/onceover" {
						continue
					}
					calls++
					parser, err := newParser(t.Context, &cli{}, streams{})
					if err != nil {
						t.Fatal(err)
					}
					if _, err := parser.Parse(words[1:]); err != nil {
						t.Errorf("%s: %s: %v", name, strings.TrimSpace(line), err)
					}
				}
			}
		}
	}
	if calls < 5 {
		t.Errorf("only %d calls were found", calls)
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
