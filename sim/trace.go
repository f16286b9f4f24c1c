package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"onceover/faults/wire"
	"onceover/sim/redismodel"
)

// Step is one line of a trace: an event, something that was done at once, or
// something that followed.
type Step struct {
	ID      EventID       // of the event; of a Quiet step, the worker's next operation
	At      time.Duration // virtual
	Worker  int           // -1: of no worker
	Life    int
	Server  Server
	Request string // empty if no request was involved
	Reply   string // what the server answered, whether it arrived or not
	Writes  bool   // the request may change what others see
	Text    string // what else there is to say
	Rows    string // the ids of the rows that came into the list, separated by spaces
	Name    string // that is gone with its connection
	Refused string // the request that could not be sent, because the connection was broken
	RunsOut string // the chunks whose lock runs out, separated by spaces
	Quiet   bool   // a request that was done at once, because it is nobody else's business
	Note    bool   // no event of its own
	Bad     bool   // here the promise was broken
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

// journal keeps the steps of a run that is traced.
type journal struct {
	steps []Step
	event int // the step of the last event

	places []lastPlace // where each worker was last
	where  []Where     // where each was, of every event
	before []*preState // before every event
}

func (w *world) trace(on bool) {
	if on {
		w.journal = &journal{}
	}
}

// note keeps a step, if anybody wants to know.
func (w *world) note(s Step) {
	j := w.journal
	if j == nil {
		return
	}
	if !s.Quiet && !s.Note {
		j.event = len(j.steps)
	}
	s.At = w.now
	j.steps = append(j.steps, s)
}

// noteOp notes a request that was executed.
func (w *world) noteOp(op *Op, reply []byte, quiet bool) {
	if w.journal == nil {
		return
	}
	s := Step{
		ID: w.current, Worker: op.Worker, Life: op.Life, Server: op.Server,
		Request: w.text(op), Reply: replyText(op, reply), Writes: op.Writes(), Quiet: quiet,
	}
	if quiet {
		s.ID = EventID{op.Worker, op.Ord, Deliver}
	}
	w.note(s)
}

// noteEvent notes an event that executes nothing.
func (w *world) noteEvent(c Choice) {
	if w.journal == nil || c.Op != nil && c.ID.Kind.executes() {
		return
	}
	s := Step{ID: c.ID, Worker: c.ID.Worker, Text: c.ID.Kind.Text()}
	if c.Op != nil {
		s.Life, s.Server, s.Request = c.Op.Life, c.Op.Server, w.text(c.Op)
	}
	w.note(s)
}

// text is a request with the labels of scripts instead of their digests.
func (w *world) text(op *Op) string {
	text := op.String()
	for name, label := range w.scene.labels {
		text = strings.ReplaceAll(text, "SCRIPT "+name, "SCRIPT "+label)
	}
	return text
}

// noteRows notes what came into the list with the last event.
func (w *world) noteRows(before []uint8) {
	if w.journal == nil || len(w.journal.steps) == 0 {
		return
	}
	var ids []string
	for i, n := range w.tally.counts {
		if n > before[i] {
			ids = append(ids, strconv.Itoa(i+1))
		}
	}
	w.journal.steps[w.journal.event].Rows = strings.Join(ids, " ")
}

// noteBad marks the last event.
func (w *world) noteBad() {
	if w.journal != nil && len(w.journal.steps) > 0 {
		w.journal.steps[w.journal.event].Bad = true
	}
}

// noteClock notes that time has passed, and which keys it has taken along.
func (w *world) noteClock(from time.Duration) {
	if w.journal == nil || w.now == from {
		return
	}
	text := "time passes"
	var runsOut []string
	for i := range w.scene.Setup.Chunks {
		key := keys.Lock(i)
		if w.locked(key, from) && !w.locked(key, w.now) {
			text += ", " + short(key) + " runs out"
			runsOut = append(runsOut, strconv.Itoa(i))
		}
	}
	w.note(Step{ID: w.current, Worker: nobody, Text: text, RunsOut: strings.Join(runsOut, " "), Note: true})
}

// noteName notes that a connection ends, if that takes a name along. It is not
// the client who closed it if something was done to its worker.
func (w *world) noteName(of life, at Server, conn int64) {
	if w.journal == nil {
		return
	}
	verb := "closes"
	if w.current.Kind != Deliver && w.current.Worker == of.worker {
		verb = "loses"
	}
	if name := w.redisAt(at).Name(redismodel.ConnID(conn)); name != "" {
		w.note(Step{
			ID: w.current, Worker: of.worker, Life: of.life, Note: true,
			Text: verb + " its connection, and its name " + name + " is gone", Name: name,
		})
	}
}

// Refusal is what a client is told that writes to a connection that is broken.
var Refusal = errReset.Err.Error()

// noteRefused notes that a client could not send to Redis what it wanted to.
func (w *world) noteRefused(id int, server Server, b []byte) {
	if w.journal == nil || server == MySQL {
		return
	}
	op := &Op{Worker: id, Life: w.workers[id].life}
	for len(b) > 0 {
		args, n, err := wire.ParseCommand(b)
		if err != nil || n == 0 {
			break
		}
		op.commands, b = append(op.commands, args), b[n:]
	}
	what := w.text(op)
	w.note(Step{
		ID: w.current, Worker: id, Life: op.Life, Note: true,
		Text: "cannot send " + what + ": " + Refusal, Refused: what,
	})
}

// locked tells whether a lock is on as many servers as it takes.
func (w *world) locked(key string, at time.Duration) bool {
	all, needed := w.lockHolders()
	n := 0
	for _, server := range all {
		if exists(server, key, at) {
			n++
		}
	}
	return n >= needed
}

// exists looks at a key without a trace in the server.
func exists(s *redismodel.Server, key string, at time.Duration) bool {
	s = s.Clone()
	reply := s.Do(s.Connect(""), at, [][]byte{[]byte("EXISTS"), []byte(key)}, nil)
	return string(reply) == ":1\r\n"
}
