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
	"onceover/reports/terminal"
)

// newResults are the results of an invocation that begins.
func newResults(id, world string, began time.Time, replay string) reports.Results {
	return reports.Results{
		Schema: reports.Schema,
		Tool:   thisTool(),
		Run: reports.Invocation{
			ID: id, World: world, Started: began.UTC(), Replay: replay,
		},
		Environment: reports.Environment{
			Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(),
		},
		Cells: []reports.Cell{},
	}
}

func thisTool() reports.Tool {
	return reports.Tool{Name: "onceover", Version: version(), Commit: commit()}
}

// conclude writes the results, prints the table, and turns the gate into an
// exit code. A file that cannot be written is an error, and the table says all the
// same what was found. The baseline, which may be nil, is only shown. The command that does the same again comes last.
func conclude(ctx context.Context, g *cli, s streams, out folder, results *reports.Results, baseline *compare.Comparison, failure error) error {
	switch {
	case ctx.Err() != nil:
		results.Gate.ExitCode, failure = exitInterrupted, nil
	case failure != nil:
		results.Gate.ExitCode = exitCode(failure)
	}
	unwritten := errors.Join(writeResults(s, out.path(), results, baseline), out.publish())
	if err := terminal.WriteTable(s.stdout, results, terminal.Style{
		Colour: coloured(g.Color, s.stdout, s.getenv), Width: width(s.stdout),
	}); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "Report: %s\nReplay: %s\n", filepath.Join(out.path(), "report.html"), results.Run.Replay)
	if err := errors.Join(failure, unwritten); err != nil {
		return err
	}
	if results.Gate.ExitCode != exitOK {
		return gateError{results.Gate.ExitCode}
	}
	return nil
}
