package draw

import (
	"fmt"
	"strings"

	"onceover/reports"
	"onceover/sim"
)

func because(c Case) string {
	cause := c.Run.Cause
	if cause == nil {
		return ""
	}
	steps := numbered(c.Run.Trace)
	return unanswered(steps[cause.Before], cause.Before) + stale(steps, cause) + gone(c, steps, cause)
}

func unanswered(s sim.Step, event int) string {
	switch outcome(s) {
	case reports.StepReplyLost:
		return fmt.Sprintf(" %s gets no reply to step %d.", worker(s), event+1)
	case reports.StepDiesAfter:
		return fmt.Sprintf(" %s dies before the reply to step %d.", worker(s), event+1)
	}
	return ""
}

func stale(steps []sim.Step, cause *sim.Cause) string {
	if cause.Looked == sim.Unknown {
		return ""
	}
	return fmt.Sprintf(" What %s reads in step %d is no longer true after step %d, and it does not read it again.",
		worker(steps[cause.Looked]), cause.Looked+1, cause.Before+1)
}

func gone(c Case, steps []sim.Step, cause *sim.Cause) string {
	if cause.Freed == sim.Unknown {
		return ""
	}
	return fmt.Sprintf(" When %s claims the chunk in step %d, the claim of %s in step %d is gone: %s.",
		worker(steps[cause.Claimed]), cause.Claimed+1, worker(steps[cause.Had]), cause.Had+1, freed(c.Run.Trace, steps, cause))
}

// freed is what ended a claim: what followed from an event, or the event.
func freed(trace []sim.Step, steps []sim.Step, cause *sim.Cause) string {
	event := steps[cause.Freed]
	for _, s := range following(trace, cause.Freed) {
		switch {
		case s.RunsOut != "":
			return fmt.Sprintf("after step %d %s", cause.Freed+1, s.Text)
		case s.Name != "":
			return fmt.Sprintf("after step %d %s %s", cause.Freed+1, worker(s), s.Text)
		}
	}
	switch {
	case event.Worker < 0:
		return fmt.Sprintf("%s in step %d", event.Text, cause.Freed+1)
	case event.Worker == steps[cause.Had].Worker:
		return fmt.Sprintf("%s lets go of it in step %d", worker(event), cause.Freed+1)
	}
	return fmt.Sprintf("%s takes it away in step %d", worker(event), cause.Freed+1)
}

// following are the notes between an event and the next.
func following(trace []sim.Step, event int) (notes []sim.Step) {
	for _, s := range shown(trace) {
		switch {
		case !s.Note:
			event--
		case event == -1:
			notes = append(notes, s)
		}
	}
	return notes
}

// oldError says of workers that failed with the error of a request that was
// sent once more and answered: their client keeps the first error.
func oldError(c Case) (text string) {
	refused := map[life]string{}
	again := map[life]int{}
	event := 0
	for _, s := range c.Run.Trace {
		of := life{s.Worker, s.Life}
		switch {
		case s.Refused != "":
			refused[of] = s.Refused
		case s.Quiet:
		case !s.Note:
			if event++; s.Request == refused[of] && s.Request != "" && outcome(s) == reports.StepAnswered {
				again[of] = event
			}
		case strings.HasPrefix(s.Text, "fails: ") && strings.HasSuffix(s.Text, sim.Refusal) && again[of] > 0:
			text += fmt.Sprintf(" The request of %s that could not be sent at first is sent once more and answered in step %d; its client reports the first error all the same.",
				worker(s), again[of])
		}
	}
	return text
}
