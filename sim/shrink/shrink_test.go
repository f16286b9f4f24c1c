package shrink

import (
	"context"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/search"
)

func found(t testing.TB, setup sim.Setup, v reports.Verdict) (*sim.Scene, sim.Run) {
	t.Helper()
	scene, err := sim.Prepare(setup)
	if err != nil {
		t.Fatal(err)
	}
	r, err := search.Explore(scene, search.Options{Want: []reports.Verdict{v}, Positions: -1})
	if err != nil {
		t.Fatal(err)
	}
	c, ok := r.Of(v)
	if !ok {
		t.Fatalf("%s is not found to be %s: %s", setup.Name, v, r.Summary())
	}
	return scene, c.Run
}

func setup(strategy lock.Strategy, workers, chunks int, budget faults.Budget) sim.Setup {
	return sim.Setup{Name: strategy.Name, Program: sim.Loader(strategy), Workers: workers, Chunks: chunks, Budget: budget}
}

func TestCounterexamplesBecomeSmall(t *testing.T) {
	for _, c := range []struct {
		strategy lock.Strategy
		budget   faults.Budget
		verdict  reports.Verdict
		events   int // at most
		faults   int // exactly
	}{
		{lock.None, faults.Budget{faults.Crash: 1, faults.LoseReply: 1}, reports.Duplicated, 4, 0},
		{lock.BitmapOnly, faults.Budget{faults.Crash: 1}, reports.Duplicated, 6, 0},
		{lock.ConnectionName, faults.Budget{faults.Crash: 1, faults.LoseReply: 1, faults.Pause: 1}, reports.Duplicated, 8, 0},
		{lock.ConnectionName, faults.Budget{faults.Crash: 1, faults.LoseReply: 1}, reports.Lost, 7, 1},
		{lock.SetNX, faults.Budget{faults.Kill: 1}, reports.Duplicated, 10, 0},
	} {
		scene, run := found(t, setup(c.strategy, 3, 3, c.budget), c.verdict)
		small, err := Shrink(context.Background(), scene, run)
		if err != nil {
			t.Fatal(err)
		}
		events, faults := len(small.Log.Events), small.Log.Setup.Budget.Total()
		if small.Run.Verdict != c.verdict || events > c.events || faults != c.faults || events > len(run.Log) {
			t.Errorf("%s, %s: %d events with %d faults become %d with %d, want %d with %d: %v", c.strategy.Name, c.verdict,
				len(run.Log), run.Used.Total(), events, faults, c.events, c.faults, small.Log.Events)
		}
		if p := small.Passing; (p == nil) != (c.strategy.Name == lock.None.Name) || p != nil && p.Run.Verdict != reports.Safe {
			t.Errorf("%s, %s: the schedule that is near and passes is %v", c.strategy.Name, c.verdict, p) // without a lock there is none
		}
		for range 5 {
			if _, err := small.Scene.Replay(small.Log, true); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestNothingCanBeLeftOutOfWhatIsSmall(t *testing.T) {
	scene, run := found(t, setup(lock.ConnectionName, 2, 2, faults.Budget{faults.Crash: 1}), reports.Duplicated)
	small, err := Shrink(context.Background(), scene, run)
	if err != nil {
		t.Fatal(err)
	}
	m := small.Scene.Cache()
	for i := range small.Log.Events {
		log := append(append([]sim.EventID{}, small.Log.Events[:i]...), small.Log.Events[i+1:]...)
		less, err := m.Run(sim.Tolerant(log), false)
		if err != nil {
			t.Fatal(err)
		}
		if less.Verdict == small.Run.Verdict && len(less.Log) < len(small.Log.Events) {
			t.Errorf("event %d, %v, is not needed", i+1, small.Log.Events[i])
		}
	}
}

func TestTheHintIsAboutTheCause(t *testing.T) {
	for _, strategy := range []lock.Strategy{lock.ConnectionName, lock.SetNX, lock.BitmapOnly} {
		scene, run := found(t, setup(strategy, 2, 2, faults.Budget{}), reports.Duplicated)
		small, err := Shrink(context.Background(), scene, run)
		if err != nil {
			t.Fatal(err)
		}
		p, cause := small.Passing, small.Run.Cause
		if p == nil || cause == nil || p.Event != cause.Looked || p.After != cause.Before {
			t.Errorf("%s: the hint is %+v, and the cause %+v", strategy.Name, p, cause)
		}
	}
}

// ending is a context that ends when it has been asked n times whether it has.
type ending struct {
	context.Context
	n int
}

func (e *ending) Err() error {
	if e.n--; e.n < 0 {
		return context.Canceled
	}
	return nil
}

func TestShrinkingEndsWithItsContext(t *testing.T) {
	scene, run := found(t, setup(lock.ConnectionName, 2, 2, faults.Budget{faults.Crash: 1}), reports.Duplicated)
	for n := 0; ; n = 2*n + 1 {
		small, err := Shrink(&ending{context.Background(), n}, scene, run)
		if err != nil {
			t.Fatalf("ended after %d: %v", n, err)
		}
		if small.Run.Verdict != run.Verdict || small.Repeated != repeats || len(small.Log.Events) > len(run.Log) {
			t.Fatalf("ended after %d: %s, repeated %d times, %d events of %d", n, small.Run.Verdict, small.Repeated, len(small.Log.Events), len(run.Log))
		}
		if !small.Unfinished {
			if n == 0 {
				t.Error("it was finished before it began")
			}
			return
		}
	}
}

func TestASafeRunIsNothingToShrink(t *testing.T) {
	scene, run := found(t, setup(lock.ConnectionName, 2, 2, faults.Budget{}), reports.Duplicated)
	run.Verdict = reports.Lost // which nothing comes to without a crash
	if small, err := Shrink(context.Background(), scene, run); err == nil {
		t.Errorf("it became %v", small.Log.Events)
	}
}

func BenchmarkShrink(b *testing.B) {
	scene, run := found(b, setup(lock.ConnectionName, 3, 3, faults.Budget{faults.Crash: 1, faults.LoseReply: 1}), reports.Duplicated)
	for b.Loop() {
		small, err := Shrink(context.Background(), scene, run)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(small.Log.Events)), "events")
	}
}

// BenchmarkFromNothing finds and shrinks both bugs of the published scheme.
func BenchmarkFromNothing(b *testing.B) {
	for _, v := range []reports.Verdict{reports.Duplicated, reports.Lost} {
		b.Run(string(v), func(b *testing.B) {
			for b.Loop() {
				scene, run := found(b, setup(lock.ConnectionName, 2, 3, faults.Budget{faults.Crash: 1, faults.LoseReply: 1}), v)
				small, err := Shrink(context.Background(), scene, run)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(small.Log.Events)), "events")
			}
		})
	}
}
