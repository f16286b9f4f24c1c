// Package draw shows a schedule to people: as lanes on a terminal, as a
// sequence diagram in Mermaid, or as JSON for other programs. It draws what a
// traced run holds and adds nothing of its own.
//
//	draw.Terminal(os.Stdout, draw.Case{Setup: small.Scene.Setup, Run: small.Run, Passing: small.Passing}, draw.Options{})
package draw

import (
	"onceover/sim"
	"onceover/sim/shrink"
)

// Case is what is drawn.
type Case struct {
	Setup   sim.Setup
	Run     sim.Run           // with its trace
	Passing *shrink.Neighbour // nil: none is known
	Mistake string            // that made the row bad; "": none is known
}

// Of is the case that is left when a counterexample was shrunk.
func Of(s shrink.Smallest) Case { return Case{Setup: s.Scene.Setup, Run: s.Run, Passing: s.Passing} }
