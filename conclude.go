package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"onceover/reports"
	"onceover/reports/compare"
	"onceover/reports/program"
	"onceover/reports/store"
	"onceover/reports/terminal"
)

// newResults are the results of an invocation that begins.
func newResults(id, world string, began time.Time, replay string) reports.Results {
	return reports.Results{
		Schema: reports.Schema,
		Tool:   program.Tool(),
		Run: reports.Invocation{
			ID: id, World: world, Started: began.UTC(), Replay: replay,
		},
		Environment: reports.Environment{
			Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(),
		},
		Cells: []reports.Cell{},
	}
}

// newFolder makes the folder of an invocation inside the one that --out names.
func newFolder(parent string, began time.Time) (store.Folder, error) {
	f := store.Planned(parent, began)
	return f, createFolder(f)
}

func createFolder(f store.Folder) error {
	if err := f.Create(); err != nil {
		return usagef("--out: %w", err)
	}
	return nil
}

func writer(s streams, out store.Folder) *store.Writer {
	return &store.Writer{Folder: out, Stdout: s.stdout, Stderr: s.stderr, Getenv: s.getenv}
}

// begin leaves results in the folder that say "interrupted, nothing done", until those
// of this invocation replace them.
func begin(s streams, out store.Folder, results reports.Results) error {
	return writer(s, out).Begin(results, reports.ExitInterrupted)
}

// conclude writes the results, prints the table, and turns the gate into an exit code,
// which the results carry too. If a file cannot be written, the table still says what
// was found; if the table cannot be printed, the files say so. Both are errors. The
// baseline, which may be nil, is only shown. The replay command comes last.
func conclude(ctx context.Context, g *cli, s streams, out store.Folder, results *reports.Results, baseline *compare.Comparison, failure error) error {
	switch {
	case ctx.Err() != nil:
		results.Gate.ExitCode, failure = reports.ExitInterrupted, nil
	case failure != nil:
		results.Gate.ExitCode = exitCode(failure)
	}
	w := writer(s, out)
	w.Baseline = baseline
	unwritten := w.Write(results, func(unwritten error) int { return exitCode(errors.Join(failure, unwritten)) })
	if err := terminal.WriteTable(s.stdout, results, terminal.Style{
		Colour: coloured(g.Color, s.stdout, s.getenv), Width: width(s.stdout),
	}); err != nil {
		err = errors.Join(failure, unwritten, fmt.Errorf("print the table: %w", err))
		results.Gate.ExitCode = exitCode(err)
		w.Correct(results)
		return err
	}
	if w.Has("report.html") {
		fmt.Fprintf(s.stdout, "Report: %s\n", filepath.Join(out.Path(), "report.html"))
	}
	if baseline != nil {
		fmt.Fprintf(s.stdout, "Baseline: %s; details: onceover diff %s %s\n", baseline.Summary(), quote(baseline.Old.Name), quote(out.Path()))
	}
	fmt.Fprintf(s.stdout, "Replay: %s\n", results.Run.Replay)
	if err := errors.Join(failure, unwritten); err != nil {
		return err
	}
	if results.Gate.ExitCode != reports.ExitPass {
		return gateError{results.Gate.ExitCode}
	}
	return nil
}
