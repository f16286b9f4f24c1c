package lockstep

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/sim"
)

// never tells whether the bad row is lost, and never came.
func (e evidence) never() bool { return e.Verdict == reports.Lost && len(e.pushes()) == 0 }

// markedFirst is a chunk that was marked, and whose rows were never pushed since the life that
// marked it ended before.
func markedFirst(e evidence) string {
	if !e.never() {
		return ""
	}
	for _, a := range e.acts {
		if !a.executed() || len(a.rows) > 0 {
			continue
		}
		what := e.markedBy(a)
		how := e.cutShort(a)
		if what != "" && how != "" {
			return fmt.Sprintf("%s %s in step %d and %s before it pushed the rows", a.by(), what, a.number, how)
		}
	}
	return ""
}

// markedBy says how a request marks the chunk of the bad row; "": it does not.
func (e evidence) markedBy(a act) string {
	chunk := e.chunk()
	if a.Server == sim.MySQL {
		if len(a.marks()) == 0 || !names(a.sql, chunk) && strings.Count(a.sql, "?") == 0 {
			return ""
		}
		return marked(chunk, a.sql, a.verbs())
	}
	for _, c := range a.commands {
		switch {
		case len(c) < 2 || claiming(c) || a.fills(placeOf(c).key):
		case slices.Contains(handing, c[0]):
			if names(a.reply, chunk) || strings.HasPrefix(c[0], "INCR") && names(a.reply, chunk+1) {
				return fmt.Sprintf("took chunk %d from %s (%s)", chunk, c[1], c[0])
			}
		case c[0] == "XACK" && len(c) > 3:
			if e.delivered(a, c[3:]) {
				return fmt.Sprintf("acknowledged chunk %d (XACK)", chunk)
			}
		case slices.Contains(marking, c[0]) && names(placeOf(c).key+" "+placeOf(c).item, chunk):
			return marked(chunk, c[1], c[0])
		}
	}
	return ""
}

// marked says that a chunk was marked, and as done if the mark says so.
func marked(chunk int, where, by string) string {
	as := ""
	if strings.Contains(strings.ToLower(where), "done") {
		as = " as done"
	}
	return fmt.Sprintf("marked chunk %d%s (%s)", chunk, as, by)
}

// delivered tells whether a stream had delivered the chunk of the bad row to a life, as one of
// some messages.
func (e evidence) delivered(ack act, ids []string) bool {
	for _, a := range e.between(ack.by(), 0, ack.number) {
		for _, id := range ids {
			_, message, ok := strings.Cut(a.reply, id)
			if next := strings.Index(message, "-"); ok && next > 0 {
				message = message[:next] // that is in the next id
			}
			if ok && slices.Contains(strings.Fields(message), fmt.Sprint(e.chunk())) {
				return true
			}
		}
	}
	return false
}

// cutShort says how a life was kept from pushing rows after an event; "": it was not.
func (e evidence) cutShort(marked act) string {
	for _, a := range e.between(marked.by(), marked.number, 0) {
		if len(a.rows) > 0 {
			return ""
		}
	}
	if end, last, ok := e.end(marked.by()); ok && last.number >= marked.number {
		return end
	}
	for _, a := range e.between(marked.by(), marked.number-1, 0) {
		if a.disconnected() {
			return "lost its connection"
		}
	}
	return ""
}

// passedOver is a chunk whose holder died, and to which nobody came back.
func passedOver(e evidence) string {
	if !e.never() {
		return ""
	}
	for _, had := range e.acts {
		c, asked := had.claim()
		if !asked || !c.got || len(number.FindString(c.key)) > 0 && !names(c.key, e.chunk()) && !names(c.key, e.chunk()*e.size+1) {
			continue
		}
		how, last, ok := e.end(had.by())
		if !ok || e.cutShort(had) == "" {
			continue
		}
		for _, a := range e.acts {
			other, asked := a.claim()
			if asked && a.by() != had.by() && other.key == c.key && !other.got && a.executed() && a.number > had.number && e.ended(a.by()) {
				return fmt.Sprintf("%s passed over chunk %d in step %d, since somebody had its lock %s; %s had it and %s in step %d before it pushed the rows, and nobody came back to them",
					a.by(), e.chunk(), a.number, c.key, had.by(), how, last.number)
			}
		}
	}
	return ""
}

// gap is a row between two chunks.
func gap(e evidence) string {
	if !e.never() || !e.calm() {
		return ""
	}
	first, last := int64(e.chunk()*e.size)+1, int64((e.chunk()+1)*e.size)
	for _, a := range e.acts {
		if slices.ContainsFunc(a.rows, func(row int64) bool { return row >= first && row <= last }) {
			return fmt.Sprintf("the chunks leave a gap: row %d is in none of them, although %s came in step %d", e.Row, span(a.rows), a.number)
		}
	}
	return ""
}

// halfResult is an answer of MySQL that broke off, and was taken for all of it.
func halfResult(e evidence) string {
	if !e.never() {
		return ""
	}
	for _, a := range e.acts {
		if a.Server != sim.MySQL || a.ID.Kind != mysqlCutMiddle {
			continue
		}
		for _, then := range e.between(a.by(), a.number, 0) {
			if then.executed() && (len(then.rows) > 0 || len(then.marks()) > 0) {
				return fmt.Sprintf("the answer of MySQL to %s broke off in step %d, and %s took that for the end of the rows: it went on with %s in step %d",
					a.verbs(), a.number, a.by(), then.verbs(), then.number)
			}
		}
	}
	return ""
}
