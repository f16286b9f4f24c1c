package compare

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/gate"
)

// alpha is the level of all tests.
const alpha = 0.05

// judgement is what a cell has come to, and why.
type judgement struct {
	change Change
	fails  bool
	why    string
}

// rule applies the first rule that has something to say.
func (p pair) rule(rate *RateTest) *judgement {
	for _, rule := range []func(pair, *RateTest) *judgement{
		control, violation, coverage, proof, fallen, stillBad, vanished, learned,
	} {
		if r := rule(p, rate); r != nil {
			return r
		}
	}
	return &judgement{change: Same}
}

// control: a cell that was there to be caught has to be caught. The expectation of the
// newer result does not matter, since lowering it would hide that the harness has gone
// blind. The newer result can only show that the cell is safe now.
func control(p pair, rate *RateTest) *judgement {
	if !p.old.Control() {
		return nil
	}
	was, is := gate.Caught(*p.old, p.old.Expectation()), gate.Caught(*p.now, p.old.Expectation())
	if p.now.Control() {
		is = is && gate.Caught(*p.now, p.now.Expectation())
	}
	switch {
	case was && !is && p.mended(rate):
		return &judgement{Better, false, "it was known to be unsafe, and nothing is found any more"}
	case was && !is:
		return &judgement{Worse, true, "it is known to be unsafe, and that is not noticed any more: the harness may have gone blind"}
	case !was && is && p.now.Control():
		return &judgement{Better, false, "it is known to be unsafe, and that is noticed now"}
	}
	return nil
}

// mended tells whether a cell that was known to be unsafe is expected to be safe,
// and shown to be.
func (p pair) mended(rate *RateTest) bool {
	return p.now.Expectation().Demand == reports.DemandSafe && p.now.Found()[0] == reports.Safe &&
		(p.searchedAsMuch() || rate.significant())
}

// violation: one counterexample is proof. No test can take anything from that.
func violation(p pair, _ *RateTest) *judgement {
	fresh := p.fresh()
	if len(fresh) == 0 {
		return nil
	}
	why := "a new kind of violation: " + format.Verdicts(fresh)
	switch {
	case !p.old.Proves():
		why = format.Verdicts(fresh) + ", where nothing was known before"
	case !bad(*p.old):
		why = "nothing was found before, and one counterexample is proof"
	}
	return p.worse(fresh, why)
}

// worse fails, except if the older result expected these violations.
func (p pair) worse(found []reports.Verdict, why string) *judgement {
	if unexpected := func(v reports.Verdict) bool { return !expects(*p.old, v) }; slices.ContainsFunc(found, unexpected) {
		return &judgement{Worse, true, why}
	}
	return &judgement{Worse, false, fmt.Sprintf("%s; expected %s, so it does not fail", why, p.old.Expected)}
}

// expects tells whether a violation is known to occur in a cell.
func expects(c reports.Cell, v reports.Verdict) bool {
	e := c.Expectation()
	switch e.Demand {
	case reports.DemandUnsafe:
		return true
	case reports.DemandAny:
		return len(e.Verdicts) > 0 && v.Rank() <= reports.Worst(e.Verdicts...).Rank()
	}
	return false
}

// coverage: a cell in which no run proves anything is as good as gone.
func coverage(p pair, _ *RateTest) *judgement {
	if !p.old.Proves() || p.now.Proves() {
		return nil
	}
	return &judgement{Worse, true, "it proves nothing any more"}
}

// proof: what either side demands to be proven must not be proven no longer.
// Otherwise less evidence is no regression.
func proof(p pair, _ *RateTest) *judgement {
	for _, e := range []reports.Expectation{p.now.Expectation(), p.old.Expectation()} {
		if e.MaxRate == 0 && !e.Complete {
			continue
		}
		switch was, is := meets(*p.old, e), meets(*p.now, e); {
		case was && !is && !bad(*p.now):
			return &judgement{Worse, true, e.String() + " was proven, and is not any more"}
		case !was && is && !bad(*p.old):
			return &judgement{Better, false, e.String() + " is proven now"}
		}
	}
	return nil
}

// fallen: what was as expected, and is not proven any more, by what either side
// expects, is not known to be worse, and has not passed.
func fallen(p pair, _ *RateTest) *judgement {
	if gate.Judge(*p.old) != reports.AsExpected {
		return nil
	}
	asBefore := *p.now
	asBefore.Expected = p.old.Expected
	for _, now := range []reports.Cell{*p.now, asBefore} {
		if now.State == reports.NotProven || gate.Judge(now) == reports.NotProven {
			return &judgement{Unproven, false, "it was as expected, and that is not proven any more"}
		}
	}
	return nil
}

// meets tells whether a cell is as safe as is demanded. A search is no sample, so
// it proves a rate only by being complete.
func meets(c reports.Cell, e reports.Expectation) bool {
	switch {
	case c.Found()[0] != reports.Safe:
		return false
	case c.Search != nil:
		return c.Search.Complete
	case e.Complete:
		return false
	}
	return c.Tally.Rate().High <= e.MaxRate
}

// stillBad: what was bad and is bad can only differ in how often, or in kinds.
func stillBad(p pair, rate *RateTest) *judgement {
	if !bad(*p.old) || !bad(*p.now) {
		return nil
	}
	lacking := without(violations(*p.old), violations(*p.now))
	switch up := p.now.Tally.Rate().Point > p.old.Tally.Rate().Point; {
	case rate.significant() && up:
		return p.worse(violations(*p.now), "it goes wrong more often")
	case p.now.Control():
	case rate.significant():
		return &judgement{Better, false, "it goes wrong less often"}
	case len(lacking) > 0 && p.searchedAsMuch():
		return &judgement{Better, false, format.Verdicts(lacking) + " is not found any more, and as much was searched"}
	}
	if len(lacking) > 0 {
		return &judgement{Same, false, format.Verdicts(lacking) + " was not found again, which does not show that it is gone"}
	}
	return &judgement{change: Same}
}

// vanished: that nothing is found any more is better only if it is shown.
func vanished(p pair, rate *RateTest) *judgement {
	if !bad(*p.old) || bad(*p.now) {
		return nil
	}
	switch {
	case p.now.Found()[0] != reports.Safe:
		return &judgement{Same, false, "nothing was found, but not every run proves something"}
	case p.now.Control():
	case p.searchedAsMuch():
		return &judgement{Better, false, "nothing is found any more, and as much was searched"}
	case rate.significant():
		return &judgement{Better, false, "nothing is found any more"}
	}
	return &judgement{Same, false, "nothing was found, which does not show that it is better"}
}

// learned: a cell that proved nothing now does.
func learned(p pair, _ *RateTest) *judgement {
	switch {
	case p.old.Proves() || !p.now.Proves():
		return nil
	case p.now.Found()[0] != reports.Safe:
		return &judgement{Same, false, "it proved nothing before, and not every run does now"}
	}
	return &judgement{Better, false, "it proved nothing before"}
}

// fresh lists the violations that were not found before.
func (p pair) fresh() []reports.Verdict {
	if p.old == nil {
		return violations(*p.now)
	}
	return without(violations(*p.now), violations(*p.old))
}

// searchedAsMuch tells whether two searches were within the same bounds, and the
// newer one left nothing out or was no smaller.
func (p pair) searchedAsMuch() bool {
	was, is := p.old.Search, p.now.Search
	return was != nil && is != nil && was.Bounds == is.Bounds && (is.Complete || is.Schedules >= was.Schedules)
}

func bad(c reports.Cell) bool { return c.Found()[0].Bad() }

// violations lists what was found to be wrong, the worst first.
func violations(c reports.Cell) []reports.Verdict {
	return slices.DeleteFunc(c.Found(), func(v reports.Verdict) bool { return !v.Bad() })
}

func without(some, others []reports.Verdict) []reports.Verdict {
	return slices.DeleteFunc(slices.Clone(some), func(v reports.Verdict) bool { return slices.Contains(others, v) })
}
