// Package timeline turns the history of a run into what can be drawn of it: a
// lane for each worker, the faults, and how many rows had arrived when.
//
// It shows what was observed, and no more. If a history lacks something, because it was
// torn or because a worker reports no steps, the timeline leaves that open and says so in
// Flaws: it fills nothing in. All instants are in milliseconds since the run began.
package timeline

import "onceover/reports"

// Timeline is a run as it went on.
type Timeline struct {
	EndMS   float64 // of the last event
	Lanes   []Lane  // by the number of the worker
	Faults  []Fault // in the order in which they struck
	Outages []Outage
	Arrived Curve
	Check   *Check   // nil: the history ends without one
	Flaws   []string // what the history lacks, or where it contradicts itself
}

// Span is a time from one instant to another. An Open one had not ended when
// the history did.
type Span struct {
	FromMS, ToMS float64
	Open         bool
}

func (s *Span) end(at float64) { s.ToMS, s.Open = at, false }

// leaveOpen shows a span that the history left open until the history's end.
func (s *Span) leaveOpen(end float64) {
	if s.Open {
		s.ToMS = end
	}
}

// Lane is one worker through all its lives.
type Lane struct {
	Worker   int
	Lives    []Life
	Segments []Segment // without gaps within a life
	Pauses   []Span    // in which it was seen to stand still
	Commits  int       // that were answered
	Reports  bool      // it reports its steps; otherwise a life is one segment
}

// Life is one process of a worker.
type Life struct {
	Span
	Number int
	End    reports.Change // EndOpen: the history does not say
	Text   string         // how the history says that it ended
}

// EndOpen stands for the end of a life of which the history does not say how it ended.
const EndOpen reports.Change = "unknown"

// Doing is what a worker does between two steps.
type Doing string

const (
	Starting   Doing = "starting"   // until its first step
	Idle       Doing = "idle"       // it has nothing, and asks for nothing
	Claiming   Doing = "claiming"   // it asks for a chunk
	Waiting    Doing = "waiting"    // it asks for a chunk, and then goes on without it
	Holding    Doing = "holding"    // it has a chunk, and does nothing with it
	Reading    Doing = "reading"    // it has a chunk, and reads its rows
	Committing Doing = "committing" // it has a chunk, and has begun to commit it
	Running    Doing = "running"    // it does not say what it does
)

// Segment is a time in which a worker does one thing.
type Segment struct {
	Span
	Life  int
	Doing Doing
	Chunk int // -1: none
}

// Fault is a fault of the plan that struck.
type Fault struct {
	Span          // from the strike until it was healed
	Index  int    // in the plan
	Text   string // its line of the plan
	Kind   string
	Worker int // -1: it struck none
	Life   int
	Chunk  int    // -1: none
	Seen   bool   // it was seen to take effect
	Missed string // why it had no effect; empty: nothing was said of that
	Said   string // the last that was observed of it

	suspends bool // its worker stands still as long as it lasts
}

// Effect says whether a fault was seen to take effect.
func (f Fault) Effect() string {
	switch {
	case f.Missed != "":
		return "without effect: " + f.Missed
	case f.Seen:
		return "seen: " + f.Said
	}
	return "not seen to take effect"
}

// Outage is a time in which a server was away.
type Outage struct {
	Span
	Server string
}

// Curve is how much had arrived at which time, as far as commits were answered:
// what arrived without an answer is not in it.
type Curve struct {
	Unit   Unit
	Points []Point // of each change
	Total  int64   // in the table; 0: not known
}

// Unit is what a curve counts.
type Unit string

const (
	Rows   Unit = "rows"
	Chunks Unit = "chunks" // of histories that do not say how many rows a chunk has
)

// Point is a count from an instant on.
type Point struct {
	AtMS float64
	N    int64
}

// Last is the final count.
func (c Curve) Last() int64 {
	if len(c.Points) == 0 {
		return 0
	}
	return c.Points[len(c.Points)-1].N
}

// Check is when the list was compared with the table, and what came of it.
type Check struct {
	AtMS     float64
	Verdicts []reports.Verdict // empty: the text names none
	Text     string
}
