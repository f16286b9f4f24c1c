// Package reports holds what a run leaves behind: history, verdicts and
// results, and how they are compared with what was expected.
//
// It knows nothing of loaders, faults or servers: a report can be made anew
// from a stored results.json without running anything. It takes no time and
// reads no clock; all instants are given to it. How results are put into words is in
// package format, and how they are read and written in package store.
//
//	results, err := store.Load("chaos-out/results.json")
//	err = page.Write(w, results)
package reports
