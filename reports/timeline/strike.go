package timeline

import (
	"strings"

	"onceover/reports"
)

// The kinds of faults whose end has a meaning of its own. All others end when
// they are seen a second time.
const (
	kill      = "kill"       // ends when its worker is started again
	pause     = "pause"      // its worker stands still as long as it lasts
	loseReply = "lose-reply" // ends when it is seen
)

// fault takes what is told of a fault.
func (r *reading) fault(e reports.Event) {
	if text, ok := strings.CutPrefix(e.Text, reports.FaultStrikes); ok {
		kind, _, _ := strings.Cut(text, " ")
		r.t.Faults = append(r.t.Faults, Fault{
			Span: Span{FromMS: r.now, Open: true}, Text: text, Kind: kind, Worker: e.Worker, Life: e.Life, Chunk: e.Chunk,
		})
		return
	}
	text, seen := strings.CutPrefix(e.Text, reports.FaultSeen)
	missed := false
	if !seen {
		text, missed = strings.CutPrefix(e.Text, reports.FaultMissed)
	}
	f, said := r.struck(e.Worker, text)
	switch {
	case !seen && !missed:
		r.mistakes.add("what is told of a fault is not understood", "what is told of faults is not understood in %d places")
	case f == nil:
		r.mistakes.add("something is told of a fault that did not strike", "something is told of faults that did not strike in %d places")
	case missed:
		f.Missed, f.Seen = said, false
		r.heal(f)
	default:
		r.seen(f, said)
	}
}

// struck finds the fault that an event speaks of, and what it says of it. Two
// faults of a plan may read the same: what was said of one goes on in what is
// said next, and what is new is of the first of which nothing was said yet.
func (r *reading) struck(worker int, text string) (found *Fault, said string) {
	best := 0
	for i := range r.t.Faults {
		f := &r.t.Faults[i]
		rest, ok := strings.CutPrefix(text, f.Text)
		if ok && rest != "" {
			rest, ok = strings.CutPrefix(rest, ": ")
		}
		if !ok || !f.Open {
			continue
		}
		likely := 1
		switch {
		case f.Seen && strings.HasPrefix(rest, f.Said):
			likely = 3
		case !f.Seen:
			likely = 2
		}
		if worker == f.Worker {
			likely += 3
		}
		if likely > best {
			best, found, said = likely, f, rest
		}
	}
	return found, said
}

// seen notes that a fault took effect or, the second time, that it ended.
func (r *reading) seen(f *Fault, said string) {
	again := f.Seen
	f.Seen, f.Said = true, said
	switch {
	case again || f.Kind == loseReply:
		r.heal(f)
	case f.Kind == pause && f.Worker >= 0:
		l := r.lane(f.Worker)
		l.Pauses = append(l.Pauses, Span{FromMS: r.now, Open: true})
	}
	if server, ok := strings.CutSuffix(f.Kind, "-kill"); ok && !again {
		r.gone(server)
	}
}

// heal ends a fault, and what it did.
func (r *reading) heal(f *Fault) {
	f.ToMS, f.Open = r.now, false
	if f.Kind == pause && f.Worker >= 0 {
		r.lane(f.Worker).goOn(r.now)
	}
	if server, ok := strings.CutSuffix(f.Kind, "-kill"); ok && f.Missed == "" {
		r.back(server)
	}
}

// goOn ends a pause, if there is one.
func (l *lane) goOn(at float64) {
	if i := len(l.Pauses) - 1; i >= 0 && l.Pauses[i].Open {
		l.Pauses[i].ToMS, l.Pauses[i].Open = at, false
	}
}

// killed takes the end of a worker for the effect of the fault that was to kill it.
func (r *reading) killed(worker int) {
	r.lane(worker).goOn(r.now)
	for i := range r.t.Faults {
		if f := &r.t.Faults[i]; f.Open && f.Kind == kill && f.Worker == worker {
			f.Seen, f.Said = true, reports.WorkerKilled
			return
		}
	}
}

// comesBack ends the faults that have killed a worker.
func (r *reading) comesBack(worker int) {
	for i := range r.t.Faults {
		if f := &r.t.Faults[i]; f.Open && f.Seen && f.Kind == kill && f.Worker == worker {
			r.heal(f)
		}
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
	case e.Server != "" && strings.HasPrefix(e.Text, reports.ServerGone):
		r.gone(e.Server)
	case e.Server != "" && strings.HasPrefix(e.Text, reports.ServerBack):
		r.back(e.Server)
	default:
		r.mistakes.add("what is told of a server is not understood", "what is told of servers is not understood in %d places")
	}
}

// gone begins an outage. Its fault and the server itself both tell of it; the
// first to do so counts.
func (r *reading) gone(server string) {
	if r.away(server) == nil {
		r.outages = append(r.outages, Outage{Span{FromMS: r.now, Open: true}, server})
	}
}

func (r *reading) back(server string) {
	if o := r.away(server); o != nil {
		o.ToMS, o.Open = r.now, false
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
