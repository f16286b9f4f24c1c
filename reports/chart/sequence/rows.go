package sequence

import (
	"cmp"
	"fmt"
	"slices"

	"onceover/reports"
)

// mostSteps is how many steps a picture shows: more than that nobody follows.
const mostSteps = 25

type row struct {
	kind  kind
	step  reports.Step // of stepRow and bornRow
	index int          // of step
	gapMS float64      // the time since the step before; 0: not worth a word
	left  int          // of leftRow: how many steps are not drawn here
	times int          // how often this row and the next ones take place, one after the other; of the first of them
	block int          // how many they are
	ends  bool         // nothing follows, and that is the violation

	top, height float64
	note        []string // the text of a row without an arrow, in lines
	bold        bool
	noteTop     float64 // where that text begins
	noteRoom    float64 // how wide it is
}

type kind int

const (
	stepRow kind = iota
	gapRow       // time goes by, and nothing else
	leftRow      // steps that are not drawn
	bornRow      // another life begins
)

// violates tells whether the promise is broken here.
func (r row) violates() bool { return r.kind == stepRow && (r.step.Bad || r.ends) }

// asks tells whether a request leaves its worker in this row.
func (r row) asks() bool {
	s := r.step
	return r.kind == stepRow && s.Worker >= 0 && s.Server != "" &&
		s.Outcome != reports.StepNote && s.Outcome != reports.StepDies
}

// everybody tells whether a step is no worker's.
func everybody(s reports.Step) bool { return s.Worker < 0 }

// block is some steps that take place so many times, one after the other.
type block struct {
	from, length, times int
	weight              int // how much they tell of the violation
}

func (b block) end() int { return b.from + b.length*b.times }

// choose picks the rows to draw, and says how many steps they stand for.
func choose(steps []reports.Step) (rows []row, shown int) {
	least := tellingGap(steps)
	lives := map[int]int{}
	last := 0
	for _, b := range pick(steps, fold(steps)) {
		if b.from > last {
			rows = append(rows, row{kind: leftRow, left: b.from - last})
		}
		for i := b.from; i < b.from+b.length; i++ {
			r := row{step: steps[i], index: i, times: 1}
			if i == b.from {
				r.times, r.block = b.times, b.length
				if i > 0 && i == last && steps[i].AtMS-steps[i-1].AtMS >= least {
					r.gapMS = steps[i].AtMS - steps[i-1].AtMS
				}
			}
			rows = append(append(rows, before(r, lives)...), r)
		}
		shown += b.length * b.times
		last = b.end()
	}
	if n := len(steps) - last; n > 0 {
		rows = append(rows, row{kind: leftRow, left: n})
	}
	return rows, shown
}

// before are the rows that precede a step: a gap in time, unless the step itself can
// say it, and the new life of its worker.
func before(r row, lives map[int]int) (rows []row) {
	s := r.step
	if everybody(s) {
		return nil
	}
	if r.gapMS > 0 {
		rows = append(rows, row{kind: gapRow, gapMS: r.gapMS})
	}
	if life, known := lives[s.Worker]; known && life != s.Life {
		rows = append(rows, row{kind: bornRow, step: s, index: r.index})
	}
	lives[s.Worker] = s.Life
	return rows
}

// tellingGap is the least time between two steps that is worth a word: ten times
// the usual.
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

// fold finds steps that are repeated at once, alone or in turns of a few. A violation
// and the step that it refers to are never folded.
func fold(steps []reports.Step) []block {
	const longest = 4
	keys := stepKeys(steps)
	repeats := func(from, again, length int) bool {
		return again+length <= len(keys) && slices.Equal(keys[from:from+length], keys[again:again+length])
	}
	var blocks []block
	for i := 0; i < len(steps); {
		best := block{from: i, length: 1, times: 1}
		for length := 1; length <= longest; length++ {
			times := 1
			for repeats(i, i+length*times, length) {
				times++
			}
			if length*(times-1) > best.length*(best.times-1) {
				best = block{from: i, length: length, times: times}
			}
		}
		blocks = append(blocks, best)
		i = best.end()
	}
	return blocks
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

// pick leaves out blocks until the rest can be followed: first those that were answered as
// usual and are far from the violation. A block after it counts as farther than one
// before it, for it cannot have led to it.
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
	away := func(b block) int { return max(2*(b.from-bad), bad-b.from) }
	weigh(steps, blocks)
	slices.SortStableFunc(blocks, func(a, b block) int {
		return cmp.Or(b.weight-a.weight, away(a)-away(b))
	})
	var kept []block
	room := mostSteps
	for _, b := range blocks {
		if b.length <= room {
			kept, room = append(kept, b), room-b.length
		}
	}
	slices.SortFunc(kept, func(a, b block) int { return a.from - b.from })
	return kept
}

func weigh(steps []reports.Step, blocks []block) {
	firsts := referredTo(steps)
	for i, b := range blocks {
		for _, s := range steps[b.from : b.from+b.length] {
			switch {
			case s.Bad || firsts[s.Number]:
				blocks[i].weight = 2
			case s.Outcome != reports.StepAnswered || s.Rows != "" || len(s.RunsOut) > 0:
				blocks[i].weight = max(blocks[i].weight, 1)
			}
		}
	}
}

// referredTo are the numbers of the steps that a violation repeats.
func referredTo(steps []reports.Step) map[int]bool {
	firsts := map[int]bool{}
	for _, s := range steps {
		if s.First > 0 {
			firsts[s.First] = true
		}
	}
	return firsts
}
