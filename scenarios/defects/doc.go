// Package defects is a catalogue of loaders and lock strategies that are wrong
// on purpose. Each makes one mistake that people really make; together they
// prove that the harness notices. A search that passes one of them is blind,
// and says nothing about the strategies that it calls safe.
//
// Each defect comes with the smallest set-up in which it was found to show,
// faults included, and with the verdict that it has to be caught as. Where the
// comment of a defect names a repair, that repair passes the same search: the
// mistake is what is caught, not the faults.
//
// Limits. A worker of the simulated world is one goroutine, so there is no
// defect about two goroutines of a worker, such as a renewal in the background.
// There is one Redis without replicas, so there is none about failover.
//
//	d, _ := defects.Find("set-then-expire")
//	scene, err := sim.Prepare(d.Scene())
package defects
