package chart

import (
	"fmt"
	"slices"

	"onceover/reports"
)

// mostSteps is how many steps a picture shows: more than that nobody follows.
const mostSteps = 25

// sequenceRow is one row of a sequence diagram.
type sequenceRow struct {
	kind  sequenceKind
	step  reports.Step // of stepRow and bornRow
	index int          // of step
	gapMS float64      // that went by before; 0: not worth a word
	left  int          // of leftRow: how many steps are not drawn here
	times int          // how often this row and the next ones take place, one after the other; of the first of them
	block int          // how many they are
	top   float64      // where it begins
	wide  float64      // how high it is
}

type sequenceKind int

const (
	stepRow sequenceKind = iota
	gapRow               // time goes by, and nothing else
	leftRow              // steps that are not drawn
	bornRow              // another life begins
)

// block is some steps that take place so many times, one after the other.
type block struct {
	from, length, times int
}

func (b block) end() int { return b.from + b.length*b.times }

// sequenceRows picks what is drawn, and says how many steps that stands for.
func sequenceRows(steps []reports.Step) (rows []sequenceRow, shown int) {
	blocks := pick(steps, fold(steps))
	tell := tellingGap(steps)
	lives := map[int]int{}
	last := 0
	for _, b := range blocks {
		if b.from > last {
			rows = append(rows, sequenceRow{kind: leftRow, left: b.from - last})
		}
		for i := b.from; i < b.from+b.length; i++ {
			row := sequenceRow{step: steps[i], index: i, times: 1}
			if i == b.from {
				row.times, row.block = b.times, b.length
				if i > 0 && i == last {
					row.gapMS = telling(steps[i].AtMS-steps[i-1].AtMS, tell)
				}
			}
			rows = append(rows, before(row, lives)...)
			rows = append(rows, row)
		}
		shown += b.length * b.times
		last = b.end()
	}
	if n := len(steps) - last; n > 0 {
		rows = append(rows, sequenceRow{kind: leftRow, left: n})
	}
	return rows, shown
}

// before is what has to be drawn before a step: that time went by, unless the
// step itself can say so, and that its worker lives again.
func before(row sequenceRow, lives map[int]int) (rows []sequenceRow) {
	s := row.step
	if row.gapMS > 0 && !everybody(s) {
		rows = append(rows, sequenceRow{kind: gapRow, gapMS: row.gapMS})
	}
	if s.Worker < 0 {
		return rows
	}
	if life, known := lives[s.Worker]; known && life != s.Life {
		rows = append(rows, sequenceRow{kind: bornRow, step: s, index: row.index})
	}
	lives[s.Worker] = s.Life
	return rows
}

// everybody tells whether a step is no worker's.
func everybody(s reports.Step) bool { return s.Worker < 0 }

// telling is a gap if it is worth a word, and otherwise 0.
func telling(gap, least float64) float64 {
	if gap >= least {
		return gap
	}
	return 0
}

// tellingGap is the time between two steps from which on it is worth a word:
// ten times as long as usual.
func tellingGap(steps []reports.Step) float64 {
	const least = 1 // millisecond
	var gaps []float64
	for i := 1; i < len(steps); i++ {
		gaps = append(gaps, steps[i].AtMS-steps[i-1].AtMS)
	}
	if len(gaps) == 0 {
		return least
	}
	slices.Sort(gaps)
	return max(least, 10*gaps[len(gaps)/2])
}

// longestBlock is the longest turn of which repetitions are noticed.
const longestBlock = 4

// fold finds steps that are repeated at once. What breaks the promise, and what
// it refers to, is never folded.
func fold(steps []reports.Step) []block {
	keys := stepKeys(steps)
	var blocks []block
	for i := 0; i < len(steps); {
		best := block{i, 1, 1}
		for length := 1; length <= longestBlock; length++ {
			times := 1
			for repeats(keys, i, i+length*times, length) {
				times++
			}
			if length*(times-1) > best.length*(best.times-1) {
				best = block{i, length, times}
			}
		}
		blocks = append(blocks, best)
		i = best.end()
	}
	return blocks
}

func repeats(keys []string, from, again, length int) bool {
	return again+length <= len(keys) && slices.Equal(keys[from:from+length], keys[again:again+length])
}

// stepKeys are the same for steps that differ in nothing but time and number.
func stepKeys(steps []reports.Step) []string {
	firsts := referredTo(steps)
	keys := make([]string, len(steps))
	for i, s := range steps {
		if s.Bad || firsts[s.Number] {
			keys[i] = fmt.Sprint("alone ", i)
			continue
		}
		s.AtMS, s.Number = 0, 0
		keys[i] = fmt.Sprintf("%+v", s)
	}
	return keys
}

// pick leaves out blocks until the rest can be followed: first what was
// answered as usual and is far from what goes wrong.
func pick(steps []reports.Step, blocks []block) []block {
	rows := 0
	for _, b := range blocks {
		rows += b.length
	}
	if rows <= mostSteps {
		return blocks
	}
	bad := slices.IndexFunc(steps, func(s reports.Step) bool { return s.Bad })
	if bad < 0 {
		bad = len(steps) - 1
	}
	order := weigh(steps, blocks)
	slices.SortStableFunc(order, func(a, b weighed) int {
		if a.weight != b.weight {
			return b.weight - a.weight
		}
		return away(a.block, bad) - away(b.block, bad)
	})
	var kept []block
	room := mostSteps
	for _, b := range order {
		if b.length <= room {
			kept, room = append(kept, b.block), room-b.length
		}
	}
	slices.SortFunc(kept, func(a, b block) int { return a.from - b.from })
	return kept
}

// away is how far a block is from a step. What comes after it is farther: it
// cannot have led to it.
func away(b block, step int) int {
	if b.from > step {
		return 2 * (b.from - step)
	}
	return step - b.from
}

// weighed is a block with how much it tells of what goes wrong.
type weighed struct {
	block
	weight int
}

func weigh(steps []reports.Step, blocks []block) []weighed {
	firsts := referredTo(steps)
	all := make([]weighed, len(blocks))
	for i, b := range blocks {
		all[i].block = b
		for _, s := range steps[b.from : b.from+b.length] {
			switch {
			case s.Bad || firsts[s.Number]:
				all[i].weight = max(all[i].weight, 2)
			case s.Outcome != reports.StepAnswered || s.Rows != "" || len(s.RunsOut) > 0:
				all[i].weight = max(all[i].weight, 1)
			}
		}
	}
	return all
}

// referredTo are the numbers of the steps that did before what a bad one does again.
func referredTo(steps []reports.Step) map[int]bool {
	firsts := map[int]bool{}
	for _, s := range steps {
		if s.First > 0 {
			firsts[s.First] = true
		}
	}
	return firsts
}
