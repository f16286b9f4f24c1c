package witness

import (
	"onceover/reports"
	"onceover/reports/steps"
)

// leftBehindLine is how a chunk was lost that nobody committed, empty where nobody is known to have had it.
func (s *story) leftBehindLine() string {
	var deeds []steps.Deed
	for _, a := range s.attempts[max(0, len(s.attempts)-mostNamed):] {
		deeds = append(deeds, steps.Deed{At: a.got, Who: a.name(), Does: "takes it"})
		if end := s.parting(a); end.Does != "" {
			deeds = append(deeds, end)
		}
	}
	if len(deeds) == 0 {
		return ""
	}
	if s.vain.Does != "" {
		deeds = append(deeds, s.vain)
	}
	return steps.Line(deeds, "nobody comes back")
}

// parting is how a life that had the chunk let it go, or ended.
func (s *story) parting(a *attempt) steps.Deed {
	switch {
	case a.released:
		return steps.Deed{At: a.letGo, Who: a.name(), Does: "lets go of it"}
	case a.ended == none:
		return steps.Deed{}
	case a.killer != nil:
		return steps.Deed{At: a.ended, Who: a.name(), Does: "dies"}
	case s.events[a.ended].Change == reports.WorkerDone:
		return steps.Deed{At: a.ended, Who: a.name(), Does: "ends"}
	}
	return steps.Deed{At: a.ended, Who: a.name(), Does: "fails"}
}

// forgottenLine is how a chunk was lost that had been committed before Redis lost it.
func (s *story) forgottenLine(a *attempt, at int) string {
	lost := steps.Deed{At: s.bad, Who: "Redis", Does: "dies and forgets it"}
	if does, _ := ofRedis(s.events[s.bad]); does != "" {
		lost.Who, lost.Does = "meanwhile", does
	}
	return steps.Line([]steps.Deed{{At: at, Who: a.name(), Does: "commits it"}, lost}, "nobody commits it again")
}

// twiceLine is how a chunk came to be committed twice.
func (s *story) twiceLine(before, again push) string {
	a, b := before.of, again.of
	deeds := []steps.Deed{{At: before.at, Who: a.name(), Does: s.brief(before)}, {At: again.at, Who: b.name(), Does: "commits it again"}}
	if a == b {
		return steps.Line(deeds, "")
	}
	for _, of := range []*attempt{a, b} {
		deeds = append(deeds, steps.Deed{At: of.got, Who: of.name(), Does: "takes it"})
		for _, p := range s.pauses {
			if p.life == of.life && p.from > of.got && p.from < again.at {
				deeds = append(deeds, steps.Deed{At: p.from, Who: of.name(), Does: p.text("stands still", "is cut off")})
			}
		}
	}
	if b.asked != none && b.asked < before.at && b.got > before.at {
		deeds = append(deeds, steps.Deed{At: b.asked, Who: b.name(), Does: "asks for it"})
	}
	if end := s.parting(a); end.Does != "" && end.At > before.at && end.At < again.at {
		deeds = append(deeds, end)
	}
	return steps.Line(deeds, "")
}

func (s *story) brief(p push) string {
	switch {
	case p.at == p.of.replyLost:
		return "commits it without getting a reply"
	case !p.certain():
		return "begins to commit it"
	}
	return "commits it"
}
