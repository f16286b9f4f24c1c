// Package defects is a catalogue of loaders and lock strategies that are wrong
// on purpose. Each makes one mistake that people really make; together they
// prove that the harness notices. A search that passes one of them is blind,
// and says nothing about the strategies that it calls safe.
//
// Each defect comes with the verdict that a search has to reach, and with the
// smallest set-up in which the defect shows: it hides when a worker, a chunk, a row
// or the faults are removed. Its comment names a repair. The same search finds
// nothing after the repair, so the search catches the mistake and not the faults.
//
// The defects share the parts that they get right, each beside the defects of its
// kind: leases, locks of connections, commits and a loader of tables.
//
// Limits. A worker does one thing at a time, but for a renewal in the background,
// so no other defect is about two goroutines of one worker. The only Redis has no replicas
// and enough memory, so no defect is about failover. Nobody but the workers changes a
// table, and that of the job has no gaps. All workers and servers share one clock. A
// loader that fails alone and without faults needs no search.
//
//	d, ok := defects.Find("set-then-expire")
//	scene, err := sim.Prepare(d.Scene())
//	result, err := search.Explore(scene, search.Options{Want: []reports.Verdict{d.Want}})
package defects
