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
	"onceover/reports/gate"
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
	return reports.Tool{Name: "onceover", Version: version(), Commit: commit(), Build: build()}
}

// begin leaves results that say "interrupted, nothing done" where those of this
// invocation will be, and points the link there. Whoever looks before they are
// replaced, or after a kill that nothing can outlive, must not take the results of
// an earlier invocation for these.
func begin(s streams, out folder, results reports.Results) error {
	return unfinished(s, out, results, exitInterrupted)
}

// unfinished are the results of an invocation that has done nothing, and will
// end, or has ended, with an exit code.
func unfinished(s streams, out folder, results reports.Results, code int) error {
	results.Run.Status = reports.Interrupted
	gate.Apply(&results)
	results.Gate.ExitCode = code
	o := newOutputs(s, out, nil)
	if err := errors.Join(o.writeAll(&results, o.everyFile()), out.publish()); err != nil {
		return errors.Join(err, out.withdraw())
	}
	return nil
}

// conclude writes the results, prints the table, and turns the gate into an
// exit code, which the results carry too. A file that cannot be written is an error,
// and the table says all the same what was found; so is a table that cannot be
// printed, and then the files say it. The baseline, which may be nil, is
// only shown. The command that does the same again comes last.
func conclude(ctx context.Context, g *cli, s streams, out folder, results *reports.Results, baseline *compare.Comparison, failure error) error {
	switch {
	case ctx.Err() != nil:
		results.Gate.ExitCode, failure = exitInterrupted, nil
	case failure != nil:
		results.Gate.ExitCode = exitCode(failure)
	}
	o := newOutputs(s, out, baseline)
	unwritten := o.write(results, func(unwritten error) int { return exitCode(errors.Join(failure, unwritten)) })
	if err := terminal.WriteTable(s.stdout, results, terminal.Style{
		Colour: coloured(g.Color, s.stdout, s.getenv), Width: width(s.stdout),
	}); err != nil {
		err = errors.Join(failure, unwritten, fmt.Errorf("print the table: %w", err))
		results.Gate.ExitCode = exitCode(err)
		o.correct(results)
		return err
	}
	if o.has("report.html") {
		fmt.Fprintf(s.stdout, "Report: %s\n", filepath.Join(out.path(), "report.html"))
	}
	if baseline != nil {
		fmt.Fprintf(s.stdout, "Baseline: %s; details: onceover diff %s %s\n", baseline.Summary(), quote(baseline.Old.Name), quote(out.path()))
	}
	fmt.Fprintf(s.stdout, "Replay: %s\n", results.Run.Replay)
	if err := errors.Join(failure, unwritten); err != nil {
		return err
	}
	if results.Gate.ExitCode != exitOK {
		return gateError{results.Gate.ExitCode}
	}
	return nil
}
