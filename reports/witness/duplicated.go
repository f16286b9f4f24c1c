package witness

import (
	"cmp"
	"fmt"
	"slices"
)

type push struct {
	at int // the event
	of *attempt
}

// certain tells whether the commit was seen to be executed.
func (p push) certain() bool { return !p.of.unknown() }

// duplicated tells which commit brought the row into the list once more. It
// returns "" if no commit of its chunk is known.
func (s *story) duplicated() string {
	all, reported := s.pushes()
	left := s.kept(all)
	if len(left) == 0 {
		return ""
	}
	again := left[min(1, len(left)-1)]
	s.bad = again.at
	text := s.isThere()
	if len(left) == 1 {
		s.attempt(again.of, s.bad)
		s.meanwhile(again.of.since(), s.bad, again.of.life)
		s.pushed(again)
		return text + fmt.Sprintf(", but only one commit of the chunk was reported, by %s in %s.", again.of.name(), s.step(s.bad)) + s.besides()
	}
	before := left[0]
	s.first = before.at
	s.attempt(before.of, s.bad)
	s.attempt(again.of, s.bad)
	s.meanwhile(min(before.of.since(), again.of.since()), s.bad, before.of.life, again.of.life)
	s.pushed(before)
	s.pushed(again)
	s.how = s.twiceLine(before, again)
	text += ": " + s.did(before) + ", and " + s.did(again) + "."
	if before.of != again.of {
		text += s.overlap(before, again)
	}
	return text + s.besides() + s.rest(reported)
}

// pushes are the commits of the chunk in order. Commits of unknown outcome are among
// them only if the row is there more often than the others explain.
func (s *story) pushes() (all []push, reported int) {
	var unknown []push
	for _, a := range s.attempts {
		if a.replyLost != none {
			all = append(all, push{a.replyLost, a})
		}
		if a.done != none {
			all = append(all, push{a.done, a})
			reported++
		}
		if a.unknown() {
			unknown = append(unknown, push{a.began, a})
		}
	}
	if int64(len(all)) < s.witness.Times {
		all = append(all, unknown...)
	}
	slices.SortFunc(all, func(a, b push) int { return cmp.Compare(a.at, b.at) })
	return all, reported
}

// kept are the commits that are in the list. A Redis that dies forgets the commits
// that it took last: its append-only file ends earlier.
func (s *story) kept(all []push) []push {
	if len(s.deaths) == 0 || int64(len(all)) <= s.witness.Times {
		return all
	}
	died := s.deaths[len(s.deaths)-1]
	n, _ := slices.BinarySearchFunc(all, died, func(p push, i int) int { return cmp.Compare(p.at, i) })
	before, after := all[:n], all[n:]
	keep := min(max(int(s.witness.Times)-len(after), 0), len(before))
	return append(slices.Clone(before[:keep]), after...)
}

// pushed says of a step that the row came into the list there, if that is known.
func (s *story) pushed(p push) {
	if step := s.told[p.at]; p.certain() {
		step.Rows = s.witness.Row
		s.told[p.at] = step
	}
}

func (s *story) isThere() string {
	often := "twice"
	if s.witness.Times != 2 {
		often = fmt.Sprintf("%d times", s.witness.Times)
	}
	return fmt.Sprintf("Row %s of %s is in the list %s", s.witness.Row, s.chunkName, often)
}

func (s *story) did(p push) string {
	switch {
	case p.at == p.of.replyLost:
		return fmt.Sprintf("the commit of %s was executed in %s, and its reply lost", p.of.name(), s.step(p.at))
	case !p.certain():
		return fmt.Sprintf("%s began to commit the chunk in %s, and nobody knows what came of it", p.of.name(), s.step(p.at))
	}
	return fmt.Sprintf("%s reported its commit in %s", p.of.name(), s.step(p.at))
}

// overlap says how two lives came to have the same chunk.
func (s *story) overlap(before, again push) string {
	a, b := before.of, again.of
	if b.got < before.at {
		if b.got < a.got {
			a, b = b, a
		}
		return fmt.Sprintf(" %s got the chunk in %s, and %s in %s, before either had reported a commit.%s",
			a.name(), s.step(a.got), b.name(), s.step(b.got), s.stood(a.life, a.got, b.got))
	}
	switch {
	case b.asked == none:
		return fmt.Sprintf(" %s got the chunk only after that, in %s.", b.name(), s.step(b.got))
	case b.asked < before.at:
		return fmt.Sprintf(" %s had begun to ask for the chunk before that, in %s, and got it afterwards, in %s.",
			b.name(), s.step(b.asked), s.step(b.got))
	}
	return fmt.Sprintf(" %s asked for the chunk only after that, in %s, and got it all the same.", b.name(), s.step(b.asked))
}

// stood says that a life stood still, or was cut off, while it had the chunk and another got it.
func (s *story) stood(l life, from, to int) string {
	for _, p := range s.pauses {
		if p.life == l && p.from > from && p.from < to {
			return fmt.Sprintf(" %s %s from %s on.", l.name(), p.text("stood still", "was cut off from the servers"), s.step(p.from))
		}
	}
	return ""
}

func (s *story) rest(reported int) string {
	switch {
	case len(s.deaths) > 0 && int64(reported) > s.witness.Times:
		return fmt.Sprintf(" In all, %d commits of the chunk were reported, more than are in the list: %s on the way.", reported, s.died(s.deaths[0]))
	case reported > 2:
		return fmt.Sprintf(" In all, %d commits of the chunk were reported.", reported)
	}
	return ""
}
