package draw

import (
	"fmt"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/steps"
	"onceover/sim"
)

// how tells in one line how a row went bad, without the numbers of steps. It is empty where that does not show.
func how(c Case) string {
	switch c.Run.Verdict {
	case reports.Lost:
		return howLost(c)
	case reports.Duplicated:
		if c.Run.Cause != nil {
			return howTwice(c.Run, c.Run.Cause)
		}
	}
	return ""
}

func howLost(c Case) string {
	var deeds []steps.Deed
	for _, f := range fates(c.Run, int(c.Run.Row-1)/c.Setup.Rows) {
		deeds = append(deeds, f.deeds()...)
	}
	end := "nobody comes back"
	if by, forgot := pushedAndForgotten(c); forgot != sim.Unknown {
		deeds = append(deeds, by, steps.Deed{At: forgot, Who: "Redis", Does: "forgets it"})
		end = "nobody commits it again"
	}
	if len(deeds) == 0 {
		return ""
	}
	return steps.Line(deeds, end)
}

// deeds are those of a life that had the chunk, or that asked for it in vain and ended.
func (f *fate) deeds() (all []steps.Deed) {
	if f.had && f.asked > 0 {
		all = append(all, steps.Deed{At: f.asked, Who: f.name, Does: "takes it"})
	}
	switch {
	case f.had && f.died > 0:
		all = append(all, steps.Deed{At: f.died, Who: f.name, Does: "dies"})
	case f.had && f.fails > 0:
		all = append(all, steps.Deed{At: f.fails, Who: f.name, Does: "fails"})
	case f.ends && f.asked > 0 && !f.had:
		all = append(all, steps.Deed{At: f.asked, Who: f.name, Does: "sees it taken and moves on"})
	}
	return all
}

// pushedAndForgotten is the last push of the lost row, and the event in which Redis forgets it.
func pushedAndForgotten(c Case) (by steps.Deed, forgot int) {
	forgot, pushed := sim.Unknown, false
	for i, s := range numbered(c.Run.Trace) {
		switch {
		case holds(s.Rows, c.Run.Row):
			by, pushed, forgot = steps.Deed{At: i + 1, Who: worker(s), Does: "commits it"}, true, sim.Unknown
		case s.ID.Kind.Fault() == faults.Failover && !s.ID.Kind.Forgets():
			pushed = false // the replica has it
		case s.ID.Kind.Forgets() && pushed:
			forgot, pushed = i+1, false
		}
	}
	return by, forgot
}

func howTwice(run sim.Run, cause *sim.Cause) string {
	all := numbered(run.Trace)
	var deeds []steps.Deed
	add := func(event int, does string) {
		deeds = append(deeds, steps.Deed{At: event, Who: worker(all[event]), Does: does})
	}
	again := "commits it again"
	if cause.Looked != sim.Unknown {
		add(cause.Looked, "sees that it is not done")
		again += ", without another look"
	}
	add(cause.Before, committed(all[cause.Before]))
	if cause.Freed != sim.Unknown {
		add(cause.Had, "takes it")
		deeds = append(deeds, lockGone(run.Trace, all, cause))
		add(cause.Claimed, "takes it")
	}
	add(cause.Again, again)
	return steps.Line(append(deeds, between(all, cause)...), "")
}

func committed(s sim.Step) string {
	switch outcome(s) {
	case reports.StepReplyLost:
		return "commits it without getting a reply"
	case reports.StepDiesAfter:
		return "commits it and dies"
	}
	return "commits it"
}

// lockGone is what ended the first claim.
func lockGone(trace []sim.Step, all []sim.Step, cause *sim.Cause) steps.Deed {
	event, holder := all[cause.Freed], worker(all[cause.Had])
	deed := steps.Deed{At: cause.Freed, Who: worker(event), Does: "takes away the lock of " + holder}
	for _, s := range following(trace, cause.Freed) {
		switch {
		case s.RunsOut != "":
			return steps.Deed{At: cause.Freed, Who: "the lock of " + holder, Does: "runs out"}
		case s.Name != "":
			return steps.Deed{At: cause.Freed, Who: worker(s), Does: "loses its lock with its connection"}
		}
	}
	switch {
	case event.Worker < 0:
		deed.Who, deed.Does = event.Text, fmt.Sprintf("(the lock of %s is gone)", holder)
	case event.Worker == all[cause.Had].Worker:
		deed.Does = "lets go of it"
	}
	return deed
}

// between are the faults of everybody that came between the two commits, but for the one that took the lock.
func between(all []sim.Step, cause *sim.Cause) (deeds []steps.Deed) {
	for i := cause.Before + 1; i < cause.Again; i++ {
		if s := all[i]; s.Worker < 0 && i != cause.Freed {
			deeds = append(deeds, steps.Deed{At: i, Who: "meanwhile", Does: s.Text})
		}
	}
	return deeds
}
