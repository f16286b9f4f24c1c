package lockstep

import (
	"fmt"
	"slices"
	"strings"

	"onceover/sim"
)

// free is a director that waits for nobody in particular.
func free(choose sim.Chooser) Director { return Director{Choose: choose} }

// inTurns lets the workers go by turns.
func inTurns() sim.Chooser {
	last := -1
	return func(enabled []sim.Choice) int {
		best := -1
		for i, c := range enabled {
			if c.ID.Kind.IsFault() {
				continue
			}
			if best < 0 || (c.ID.Worker > last) != (enabled[best].ID.Worker > last) && c.ID.Worker > last {
				best = i
			}
		}
		last = enabled[best].ID.Worker
		return best
	}
}

// follower does what a log says. Tolerant, it leaves out what cannot happen, and delivers
// what remains; else it gives the schedule up there.
type follower struct {
	log      []sim.EventID
	tolerant bool
	next     int
	offered  []sim.Choice // where it could not go on
}

func (f *follower) director() Director {
	return Director{Choose: f.choose, Await: f.await}
}

func (f *follower) await() (sim.EventID, bool) {
	if f.next >= len(f.log) {
		return sim.EventID{}, false
	}
	return f.log[f.next], true
}

func (f *follower) choose(enabled []sim.Choice) int {
	if f.tolerant {
		i := f.fitting(enabled)
		if i >= 0 {
			return i
		}
		return sim.First(enabled)
	}
	if f.next < len(f.log) {
		want := f.log[f.next]
		if i := slices.IndexFunc(enabled, func(c sim.Choice) bool { return c.ID == want }); i >= 0 {
			f.next++
			return i
		}
	}
	f.offered = slices.Clone(enabled)
	return -1
}

// fitting is as in [sim.Tolerant].
func (f *follower) fitting(enabled []sim.Choice) int {
	for f.next < len(f.log) {
		want := f.log[f.next]
		f.next++
		if i := slices.IndexFunc(enabled, func(c sim.Choice) bool { return c.ID == want }); i >= 0 {
			return i
		}
		if i := slices.IndexFunc(enabled, func(c sim.Choice) bool { return c.ID.Worker == want.Worker && c.ID.Kind == want.Kind }); i >= 0 {
			return i
		}
	}
	return -1
}

// Diverged says that a schedule could not be repeated, with both sides.
type Diverged struct {
	Step     int // from 1
	Expected string
	Got      string
	Weak     string // why the run proves little, as one that needed a time-out; "": nothing speaks against it
	Anew     bool   // forked processes went as the log says, and those that were started anew did not
}

func (d *Diverged) Error() string {
	text := fmt.Sprintf("diverged at step %d: expected %s; got %s", d.Step, d.Expected, d.Got)
	if d.Weak != "" {
		text += "; " + d.Weak
	}
	if d.Anew {
		text += "; forks of one interpreter did go that way, and here each was started anew"
	}
	return text
}

// Unwrap makes it one of the simulation's errors of that kind.
func (d *Diverged) Unwrap() error { return sim.ErrDiverged }

// compare tells where a run departs from a log; nil if it does not.
func (f *follower) compare(l Log, run Result) error {
	step, expected, got := f.difference(l, run)
	if step == 0 {
		return nil
	}
	return &Diverged{Step: step, Expected: expected, Got: got, Weak: run.Weak}
}

// difference is the first step that differs, with both sides; 0: none does.
func (f *follower) difference(l Log, run Result) (at int, expected, got string) {
	for i, step := range l.Steps {
		if i >= len(run.Log) {
			return i + 1, step.String(), f.instead(run)
		}
		if run.Log[i] != step.Event || run.Words[i] != step.Words {
			return i + 1, step.String(), Step{run.Log[i], run.Words[i], ""}.String()
		}
	}
	switch {
	case f.offered != nil:
		return len(l.Steps) + 1, "the end", f.instead(run)
	case run.Verdict != l.Verdict || run.Row != l.Row:
		return max(len(l.Steps), 1), fmt.Sprintf("the end %s (%s)", l.Verdict, l.Why), fmt.Sprintf("the end %s (%s)", run.Verdict, run.Why)
	}
	return 0, "", ""
}

// instead is what could happen where the log could not be followed.
func (f *follower) instead(run Result) string {
	if f.offered == nil {
		return fmt.Sprintf("the end %s (%s)", run.Verdict, run.Why)
	}
	var all []string
	for _, c := range f.offered {
		if !c.ID.Kind.IsFault() {
			all = append(all, c.ID.String()+" "+c.Op.String())
		}
	}
	return strings.Join(all, ", or ")
}
