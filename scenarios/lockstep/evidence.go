package lockstep

import (
	"slices"
	"strconv"
	"strings"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/target"
	"onceover/sim"
)

// record is what a trace shortens: a request and its reply in full, as far as they are kept.
type record struct {
	commands [][][]byte
	sql      string
	reply    []byte
}

// act is one event of a run, with the notes that follow from it.
type act struct {
	sim.Step
	target   target.Target
	number   int        // from 1
	commands [][]string // of Redis; none of MULTI and EXEC
	whole    bool       // they are a transaction
	sql      string     // of MySQL
	reply    string
	rows     []int64 // that came into the list
	notes    []sim.Step

	seen, set []place // that the request reads and changes, without locks
}

// evidence is what explanations may rest on, and nothing else.
type evidence struct {
	sim.Finding
	size int // rows of a chunk
	acts []act
}

// evidenceOf puts the trace of a run together with its requests in full.
func evidenceOf(r Result, size int) evidence {
	e := evidence{Finding: r.Finding, size: size}
	for _, s := range r.Trace {
		if !s.Note {
			a := actOf(s, len(e.acts)+1, r.records[len(e.acts)])
			a.target = r.target
			e.acts = append(e.acts, a)
		} else if n := len(e.acts); n > 0 {
			e.acts[n-1].notes = append(e.acts[n-1].notes, s)
		}
	}
	e.findPlaces()
	return e
}

// findPlaces finds what each request reads and changes. A key by which a lock was asked for is a lock
// everywhere.
func (e *evidence) findPlaces() {
	locks := map[string]bool{}
	for _, a := range e.acts {
		if c, asked := a.claim(); asked {
			locks[c.key] = true
		}
	}
	lock := func(p place) bool { return locks[p.key] }
	for i := range e.acts {
		a := &e.acts[i]
		a.seen, a.set = slices.DeleteFunc(a.looks(), lock), slices.DeleteFunc(a.marks(), lock)
	}
}

// about tells whether a place is about the chunk of the bad row: it bears its number, or somebody
// marks something there.
func (e evidence) about(p place) bool {
	return names(p.key+" "+p.item, e.chunk()) || slices.ContainsFunc(e.acts, func(a act) bool {
		return slices.ContainsFunc(a.set, func(q place) bool { return q.key == p.key && p.item == "" })
	})
}

func actOf(s sim.Step, number int, r record) act {
	a := act{Step: s, number: number, sql: r.sql, reply: string(r.reply)}
	for _, args := range r.commands {
		a.whole = a.whole || word(args, 0) == "EXEC"
		if verb := word(args, 0); !slices.Contains([]string{"", "MULTI", "EXEC"}, verb) {
			a.commands = append(a.commands, texts(args))
		}
	}
	for id := range strings.FieldsSeq(s.Rows) {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			a.rows = append(a.rows, n)
		}
	}
	return a
}

// texts are the words of a command, the first in upper case.
func texts(args [][]byte) (all []string) {
	for _, arg := range args {
		all = append(all, string(arg))
	}
	if len(all) > 0 {
		all[0] = strings.ToUpper(all[0])
	}
	return all
}

// lived is one life of a worker.
type lived struct{ worker, life int }

func (l lived) String() string { return format.Worker(l.worker, l.life) }

func (a act) by() lived { return lived{a.Worker, a.Life} }

// fault is what struck the request; "": nothing did.
func (a act) fault() faults.Kind { return a.ID.Kind.Fault() }

// notSent are the events that keep a request from its server.
var notSent = []sim.EventKind{cutBefore, killBefore, mysqlCutBefore}

// disconnected tells whether the event took the connection, and left the worker alive.
func (a act) disconnected() bool {
	return slices.Contains([]faults.Kind{faults.Cut, faults.LoseReply, faults.MySQLCut}, a.fault())
}

// replyLost tells whether the request was executed, and its worker did not learn it.
func (a act) replyLost() bool { return a.ID.Kind == loseReply && a.executed() }

// executed tells whether a server carried the request out, and did not refuse it.
func (a act) executed() bool {
	if slices.Contains(notSent, a.ID.Kind) || a.reply == "" {
		return false
	}
	if a.Server == sim.MySQL {
		return !strings.HasPrefix(a.reply[min(4, len(a.reply)):], "\xff")
	}
	aborted := a.whole && (a.reply[0] == '_' || strings.HasPrefix(a.reply, "*-1"))
	return a.reply[0] != '-' && !aborted
}

// brings tells whether a row came with the event.
func (a act) brings(row int64) bool { return slices.Contains(a.rows, row) }

// verbs name the request: RPUSH, MULTI{RPUSH, SETBIT}, UPDATE.
func (a act) verbs() string {
	var all []string
	for _, c := range a.commands {
		verb := c[0]
		if verb == "CLIENT" && len(c) > 1 {
			verb += " " + strings.ToUpper(c[1])
		}
		all = append(all, verb)
	}
	switch {
	case a.Server == sim.MySQL:
		return firstWord(a.sql)
	case len(all) == 1 && strings.HasPrefix(all[0], "EVAL"):
		return "its script"
	case len(all) == 1:
		return all[0]
	}
	return "MULTI{" + strings.Join(slices.Compact(all), ", ") + "}"
}

func firstWord(sql string) string {
	if words := strings.Fields(sql); len(words) > 0 {
		return strings.ToUpper(words[0])
	}
	return ""
}

// chunk is that of the bad row.
func (e evidence) chunk() int { return int(e.Row-1) / e.size }

// pushes are the events with which the bad row came.
func (e evidence) pushes() []act {
	return reports.Those(e.acts, func(a act) bool { return a.brings(e.Row) })
}

// twice are the two events by which the bad row came twice.
func (e evidence) twice() (first, second act, ok bool) {
	all := e.pushes()
	if e.Verdict != reports.Duplicated || len(all) != 2 {
		return act{}, act{}, false
	}
	return all[0], all[1], true
}

// between are the events of a life after one event and before another; 0: to the end.
func (e evidence) between(l lived, after, before int) []act {
	return reports.Those(e.acts, func(a act) bool {
		return a.by() == l && a.number > after && (before == 0 || a.number < before)
	})
}

// calm tells whether nothing went wrong.
func (e evidence) calm() bool {
	return !slices.ContainsFunc(e.acts, func(a act) bool { return a.ID.Kind.IsFault() })
}

// end is how a life ended that did not say that nothing is left to do, and with which event.
func (e evidence) end(l lived) (how string, last act, ok bool) {
	for _, a := range e.acts {
		if a.by() == l && a.fault() == faults.Kill {
			return "died", a, true
		}
		for _, note := range a.notes {
			if (lived{note.Worker, note.Life}) == l && strings.HasPrefix(note.Text, "fails") {
				return "failed", e.lastOf(l), true
			}
		}
	}
	return "", act{}, false
}

// lastOf is the last event of a life.
func (e evidence) lastOf(l lived) (last act) {
	for _, a := range e.acts {
		if a.by() == l {
			last = a
		}
	}
	return last
}

// ended tells whether a life said that nothing is left to do.
func (e evidence) ended(l lived) bool {
	for _, a := range e.acts {
		for _, note := range a.notes {
			if (lived{note.Worker, note.Life}) == l && strings.HasPrefix(note.Text, "ends") {
				return true
			}
		}
	}
	return false
}
