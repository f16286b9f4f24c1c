package witness

import (
	"fmt"
	"maps"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/steps"
)

// lost tells what became of the chunk of a row that never arrived. It returns
// "" if the workers reported nothing.
func (s *story) lost() string {
	if s.steps == 0 {
		return ""
	}
	commits := slices.DeleteFunc(slices.Clone(s.attempts), func(a *attempt) bool { return a.commit() == none })
	rest := ""
	if n := len(commits); n > 0 {
		rest = s.committed(commits[n-1], n)
	} else if rest = s.neverCommitted(); rest == "" {
		return ""
	}
	return fmt.Sprintf("Row %s of %s is not in the list", s.witness.Row, s.chunkName) + rest
}

// committed tells of a chunk whose last commit, of so many, was executed and which is
// not there all the same.
func (s *story) committed(a *attempt, commits int) string {
	last, at := len(s.events), a.commit()
	s.attempt(a, last)
	s.meanwhile(a.since(), at, a.life)
	s.bad = at
	died := slices.IndexFunc(s.deaths, func(i int) bool { return i > at })
	if died < 0 {
		text := ", although " + s.did(push{at, a}) + "."
		if commits > 1 {
			text += fmt.Sprintf(" That was the last of %d commits.", commits)
		}
		return text + s.besides()
	}
	s.meanwhile(s.deaths[died], last)
	s.bad = s.deaths[died]
	delete(s.asides, s.bad)
	s.lastWords()
	s.how = s.forgottenLine(a, at)
	return fmt.Sprintf(", although %s. %s afterwards, in %s, and nobody reported a commit of the chunk again.%s%s",
		s.did(push{at, a}), s.died(s.bad), s.step(s.bad), s.besides(), s.ended())
}

// neverCommitted tells which lives had the chunk and what became of them, which asked
// for it in vain, and which said last that nothing is left.
func (s *story) neverCommitted() string {
	for _, a := range s.attempts {
		s.attempt(a, len(s.events))
		s.meanwhile(a.since(), a.until(len(s.events)), a.life)
	}
	s.lastWords()
	away := s.turnedAway()
	s.how = s.leftBehindLine()
	if len(s.told) == 0 {
		return ""
	}
	s.bad = slices.Max(slices.Collect(maps.Keys(s.told)))
	text := ", and nobody reported a commit of the chunk."
	for _, a := range s.attempts[max(0, len(s.attempts)-mostNamed):] {
		text += s.fate(a)
	}
	if n := len(s.attempts); n == 0 {
		text += " Nobody reported to have got it."
	}
	return text + away + s.besides() + s.ended()
}

// mostNamed is how many claims a sentence names.
const mostNamed = 2

func (s *story) fate(a *attempt) string {
	text := fmt.Sprintf(" %s got it in %s", a.name(), s.step(a.got))
	switch {
	case a.released:
		text += fmt.Sprintf(" and let go of it in %s, without a commit of its own", s.step(a.letGo))
	case a.ended == none:
		text += " and reported nothing of it any more"
	case a.killer != nil:
		text += fmt.Sprintf(" and was killed in %s", s.step(a.ended))
	default:
		text += fmt.Sprintf(" and ended in %s", s.step(a.ended))
	}
	if a.unknown() {
		text += ", with a commit begun of which nobody knows what came of it"
	}
	return text + "."
}

// turnedAway tells of one request that was not granted while another life asked for
// the chunk or had it, and counts the rest. It prefers the first request that began
// when the other life was known to have the chunk; if all began earlier, it says so.
func (s *story) turnedAway() string {
	var lives []life
	shown, times, late := none, 0, false
	for _, r := range s.away {
		against := s.against(r)
		if against == nil {
			continue
		}
		if times++; shown == none || !late && r.from > against.got {
			shown, late = r.from, r.from > against.got
		}
		if l := lifeOf(s.events[r.from]); !slices.Contains(lives, l) {
			lives = append(lives, l)
		}
	}
	if shown == none {
		return ""
	}
	text := "asks for " + s.chunkName + ", and does not get it"
	if n := len(lives) - 1; n > 0 {
		text += fmt.Sprintf("; nor do %s", others(n))
	}
	if times > len(lives) {
		text += fmt.Sprintf(" (%d attempts in all)", times)
	}
	s.tell(shown, reports.Step{Text: text})
	s.vain = steps.Deed{At: shown, Who: others(len(lives)), Does: "ask for it in vain"}
	if len(lives) == 1 {
		s.vain = steps.Deed{At: shown, Who: lives[0].name(), Does: "asks for it in vain"}
	}
	if !late {
		return fmt.Sprintf(" %s had begun to ask for it before that (%s) and did not get it.", others(len(lives)), s.step(shown))
	}
	return fmt.Sprintf(" Meanwhile %s asked for it and did not get it (%s).", others(len(lives)), s.step(shown))
}

func (s *story) against(r request) *attempt {
	against, _ := reports.First(s.attempts, func(a *attempt) bool {
		return r.to > a.since() && r.from < a.until(len(s.events)) && lifeOf(s.events[r.from]) != a.life
	})
	return against
}

func (s *story) lastWords() {
	if n := len(s.done); n > 0 {
		text := "ends: nothing is left to do"
		if n > 1 {
			text += fmt.Sprintf("; %s had said so before", others(n-1))
		}
		s.tell(s.done[n-1], reports.Step{Text: text})
	}
}

func (s *story) ended() string {
	switch n := len(s.done); n {
	case 0:
		return " Nobody said that nothing is left."
	case 1:
		return fmt.Sprintf(" %s said that nothing is left (%s).", s.name(s.done[0]), s.step(s.done[0]))
	default:
		return fmt.Sprintf(" %d workers said that nothing is left, the last of them in %s.", n, s.step(s.done[n-1]))
	}
}

func others(lives int) string { return format.Plural(lives, "other worker", "other workers") }
