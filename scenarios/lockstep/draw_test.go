package lockstep

import (
	"testing"

	"onceover/sim"
)

// A worker that asks for a lease until it has run out would take all faults for itself.
func TestAWaitIsOneRequest(t *testing.T) {
	trace := []sim.Step{{Worker: 0, Request: "SET lock"}, {Worker: 0, Note: true, Text: "sleeps"}}
	for range 100 {
		trace = append(trace, sim.Step{Worker: 1, Request: "SET lock"})
	}
	trace = append(trace, sim.Step{Worker: 0, Request: "RPUSH rows"}, sim.Step{Worker: 1, Request: "SET lock"})
	if n := different(trace); n != 3 {
		t.Errorf("%d requests, want two of worker 0 and one of worker 1", n)
	}
}
