// Package chart plots the cells of results: how sure each verdict is, what each
// strategy costs, how fast work goes on after a fault, and what has changed since an
// older result. Every plot says its finding as a sentence, and its data as a table.
//
// A plot shows what was given to it. Whether a difference is significant, and what may
// be compared at all, is for package compare to say.
package chart
