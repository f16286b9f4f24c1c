package timeline

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"onceover/reports"
)

// Of makes a timeline of a history. It never fails: the worst history gives an
// empty timeline, with Flaws.
func Of(events []reports.Event) Timeline {
	r := reading{lanes: map[int]*lane{}}
	for _, e := range events {
		r.event(e)
	}
	return r.end()
}

// reading is a timeline in the making.
type reading struct {
	t        Timeline
	now      float64
	seq      int
	lanes    map[int]*lane
	commits  []commit
	chunks   int64 // of the plan; 0: not known
	rows     int64 // of the table; 0: not known
	outages  []Outage
	begun    bool
	mistakes mistakes
}

func (r *reading) event(e reports.Event) {
	r.clock(e)
	switch e.Kind {
	case reports.EventRun:
		r.run(e)
	case reports.EventWorker:
		r.worker(e)
	case reports.EventStep:
		r.step(e)
	case reports.EventFault:
		r.fault(e)
	case reports.EventServer:
		r.server(e)
	case reports.EventCheck:
		r.t.Check = &Check{AtMS: r.now, Verdicts: verdicts(e.Text), Text: e.Text}
	case reports.EventConsumer: // what is popped has arrived before
	default:
		r.mistakes.add("1 event is of a kind that is unknown here", "%d events are of kinds that are unknown here")
	}
}

// clock takes the time of an event. Time does not go back: an event that says
// so is taken to have happened when it was written.
func (r *reading) clock(e reports.Event) {
	switch {
	case math.IsNaN(e.AtMS) || math.IsInf(e.AtMS, 0):
		r.mistakes.add("1 event has no time", "%d events have no time")
	case e.AtMS < r.now:
		r.mistakes.add("1 event is earlier than the one before it", "%d events are earlier than the one before them")
	default:
		r.now = e.AtMS
	}
	if e.Seq > 0 && e.Seq != r.seq+1 {
		r.mistakes.add("events are missing in 1 place", "events are missing in %d places")
	}
	if e.Seq > 0 {
		r.seq = e.Seq
	}
}

func (r *reading) run(e reports.Event) {
	if r.begun {
		return // the end of it
	}
	r.begun = true
	r.t.Name = e.Text
	r.rows, r.chunks = planned(e)
}

func (r *reading) end() Timeline {
	t := r.t
	t.EndMS = r.now
	for _, number := range slices.Sorted(maps.Keys(r.lanes)) {
		t.Lanes = append(t.Lanes, r.lanes[number].end(r.now))
	}
	for i := range t.Faults {
		r.close(&t.Faults[i])
	}
	t.Outages = r.outages
	for i := range t.Outages {
		if t.Outages[i].Open {
			t.Outages[i].ToMS = r.now
		}
	}
	t.Arrived = r.curve()
	switch {
	case r.seq == 0 && !r.begun && len(t.Lanes) == 0 && t.Check == nil:
		r.mistakes.add("the history is empty", "")
	case t.Check == nil:
		r.mistakes.add("the history ends before the check", "")
	}
	t.Flaws = r.mistakes.texts()
	return t
}

// mistakes counts what is wrong with a history, by kind.
type mistakes struct {
	kinds []mistake
}

type mistake struct {
	one, many string
	n         int
}

// add counts one more. many is a format for the number of them.
func (m *mistakes) add(one, many string) {
	for i := range m.kinds {
		if m.kinds[i].one == one {
			m.kinds[i].n++
			return
		}
	}
	m.kinds = append(m.kinds, mistake{one, many, 1})
}

func (m *mistakes) texts() []string {
	var all []string
	for _, k := range m.kinds {
		if k.n == 1 {
			all = append(all, k.one)
		} else {
			all = append(all, fmt.Sprintf(k.many, k.n))
		}
	}
	return all
}
