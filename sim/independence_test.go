package sim

import (
	"slices"
	"testing"

	"onceover/loader/lock"
)

// Events that are declared independent lead to the same state in either
// order. What is left out are the numbers of connections that workers open as a
// consequence, because nobody can know of them beforehand.
func TestIndependentEventsCanChangePlaces(t *testing.T) {
	if pairs := changePlacesEverywhere(t, 20); pairs < 1000 {
		t.Errorf("only %d pairs were tried", pairs)
	}
}

// changePlacesEverywhere tries the pairs of random schedules of every strategy.
func changePlacesEverywhere(t *testing.T, seeds uint64) (pairs int) {
	t.Helper()
	for _, strategy := range lock.Usual() {
		for _, setup := range []Setup{bare(strategy, 3, 2), full(strategy, 2, 2)} {
			setup.Budget = everything()
			m := prepared(t, setup).Cache()
			for seed := range seeds {
				choose := randomly(seed)
				p, err := m.Start()
				for err == nil && len(p.Enabled) > 0 {
					pairs += changePlaces(t, p)
					p, err = p.Next(choose(p.Enabled))
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return pairs
}

func changePlaces(t *testing.T, p *State) (pairs int) {
	for i, a := range p.Enabled {
		for j, b := range p.Enabled[:i] {
			if !Independent(a, b) {
				continue
			}
			ab, ba := inOrder(t, p, i, b.ID), inOrder(t, p, j, a.ID)
			if ab == nil || ba == nil || dials(ab) != dials(p) {
				continue
			}
			pairs++
			if ab.Hash != ba.Hash {
				t.Fatalf("after %v: %v and %v are not independent", p.Log(), a.ID, b.ID)
			}
		}
	}
	return pairs
}

// inOrder returns nil if the schedule is over after the first event.
func inOrder(t *testing.T, p *State, first int, second EventID) *State {
	q, err := p.Next(first)
	if err != nil {
		t.Fatal(err)
	}
	if q.Finding().Verdict != "" {
		return nil
	}
	i := slices.IndexFunc(q.Enabled, func(c Choice) bool { return c.ID == second })
	if i < 0 {
		t.Fatalf("after %v: %v keeps %v from happening", p.Log(), p.Enabled[first].ID, second)
	}
	if q, err = q.Next(i); err != nil {
		t.Fatal(err)
	}
	return q
}

func dials(p *State) int {
	n := 0
	for _, k := range p.w.workers {
		n += k.dials
	}
	return n
}
