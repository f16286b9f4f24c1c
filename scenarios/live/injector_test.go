package live

import (
	"io"
	"os"
	"testing"

	"onceover/faults"
	"onceover/reports"
)

// A kind of fault has an injector here, or its description says why not.
func TestEveryKindIsInjectedOrSaysWhyNot(t *testing.T) {
	for _, spec := range faults.All() {
		if _, ok := injectors[spec.Kind]; ok != (spec.NotLive == "") {
			t.Errorf("%s has an injector: %t, and is said not to be live: %q", spec.Kind, ok, spec.NotLive)
		}
	}
	for kind := range injectors {
		if _, ok := faults.Find(kind); !ok {
			t.Errorf("an injector for %q, which the catalogue lacks", kind)
		}
	}
}

func TestAPlanThatNothingInjectsIsRefused(t *testing.T) {
	if _, err := newFaultPlan(faults.Plan{{Kind: faults.Crash}}); err == nil {
		t.Error("no error")
	}
}

// A worker that a kill was meant for may just end by itself.
func TestAnEndOfItsOwnIsNoKill(t *testing.T) {
	plan, err := newFaultPlan(faults.Plan{{Kind: faults.Kill, Restart: faults.Never}})
	if err != nil {
		t.Fatal(err)
	}
	record := &recorder{history: reports.NewHistoryWriter(io.Discard), recovery: newRecovery(1)}
	in := &injections{loop: newLoop(), recorder: record, plan: plan}
	p, err := launch(command{argv: []string{"sleep", "1000"}, log: noLog, exited: func(*os.ProcessState, error) {}})
	if err != nil {
		t.Fatal(err)
	}
	w := &workerProcess{process: p}
	in.begin(plan[0], w, 0).inject()
	w.onExit(reports.WorkerDone, "exit status 0")
	if f := plan.results()[0]; !f.Reached || f.Confirmed || f.Evidence != "exit status 0" || plan.open() {
		t.Errorf("%+v, open: %t", f, plan.open())
	}
}

// A loader that others held was not struck, even if it has ended since and left no other trace.
func TestALoaderThatOthersHeldWasNotStruck(t *testing.T) {
	i := &injection{worker: &workerProcess{}, process: &process{}}
	for others, want := range map[int]string{0: "", 1: "1 connection of the worker belonged to other processes"} {
		if got := i.livesOn(connections{byOthers: others}); got != want {
			t.Errorf("%d held by others: %q, want %q", others, got, want)
		}
	}
}
