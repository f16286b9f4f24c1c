package lockstep

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/scenarios"
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
		what, key := e.markedBy(a)
		how := e.cutShort(a)
		if what != "" && how != "" && e.touched(key, a) {
			return fmt.Sprintf("%s %s in step %d and %s before it pushed the rows", a.by(), what, a.number, how)
		}
	}
	return ""
}

// markedBy says how a request marks the chunk of the bad row, and where; "": it does not.
func (e evidence) markedBy(a act) (what, key string) {
	chunk := e.chunk()
	if a.Server == sim.MySQL {
		if len(a.set) == 0 || !names(a.sql, chunk) && !strings.Contains(a.sql, "?") {
			return "", ""
		}
		return marked(chunk, a.sql, a.verbs()), a.set[0].key
	}
	for _, c := range a.commands {
		switch {
		case len(c) < 2 || claiming(c) || a.fills(c[1]):
		case slices.Contains(handing, c[0]):
			if e.hands(a, c[1]) {
				return fmt.Sprintf("took chunk %d from %s (%s)", chunk, c[1], c[0]), c[1]
			}
		case c[0] == "XACK" && len(c) > 3:
			if e.delivered(a, c[3:]) {
				return fmt.Sprintf("acknowledged chunk %d (XACK)", chunk), c[1]
			}
		case slices.Contains(marking, c[0]) && names(placeOf(c).key+" "+placeOf(c).item, chunk):
			return marked(chunk, c[1], c[0]), c[1]
		}
	}
	return "", ""
}

// hands tells whether the reply to a request is the chunk of the bad row. That replies are chunks, and
// from which number they are counted, is known by another chunk that came behind such a reply.
func (e evidence) hands(a act, key string) bool {
	for _, other := range e.acts {
		if other.number == a.number || !other.executed() || !slices.Contains(placesOf(other, handing), place{key: key}) {
			continue
		}
		for _, then := range e.between(other.by(), other.number, 0) {
			if _, again := meet(placesOf(then, handing), []place{{key: key}}); again {
				break
			}
			for from := range 2 {
				if len(then.rows) > 0 && names(other.reply, int(then.rows[0]-1)/e.size+from) && names(a.reply, e.chunk()+from) {
					return true
				}
			}
		}
	}
	return false
}

func placesOf(a act, verbs []string) []place {
	return reports.Each(reports.Those(a.commands, func(c []string) bool { return len(c) > 1 && slices.Contains(verbs, c[0]) }),
		func(c []string) place { return place{key: c[1]} })
}

// touched tells whether another life asks for something after an event where that has marked: it
// can have seen the mark.
func (e evidence) touched(key string, marked act) bool {
	return slices.ContainsFunc(e.acts, func(a act) bool {
		return a.number > marked.number && a.by() != marked.by() && a.executed() && a.mentions(key)
	})
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
	if !e.reads(first, last) || e.reads(e.Row, e.Row) {
		return ""
	}
	for _, a := range e.acts {
		if slices.ContainsFunc(a.rows, func(row int64) bool { return row >= first && row <= last }) {
			return fmt.Sprintf("the chunks leave a gap: MySQL was never asked for row %d, although %s came in step %d", e.Row, span(a.rows), a.number)
		}
	}
	return ""
}

// reads tells whether MySQL has answered with one of some rows.
func (e evidence) reads(first, last int64) bool {
	return slices.ContainsFunc(e.acts, func(a act) bool {
		for row := first; row <= last; row++ {
			if a.Server == sim.MySQL && strings.Contains(a.reply, scenarios.Payload(row)) {
				return true
			}
		}
		return false
	})
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
			if then.executed() && (len(then.rows) > 0 || len(then.set) > 0) {
				return fmt.Sprintf("the answer of MySQL to %s broke off in step %d, and %s took that for the end of the rows: it went on with %s in step %d",
					a.verbs(), a.number, a.by(), then.verbs(), then.number)
			}
		}
	}
	return ""
}
