// Package perfetto writes what was observed in a run as a trace that Perfetto
// (ui.perfetto.dev) opens: the process is the cell, its threads are the workers,
// and beside them stand the faults, the servers that were away, and a counter of
// the rows that had arrived.
//
// The form is that of Chrome's trace events (JSON). Its spans may lie in each
// other, but not overlap, so what overlaps gets a track of its own.
package perfetto
