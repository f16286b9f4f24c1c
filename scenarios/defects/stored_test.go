package defects_test

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"onceover/reports"
	"onceover/scenarios/defects"
	"onceover/sim"
	"onceover/sim/search"
	"onceover/sim/shrink"
)

var update = flag.Bool("update", false, "find and shrink the counterexamples anew")

func stored(d defects.Defect) string { return filepath.Join("testdata", d.Name+".jsonl") }

// Each defect has its smallest counterexample stored. It repeats event by
// event; one that is missing, or cannot be read, fails.
func TestStoredCounterexamplesRepeat(t *testing.T) {
	for _, d := range defects.All() {
		t.Run(d.Name, func(t *testing.T) {
			if *update {
				store(t, d)
			}
			log := load(t, d)
			if log.Verdict != d.Want {
				t.Fatalf("it was stored as %s, and the defect is %s", log.Verdict, d.Want)
			}
			log.Setup.Program, log.Setup.Tables = d.Scene().Program, d.Scene().Tables
			scene, err := sim.Prepare(log.Setup)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := scene.Replay(log, false); err != nil {
				t.Error(err)
			}
		})
	}
}

// A file without a defect would never be looked at.
func TestEveryStoredCounterexampleHasItsDefect(t *testing.T) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := f.Name()[:len(f.Name())-len(filepath.Ext(f.Name()))]
		if _, ok := defects.Find(name); !ok {
			t.Errorf("testdata/%s belongs to no defect", f.Name())
		}
	}
}

func load(t *testing.T, d defects.Defect) sim.Log {
	t.Helper()
	f, err := os.Open(stored(d))
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatal("no counterexample is stored; go test -update finds one")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	log, err := sim.ReadLog(f)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func store(t *testing.T, d defects.Defect) {
	t.Helper()
	scene, err := sim.Prepare(d.Scene())
	if err != nil {
		t.Fatal(err)
	}
	result, err := search.Explore(scene, search.Options{Seed: 1, Want: []reports.Verdict{d.Want}})
	if err != nil {
		t.Fatal(err)
	}
	found, ok := result.Of(d.Want)
	if !ok {
		t.Fatalf("not caught: %s", result.Summary())
	}
	small, err := shrink.Shrink(context.Background(), scene, found.Run)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(stored(d))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(small.Log.Write(f), f.Close()); err != nil {
		t.Fatal(err)
	}
}
