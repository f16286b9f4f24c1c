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

// preState is what the Redises were before an event.
type preState struct {
	op    *Op // of the event, if it was executed
	redis *redismodel.Server
	locks []*redismodel.Server
	at    time.Duration
}

func (w *world) noteBefore(c Choice) {
	e := &preState{redis: w.redis.Clone(), locks: clones(w.locks), at: w.now}
	if c.Op != nil && c.ID.Kind.executes() {
		e.op = c.Op
	}
	w.journal.before = append(w.journal.before, e)
}

// replyTo is the reply that a request would have got at that time.
func (e *preState) replyTo(op *Op) string {
	s := e.redis
	if op.Server >= firstLock {
		s = e.locks[op.Server-firstLock]
	}
	s = s.Clone()
	conn := s.Connect("")
	var reply []byte
	for _, args := range op.commands {
		reply = s.Do(conn, e.at, args, reply)
	}
	return replyText(op, reply)
}

// cause looks for the cause of what was found.
func (w *world) cause() *Cause {
	if w.found.Verdict != reports.Duplicated || w.found.Row < 1 {
		return nil
	}
	c := Cause{Again: len(w.journal.before) - 1, Looked: Unknown, Had: Unknown, Claimed: Unknown, Freed: Unknown}
	c.Before = w.journal.brought(w.found.Row, c.Again)
	if c.Before == Unknown {
		return nil
	}
	first, second := w.journal.before[c.Before].op, w.journal.before[c.Again].op
	if first == nil || second == nil {
		return &c
	}
	c.Looked = w.journal.looked(second.sender(), c.Before)
	chunk := int(w.found.Row-1) / w.scene.Setup.Rows
	if first.sender() != second.sender() {
		w.journal.claims(&c, w.journal.claim(first.sender(), chunk, c.Before), w.journal.claim(second.sender(), chunk, c.Again))
	}
	return &c
}

func (o *Op) sender() life { return life{o.Worker, o.Life} }

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
	for i, e := range slices.Backward(j.before) {
		if e.op == nil || e.op.Server == MySQL || e.op.sender() != of {
			continue
		}
		if i < event && !e.op.Writes() && !overlaps(seen, e.op.footprint.Reads) &&
			j.before[event].replyTo(e.op) != j.before[event+1].replyTo(e.op) {
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
	if slices.Contains(op.footprint.Reads, redismodel.ScriptsKey) {
		return append(slices.Clone(op.footprint.Reads), op.footprint.Writes...)
	}
	return op.footprint.Reads
}

func overlaps(set map[string]bool, keys []string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return set[k] })
}

// claim is the last request before an event by which a life claimed a chunk.
func (j *journal) claim(of life, chunk, before int) int {
	for i := before - 1; i >= 0; i-- {
		op := j.before[i].op
		if op == nil || op.Server == MySQL || op.sender() != of || !op.Writes() {
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
	op := j.before[claimed].op
	granted, refused := j.before[claimed].replyTo(op), j.before[had+1].replyTo(op)
	if granted == refused {
		return
	}
	for i := claimed - 1; i > had; i-- {
		if j.before[i].replyTo(op) == refused {
			c.Had, c.Claimed, c.Freed = had, claimed, i
			return
		}
	}
}
