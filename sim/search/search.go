package search

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/sim"
)

// Options bound a search. The zero value is valid: all stages, until the first
// violation is found or everything is searched.
type Options struct {
	Seed uint64 // of the random stages
	// Want are the verdicts of which one counterexample each is looked for.
	// Empty: the search ends with the first violation, whatever it is.
	Want []reports.Verdict
	// Everything goes on through all stages, whatever is found.
	Everything bool

	Smoke  int // workers that go first in the stage, one after the other; 0: all
	Random int // schedules of the stage; 0: 1000, negative: none
	POS    int // 0: 2000, negative: none
	PCT    int // 0: 2000, negative: none
	// Positions at which the exhaustive stage gives up; 0: 4 million, which
	// need about 2 KiB each on the way down; negative: no exhaustive stage.
	Positions int
	// Shard is the share of the exhaustive stage to search, by branches of its tree.
	// [Result].Complete says that this share was searched, and only the shares of all
	// shards together are everything. The other stages are not divided.
	Shard reports.Shard

	// CheckEvery is how often a schedule is carried out a second time, by the
	// real clients, and compared; 0: every 200th, negative: never.
	CheckEvery int

	// Jobs is how many schedules are under way at once; 0: as many as there are
	// processors for. The result is the same for any number.
	Jobs int

	// Clock tells the time since the search began; nil: no time limit, and no
	// stage knows how long it took.
	Clock func() time.Duration
	Limit time.Duration // of the whole search; 0: none

	// Progress, if set, is called every now and then.
	Progress func(Result)
}

// Counterexample is a schedule that broke the promise.
type Counterexample struct {
	sim.Run
	Stage    string
	Schedule int // of the stage, from 1
}

// Stage is what one stage of a search did.
type Stage struct {
	Name      string
	Schedules int // carried out to the end
	Traces    int // of them, how many differ in more than the order of independent events
	Faulty    int // of them, how many in which something went wrong
	Abandoned int // schedules that were not
	Fair      int // of them, how many were too long and were finished without choices
	Positions int // exhaustive: different ones
	Events    int // exhaustive: from a position to the next
	Known     int // exhaustive: events that led to a known position
	Frontier  int // exhaustive: positions that were reached, and not looked at
	Elapsed   time.Duration
	Verdicts  map[reports.Verdict]int // of the schedules
}

// Result is what a search found, and what it covered.
type Result struct {
	Bounds   string
	Shard    reports.Shard // the share that was searched; the zero value: everything
	Stages   []Stage
	Found    []Counterexample // at most one of each verdict
	Complete bool             // everything within the bounds was searched, or all of the shard
	Left     string           // if not Complete: why not
	Live     int              // schedules that the real clients carried out
	Checked  int              // schedules that were carried out twice
}

// Schedules counts those of all stages.
func (r Result) Schedules() int {
	return r.sum(func(s Stage) int { return s.Schedules })
}

// Faulty counts the schedules of all stages in which something went wrong.
func (r Result) Faulty() int {
	return r.sum(func(s Stage) int { return s.Faulty })
}

func (r Result) sum(of func(Stage) int) (n int) {
	for _, s := range r.Stages {
		n += of(s)
	}
	return n
}

// Of returns the counterexample with a verdict.
func (r Result) Of(v reports.Verdict) (Counterexample, bool) {
	i := slices.IndexFunc(r.Found, func(c Counterexample) bool { return c.Verdict == v })
	if i < 0 {
		return Counterexample{}, false
	}
	return r.Found[i], true
}

// Summary says in one line what was covered.
func (r Result) Summary() string {
	last := Stage{}
	if len(r.Stages) > 0 {
		last = r.Stages[len(r.Stages)-1]
	}
	noun := "schedules"
	if r.Schedules() == 1 {
		noun = "schedule"
	}
	text := fmt.Sprintf("%s %s, %s by real clients", format.Thousands(int64(r.Schedules())), noun, format.Thousands(int64(r.Live)))
	if last.Positions > 0 {
		text += ", " + format.Thousands(int64(last.Positions)) + " positions"
	}
	switch {
	case r.Complete && r.Shard.Of > 0:
		return fmt.Sprintf("%s: all of shard %s within %s", text, r.Shard, r.Bounds)
	case r.Complete:
		return text + ": COMPLETE within " + r.Bounds
	}
	return text + ": not complete, " + r.Left + "; bounds were " + r.Bounds
}

// search is the state of a search.
type search struct {
	scene   *sim.Scene
	cache   *sim.Cache
	options Options
	result  Result
	length  int // of a schedule, as measured
	run     int // schedules so far

	rootsPerShard int              // at which the tree is cut
	visiting      func(*sim.State) // is told of each state that is visited; nil: nobody
}

// Explore searches the schedules of a scene, from the likely to the complete.
func Explore(scene *sim.Scene, options Options) (Result, error) {
	s := &search{scene: scene, cache: scene.Cache(), options: options.withDefaults(), length: 1, rootsPerShard: defaultRootsPerShard}
	s.cache.Jobs = options.Jobs
	s.result.Bounds, s.result.Shard = sim.Bounds(scene.Setup), options.Shard
	for _, stage := range []struct {
		name string
		run  func(*Stage) error
	}{
		{"smoke", s.smoke},
		{"random", s.random},
		{"pos", s.pos},
		{"pct", s.pct},
		{"exhaustive", s.exhaustive},
	} {
		if s.over() {
			break
		}
		if err := s.stage(stage.name, stage.run); err != nil {
			return s.result, err
		}
	}
	s.result.Live = s.cache.Live
	if !s.result.Complete && s.result.Left == "" {
		s.result.Left = "it ended with what it was to find"
	}
	return s.result, nil
}

func (o Options) withDefaults() Options {
	o.Random = cmp.Or(o.Random, 1000)
	o.POS = cmp.Or(o.POS, 2000)
	o.PCT = cmp.Or(o.PCT, 2000)
	o.Positions = cmp.Or(o.Positions, 4_000_000)
	o.CheckEvery = cmp.Or(o.CheckEvery, 200)
	if o.Clock == nil {
		o.Clock = func() time.Duration { return 0 }
	}
	return o
}

func (s *search) stage(name string, run func(*Stage) error) error {
	began := s.options.Clock()
	st := Stage{Name: name, Verdicts: map[reports.Verdict]int{}}
	err := run(&st)
	st.Elapsed = s.options.Clock() - began
	if st.Schedules+st.Abandoned+st.Positions > 0 {
		s.result.Stages = append(s.result.Stages, st)
	}
	return err
}

// over tells whether there is nothing to go on for.
func (s *search) over() bool {
	return s.result.Complete || s.satisfied() || s.late()
}

func (s *search) late() bool {
	if s.options.Limit > 0 && s.options.Clock() >= s.options.Limit {
		s.result.Left = fmt.Sprintf("its time of %v was over", s.options.Limit)
		return true
	}
	return false
}

// satisfied tells whether everything that was wanted is found.
func (s *search) satisfied() bool {
	switch {
	case s.options.Everything:
		return false
	case len(s.options.Want) == 0:
		return len(s.result.Found) > 0
	}
	for _, v := range s.options.Want {
		if _, ok := s.result.Of(v); !ok {
			return false
		}
	}
	return true
}

// The sizes of batches are fixed, so that the result does not depend on how many
// schedules are under way at once. A step from a state takes some ten
// microseconds: in smaller batches the processors would wait for each other, and
// in larger ones more is done in vain when a search ends.
const (
	batch          = 64
	positionsBatch = 256
)

// schedules carries out some schedules and counts them in their order. Their
// choosers are made batch by batch, with what was measured until then, and each
// with what is done when its schedule was counted. The first batches are small:
// many a search ends with its first schedules.
func (s *search) schedules(st *Stage, n int, chooser func(i int) (sim.Chooser, func(sim.Run))) error {
	for from := 0; from < n; {
		choosers := make([]sim.Chooser, min(n-from, batch, max(s.run, 1)))
		counted := make([]func(sim.Run), len(choosers))
		for i := range choosers {
			choosers[i], counted[i] = chooser(from + i)
		}
		for i, attempt := range s.cache.Try(choosers) {
			run, err := s.cache.Learn(attempt)
			if err != nil {
				return err
			}
			if err := s.schedule(st, run); err != nil {
				return err
			}
			counted[i](run)
			if s.over() {
				return nil
			}
		}
		from += len(choosers)
	}
	return nil
}

// schedule counts one schedule.
func (s *search) schedule(st *Stage, run sim.Run) error {
	s.run++
	if run.Abandoned {
		st.Abandoned++
		return nil
	}
	s.length = max(s.length, len(run.Log))
	s.count(st, run)
	if s.options.CheckEvery <= 0 || s.run%s.options.CheckEvery != 1 {
		return nil
	}
	s.result.Checked++
	return s.cache.Check(run.Log)
}

func (s *search) count(st *Stage, run sim.Run) {
	st.Schedules++
	st.Verdicts[run.Verdict]++
	if run.Fair {
		st.Fair++
	}
	if slices.ContainsFunc(run.Log, func(e sim.EventID) bool { return e.Kind.IsFault() }) {
		st.Faulty++
	}
	if !run.Verdict.Bad() {
		return
	}
	if _, ok := s.result.Of(run.Verdict); !ok {
		s.result.Found = append(s.result.Found, Counterexample{run, st.Name, st.Schedules})
	}
}

func (s *search) progress(st *Stage) {
	if s.options.Progress != nil {
		now := s.result
		now.Stages = append(slices.Clone(now.Stages), *st)
		now.Live = s.cache.Live
		s.options.Progress(now)
	}
}
