package lockstep

import (
	"fmt"
	"slices"

	"onceover/faults"
	"onceover/reports"
)

// resent is a push that was sent once more since its reply was lost.
func resent(e evidence) string {
	first, second, ok := e.twice()
	if !ok || first.by() != second.by() || !first.replyLost() {
		return ""
	}
	if _, looked := e.lookBetween(first, second); looked && len(first.set) == 0 {
		return "" // it was not marked, and the look showed that
	}
	how := "pushed the same rows again with " + second.verbs()
	switch {
	case first.sameWords(second):
		how = fmt.Sprintf("sent %s again, word for word,", first.verbs())
	case !slices.Equal(first.rows, second.rows):
		return ""
	}
	return fmt.Sprintf("%s %s because the reply to the first was lost, and the first had been executed", first.by(), how)
}

// apart is a push that its mark did not follow.
func apart(e evidence) string {
	first, second, ok := e.twice()
	if !ok || len(first.set) > 0 {
		return ""
	}
	look, looked := e.lookBetween(first, second)
	if !looked {
		return ""
	}
	key := look.seen[0]
	for _, a := range e.acts[first.number:look.number] {
		if _, met := meet(a.set, []place{key}); met && a.executed() {
			return ""
		}
	}
	how, why := e.interrupted(first, second)
	mark := e.markAfter(first, key)
	switch {
	case how == "" && second.by() == first.by():
		return ""
	case how == "":
		return fmt.Sprintf("%s looked at %s in step %d, after %s of %s in step %d, which does not set it, and before anything did", second.by(), key, look.number, first.verbs(), first.by(), first.number)
	case mark == "":
		return fmt.Sprintf("%s %s after %s in step %d, which does not set %s, where %s looked in step %d; so nobody could know that the rows had arrived",
			first.by(), how, first.verbs(), first.number, key, second.by(), look.number)
	}
	return fmt.Sprintf("%s %s between %s and %s, which are two requests%s; nobody could know that the rows had arrived", first.by(), how, first.verbs(), mark, why)
}

// lookBetween is the last look at the mark of the chunk that the life of the second push takes after
// the first.
func (e evidence) lookBetween(first, second act) (look act, ok bool) {
	for _, a := range e.between(second.by(), first.number, second.number+1) {
		if len(a.seen) > 0 && a.executed() && e.about(a.seen[0]) {
			look, ok = a, true
		}
	}
	return look, ok
}

// markAfter is the request by which the life of a push, or any other, marks such pushes; "": it
// is not in the trace.
func (e evidence) markAfter(push act, at place) string {
	for _, a := range e.acts {
		if a.by() != push.by() || a.number <= push.number {
			continue
		}
		if _, ok := meet(a.set, []place{at}); ok {
			return a.verbs()
		}
	}
	return ""
}

// interrupted tells what came between a push and its mark.
func (e evidence) interrupted(first, second act) (how, why string) {
	if end, last, ok := e.end(first.by()); ok && last.number >= first.number && last.number < second.number {
		if end == "failed" {
			return "failed", e.troubleOf(last)
		}
		return end, ""
	}
	for _, a := range e.between(first.by(), first.number-1, second.number) {
		if a.disconnected() {
			return "lost its connection", ""
		}
	}
	return "", ""
}

// troubleOf is what made a life fail; "": it shows nowhere.
func (e evidence) troubleOf(last act) string {
	switch last.fault() {
	case faults.Cut, faults.MySQLCut:
		return ", since its connection was cut"
	case faults.LoseReply:
		return ", since a reply was lost"
	}
	return ""
}

// overlap are chunks that have a row in common.
func overlap(e evidence) string {
	first, second, ok := e.twice()
	if !ok || !e.calm() || slices.Equal(first.rows, second.rows) {
		return ""
	}
	return fmt.Sprintf("the chunks overlap: row %d is in two of them, %s and %s", e.Row, span(first.rows), span(second.rows))
}

func span(rows []int64) string {
	if len(rows) == 1 {
		return fmt.Sprint(rows[0])
	}
	return fmt.Sprintf("%d to %d", slices.Min(rows), slices.Max(rows))
}

// looked is a look at the mark that was out of date when the rows were pushed.
func looked(e evidence) string {
	first, second, ok := e.twice()
	if !ok || first.by() == second.by() {
		return ""
	}
	for _, marked := range append([]act{first}, e.between(first.by(), first.number, second.number)...) {
		if !marked.executed() {
			continue
		}
		for _, p := range marked.set {
			look, ok := e.lastLook(second, p)
			if ok && look.number < first.number {
				return outdated(e, look, first, second, p)
			}
		}
	}
	all := reports.Those(e.between(second.by(), 0, second.number+1), func(a act) bool {
		return len(a.seen) > 0 && a.executed() && e.about(a.seen[0])
	})
	if n := len(all); n > 0 && all[n-1].number < first.number {
		return outdated(e, all[n-1], first, second, all[n-1].seen[0])
	}
	return ""
}

// lastLook is the last request of the life of a push, up to the push, that reads a place.
func (e evidence) lastLook(push act, p place) (last act, ok bool) {
	for _, a := range e.between(push.by(), 0, push.number+1) {
		if _, met := meet(a.seen, []place{p}); met && a.executed() {
			last, ok = a, true
		}
	}
	return last, ok
}

func outdated(e evidence, look, first, second act, p place) string {
	pushed := fmt.Sprintf("%s pushed the rows in step %d", first.by(), first.number)
	for _, a := range e.between(second.by(), look.number, second.number) {
		if c, ok := a.claim(); ok && c.got {
			return fmt.Sprintf("%s looked at %s in step %d, before it took the lock %s in step %d, and not again after that; meanwhile %s",
				second.by(), p, look.number, c.key, a.number, pushed)
		}
	}
	if had, ok := e.lastClaim(second.by(), look.number); ok {
		if c, _ := had.claim(); !e.letGo(c.key, had.number, second.number) {
			return fmt.Sprintf("%s looked at %s in step %d, behind the lock %s, and not again before it pushed; meanwhile %s", second.by(), p, look.number, c.key, pushed)
		}
	}
	return fmt.Sprintf("%s looked at %s in step %d, and not again before it pushed; meanwhile %s, and nothing kept the two apart", second.by(), p, look.number, pushed)
}

// lastClaim is the last request before an event by which a life got a lock.
func (e evidence) lastClaim(l lived, before int) (had act, ok bool) {
	for _, a := range e.between(l, 0, before) {
		if c, asked := a.claim(); asked && c.got {
			had, ok = a, true
		}
	}
	return had, ok
}

// nameLost is the name of a connection that was a lock, and went with the connection.
func nameLost(e evidence) string {
	first, second, ok := e.twice()
	if !ok || first.by() == second.by() {
		return ""
	}
	for _, lost := range e.acts {
		for _, note := range lost.notes {
			x := lived{note.Worker, note.Life}
			if note.Name == "" || lost.by() != x || lost.fault() == "" || lost.fault() == faults.Kill {
				continue
			}
			push, other := first, second
			if x != first.by() {
				push, other = second, first
			}
			if push.by() != x || push.number <= lost.number {
				continue
			}
			if took, ok := e.takes(other.by(), note.Name, lost.number); ok && took.number < push.number {
				return fmt.Sprintf("%s lost its connection in step %d, and with it the name %s, its lock; %s took the name in step %d, and %s went on and pushed all the same",
					x, lost.number, note.Name, other.by(), took.number, x)
			}
		}
	}
	return ""
}

// takes is the event after another with which a life gets a lock.
func (e evidence) takes(l lived, key string, after int) (act, bool) {
	for _, a := range e.between(l, after, 0) {
		if c, ok := a.claim(); ok && c.got && c.key == key {
			return a, true
		}
	}
	return act{}, false
}

// ranOut is a lock whose time was over while its holder went on.
func ranOut(e evidence) string {
	first, second, ok := e.twice()
	if !ok || first.by() == second.by() {
		return ""
	}
	for _, pair := range [][2]act{{first, second}, {second, first}} {
		old, other := pair[0], pair[1]
		for _, had := range e.between(old.by(), 0, 0) {
			c, asked := had.claim()
			if !asked || !c.got || c.name {
				continue
			}
			took, ok := e.takes(other.by(), c.key, had.number)
			if !ok || e.letGo(c.key, had.number, took.number) || !e.goesOn(old, took.number, c.key) {
				continue
			}
			return fmt.Sprintf("the lock %s of %s ran out%s, %s took it in step %d, and the %s of %s in step %d did not ask who holds it",
				c.key, old.by(), e.paused(had.number, took.number), other.by(), took.number, old.verbs(), old.by(), old.number)
		}
	}
	return ""
}

// letGo tells whether anybody may have ended a lock between two events.
func (e evidence) letGo(key string, after, before int) bool {
	return slices.ContainsFunc(e.acts, func(a act) bool {
		return a.number > after && a.number < before && a.mayRelease(key)
	})
}

// goesOn tells whether a push comes after an event, without a word of the lock.
func (e evidence) goesOn(push act, after int, key string) bool {
	return push.number > after && !push.mentions(key)
}

// paused names a pause between two events.
func (e evidence) paused(after, before int) string {
	for _, a := range e.acts {
		if a.number > after && a.number < before && a.fault() == faults.Pause {
			return fmt.Sprintf(" in the pause of step %d", a.number)
		}
	}
	return ""
}

// deletedLock is a lock that somebody deleted who did not have it.
func deletedLock(e evidence) string {
	first, second, ok := e.twice()
	if !ok || first.by() == second.by() {
		return ""
	}
	for _, pair := range [][2]act{{first, second}, {second, first}} {
		owner, next := pair[0], pair[1]
		for _, had := range e.between(owner.by(), 0, 0) {
			c, asked := had.claim()
			if !asked || !c.got || c.name {
				continue
			}
			deleted, ok := e.firstDelete(c.key, had.number)
			if !ok || deleted.by() == owner.by() || e.holder(c.key, deleted.number) != owner.by() {
				continue
			}
			took, ok := e.takes(next.by(), c.key, deleted.number)
			if ok && max(owner.number, next.number) > deleted.number {
				return fmt.Sprintf("%s deleted the lock %s in step %d, which %s had taken in step %d; so %s could take it in step %d",
					deleted.by(), c.key, deleted.number, owner.by(), had.number, next.by(), took.number)
			}
		}
	}
	return ""
}

// holder is the life that got a lock last before an event.
func (e evidence) holder(key string, before int) (l lived) {
	for _, a := range e.acts[:before-1] {
		if c, asked := a.claim(); asked && c.got && c.key == key {
			l = a.by()
		}
	}
	return l
}

func (e evidence) firstDelete(key string, after int) (act, bool) {
	all := reports.Those(e.acts, func(a act) bool { return a.number > after && a.deletes(key) })
	if len(all) == 0 {
		return act{}, false
	}
	return all[0], true
}
