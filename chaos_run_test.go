package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"onceover/reports"
	"onceover/scenarios/live"
)

// finished is a campaign that has ended with nothing found.
func finished(t *testing.T) (p *chaos, stdout *bytes.Buffer) {
	stdout = &bytes.Buffer{}
	p = &chaos{g: &cli{Color: "never"}, s: streams{stdout: stdout, stderr: &bytes.Buffer{}, getenv: env(nil)}}
	var err error
	if p.folder, err = newFolder(t.TempDir(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	p.describe(&live.World{}, time.Time{})
	p.results.Gate = reports.Gate{Status: reports.Unknown, ExitCode: 3}
	return p, stdout
}

func TestResultsAndProgramAgreeOnTheExitCode(t *testing.T) {
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, c := range map[string]struct {
		ctx     context.Context
		failure error
		want    int
	}{
		"it ended":           {t.Context(), nil, 3},
		"the world failed":   {t.Context(), errors.New("disk full"), 70},
		"a server is gone":   {t.Context(), live.ErrNoEngine, 69},
		"interrupted":        {stopped, nil, 130},
		"interrupted harder": {stopped, errors.New("query: cancelled"), 130},
	} {
		t.Run(name, func(t *testing.T) {
			p, stdout := finished(t)
			if got := exitCode(conclude(c.ctx, p.g, p.s, p.folder, &p.results, nil, c.failure)); got != c.want {
				t.Errorf("exit code %d, want %d", got, c.want)
			}
			r, err := reports.Read(filepath.Join(p.folder.parent, "latest", "results.json"))
			if err != nil {
				t.Fatal(err)
			}
			if r.Gate.ExitCode != c.want {
				t.Errorf("the results say %d, want %d", r.Gate.ExitCode, c.want)
			}
			if !bytes.Contains(stdout.Bytes(), []byte("\nReplay: onceover chaos ")) {
				t.Errorf("standard output: %s", stdout)
			}
		})
	}
}

func TestResultsThatCannotBeWrittenAreAnError(t *testing.T) {
	p, stdout := finished(t)
	p.folder.leave()
	if got := exitCode(conclude(t.Context(), p.g, p.s, p.folder, &p.results, nil, nil)); got != exitBug {
		t.Errorf("exit code %d", got)
	}
	if !bytes.Contains(stdout.Bytes(), []byte("\nGate: INCONCLUSIVE")) {
		t.Errorf("what was found is lost: %s", stdout)
	}
}
