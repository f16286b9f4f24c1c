package sim

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"onceover/loader"
	"onceover/reports"
	"onceover/sim/redismodel"
)

// Cause is how a row could come into the list once more, as far as it shows in
// what Redis was asked: it is asked the same again at other moments. Its
// numbers are indices into the events, or Unknown.
type Cause struct {
	Before int // brought the row
	Again  int // brought it once more

	// Looked is the last look of the worker of Again at something that Before
	// made untrue.
	Looked int

	// Had and Claimed are the requests by which the two claimed the chunk, in
	// this order. After Had, Claimed would have been answered otherwise, and
	// Freed is the last event before which it still would.
	Had, Claimed, Freed int
}

// Unknown is an event of a Cause that there is none of, or that does not show.
const Unknown = -1

// Events are those that the cause is about.
func (c *Cause) Events() []int {
	if c == nil {
		return nil
	}
	return slices.DeleteFunc([]int{c.Looked, c.Had, c.Before, c.Freed, c.Claimed, c.Again}, func(i int) bool { return i == Unknown })
}

// eve is what Redis was before an event.
type eve struct {
	op    *Op // of the event, if it was executed
	redis *redismodel.Server
	at    time.Duration
}

func (w *world) noteEve(c Choice) {
	e := &eve{redis: w.redis.Clone(), at: w.now}
	if c.Op != nil && c.ID.Kind.executes() {
		e.op = c.Op
	}
	w.journal.eves = append(w.journal.eves, e)
}

// answer is what a request would have been answered on an eve.
func (e *eve) answer(op *Op) string {
	s := e.redis.Clone()
	conn := s.Connect("")
	var reply []byte
	for _, args := range op.commands {
		reply = s.Do(conn, e.at, args, reply)
	}
	return replyText(op, reply)
}

// cause looks for the cause of what was found.
func (w *world) cause() *Cause {
	if w.found.verdict != reports.Duplicated || w.found.row < 1 {
		return nil
	}
	c := Cause{Again: len(w.journal.eves) - 1, Looked: Unknown, Had: Unknown, Claimed: Unknown, Freed: Unknown}
	c.Before = w.journal.brought(w.found.row, c.Again)
	if c.Before == Unknown {
		return nil
	}
	first, second := w.journal.eves[c.Before].op, w.journal.eves[c.Again].op
	if first == nil || second == nil {
		return &c
	}
	c.Looked = w.journal.looked(second.whose(), c.Before)
	chunk := int(w.found.row-1) / w.scene.Setup.Rows
	if first.whose() != second.whose() {
		w.journal.claims(&c, w.journal.claim(first.whose(), chunk, c.Before), w.journal.claim(second.whose(), chunk, c.Again))
	}
	return &c
}

func (o *Op) whose() life { return life{o.Worker, o.Life} }

// brought is the last event before another that brought a row.
func (j *journal) brought(row int64, before int) int {
	last, event := Unknown, 0
	for _, s := range j.steps {
		if s.Quiet || s.Note {
			continue
		}
		if event < before && slices.Contains(strings.Fields(s.Rows), strconv.FormatInt(row, 10)) {
			last = event
		}
		event++
	}
	return last
}

// looked is the last look of a life before an event that was answered otherwise
// after it, unless the life has looked at the same again.
func (j *journal) looked(of life, event int) int {
	seen := map[string]bool{}
	for i, e := range slices.Backward(j.eves) {
		if e.op == nil || e.op.Server != Redis || e.op.whose() != of {
			continue
		}
		if i < event && !e.op.Writes() && !overlaps(seen, e.op.foot.Reads) &&
			j.eves[event].answer(e.op) != j.eves[event+1].answer(e.op) {
			return i
		}
		for _, key := range looksAt(e.op) {
			seen[key] = true
		}
	}
	return Unknown
}

// looksAt lists what a request may read. Of a script only the keys are known.
func looksAt(op *Op) []string {
	if slices.Contains(op.foot.Reads, redismodel.ScriptsKey) {
		return append(slices.Clone(op.foot.Reads), op.foot.Writes...)
	}
	return op.foot.Reads
}

func overlaps(set map[string]bool, keys []string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return set[k] })
}

// claim is the last request before an event by which a life claimed a chunk.
func (j *journal) claim(of life, chunk, before int) int {
	for i := before - 1; i >= 0; i-- {
		op := j.eves[i].op
		if op == nil || op.Server != Redis || op.whose() != of || !op.Writes() {
			continue
		}
		if place := j.where[i].Of(of.worker); place.Known && place.Step == loader.Claiming && place.Chunk == chunk {
			return i
		}
	}
	return Unknown
}

// claims finds what became of the earlier of two claims.
func (j *journal) claims(c *Cause, a, b int) {
	had, claimed := min(a, b), max(a, b)
	if had == Unknown {
		return
	}
	op := j.eves[claimed].op
	granted, refused := j.eves[claimed].answer(op), j.eves[had+1].answer(op)
	if granted == refused {
		return
	}
	for i := claimed - 1; i > had; i-- {
		if j.eves[i].answer(op) == refused {
			c.Had, c.Claimed, c.Freed = had, claimed, i
			return
		}
	}
}
