// Package shrink makes a counterexample small enough to be read.
//
// Every step is checked by carrying out the schedule, and the result is
// repeated twice with the real clients before it is handed out. It is a local
// minimum: no single event of it can be left out, weakened or moved next to its
// worker's event before. There may be a smaller one of another shape.
package shrink
