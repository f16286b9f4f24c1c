package timeline

import "onceover/reports"

// fault takes what is told of a fault of the plan.
func (r *reading) fault(e reports.Event) {
	ref := e.Fault
	if ref == nil {
		r.mistakes.add("what is told of a fault is not understood", "what is told of faults is not understood in %d places")
		return
	}
	if ref.Phase == reports.FaultStruck {
		r.t.Faults = append(r.t.Faults, Fault{
			Span: Span{FromMS: r.now, Open: true}, Index: ref.Index, Text: ref.Line, Kind: ref.Kind,
			Worker: e.Worker, Life: e.Life, Chunk: e.Chunk,
		})
		return
	}
	f := r.struck(ref.Index)
	if f == nil {
		r.mistakes.add("something is told of a fault that did not strike", "something is told of faults that did not strike in %d places")
		return
	}
	switch ref.Phase {
	case reports.FaultSeen:
		f.Seen, f.Said = true, e.Text
		if ref.Effect == reports.WorkerSuspended && f.Worker >= 0 {
			f.suspends = true
			l := r.lane(f.Worker)
			l.Pauses = append(l.Pauses, Span{FromMS: r.now, Open: true})
		}
	case reports.FaultMissed:
		f.Missed, f.Seen = e.Text, false
		r.heal(f)
	case reports.FaultHealed:
		if e.Text != "" {
			f.Said = e.Text
		}
		r.heal(f)
	default:
		r.mistakes.add("what is told of a fault is not understood", "what is told of faults is not understood in %d places")
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
	f.ToMS, f.Open = r.now, false
	if f.suspends {
		r.lane(f.Worker).goOn(r.now)
	}
}

// goOn ends a pause, if there is one.
func (l *lane) goOn(at float64) {
	if i := len(l.Pauses) - 1; i >= 0 && l.Pauses[i].Open {
		l.Pauses[i].ToMS, l.Pauses[i].Open = at, false
	}
}

// close leaves open what the history left open.
func (r *reading) close(f *Fault) {
	if f.Open {
		f.ToMS = r.now
	}
}

// server takes the news that a server went away or came back.
func (r *reading) server(e reports.Event) {
	switch {
	case e.Server != "" && e.Change == reports.ServerGone:
		if r.away(e.Server) == nil {
			r.outages = append(r.outages, Outage{Span{FromMS: r.now, Open: true}, e.Server})
		}
	case e.Server != "" && e.Change == reports.ServerBack:
		if o := r.away(e.Server); o != nil {
			o.ToMS, o.Open = r.now, false
		}
	default:
		r.mistakes.add("what is told of a server is not understood", "what is told of servers is not understood in %d places")
	}
}

// away finds the outage of a server that goes on.
func (r *reading) away(server string) *Outage {
	for i := range r.outages {
		if o := &r.outages[i]; o.Open && o.Server == server {
			return o
		}
	}
	return nil
}
