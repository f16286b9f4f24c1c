package sim

import (
	"fmt"
	"slices"
)

// Memory remembers what the workers of a scene did after each history of
// results, and carries out schedules from it. A schedule in which a worker
// meets something new is first carried out by the real clients. It must not be
// used by two goroutines at once.
type Memory struct {
	scene *Scene
	tape  *tape
	// Live counts the schedules that the real clients carried out.
	Live int
}

// Memory returns an empty memory.
func (s *Scene) Memory() *Memory { return &Memory{scene: s, tape: newTape()} }

// Run carries out one schedule from memory. The real clients do it if a worker
// meets something new; the chooser cannot tell.
func (m *Memory) Run(choose Chooser, trace bool) (Run, error) {
	r := m.players()
	r.w.trace(trace)
	var run Run
	r.w.begin()
	if !r.miss {
		r.w.schedule(choose, &run)
	}
	if r.miss {
		return m.live(&follow{log: run.Log, then: choose}, trace)
	}
	run.note(r.w)
	return run, r.w.check()
}

func (m *Memory) players() *recorded {
	r := &recorded{tape: m.tape, at: make([]*moment, m.scene.Setup.Workers)}
	r.w = newWorld(m.scene, r)
	return r
}

// live lets the real clients carry out a schedule, and remembers it.
func (m *Memory) live(f *follow, trace bool) (Run, error) {
	m.Live++
	run, err := m.scene.run(f, func(l *live) {
		l.tape = m.tape
		l.w.trace(trace)
	})
	switch {
	case err != nil:
		return run, err
	case f.missing != nil:
		return run, fmt.Errorf("%w: event %v could happen when it was remembered, and cannot now", ErrNondeterministic, *f.missing)
	case f.next < len(f.log):
		return run, fmt.Errorf("%w: a schedule of %d events ended after %d: %s", ErrNondeterministic, len(f.log), f.next, run.Why)
	}
	return run, nil
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
