package witness

import (
	"fmt"
	"maps"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/steps"
)

// mostSteps is how many steps a reader is asked to follow.
const mostSteps = 25

type story struct {
	*reading
	witness   reports.Witness
	chunkName string
	events    []reports.Event
	told      map[int]reports.Step // by the index of the event
	asides    map[int]string       // what the sentence says of told events beside the commits
	bad       int                  // the event that broke the promise
	first     int                  // the one that had done the same before, or none
	vain      steps.Deed           // of those that asked for the chunk and did not get it
	how       string               // the story in one line
}

func newStory(w reports.Witness, events []reports.Event) *story {
	return &story{
		reading: read(events, w.Chunk), witness: w, chunkName: fmt.Sprintf("chunk %d", w.Chunk), events: events,
		told: map[int]reports.Step{}, asides: map[int]string{}, bad: none, first: none,
	}
}

func (s *story) tell(i int, step reports.Step) {
	if i == none {
		return
	}
	e := s.events[i]
	step.AtMS, step.Worker, step.Life = e.AtMS, e.Worker, e.Life
	if step.Outcome == "" {
		step.Outcome = reports.StepNote
	}
	if step.Place == "" {
		step.Place = e.Step
	}
	if step.Place != "" {
		step.Chunk = s.chunk
	}
	s.told[i] = step
}

// attempt tells of a claim and of what came of it, up to an event.
func (s *story) attempt(a *attempt, until int) {
	before := func(i int) int {
		if i > until {
			return none
		}
		return i
	}
	s.tell(before(a.asked), reports.Step{Text: "asks for " + s.chunkName})
	s.tell(before(a.got), reports.Step{Text: "gets " + s.chunkName})
	if a.read != none {
		s.tell(before(a.read), reports.Step{
			Server: "mysql", Request: "read " + s.chunkName, Reply: format.Plural(s.events[a.read].Rows, "row", "rows"),
			Outcome: reports.StepAnswered, Place: "reading",
		})
	}
	if a.commit() == none {
		s.tell(before(a.began), reports.Step{Text: "is about to commit " + s.chunkName})
	}
	s.tell(before(a.replyLost), s.commit(reports.StepReplyLost))
	s.tell(before(a.done), s.commit(reports.StepAnswered))
	if a.released {
		s.tell(before(a.letGo), reports.Step{Text: "lets go of " + s.chunkName})
	}
	s.tell(before(a.ended), s.end(a))
}

func (s *story) commit(outcome reports.StepOutcome) reports.Step {
	return reports.Step{Server: "redis", Request: "commit " + s.chunkName, Outcome: outcome, Place: "committing"}
}

// end tells how a life that had the chunk ended.
func (s *story) end(a *attempt) reports.Step {
	step := reports.Step{Place: s.place(a)}
	switch {
	case a.ended == none:
	case a.killer != nil:
		step.Text, step.Outcome = "dies: "+a.killer.Line, reports.StepDies
	case s.events[a.ended].Change == reports.WorkerDone:
		step.Text = "ends: nothing is left to do"
	default:
		step.Text = "fails: " + s.events[a.ended].Text
	}
	return step
}

// place is the last step that a life reported while it had the chunk.
func (s *story) place(a *attempt) string {
	last := a.got
	for _, i := range []int{a.read, a.began, a.done} {
		last = max(last, i)
	}
	return s.events[last].Step
}

// meanwhile tells of the faults that hit some lives, and of the servers that died.
func (s *story) meanwhile(from, to int, lives ...life) {
	between := func(i int) int {
		if i < from || i > to {
			return none
		}
		return i
	}
	for _, p := range s.pauses {
		if slices.Contains(lives, p.life) {
			s.tell(between(p.from), reports.Step{Text: p.text("stands still: ", "is cut off from the servers: ") + p.fault.Line})
			s.tell(between(p.to), reports.Step{Text: "goes on"})
		}
	}
	for _, c := range s.cuts {
		if i := between(c.at); i != none && slices.Contains(lives, c.life) {
			s.tell(i, reports.Step{Text: "loses a connection: " + c.fault.Line})
			s.asides[i] = fmt.Sprintf("%s lost a connection (%s)", c.name(), c.fault.Kind)
		}
	}
	for i, e := range s.events[from:min(to+1, len(s.events))] {
		server := steps.Server(e.Server)
		switch does, did := ofRedis(e); {
		case did != "":
			s.tell(from+i, reports.Step{Text: does + ": " + e.Fault.Line})
			s.asides[from+i] = did
		case e.Kind != reports.EventServer || server == "":
		case e.Change == reports.ServerGone:
			s.tell(from+i, reports.Step{Text: server + " dies"})
			s.asides[from+i] = server + " died"
		case e.Change == reports.ServerBack:
			s.tell(from+i, reports.Step{Text: server + " is back"})
		}
	}
}

// ofRedis says what a fault made Redis do that lived, now and in the past, or "".
func ofRedis(e reports.Event) (does, did string) {
	if e.Kind != reports.EventFault || e.Fault == nil || e.Fault.Phase != reports.FaultSeen {
		return "", ""
	}
	switch e.Fault.Effect {
	case reports.KeyLost:
		return "Redis loses a key of the job", "Redis lost a key of the job"
	case reports.ListLost:
		return "Redis loses the list", "Redis lost the list"
	case reports.ClockJumped:
		return "Redis jumps ahead in time, and leases run out", "Redis jumped ahead in time, and leases ran out"
	case reports.WritesRefused:
		return "Redis begins to refuse writes", "Redis began to refuse writes"
	}
	return "", ""
}

// died says how Redis came to forget rows.
func (s *story) died(event int) string {
	if _, did := ofRedis(s.events[event]); did != "" {
		return did
	}
	return "Redis died"
}

// besides says what the asides are, those after the first of two commits as what came in
// between.
func (s *story) besides() (text string) {
	for _, i := range slices.Sorted(maps.Keys(s.asides)) {
		if s.first != none && i > s.first {
			text += fmt.Sprintf(" In between %s, in %s.", s.asides[i], s.step(i))
		} else {
			text += fmt.Sprintf(" %s in %s.", s.asides[i], s.step(i))
		}
	}
	return text
}

func (s *story) number(event int) int {
	return slices.Index(slices.Sorted(maps.Keys(s.told)), event) + 1
}

func (s *story) step(event int) string { return fmt.Sprintf("step %d", s.number(event)) }

// counterexample numbers the steps. If there are too many, it leaves out the middle, but
// never the steps that break the promise.
func (s *story) counterexample(sentence string) reports.Counterexample {
	c := reports.Counterexample{Sentence: sentence, How: s.how}
	skip, skipped := 0, 0
	if n := len(s.told); n > mostSteps {
		skip = n - mostSteps + 1 // one stands for them
	}
	for n, i := range slices.Sorted(maps.Keys(s.told)) {
		step := s.told[i]
		step.Number = n + 1
		if i == s.bad {
			step.Bad = true
			if s.first != none {
				step.First = s.number(s.first)
			}
		}
		if n >= mostSteps/2 && skipped < skip && !step.Bad && i != s.first {
			if skipped++; skipped == skip {
				c.Steps = append(c.Steps, leftOut(skipped, step.AtMS))
			}
			continue
		}
		c.Steps = append(c.Steps, step)
		if step.Worker >= 0 && !slices.Contains(c.Workers, step.Worker) {
			c.Workers = append(c.Workers, step.Worker)
		}
	}
	for _, server := range []string{"redis", "mysql"} {
		if slices.ContainsFunc(c.Steps, func(t reports.Step) bool { return t.Server == server }) {
			c.Servers = append(c.Servers, server)
		}
	}
	return c
}

func leftOut(n int, atMS float64) reports.Step {
	return reports.Step{
		AtMS: atMS, Worker: reports.Nobody, Outcome: reports.StepNote, Text: fmt.Sprintf("%d steps are left out", n),
	}
}

func (l life) name() string { return format.Worker(l.worker, l.number) }

func (s *story) name(event int) string { return lifeOf(s.events[event]).name() }
