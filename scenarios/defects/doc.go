// Package defects is a catalogue of loaders and lock strategies that are wrong
// on purpose. Each makes one mistake that people really make; together they
// prove that the harness notices. A search that passes one of them is blind,
// and says nothing about the strategies that it calls safe.
//
// Each defect comes with the verdict that it has to be caught as, and with a
// set-up in which it shows: with a worker, a chunk, a row or the faults less, it
// does not. The comment of each names a repair, with which the same search finds
// nothing: the mistake is what is caught, not the faults.
//
// What the mistakes are not about is shared, and done right: leases, names of
// connections, commits, and a loader of its own, in the files of these names.
//
// Limits. A worker does one thing at a time, so there is no defect about two
// goroutines of one worker, such as a renewal in the background. There is one
// Redis, without replicas and with memory enough, so there is none about
// failover or eviction. The table has no gaps and nobody writes to it. All
// workers and servers have the same clock. And a loader that fails even when it
// is alone and nothing goes wrong is no subject of a search.
//
//	d, ok := defects.Find("set-then-expire")
//	scene, err := sim.Prepare(d.Scene())
//	result, err := search.Explore(scene, search.Options{Want: []reports.Verdict{d.Want}})
package defects
