package search

import (
	"onceover/sim"
)

// tracing notes what a chooser chooses, to tell schedules apart that differ in
// more than the order of independent events.
type tracing struct {
	chooser sim.Chooser
	events  []sim.Choice
	levels  []int
	sum     uint64
}

func (t *tracing) Choose(enabled []sim.Choice) int {
	i := t.chooser.Choose(enabled)
	if i >= 0 {
		t.add(enabled[i])
	}
	return i
}

// add puts an event on the level behind the last one that it depends on: the
// Foata normal form of a trace (Cartier and Foata, 1969).
func (t *tracing) add(c sim.Choice) {
	level := 0
	for i, before := range t.events {
		if t.levels[i] >= level && !sim.Independent(before, c) {
			level = t.levels[i] + 1
		}
	}
	t.events, t.levels = append(t.events, c), append(t.levels, level)
	t.sum += scatter(uint64(level)<<48 ^ uint64(c.ID.Worker+1)<<32 ^ uint64(c.ID.Ord)<<8 ^ uint64(c.ID.Kind))
}

func (t *tracing) digest() uint64 { return t.sum }

// scatter is the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
func scatter(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
