package witness

import (
	"fmt"
	"slices"

	"onceover/reports"
)

// lost tells what became of the chunk of a row that never arrived. It returns
// "" if the workers reported nothing.
func (s *story) lost() string {
	if s.steps == 0 {
		return ""
	}
	tell := s.neverCommitted
	if a := s.lastCommit(); a != nil {
		tell = func() string { return s.committed(a) }
	}
	rest := tell()
	if rest == "" {
		return ""
	}
	return fmt.Sprintf("Row %s of %s is not in the list", s.witness.Row, chunkName(s.chunk)) + rest
}

// lastCommit is the last attempt whose commit was executed.
func (s *story) lastCommit() *attempt {
	for _, a := range slices.Backward(s.attempts) {
		if a.done != none || a.replyLost != none {
			return a
		}
	}
	return nil
}

// committed tells of a chunk that was committed and yet is not there.
func (s *story) committed(a *attempt) string {
	last := len(s.events)
	at := max(a.done, a.replyLost)
	s.attempt(a, last)
	s.bad = at
	died := slices.IndexFunc(s.deaths, func(i int) bool { return i > at })
	if died < 0 {
		text := ", although " + s.did(push{at, a}) + "."
		if n := s.commits(); n > 1 {
			text += fmt.Sprintf(" That was the last of %d commits.", n)
		}
		return text
	}
	s.meanwhile(s.deaths[died], last)
	s.bad = s.deaths[died]
	s.lastWords()
	return fmt.Sprintf(", although %s. Redis died afterwards, in %s, and nobody reported a commit of the chunk again.%s",
		s.did(push{at, a}), s.step(s.deaths[died]), s.ended())
}

func (s *story) commits() (n int) {
	for _, a := range s.attempts {
		if a.done != none || a.replyLost != none {
			n++
		}
	}
	return n
}

// neverCommitted tells who had the chunk and what became of them, who asked
// for it in vain, and who said last that nothing is left.
func (s *story) neverCommitted() string {
	for _, a := range s.attempts {
		s.attempt(a, len(s.events))
		s.meanwhile(a.got, a.until(len(s.events)), a.life)
	}
	s.lastWords()
	away := s.turnedAway()
	if len(s.told) == 0 {
		return ""
	}
	s.bad = slices.Max(keys(s.told))
	text := ", and nobody reported a commit of the chunk."
	for _, a := range s.lastAttempts() {
		text += s.fate(a)
	}
	if n := len(s.attempts); n == 0 {
		text += " Nobody reported to have got it."
	}
	return text + away + s.ended()
}

// most is how many of several attempts a sentence names.
const most = 2

// lastAttempts are the few that a sentence names.
func (s *story) lastAttempts() []*attempt {
	return s.attempts[max(0, len(s.attempts)-most):]
}

// since is the event at which the life asked for the chunk, if that is known.
func (a *attempt) since() int {
	if a.asked == none {
		return a.got
	}
	return a.asked
}

// until is the event at which the life had the chunk no more.
func (a *attempt) until(end int) int {
	for _, i := range []int{a.letGo, a.ended} {
		if i != none {
			end = min(end, i)
		}
	}
	return end
}

// fate says what became of a life that had the chunk.
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

// turnedAway tells of one request that was not granted while somebody else asked
// for the chunk or had it, and says how many others there were: of the first that
// began when the other was known to have it. If all had begun before, their
// answers came meanwhile, and that is said.
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
	text := "asks for " + chunkName(s.chunk) + ", and does not get it"
	if n := len(lives) - 1; n > 0 {
		text += fmt.Sprintf("; nor do %s", counted(n))
	}
	if times > len(lives) {
		text += fmt.Sprintf(" (%d attempts in all)", times)
	}
	s.tell(shown, reports.Step{Text: text})
	if !late {
		return fmt.Sprintf(" %s had begun to ask for it before that (%s) and did not get it.", counted(len(lives)), s.step(shown))
	}
	return fmt.Sprintf(" Meanwhile %s asked for it and did not get it (%s).", counted(len(lives)), s.step(shown))
}

// against is the attempt of another life that a request met; nil: there is none.
func (s *story) against(r request) *attempt {
	i := slices.IndexFunc(s.attempts, func(a *attempt) bool {
		return r.to > a.since() && r.from < a.until(len(s.events)) && lifeOf(s.events[r.from]) != a.life
	})
	if i < 0 {
		return nil
	}
	return s.attempts[i]
}

// lastWords tells of the last life that said that nothing is left.
func (s *story) lastWords() {
	if n := len(s.done); n > 0 {
		text := "ends: nothing is left to do"
		if n > 1 {
			text += fmt.Sprintf("; %s had said so before", counted(n-1))
		}
		s.tell(s.done[n-1], reports.Step{Text: text})
	}
}

// ended is said when the story has all its steps.
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

func counted(lives int) string {
	if lives == 1 {
		return "1 other worker"
	}
	return fmt.Sprintf("%d other workers", lives)
}

func keys(m map[int]reports.Step) []int {
	var all []int
	for i := range m {
		all = append(all, i)
	}
	return all
}
