package sim

import (
	"testing"

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

func bare(strategy lock.Strategy, workers, chunks int) Setup {
	return Setup{Name: strategy.Name, Program: Bare(strategy), Workers: workers, Chunks: chunks}
}

func TestEveryStrategyCompletesAloneAndWithoutFaults(t *testing.T) {
	for _, strategy := range lock.All() {
		for name, program := range map[string]Program{"bare": Bare(strategy), "loader": Loader(strategy)} {
			t.Run(strategy.Name+"/"+name, func(t *testing.T) {
				setup := Setup{Name: strategy.Name, Program: program, Workers: 1, Chunks: 3}
				run, err := prepared(t, setup).Run(First, true)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range run.Trace {
					t.Log(s)
				}
				if run.Verdict != reports.Safe {
					t.Errorf("%s: %s", run.Verdict, run.Why)
				}
			})
		}
	}
}
