package sim

import (
	"fmt"
	"time"
)

// Step is one line of a trace.
type Step struct {
	ID      EventID
	At      time.Duration // virtual
	Worker  int           // -1: of no worker
	Life    int
	Server  Server
	Request string // what was asked for; empty if no request was involved
	Reply   string // what the server answered, whether it arrived or not
	Text    string // what else there is to say
	Quiet   bool   // done at once, no choice
	Clock   bool   // time has passed
	Bad     bool   // what the schedule came to shows here
}

// journal keeps the steps of a run that is traced.
type journal struct {
	steps []Step
}

func (w *world) trace(on bool) {
	if on {
		w.journal = &journal{}
	}
}

func (w *world) note(s Step) {
	if w.journal == nil {
		return
	}
	s.At = w.now
	w.journal.steps = append(w.journal.steps, s)
}

// noteOp notes a request that was executed.
func (w *world) noteOp(op *Op, reply []byte, quiet bool) {
	w.note(Step{
		ID: w.doing(op, quiet), Worker: op.Worker, Life: op.Life, Server: op.Server,
		Request: op.String(), Reply: replyText(op, reply), Quiet: quiet,
	})
}

// doing is the event in the course of which a request is executed.
func (w *world) doing(op *Op, quiet bool) EventID {
	if quiet {
		return EventID{op.Worker, op.Ord, Deliver}
	}
	return w.current
}

// noteFault notes an event that executes nothing.
func (w *world) noteFault(c Choice) {
	s := Step{ID: c.ID, Worker: c.ID.Worker}
	if c.Op != nil {
		if c.ID.Kind.executes() {
			return
		}
		s.Life, s.Server, s.Request = c.Op.Life, c.Op.Server, c.Op.String()
	}
	w.note(s)
}

// Differ returns the first step in which two traces differ, and what each has
// there; ok is false if they are equal.
func Differ(a, b []Step) (step int, left, right string, ok bool) {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return i, "the end", b[i].String(), true
		case i >= len(b):
			return i, a[i].String(), "the end", true
		case a[i] != b[i]:
			return i, a[i].String(), b[i].String(), true
		}
	}
	return 0, "", "", false
}

func (s Step) String() string {
	return fmt.Sprintf("%v %v %s: %s -> %s %s", s.At, s.ID, s.Server, s.Request, s.Reply, s.Text)
}
