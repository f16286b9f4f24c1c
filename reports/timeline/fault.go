package timeline

import (
	"cmp"
	"slices"

	"onceover/reports"
)

func (r *reading) fault(e reports.Event) {
	ref := e.Fault
	if ref == nil {
		r.flaws.add("what is told of a fault is not understood", "what is told of faults is not understood in %d places")
		return
	}
	f := r.struck(ref.Index)
	switch {
	case ref.Phase == reports.FaultInjected:
		r.t.Faults = append(r.t.Faults, Fault{
			Span: Span{FromMS: r.now, Open: true}, Index: ref.Index, Text: ref.Line, Kind: ref.Kind,
			Worker: e.Worker, Life: e.Life, Chunk: e.Chunk,
		})
	case f == nil:
		r.flaws.add("something is told of a fault that did not strike", "something is told of faults that did not strike in %d places")
	case ref.Phase == reports.FaultSeen:
		f.Seen, f.Said = true, e.Text
		if ref.Effect == reports.WorkerSuspended && f.Worker >= 0 {
			f.suspends = true
			l := r.lane(f.Worker)
			l.Pauses = append(l.Pauses, Span{FromMS: r.now, Open: true})
		}
	case ref.Phase == reports.FaultMissed:
		f.Missed, f.Seen = e.Text, false
		r.heal(f)
	case ref.Phase == reports.FaultHealed:
		f.Said = cmp.Or(e.Text, f.Said)
		r.heal(f)
	default:
		r.flaws.add("what is told of a fault is not understood", "what is told of faults is not understood in %d places")
	}
}

// struck finds a fault that has struck and is not over, by its place in the plan.
func (r *reading) struck(index int) *Fault {
	for i := range r.t.Faults {
		if f := &r.t.Faults[i]; f.Open && f.Index == index {
			return f
		}
	}
	return nil
}

// heal ends a fault, and the pause that it made.
func (r *reading) heal(f *Fault) {
	f.end(r.now)
	if f.suspends {
		r.lane(f.Worker).goOn(r.now)
	}
}

func (r *reading) server(e reports.Event) {
	at := slices.IndexFunc(r.t.Outages, func(o Outage) bool { return o.Open && o.Server == e.Server })
	switch {
	case e.Server != "" && e.Change == reports.ServerGone:
		if at < 0 {
			r.t.Outages = append(r.t.Outages, Outage{Span{FromMS: r.now, Open: true}, e.Server})
		}
	case e.Server != "" && e.Change == reports.ServerBack:
		if at >= 0 {
			r.t.Outages[at].end(r.now)
		}
	default:
		r.flaws.add("what is told of a server is not understood", "what is told of servers is not understood in %d places")
	}
}
