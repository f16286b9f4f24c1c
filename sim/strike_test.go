package sim

import (
	"errors"
	"io"
	"strings"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
)

// AddLatency adds a fault that the program does not have: its description and
// its injector are all that there is of it.
func AddLatency() (remove func()) {
	return addFault(faults.Spec{
		Kind:    "latency",
		Class:   faults.Wire,
		Summary: "a reply arrives late",
		Example: "latency x1",
		NotLive: "it is there for a test",
	}, func(w *world, c Choice, reply []byte) {
		w.advance()
		w.deliver(c.Op, reply)
	})
}

// addFault adds a fault of requests that were executed.
func addFault(spec faults.Spec, strike inject) (remove func()) {
	forget := faults.Add(spec)
	before := injectors
	register(injector{
		kind:  spec.Kind,
		where: onRedis | onMySQL,
		events: []event{{
			name: string(spec.Kind), executes: true, outcome: reports.StepAnswered, text: "the reply is late",
			inject: strike,
		}},
	})
	return func() {
		setInjectors(before)
		forget()
	}
}

// strikes are what an injector may do. Time that passes ends connections and
// workers, so each is tried behind it.
var strikes = map[faults.Kind]inject{
	"advance-deliver": func(w *world, c Choice, reply []byte) { w.advance(); w.deliver(c.Op, reply) },
	"deliver-advance": func(w *world, c Choice, reply []byte) { w.deliver(c.Op, reply); w.advance() },
	"advance-cut":     func(w *world, c Choice, _ []byte) { w.advance(); w.cut(c.Op, io.EOF) },
	"advance-half":    func(w *world, c Choice, reply []byte) { w.advance(); cutInReply(w, c, reply) },
	"advance-give-up": func(w *world, c Choice, _ []byte) { w.advance(); giveUp(w, c, nil) },
	"advance-kill":    func(w *world, c Choice, _ []byte) { w.advance(); killAndRestart(w, c, nil) },
	"advance-execute": func(w *world, c Choice, _ []byte) { w.advance(); w.deliver(c.Op, w.execute(c.Op, false)) },
	"kill-deliver":    func(w *world, c Choice, reply []byte) { killAndRestart(w, c, nil); w.deliver(c.Op, reply) },
	"crash-redis":     func(w *world, c Choice, reply []byte) { killRedis(w, c, nil); w.deliver(c.Op, reply) },
}

// withStrikes runs a test with each strike as a fault.
func withStrikes(t *testing.T, test func(*testing.T, faults.Kind)) {
	for kind, strike := range strikes {
		t.Run(string(kind), func(t *testing.T) {
			defer addFault(faults.Spec{Kind: kind, Class: faults.Wire, NotLive: "it is there for a test"}, strike)()
			test(t, kind)
		})
	}
}

func TestAnAddedFaultStrikesBesideEveryOther(t *testing.T) {
	withStrikes(t, func(t *testing.T, added faults.Kind) {
		for _, in := range injectors {
			for _, strategy := range []lock.Strategy{lock.ConnectionName, lock.Default()} {
				setup := full(strategy, 2, 2)
				setup.Budget = faults.Budget{in.kind: 2}
				setup.Budget[added] = 2
				checkAtRandom(t, setup, 4)
			}
		}
	})
}

func TestAnAddedFaultStrikesBesideAllOthers(t *testing.T) {
	withStrikes(t, func(t *testing.T, _ faults.Kind) {
		for _, strategy := range lock.Usual() {
			for _, setup := range []Setup{bare(strategy, 3, 2), full(strategy, 2, 2)} {
				setup.Budget = everything()
				checkAtRandom(t, setup, 5)
			}
		}
	})
}

// checkAtRandom carries out schedules from the cache and with the real clients.
func checkAtRandom(t *testing.T, setup Setup, seeds uint64) {
	t.Helper()
	cache := prepared(t, setup).Cache()
	for seed := range seeds {
		run, err := cache.Run(randomly(seed), false)
		if err == nil {
			err = cache.Check(run.Log)
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func TestIndependentEventsCanChangePlacesBesideAnAddedFault(t *testing.T) {
	withStrikes(t, func(t *testing.T, _ faults.Kind) { changePlacesEverywhere(t, 2) })
}

// An injector that keeps something of its own is found out by name.
func TestAnInjectorThatIsNotDeterministicIsNamed(t *testing.T) {
	struck := 0
	defer addFault(faults.Spec{Kind: "moody", Class: faults.Wire, NotLive: "it is there for a test"}, func(w *world, c Choice, reply []byte) {
		if struck++; struck%2 == 0 {
			w.deliver(c.Op, reply)
			return
		}
		w.cut(c.Op, io.EOF)
	})()
	setup := bare(lock.SetNX, 2, 1)
	setup.Budget = faults.Budget{"moody": 1}
	cache := prepared(t, setup).Cache()
	run, err := cache.Run(striking(kind("moody"), 0), false)
	for range 2 {
		if err == nil {
			err = cache.Check(run.Log)
		}
	}
	if !errors.Is(err, ErrNondeterministic) || !strings.Contains(err.Error(), ": set-nx, budget moody x1, faults so far [w0:0:moody]: ") {
		t.Errorf("the error is %v", err)
	}
}

// A panic of an injector says where it happened, and that first.
func TestAnInjectorThatPanicsIsNamed(t *testing.T) {
	defer addFault(faults.Spec{Kind: "broken", Class: faults.Wire, NotLive: "it is there for a test"}, func(*world, Choice, []byte) {
		panic("out of order")
	})()
	setup := bare(lock.SetNX, 2, 1)
	setup.Budget = faults.Budget{"broken": 1}
	_, err := prepared(t, setup).Run(striking(kind("broken"), 0), false)
	if err == nil || !strings.HasPrefix(err.Error(), "sim: set-nx, budget broken x1, faults so far [w0:0:broken]: ") || !strings.Contains(err.Error(), "out of order") {
		t.Errorf("the error is %v", err)
	}
}
