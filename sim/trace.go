package sim

import (
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
	Bad     bool   // the step that broke the promise
}

// journal keeps the steps of a run that is traced.
type journal struct {
	steps []Step
}

func (w *world) note(s Step) {
	if w.journal == nil {
		return
	}
	s.At = w.now
	w.journal.steps = append(w.journal.steps, s)
}

func (w *world) noteOp(op *Op, reply []byte, quiet bool) {
	w.note(Step{
		ID: EventID{op.Worker, op.Ord, Deliver}, Worker: op.Worker, Life: op.Life, Server: op.Server,
		Request: op.String(), Reply: replyText(op, reply), Quiet: quiet,
	})
}

func (w *world) noteFault(c Choice) {
}
