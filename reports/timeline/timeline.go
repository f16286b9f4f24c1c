// Package timeline turns the history of a run into what can be drawn of it:
// a lane for each worker, the faults, and how many rows had arrived when.
package timeline
