package draw

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/sim"
)

// Sentence explains in words what the schedule came to.
func Sentence(c Case) string {
	text := verdictSentence(c)
	if c.Mistake != "" {
		text += " The mistake: " + c.Mistake + "."
	}
	if c.Passing == nil {
		return text
	}
	return text + " " + passingSentence(c)
}

func verdictSentence(c Case) string {
	text := c.Run.Why + "."
	text = strings.ToUpper(text[:1]) + text[1:]
	switch c.Run.Verdict {
	case reports.Duplicated:
		if by := pushes(c); len(by) > 1 {
			return fmt.Sprintf("Row %d is pushed in %s.", c.Run.Row, strings.Join(by, " and again in ")) + because(c)
		}
	case reports.Lost:
		return text + leftAlone(c)
	case reports.Stuck:
		return text + oldError(c)
	}
	return text
}

func pushes(c Case) []string {
	var by []string
	for i, s := range numbered(c.Run.Trace) {
		if holds(s.Rows, c.Run.Row) {
			by = append(by, fmt.Sprintf("step %d by %s", i+1, worker(s)))
		}
	}
	return by
}

func holds(ids string, row int64) bool {
	return slices.Contains(strings.Fields(ids), strconv.FormatInt(row, 10))
}

func passingSentence(c Case) string {
	p := c.Passing
	if p.Removed {
		return fmt.Sprintf("Without step %d nothing goes wrong.", p.Event+1)
	}
	return fmt.Sprintf("If step %d came only after step %d, nothing would go wrong.", p.Event+1, p.After+1)
}

// numbered are the steps that are events: they have a number.
func numbered(trace []sim.Step) []sim.Step {
	return slices.DeleteFunc(shown(trace), func(s sim.Step) bool { return s.Note })
}

// shown leaves out the steps that were done at once, such as reads of the table.
func shown(trace []sim.Step) []sim.Step {
	return slices.DeleteFunc(slices.Clone(trace), func(s sim.Step) bool { return s.Quiet })
}

func worker(s sim.Step) string {
	if s.Worker < 0 {
		return "nobody"
	}
	return format.Worker(s.Worker, s.Life)
}

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

type life struct{ worker, number int }

// fate is what became of a life, as far as one chunk goes. Its numbers count
// the events from 1.
type fate struct {
	name  string
	asked int  // the last request by which it tried to take the chunk
	had   bool // it went on with the chunk, by its own word
	died  int
	fails int  // after which event
	ends  bool // because nothing was left to do
}

func fates(run sim.Run, chunk int) []*fate {
	var all []*fate
	known := map[life]*fate{}
	of := func(s sim.Step) *fate {
		l := life{s.Worker, s.Life}
		if known[l] == nil {
			known[l] = &fate{name: worker(s)}
			all = append(all, known[l])
		}
		return known[l]
	}
	event := 0
	for _, s := range shown(run.Trace) {
		switch {
		case !s.Note:
			event++
			if event <= len(run.Where) {
				for l, f := range known {
					p := run.Where[event-1].Of(l.worker)
					f.had = f.had || !f.over() && p.Known && p.Chunk == chunk && p.Step > loader.Claiming
				}
			}
			if s.Worker >= 0 {
				of(s).step(run, s, event, chunk)
			}
		case strings.HasPrefix(s.Text, "ends"):
			of(s).ends = true
		case strings.HasPrefix(s.Text, "fails"):
			of(s).fails = event
		}
	}
	return all
}

func (f *fate) over() bool { return f.ends || f.died > 0 || f.fails > 0 }

func (f *fate) step(run sim.Run, s sim.Step, event, chunk int) {
	if event <= len(run.Where) && s.Writes {
		if p := run.Where[event-1].Of(s.Worker); p.Known && p.Step == loader.Claiming && p.Chunk == chunk {
			f.asked = event
		}
	}
	if s.ID.Kind.Outcome().Dies() {
		f.died = event
	}
}

// leftAlone names the lives that had the chunk of a lost row and died, and those that
// did not get it and ended.
func leftAlone(c Case) (text string) {
	for _, f := range fates(c.Run, int(c.Run.Row-1)/c.Setup.Rows) {
		text += f.sentence()
	}
	return text + forgotten(c)
}

// sentence is empty if there is nothing to say.
func (f *fate) sentence() string {
	claims := ""
	if f.had && f.asked > 0 {
		claims = fmt.Sprintf("claims the chunk in step %d and ", f.asked)
	}
	switch {
	case f.died > 0:
		return fmt.Sprintf(" %s %sdies in step %d.", f.name, claims, f.died)
	case f.fails > 0 && claims != "":
		return fmt.Sprintf(" %s %sfails after step %d.", f.name, claims, f.fails)
	case f.ends && f.asked > 0 && !f.had:
		return fmt.Sprintf(" %s asks for the chunk in step %d, does not get it, and ends without asking again.", f.name, f.asked)
	}
	return ""
}

func forgotten(c Case) (text string) {
	pushed := ""
	for i, s := range numbered(c.Run.Trace) {
		switch {
		case holds(s.Rows, c.Run.Row):
			pushed, text = fmt.Sprintf("%s pushes it in step %d", worker(s), i+1), ""
		case s.ID.Kind.Fault() == faults.Failover && !s.ID.Kind.Forgets():
			pushed = "" // the replica has it
		case s.ID.Kind.Forgets() && pushed != "":
			text, pushed = fmt.Sprintf(" %s, and Redis forgets it in step %d.", pushed, i+1), ""
		}
	}
	return text
}
