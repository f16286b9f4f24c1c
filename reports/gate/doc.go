// Package gate compares cells with what is expected of them, and sums them up to a yes
// or no and an exit code.
//
// It is a pure function of the cells. Each brings its expectation along as text
// (reports.Cell.Expected), so the same results are judged alike right after a run, and
// years later from a file. It believes what a cell counts; package
// recheck doubts that.
//
// The unknown never passes: neither a cell without a conclusive run, nor an expectation
// that cannot be read, nor results that are empty or interrupted. And a control has to
// fail: one that looks fine fails the gate, since the harness has then gone blind.
//
//	gate.Apply(results)
//	os.Exit(results.Gate.ExitCode)
package gate
