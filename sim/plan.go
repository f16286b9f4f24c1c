package sim

import (
	"fmt"

	"onceover/faults"
	"onceover/loader"
)

// PlanOf says what goes wrong in a run as a plan of faults, so that the same
// can be tried on real servers. The order of the other events is not in a plan.
// What has no counterpart there is returned in words. The run must have been
// traced, and carried out by the real clients.
func PlanOf(run Run) (plan faults.Plan, left []string) {
	for i, e := range run.Log {
		if !e.Kind.IsFault() {
			continue
		}
		var where Where
		if i < len(run.Where) {
			where = run.Where[i]
		}
		f, ok := planned(e, where)
		if !ok {
			left = append(left, fmt.Sprintf("event %d, %v, has no counterpart among the faults", i+1, e))
			continue
		}
		plan = append(plan, f)
	}
	return plan, left
}

// planned says a fault as one of a plan, if there is an injector of its kind in
// the live world.
func planned(e EventID, where Where) (faults.Fault, bool) {
	event := events[e.Kind]
	plan := injectors[event.injector].plan
	if plan == nil {
		return faults.Fault{}, false
	}
	f, ok := plan(event, e.Worker, where)
	spec, known := faults.Find(f.Kind)
	return f, ok && known && spec.NotLive == ""
}

// workerPlan plans a fault for the worker of an event where it is.
func workerPlan(kind faults.Kind) plan {
	return func(_ event, worker int, where Where) (faults.Fault, bool) {
		place := where.Of(worker)
		spec, _ := faults.Find(kind)
		return spec.At(place.position()), place.Known
	}
}

// position is the place as the position of a fault in a plan.
func (p Place) position() faults.Position {
	return faults.Position{Worker: faults.Any, Chunk: p.Chunk, Step: p.Step, Nth: 1}
}

// following is the step at which a worker is when its request was answered.
func following(s loader.Step) loader.Step { return min(s+1, loader.Released) }
