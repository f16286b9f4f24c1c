// Package gate compares cells with what is expected of them, and sums them up
// to the answer and the exit code for whoever asked for a yes or no.
//
// It is a pure function of the cells, of which each brings its expectation
// along as text (reports.Cell.Expected): the same results are judged alike right
// after a run, and years later from a file. It believes what a cell counts; that
// the counts are true is for whoever made or read the results to see to.
//
// What is unknown never passes: neither a cell without a conclusive run, nor an
// expectation that cannot be read, nor results that are empty or interrupted.
// And what must fail has to fail: a control that looks fine fails the gate, since
// then it is the harness that has gone blind.
//
//	gate.Apply(results)
//	os.Exit(results.Gate.ExitCode)
package gate
