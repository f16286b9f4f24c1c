// Package shrink makes a counterexample small enough to be read.
//
// Every step is checked by carrying out the schedule, and the result is
// repeated twice with the real clients before it is handed out. It is a local
// minimum: no single event of it can be left out, weakened or moved next to its
// worker's event before. There may be a smaller one of another shape.
package shrink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/search"
)

// Smallest is what is left of a counterexample.
type Smallest struct {
	Scene *sim.Scene // of the smallest set-up that shows it
	Run   sim.Run    // with its trace
	Log   sim.Log    // to repeat it

	Repeated int // how often it was carried out again with the real clients

	Unfinished bool // the context ended first: there may be a smaller one of the same shape

	Passing *Neighbour // the nearest schedule that keeps the promise; nil: none is near
}

// Shrink makes a counterexample smaller for as long as it comes to the same
// verdict: less that goes wrong, fewer events, fewer changes between workers,
// and then, with no more going wrong, fewer workers, chunks and rows. When the
// context ends, it returns the smallest that it has, as Unfinished.
func Shrink(ctx context.Context, scene *sim.Scene, found sim.Run) (Smallest, error) {
	s, err := begin(ctx, scene.Setup, found)
	if err != nil {
		return Smallest{}, err
	}
	err = s.settle()
	if err == nil {
		s, err = s.smaller()
	}
	if err != nil && !errors.Is(err, errUnfinished) {
		return Smallest{}, err
	}
	return s.finish(err != nil)
}

// errUnfinished says that the context has ended.
var errUnfinished = errors.New("not shrunk to the end")

// shrinking is a counterexample on its way down.
type shrinking struct {
	ctx   context.Context
	scene *sim.Scene
	cache *sim.Cache
	other *Elsewhere // in place of scene and cache
	best  sim.Run
}

// in carries out a log in a set-up, as far as it fits there.
func in(ctx context.Context, setup sim.Setup, log []sim.EventID) (*shrinking, error) {
	scene, err := sim.Prepare(setup)
	if err != nil {
		return nil, err
	}
	s := &shrinking{ctx: ctx, scene: scene, cache: scene.Cache()}
	s.best, err = s.run(log)
	return s, err
}

func (s *shrinking) run(log []sim.EventID) (sim.Run, error) {
	if s.other != nil {
		return s.other.CarryOut(log)
	}
	return s.cache.Run(sim.Tolerant(log), false)
}

func (s *shrinking) budget() faults.Budget {
	if s.other != nil {
		return s.other.Budget
	}
	return s.scene.Setup.Budget
}

// begin allows also what does less harm than what happened.
func begin(ctx context.Context, setup sim.Setup, found sim.Run) (*shrinking, error) {
	setup.Budget = sim.Loosened(setup.Budget)
	s, err := in(ctx, setup, found.Log)
	if err == nil && s.best.Verdict != found.Verdict {
		err = fmt.Errorf("%w: it ended %s, and not %s", sim.ErrDiverged, s.best.Verdict, found.Verdict)
	}
	return s, err
}

// settle goes on until nothing makes it smaller any more.
func (s *shrinking) settle() error {
	for before := (size{}); before != measure(s.best.Log); {
		before = measure(s.best.Log)
		for _, pass := range []func() error{s.remove, s.weaken, s.gather} {
			if err := pass(); err != nil {
				return err
			}
		}
	}
	return nil
}

// smaller looks for the same verdict in the smallest set-up that shows it.
func (s *shrinking) smaller() (*shrinking, error) {
	setup := s.scene.Setup
	setup.Budget = s.best.Used
	for _, setup := range smaller(setup) {
		small, err := in(s.ctx, setup, s.best.Log)
		if small == nil {
			continue // a program need not work in every size
		}
		if err == nil {
			err = small.find(s.best.Verdict)
		}
		if err == nil {
			err = s.goesOn()
		}
		if err != nil {
			return s, err
		}
		if small.best.Verdict != s.best.Verdict {
			continue
		}
		if small, err = begin(s.ctx, small.scene.Setup, small.best); err != nil {
			return s, err
		}
		return small, small.settle()
	}
	return s, nil
}

// smaller lists set-ups of at most the size of one, the smallest first.
func smaller(setup sim.Setup) []sim.Setup {
	var all []sim.Setup
	for size := 1; size <= setup.Workers*setup.Chunks; size++ {
		for workers := 1; workers <= setup.Workers; workers++ {
			if chunks := size / workers; size%workers == 0 && chunks <= setup.Chunks {
				s := setup
				s.Workers, s.Chunks, s.Rows, s.Steps = workers, chunks, 1, 0
				all = append(all, s)
			}
		}
	}
	return all
}

// How much is searched for the same verdict in a smaller set-up.
const (
	fewSchedules = 200
	fewPositions = 2000
)

// find looks for a schedule with a verdict, unless the best has it.
func (s *shrinking) find(verdict reports.Verdict) error {
	if s.best.Verdict == verdict {
		return nil
	}
	result, err := search.Explore(s.scene, search.Options{
		Want: []reports.Verdict{verdict}, Random: fewSchedules, POS: fewSchedules, PCT: -1,
		Positions: fewPositions, CheckEvery: -1,
		Limit: 1, Clock: s.over,
	})
	if c, ok := result.Of(verdict); ok {
		s.best = c.Run
	}
	return err
}

// goesOn is errUnfinished once the context has ended.
func (s *shrinking) goesOn() error {
	if s.ctx.Err() != nil {
		return errUnfinished
	}
	return nil
}

// over is a clock that only tells before from after the end of the context.
func (s *shrinking) over() time.Duration {
	if s.goesOn() != nil {
		return 1
	}
	return 0
}

// try carries out a log, as far as it fits, and keeps it if it is better.
func (s *shrinking) try(log []sim.EventID) (better bool, err error) {
	if err := s.goesOn(); err != nil {
		return false, err
	}
	run, err := s.run(log)
	if err != nil || run.Verdict != s.best.Verdict || !measure(run.Log).less(measure(s.best.Log)) {
		return false, err
	}
	s.best = run
	return true, nil
}

// remove leaves out events, first many at a time: ddmin (Zeller and
// Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
func (s *shrinking) remove() error {
	for width := (len(s.best.Log) + 1) / 2; width > 0; width /= 2 {
		for at := 0; at < len(s.best.Log); {
			end := min(at+width, len(s.best.Log))
			better, err := s.try(slices.Delete(slices.Clone(s.best.Log), at, end))
			if err != nil {
				return err
			}
			if !better {
				at = end
			}
		}
	}
	return nil
}

// weaken puts a lesser fault, or none, in the place of each.
func (s *shrinking) weaken() error {
	for at := 0; at < len(s.best.Log); at++ {
		for _, kind := range s.best.Log[at].Kind.Lesser() {
			if kind.IsFault() && s.budget()[kind.Fault()] == 0 {
				continue
			}
			log := slices.Clone(s.best.Log)
			log[at].Kind = kind
			if better, err := s.try(log); err != nil {
				return err
			} else if better {
				break
			}
		}
	}
	return nil
}

// gather moves events to the one before them of the same worker.
func (s *shrinking) gather() error {
	for at := 2; at < len(s.best.Log); at++ {
		log := s.best.Log
		to := at - 1
		for to >= 0 && log[to].Worker != log[at].Worker {
			to--
		}
		if to < 0 || to == at-1 {
			continue
		}
		if _, err := s.try(moved(log, at, to+1)); err != nil {
			return err
		}
	}
	return nil
}

// moved is a log with one event at another place.
func moved(log []sim.EventID, from, to int) []sim.EventID {
	return slices.Insert(slices.Delete(slices.Clone(log), from, from+1), to, log[from])
}

// repeats is how often a result is carried out again before it is believed.
const repeats = 2

// finish repeats the result with the real clients, within a budget that allows
// exactly what it needs.
func (s *shrinking) finish(unfinished bool) (Smallest, error) {
	if err := s.tighten(); err != nil {
		return Smallest{}, err
	}
	result := Smallest{Scene: s.scene, Log: s.scene.Log(s.best), Unfinished: unfinished}
	for ; result.Repeated < repeats; result.Repeated++ {
		var err error
		if result.Run, err = s.scene.Replay(result.Log, true); err != nil {
			return Smallest{}, err
		}
	}
	var err error
	if result.Passing, err = s.nearest(result.Run.Cause); errors.Is(err, errUnfinished) {
		result.Unfinished, err = true, nil
	}
	return result, err
}

// tighten takes from the budget what the counterexample does not need. Where
// nothing goes wrong with MySQL its requests are no events any more, so the log
// is made anew; if that comes to something else, the budget stays as it is.
func (s *shrinking) tighten() error {
	setup := s.scene.Setup
	setup.Budget = s.best.Used
	tight, err := in(s.ctx, setup, s.best.Log)
	if err == nil && tight.best.Verdict == s.best.Verdict {
		*s = *tight
	}
	return err
}

// size tells how hard a schedule is to understand.
type size struct {
	faults   int // by weight
	events   int
	switches int
}

func measure(log []sim.EventID) size {
	m := size{events: len(log)}
	for i, e := range log {
		m.faults += weight(e.Kind)
		if i > 0 && e.Worker != log[i-1].Worker {
			m.switches++
		}
	}
	return m
}

func (a size) less(b size) bool {
	return cmp.Or(a.faults-b.faults, a.events-b.events, a.switches-b.switches) < 0
}

// weight is 0 for what is no fault. One fault of any kind is less than two, and
// the more kinds do less harm than a fault, the more it weighs.
func weight(k sim.EventKind) int {
	if !k.IsFault() {
		return 0
	}
	return 100 + len(k.Lesser())
}
