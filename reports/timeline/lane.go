package timeline

import "onceover/reports"

// after is what a worker does once it has reached a step.
var after = map[string]Doing{
	"claiming": Claiming, "claimed": Holding, "reading": Reading, "read": Holding,
	"committing": Committing, "committed": Holding, "released": Idle,
}

// lane is a Lane in the making.
type lane struct {
	Lane
	alive bool    // its last life has not ended
	doing Doing   // since when it does what
	chunk int     // of that
	since float64 // of that
}

func (r *reading) lane(number int) *lane {
	l := r.lanes[number]
	if l == nil {
		l = &lane{Lane: Lane{Worker: number}}
		r.lanes[number] = l
	}
	return l
}

func (r *reading) worker(e reports.Event) {
	if e.Worker < 0 {
		r.flaws.add("a life is that of no worker", "%d lives are those of no worker")
		return
	}
	l := r.lane(e.Worker)
	if e.Change == reports.WorkerStarted {
		if l.alive {
			r.flaws.add("a life begins before the last one has ended", "%d lives begin before the last one has ended")
			l.die(r.now, EndOpen, "")
		}
		l.start(r.now, e.Life)
		return
	}
	if !l.alive {
		r.flaws.add("a life ends that did not begin", "%d lives end that did not begin")
		l.start(r.now, e.Life)
	}
	if e.Change != reports.WorkerDone && e.Change != reports.WorkerKilled {
		e.Change = reports.WorkerFailed
	}
	l.die(r.now, e.Change, e.Text)
}

// step takes a step. One that is told when its life has ended already tells of
// a commit all the same.
func (r *reading) step(e reports.Event) {
	doing, known := after[e.Step]
	if !known || e.Worker < 0 {
		r.flaws.add("1 step is unknown here, or that of no worker", "%d steps are unknown here, or those of no worker")
		return
	}
	l := r.lane(e.Worker)
	l.Reports = true
	if e.Step == "committed" {
		l.Commits++
		r.commits = append(r.commits, commit{r.now, e.Rows})
	}
	switch last := l.lastLife(); {
	case last >= e.Life && (last > e.Life || !l.alive):
		r.flaws.add("1 step is told after the end of its life", "%d steps are told after the end of their lives")
		return
	case last < e.Life:
		r.flaws.add("a life takes steps before it begins", "%d lives take steps before they begin")
		l.die(r.now, EndOpen, "")
		l.start(r.now, e.Life)
	}
	l.next(r.now, doing, e.Chunk)
}

// lastLife is the number of the last life; -1: there was none.
func (l *lane) lastLife() int {
	if len(l.Lives) == 0 {
		return -1
	}
	return l.Lives[len(l.Lives)-1].Number
}

func (l *lane) start(at float64, number int) {
	l.Lives = append(l.Lives, Life{Span: Span{FromMS: at, Open: true}, Number: number, End: EndOpen})
	l.alive = true
	l.doing, l.chunk, l.since = Starting, -1, at
}

// next ends what the worker does, and begins something else.
func (l *lane) next(at float64, doing Doing, chunk int) {
	if l.doing == Claiming && doing != Holding {
		l.doing = Waiting
	}
	l.segment(Span{FromMS: l.since, ToMS: at})
	if doing == Idle {
		chunk = -1
	}
	l.doing, l.chunk, l.since = doing, chunk, at
}

// segment keeps what the worker does, if it takes any time, and lengthens the last
// segment if that goes on.
func (l *lane) segment(s Span) {
	if s.ToMS <= s.FromMS && !s.Open {
		return
	}
	life := l.lastLife()
	if i := len(l.Segments) - 1; i >= 0 {
		last := &l.Segments[i]
		if last.Life == life && last.Doing == l.doing && last.Chunk == l.chunk && last.ToMS == s.FromMS {
			last.ToMS, last.Open = s.ToMS, s.Open
			return
		}
	}
	l.Segments = append(l.Segments, Segment{Span: s, Life: life, Doing: l.doing, Chunk: l.chunk})
}

func (l *lane) die(at float64, end reports.Change, text string) {
	if !l.alive {
		return
	}
	if l.doing == Claiming && end == reports.WorkerDone {
		l.doing = Waiting
	}
	l.segment(Span{FromMS: l.since, ToMS: at})
	l.alive = false
	l.goOn(at)
	life := &l.Lives[len(l.Lives)-1]
	life.Span.end(at)
	life.End, life.Text = end, text
}

// goOn ends a pause, if there is one.
func (l *lane) goOn(at float64) {
	if i := len(l.Pauses) - 1; i >= 0 && l.Pauses[i].Open {
		l.Pauses[i].end(at)
	}
}

// end leaves open what the history left open.
func (l *lane) end(at float64) Lane {
	if l.alive {
		l.segment(Span{FromMS: l.since, ToMS: at, Open: true})
		l.Lives[len(l.Lives)-1].ToMS = at
	}
	for i := range l.Pauses {
		l.Pauses[i].leaveOpen(at)
	}
	if !l.Reports {
		for i := range l.Segments {
			l.Segments[i].Doing = Running
		}
	}
	return l.Lane
}
