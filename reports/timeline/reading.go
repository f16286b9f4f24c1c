package timeline

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
	t       Timeline
	now     float64
	seq     int
	lanes   map[int]*lane
	commits []commit
	chunks  int64 // in the plan; 0: not known
	rows    int64 // in the table; 0: not known
	begun   bool
	flaws   flaws
}

// commit is one that was answered.
type commit struct {
	at   float64
	rows int64 // 0: the history does not say
}

func (r *reading) event(e reports.Event) {
	r.clock(e)
	switch e.Kind {
	case reports.EventRun:
		if !r.begun { // the other one is the end of the run
			r.begun = true
			r.rows, r.chunks = planned(e)
		}
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
	case reports.EventConsumer: // a popped row has arrived before
	default:
		r.flaws.add("1 event is of a kind that is unknown here", "%d events are of kinds that are unknown here")
	}
}

// clock takes the time of an event. Time does not go back: an event that says
// so is taken to have happened when it was written.
func (r *reading) clock(e reports.Event) {
	switch {
	case math.IsNaN(e.AtMS) || math.IsInf(e.AtMS, 0):
		r.flaws.add("1 event has no time", "%d events have no time")
	case e.AtMS < r.now:
		r.flaws.add("1 event is earlier than the one before it", "%d events are earlier than the one before them")
	default:
		r.now = e.AtMS
	}
	if e.Seq > 0 && e.Seq != r.seq+1 {
		r.flaws.add("events are missing in 1 place", "events are missing in %d places")
	}
	if e.Seq > 0 {
		r.seq = e.Seq
	}
}

var plan = regexp.MustCompile(`(?:^|[ ,])(\d{1,18}) rows in (\d{1,18}) chunks`)

// planned is how many rows and chunks a run has, if it says so.
func planned(e reports.Event) (rows, chunks int64) {
	if m := plan.FindStringSubmatch(e.Text); m != nil {
		rows, _ = strconv.ParseInt(m[1], 10, 64)
		chunks, _ = strconv.ParseInt(m[2], 10, 64)
	}
	if e.Rows > 0 {
		rows = e.Rows
	}
	return rows, chunks
}

// verdicts reads what a check found: its text begins with them, in brackets.
func verdicts(text string) (all []reports.Verdict) {
	inside, _, closed := strings.Cut(text, "]")
	inside, opened := strings.CutPrefix(inside, "[")
	if !opened || !closed {
		return nil
	}
	for word := range strings.FieldsSeq(inside) {
		if v := reports.Verdict(word); slices.Contains(reports.Verdicts(), v) {
			all = append(all, v)
		}
	}
	return all
}

func (r *reading) end() Timeline {
	t := r.t
	t.EndMS = r.now
	for _, number := range slices.Sorted(maps.Keys(r.lanes)) {
		t.Lanes = append(t.Lanes, r.lanes[number].end(r.now))
	}
	for i := range t.Faults {
		t.Faults[i].leaveOpen(r.now)
	}
	for i := range t.Outages {
		t.Outages[i].leaveOpen(r.now)
	}
	t.Arrived = r.curve()
	switch {
	case r.seq == 0 && !r.begun && len(t.Lanes) == 0 && t.Check == nil:
		r.flaws.add("the history is empty", "")
	case t.Check == nil:
		r.flaws.add("the history ends before the check", "")
	}
	t.Flaws = r.flaws.texts()
	return t
}

// curve adds up the commits: in rows if the history says how many each had, and
// otherwise in chunks.
func (r *reading) curve() Curve {
	c := Curve{Unit: Chunks, Total: r.chunks}
	silent := reports.Those(r.commits, func(one commit) bool { return one.rows <= 0 })
	if len(silent) < len(r.commits) {
		c.Unit, c.Total = Rows, r.rows
		for range silent {
			r.flaws.add("1 commit does not say how many rows it had", "%d commits do not say how many rows they had")
		}
	}
	var sum int64
	for _, one := range r.commits {
		n := int64(1)
		if c.Unit == Rows {
			n = max(0, one.rows)
		}
		sum += n
		if i := len(c.Points) - 1; i >= 0 && c.Points[i].AtMS == one.at {
			c.Points[i].N = sum
		} else if n > 0 {
			c.Points = append(c.Points, Point{one.at, sum})
		}
	}
	return c
}

type flaws []flaw

type flaw struct{ one, many string }

// add adds one more. many is a format for the number of them.
func (f *flaws) add(one, many string) { *f = append(*f, flaw{one, many}) }

func (f flaws) texts() (all []string) {
	for _, alike := range reports.Groups(f, func(one flaw) flaw { return one }) {
		if n := len(alike); n == 1 {
			all = append(all, alike[0].one)
		} else {
			all = append(all, fmt.Sprintf(alike[0].many, n))
		}
	}
	return all
}

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
