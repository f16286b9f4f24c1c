package sim

import (
	"errors"
	"math/rand/v2"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
)

func prepared(t testing.TB, s Setup) *Scene {
	t.Helper()
	scene, err := Prepare(s)
	if err != nil {
		t.Fatal(err)
	}
	return scene
}

// bare tells of all fields of CLIENT LIST, full only of those that the strategy reads.
func bare(strategy lock.Strategy, workers, chunks int) Setup {
	return Setup{Name: strategy.Name, Program: Bare(strategy), Workers: workers, Chunks: chunks, Locks: strategy.Locks}
}

func full(strategy lock.Strategy, workers, chunks int) Setup {
	return Setup{Name: strategy.Name, Program: Loader(strategy), Workers: workers, Chunks: chunks, NamesOnly: strategy.NamesOnly, Locks: strategy.Locks}
}

// everything is a budget with one of each.
func everything() faults.Budget {
	b := faults.Budget{}
	for _, in := range injectors {
		b[in.kind] = 1
	}
	return b
}

// kind is an event by its name.
func kind(name string) EventKind {
	k, ok := FindEvent(name)
	if !ok {
		panic(name)
	}
	return k
}

// randomly chooses evenly.
func randomly(seed uint64) Chooser {
	r := rand.New(rand.NewPCG(seed, 0))
	return func(enabled []Choice) int { return r.IntN(len(enabled)) }
}

func TestEveryStrategyCompletesAloneAndWithoutFaults(t *testing.T) {
	for _, strategy := range lock.All() {
		setups := map[string]Setup{"bare": bare(strategy, 1, 3), "loader": full(strategy, 1, 3)}
		if strategy.InSource {
			delete(setups, "bare") // which has no MySQL
		}
		for name, setup := range setups {
			for _, cold := range []bool{false, true} {
				setup.Cold = cold
				run, err := prepared(t, setup).Run(First, false)
				if err != nil || run.Verdict != reports.Safe {
					t.Errorf("%s, %s, cold %t: %s, %s, %v", strategy.Name, name, cold, run.Verdict, run.Why, err)
				}
			}
		}
	}
}

func TestAColdSceneHasMoreChoices(t *testing.T) {
	setup := full(lock.LeaseLua, 1, 1)
	warm, err := prepared(t, setup).Run(First, false)
	if err != nil {
		t.Fatal(err)
	}
	setup.Cold = true
	cold, err := prepared(t, setup).Run(First, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(cold.Log) <= len(warm.Log) {
		t.Errorf("a cold start takes %d events, a warm one %d", len(cold.Log), len(warm.Log))
	}
}

func TestPrepareRefuses(t *testing.T) {
	good := bare(lock.None, 1, 1)
	for name, spoil := range map[string]func(*Setup){
		"no program":          func(s *Setup) { s.Program = nil },
		"no workers":          func(s *Setup) { s.Workers = 0 },
		"no chunks":           func(s *Setup) { s.Chunks = 0 },
		"unknown persistence": func(s *Setup) { s.Persistence = "sometimes" },
	} {
		s := good
		spoil(&s)
		if _, err := Prepare(s); !errors.Is(err, ErrSetup) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Prepare(good); err != nil {
		t.Error(err)
	}
}
