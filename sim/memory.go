package sim

import (
	"fmt"
	"slices"

	"onceover/sim/parallel"
)

// Memory remembers what the workers of a scene did after each history of
// results, and carries out schedules from it. A schedule in which a worker
// meets something new is carried out by the real clients. It must not be used
// by two goroutines at once; to use many processors is its own business.
type Memory struct {
	scene *Scene
	tape  *tape
	// Jobs is how many schedules are under way at once; 0: as many as there
	// are processors for. It makes no difference to what they come to.
	Jobs int
	// Live counts the schedules that the real clients carried out.
	Live int
}

// Memory returns an empty memory.
func (s *Scene) Memory() *Memory { return &Memory{scene: s, tape: newTape()} }

// Run carries out one schedule from memory. The real clients do it if a worker
// meets something new; the chooser cannot tell.
func (m *Memory) Run(choose Chooser, trace bool) (Run, error) {
	return m.Learn(m.try(choose, trace))
}

// Attempt is a schedule that was carried out, and is not remembered yet.
type Attempt struct {
	run    Run
	err    error
	live   bool
	strips []*strip // of the real clients
}

// Try carries out a schedule with each chooser. None of them profits from what
// another comes upon, so that it does not matter which is first.
func (m *Memory) Try(choosers []Chooser) []Attempt {
	attempts := make([]Attempt, len(choosers))
	parallel.Do(m.Jobs, len(choosers), func(i int) { attempts[i] = m.try(choosers[i], false) })
	return attempts
}

// Learn remembers what the real clients did in an attempt, and says what it
// came to.
func (m *Memory) Learn(a Attempt) (Run, error) {
	if a.live {
		m.Live++
	}
	for _, s := range a.strips {
		if err := m.tape.learn(s); err != nil {
			return a.run, err
		}
	}
	return a.run, a.err
}

// try changes nothing but the chooser.
func (m *Memory) try(choose Chooser, trace bool) Attempt {
	r := m.players()
	r.w.trace(trace)
	var run Run
	r.w.begin()
	if r.miss == nil {
		r.w.schedule(choose, &run)
	}
	if r.miss != nil {
		return m.live(&follow{log: run.Log, then: choose}, trace)
	}
	run.note(r.w)
	return Attempt{run: run, err: r.w.check()}
}

func (m *Memory) players() *recorded {
	r := &recorded{tape: m.tape, at: make([]*moment, m.scene.Setup.Workers)}
	r.w = newWorld(m.scene, r)
	return r
}

// live lets the real clients carry out a schedule.
func (m *Memory) live(f *follow, trace bool) Attempt {
	var real *live
	run, err := m.scene.run(f, func(l *live) {
		real, l.recording = l, true
		l.w.trace(trace)
	})
	a := Attempt{run: run, err: err, live: true, strips: real.strips}
	switch {
	case err != nil:
	case f.missing != nil:
		a.err = fmt.Errorf("%w: event %v could happen when it was remembered, and cannot now", ErrNondeterministic, *f.missing)
	case f.next < len(f.log):
		a.err = fmt.Errorf("%w: a schedule of %d events ended after %d: %s", ErrNondeterministic, len(f.log), f.next, run.Why)
	}
	return a
}

func (m *Memory) forgetful() error {
	return fmt.Errorf("%w: a schedule was carried out, and is not remembered", ErrNondeterministic)
}

// follow does what a log says, and then what another chooser does.
type follow struct {
	log     []EventID
	then    Chooser
	next    int
	missing *EventID
}

func (f *follow) Choose(enabled []Choice) int {
	if f.next == len(f.log) {
		return f.then.Choose(enabled)
	}
	want := f.log[f.next]
	i := slices.IndexFunc(enabled, func(c Choice) bool { return c.ID == want })
	if i < 0 {
		f.missing = &want
		return -1
	}
	f.next++
	return i
}

// Check carries out a schedule twice, from memory and with the real clients,
// and compares them step by step. ErrNondeterministic names the first step that
// is not the same.
func (m *Memory) Check(log []EventID) error {
	remembered, err := m.Run(&follow{log: log, then: First}, true)
	if err != nil {
		return err
	}
	lived, err := m.scene.Run(&follow{log: log, then: First}, true)
	if err != nil {
		return err
	}
	if step, a, b, ok := Differ(remembered.Trace, lived.Trace); ok {
		return fmt.Errorf("%w: step %d was %q and is %q", ErrNondeterministic, step+1, a, b)
	}
	if remembered.Final != lived.Final {
		return fmt.Errorf("%w: the same steps ended in another way", ErrNondeterministic)
	}
	return nil
}
