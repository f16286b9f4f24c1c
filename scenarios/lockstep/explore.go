package lockstep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/search"
	"onceover/sim/shrink"
)

// Search says what is looked for, and how long.
type Search struct {
	Seed   uint64
	Budget faults.Budget // what may go wrong in one schedule
	Want   []reports.Verdict
	Runs   int           // schedules; 0: as many as there is time for
	Limit  time.Duration // of the search
	Shrink time.Duration // that each counterexample may take to be made small; 0: 20 s

	Progress func(Outcome)                // now and then; may be nil
	Found    func(Counterexample, string) // what was found, and in which schedule; may be nil
}

// Outcome is what a search came to.
type Outcome struct {
	Schedules int // carried out to the end
	Weak      int // of them, that needed a time-out
	WhyWeak   map[string]int
	Faulty    int            // of those that are not weak, in which something went wrong
	Endless   map[string]int // weak ones that did not end, by what was seen: they may be slow
	Slept     int            // of them, in which a worker slept while others went on
	Longer    time.Duration  // the longest lease that was seen and that no pause outlasts; 0: none was
	Traces    int            // of them, that differ in what happened
	Orders    []string       // the first of them, as texts
	Stages    map[string]int
	Verdicts  map[reports.Verdict]int
	Found     []Counterexample
	Elapsed   time.Duration // of the search alone
	Steps     int           // the most of a schedule in which nothing went wrong
	Work      int           // the most different requests of one
}

// PerSecond is how many schedules the search carried out in a second.
func (o Outcome) PerSecond() float64 {
	if o.Elapsed <= 0 {
		return 0
	}
	return float64(o.Schedules) / o.Elapsed.Seconds()
}

// Of is the counterexample with a verdict; nil if there is none.
func (o Outcome) Of(v reports.Verdict) *Counterexample {
	for i := range o.Found {
		if o.Found[i].Verdict == v {
			return &o.Found[i]
		}
	}
	return nil
}

// Counterexample is a schedule that broke the promise.
type Counterexample struct {
	Result
	Stage    string
	Schedule int // of the search, from 1

	From int // events before it was made small

	// Shrink adds these.
	Repeated int       // how often it was carried out again, each time the very same
	Diverged *Diverged // how it went another way when it was repeated; nil: it did not
	Done     bool
	Passing  *shrink.Neighbour
	Log      Log
}

// Proves tells whether the counterexample shows that the program is wrong: it could be
// repeated, or a row was seen in the list that ought not to be there.
func (c Counterexample) Proves() bool {
	return c.Diverged == nil || c.Verdict == reports.Duplicated && !c.Diverged.Anew
}

// Errors of programs that cannot be judged.
var (
	// ErrSilent says that the program never asked the servers of its environment for anything.
	ErrSilent = errors.New("lockstep: the program sent nothing to Redis or MySQL at the addresses that it was given, so there is nothing to order")
	// ErrUnfit says that the program fails when nothing goes wrong.
	ErrUnfit = errors.New("lockstep: the program fails when nothing goes wrong")
	// ErrTarget says that a key of the target is of another type.
	ErrTarget = errors.New("lockstep: the rows are not where they were looked for")
	// ErrNothingDone says that the program says that nothing is left, and has done nothing.
	ErrNothingDone = errors.New("lockstep: every worker ended as if nothing were left to do, and no row is in the list")
)

// exploring is a search under way.
type exploring struct {
	*World
	Search
	out    Outcome
	began  time.Time
	random *rand.Rand
	traces map[string]bool
	faults []sim.Chooser // one single fault each, that are still to be tried
	next   map[string]int
}

// Explore looks for schedules that break the promise. When the context ends, what was found
// until then is kept.
func (w *World) Explore(ctx context.Context, s Search) (Outcome, error) {
	x := &exploring{
		World: w, Search: s, began: time.Now(), random: rand.New(rand.NewPCG(s.Seed, 0x6c6f636b)),
		traces: map[string]bool{}, next: map[string]int{},
		out: newOutcome(),
	}
	err := x.smoke(ctx)
	for err == nil && !x.over() {
		err = x.step(ctx)
	}
	x.out.Elapsed = time.Since(x.began)
	return x.out, err
}

func newOutcome() Outcome {
	return Outcome{WhyWeak: map[string]int{}, Endless: map[string]int{}, Stages: map[string]int{}, Verdicts: map[reports.Verdict]int{}}
}

// smoke lets the workers go one after the other. The first schedule shows whether the program
// can be judged.
func (x *exploring) smoke(ctx context.Context) error {
	for first := range x.options.Workers {
		if first > 0 && x.over() {
			return nil
		}
		turns := search.InTurn(first)
		var offered []int
		result, err := x.carryOut(ctx, "smoke", func(enabled []sim.Choice) int {
			offered = append(offered, len(enabled)-len(requests(enabled)))
			return turns(enabled)
		})
		if err != nil {
			return err
		}
		if first == 0 {
			err := fit(result)
			if err != nil && x.zygotes.forget() { // a program may not bear to be forked
				x.out = newOutcome()
				return x.smoke(ctx)
			}
			if err != nil { // of a program that cannot be judged nothing is found
				x.out = newOutcome()
				return err
			}
		}
		x.faults = append(x.faults, search.EachFault(offered, result.Log, turns)...)
	}
	x.random.Shuffle(len(x.faults), func(i, j int) { x.faults[i], x.faults[j] = x.faults[j], x.faults[i] })
	return nil
}

func requests(enabled []sim.Choice) []sim.Choice {
	return slices.DeleteFunc(slices.Clone(enabled), func(c sim.Choice) bool { return c.ID.Kind.IsFault() })
}

// fit tells whether a program can be judged, by a schedule in which nothing went wrong.
func fit(r Result) error {
	switch {
	case r.misfit != "":
		return fmt.Errorf("%w: %s", ErrTarget, r.misfit)
	case r.Asked == 0 && r.Failure != "":
		return fmt.Errorf("%w, before it asks the servers for anything: a worker %s", ErrUnfit, r.Failure)
	case r.Asked == 0 && r.Weak != "":
		return fmt.Errorf("%w; it has not ended either, and %s", ErrSilent, r.Weak)
	case r.Asked == 0:
		return ErrSilent
	case r.Failure != "" && r.Rows.List == 0 && r.Verdict != reports.Safe:
		return fmt.Errorf("%w: a worker %s", ErrUnfit, r.Failure)
	case r.Rows.List == 0 && r.Verdict == reports.Lost:
		return ErrNothingDone
	}
	return nil
}

// stages take turns, so that what one finds at once is not late because of the others.
var stages = []string{search.Comeback, search.PCT, search.Comeback, search.Random, "smoke", search.Comeback, search.POS}

func (x *exploring) step(ctx context.Context) error {
	stage := stages[x.out.Schedules%len(stages)]
	if stage == "smoke" {
		if len(x.faults) > 0 {
			choose := x.faults[0]
			x.faults = x.faults[1:]
			_, err := x.carryOut(ctx, stage, choose)
			return err
		}
		stage = search.Comeback
	}
	i := x.next[stage]
	x.next[stage]++
	choosers := search.Choosers{Seed: x.Seed, Workers: x.options.Workers, Budget: x.Budget, Length: max(x.out.Steps, 1), Work: x.out.Work}
	_, err := x.carryOut(ctx, stage, choosers.Drawn(stage, i))
	return err
}

// carryOut carries out one schedule and counts it.
func (x *exploring) carryOut(ctx context.Context, stage string, choose sim.Chooser) (Result, error) {
	d := free(choose)
	d.Patient = stage != "smoke" && x.next[stage]/2%2 == 0 // half of those that are drawn
	result, err := x.Run(ctx, x.Budget, d)
	if err != nil || result.Abandoned {
		return result, err
	}
	o := &x.out
	o.Schedules++
	o.Stages[stage]++
	o.Verdicts[result.Verdict]++
	if result.Used.Total() == 0 {
		o.Steps = max(o.Steps, min(len(result.Log), mostLength))
		o.Work = max(o.Work, min(different(result.Trace), mostLength))
	} else if result.Weak == "" {
		o.Faulty++
	}
	if result.Weak != "" {
		o.Weak++
		o.WhyWeak[result.Weak]++
	}
	if result.Slept {
		o.Slept++
	}
	o.Longer = max(o.Longer, result.Longer)
	order := fmt.Sprint(result.Log)
	if !x.traces[order] && len(o.Orders) < mostOrders {
		o.Orders = append(o.Orders, order)
	}
	x.traces[order] = true
	o.Traces = len(x.traces)
	switch {
	case result.Verdict == reports.Stuck && result.Weak != "":
		o.Endless[result.Why]++
	case result.Verdict.Bad() && o.Of(result.Verdict) == nil:
		o.Found = append(o.Found, Counterexample{Result: result, Stage: stage, Schedule: o.Schedules, From: len(result.Log)})
	}
	if x.Progress != nil {
		o.Elapsed = time.Since(x.began)
		x.Progress(*o)
	}
	return result, nil
}

// different counts the requests of a trace, and those once that a worker repeats, as one does
// that asks for a lease until it runs out: what goes wrong is not to be drawn for a wait.
func different(trace []sim.Step) int {
	type asked struct {
		worker  int
		request string
	}
	all := map[asked]bool{}
	for _, s := range trace {
		if s.Request != "" {
			all[asked{s.Worker, s.Request}] = true
		}
	}
	return len(all)
}

// mostLength is how long schedules are taken to be where what happens is drawn.
const mostLength = 200

// mostOrders is how many orders are kept.
const mostOrders = 100

// over tells whether there is nothing to go on for.
func (x *exploring) over() bool {
	switch {
	case x.Runs > 0 && x.out.Schedules >= x.Runs, x.Limit > 0 && time.Since(x.began) > x.Limit:
		return true
	case len(x.Want) == 0:
		return len(x.out.Found) > 0
	}
	return !slices.ContainsFunc(x.Want, func(v reports.Verdict) bool { return x.out.Of(v) == nil })
}

// repeats is how often a counterexample is carried out again before it is believed.
const repeats = 2

// Shrink makes a counterexample small, looks for the nearest schedule that keeps the promise,
// and repeats what is left, at last with processes that are started anew if they were forked: a
// library may not bear that. A counterexample that goes another way then is noted as [Diverged].
// If anything fails, the log is of what there was until then.
func (w *World) Shrink(ctx context.Context, found *Counterexample, limit time.Duration) error {
	limit = cmp.Or(limit, 20*time.Second)
	found.Log = w.log(found.Result)
	last := map[string]Result{}
	e := shrink.Elsewhere{Budget: sim.Loosened(found.Used)}
	for kind := range e.Budget {
		if !slices.Contains(Faults(), kind) {
			delete(e.Budget, kind)
		}
	}
	e.CarryOut = func(log []sim.EventID) (sim.Run, error) {
		f := &follower{log: log, tolerant: true}
		r, err := w.Run(context.WithoutCancel(ctx), e.Budget, f.director())
		last[fmt.Sprint(r.Log)] = r
		return r.Run, err
	}
	small, cancel := context.WithTimeout(ctx, limit*2/3)
	defer cancel()
	best, done, err := e.Shrink(small, found.Run)
	if err != nil {
		return err
	}
	found.Done = done
	if r, ok := last[fmt.Sprint(best.Log)]; ok {
		found.Result = r
	}
	found.Log = w.log(found.Result)
	if err := w.repeat(context.WithoutCancel(ctx), found); err != nil || found.Diverged != nil {
		return err
	}
	near, cancel := context.WithTimeout(ctx, limit/3)
	defer cancel()
	if found.Verdict == reports.Stuck {
		return nil
	}
	if found.Passing, err = e.Nearest(near, found.Run); err != nil {
		return err
	}
	if p := found.Passing; p != nil {
		found.Log.Passing = &Passing{Event: p.Event, After: p.After, Removed: p.Removed}
	}
	return nil
}

// repeat carries a counterexample out again, and stops where it goes another way.
func (w *World) repeat(ctx context.Context, found *Counterexample) error {
	once := func() error {
		r, err := w.Replay(ctx, found.Log)
		if errors.As(err, &found.Diverged) {
			return nil
		}
		if err == nil {
			found.Result = r
			found.Repeated++
		}
		return err
	}
	for found.Repeated = 0; found.Repeated < repeats; {
		if err := once(); err != nil || found.Diverged != nil {
			return err
		}
	}
	forked, _ := w.zygotes.now()
	if forked == nil {
		return nil
	}
	w.zygotes.forget()
	defer w.zygotes.use(forked)
	err := once()
	if found.Diverged != nil {
		found.Diverged.Anew = true
	}
	return err
}

// Replay repeats a schedule, event by event. If an event cannot happen, or is about another
// command, or the end is another, the error is [Diverged].
func (w *World) Replay(ctx context.Context, l Log) (Result, error) {
	f := &follower{log: l.events()}
	r, err := w.Run(ctx, l.Budget, f.director())
	if err != nil {
		return r, err
	}
	return r, f.compare(l, r)
}
