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

func TestOneScheduleOfEachStrategy(t *testing.T) {
	for _, strategy := range lock.All() {
		t.Run(strategy.Name, func(t *testing.T) {
			run, err := prepared(t, bare(strategy, 1, 3)).Run(First, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range run.Trace {
				t.Logf("%v w%d %s -> %s %s", s.At, s.Worker, s.Request, s.Reply, s.Text)
			}
			if run.Verdict != reports.Safe {
				t.Errorf("%s: %s", run.Verdict, run.Why)
			}
		})
	}
}
