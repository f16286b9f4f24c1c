// Package faults describes what goes wrong: which fault strikes whom, and at
// which logical position. It injects nothing itself; a world (live or
// simulated) does, and says whether the fault was seen to take effect.
//
// A plan is text, one fault a line, and parses back to the same plan:
//
//	kill worker=2 chunk=5 at=read restart=200ms
//	pause worker=* chunk=7 at=committing for=2.5s
//	kill worker=* request=EXEC nth=3
//	redis-kill progress=40% for=300ms
//
// A position is logical: a step of a worker with a chunk, a request of a worker, or
// a share of the rows moved, never an instant. So the same plan means the same in both
// worlds, and on slow machines and fast ones.
package faults
