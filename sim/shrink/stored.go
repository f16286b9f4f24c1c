package shrink

import "onceover/sim"

// Nearest looks for a schedule that differs from a stored counterexample in one
// thing and keeps the promise; nil if there is none.
func Nearest(scene *sim.Scene, run sim.Run) (*Neighbour, error) {
	s := &shrinking{scene: scene, cache: scene.Cache(), best: run}
	return s.nearest(run.Cause)
}
