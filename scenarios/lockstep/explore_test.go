package lockstep_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios/lockstep"
	"onceover/sim"
)

var everything = faults.Budget{faults.Kill: 1, faults.LoseReply: 1, faults.Cut: 1}

func explore(t *testing.T, w *lockstep.World, s lockstep.Search) lockstep.Outcome {
	t.Helper()
	out, err := w.Explore(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// duplicate finds the duplicate of the published scheme.
func duplicate(t *testing.T, w *lockstep.World) *lockstep.Counterexample {
	t.Helper()
	out := explore(t, w, lockstep.Search{Seed: 1, Runs: 500})
	found := out.Of(reports.Duplicated)
	if found == nil {
		t.Fatalf("no row was duplicated in %d schedules", out.Schedules)
	}
	return found
}

// loss is the loss of the published scheme: worker 1 still has the name of a chunk that it
// passes over when worker 0 comes back and looks.
func loss(t *testing.T, w *lockstep.World) *lockstep.Counterexample {
	t.Helper()
	way := strings.Fields("w0:deliver w0:deliver w1:deliver w1:deliver w1:deliver w0:kill-before w0:deliver w0:deliver")
	result := run(t, w, faults.Budget{faults.Kill: 1}, lockstep.Director{
		Choose: func(enabled []sim.Choice) int {
			for i, c := range enabled {
				if len(way) == 0 && (c.ID.Worker == 1 || i == len(enabled)-1) && c.ID.Kind == sim.Deliver {
					return i
				}
				if len(way) == 0 {
					continue
				}
				if fmt.Sprintf("w%d:%s", c.ID.Worker, c.ID.Kind) == way[0] {
					way = way[1:]
					return i
				}
			}
			return -1
		},
	})
	if result.Verdict != reports.Lost {
		t.Fatalf("%s: %s", result.Verdict, result.Why)
	}
	return &lockstep.Counterexample{Result: result, From: len(result.Log)}
}

func TestTheDuplicateAndTheLossOfThePublishedSchemeAreMadeSmallAndRepeated(t *testing.T) {
	for verdict, find := range map[reports.Verdict]func(*testing.T, *lockstep.World) *lockstep.Counterexample{reports.Duplicated: duplicate, reports.Lost: loss} {
		t.Run(string(verdict), func(t *testing.T) {
			w := open(t, "published", lockstep.Options{})
			found := find(t, w)
			if err := w.Shrink(t.Context(), found, 2*time.Second); err != nil {
				t.Fatal(err)
			}
			if found.Repeated < 2 || len(found.Run.Log) > found.From {
				t.Errorf("%d events of %d, repeated %d times", len(found.Run.Log), found.From, found.Repeated)
			}
			if want := map[reports.Verdict]string{reports.Duplicated: " looked at rows:done in step ", reports.Lost: " passed over chunk 0 in step "}[verdict]; !strings.Contains(found.Mistake, want) {
				t.Errorf("the mistake is said to be %q", found.Mistake)
			}
			if verdict == reports.Duplicated && found.Used.Total() != 0 {
				t.Errorf("a row is duplicated without faults, and %v are left", found.Used)
			}
			again, err := w.Replay(t.Context(), stored(t, found.Log))
			if err != nil {
				t.Fatal(err)
			}
			if step, left, right, differ := sim.Differ(found.Trace, again.Trace); differ {
				t.Errorf("step %d: %s, and then %s", step, left, right)
			}
		})
	}
}

// stored is a log that was written and read again.
func stored(t *testing.T, log lockstep.Log) lockstep.Log {
	t.Helper()
	var file bytes.Buffer
	if err := log.Write(&file); err != nil {
		t.Fatal(err)
	}
	if !lockstep.IsLog(file.Bytes()) {
		t.Error("the file is not known again")
	}
	read, err := lockstep.ReadLog(&file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(log, read, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	return read
}

func TestAProgramThatCommitsConditionallyPasses(t *testing.T) {
	w := open(t, "conditional", lockstep.Options{ServerWait: 5 * time.Second})
	out := explore(t, w, lockstep.Search{Seed: 1, Budget: everything, Runs: 20})
	if len(out.Found) > 0 || out.Weak > 0 || out.Faulty == 0 || out.Verdicts[reports.Safe] != 20 {
		t.Errorf("found %v, %d weak %v, %d with faults, verdicts %v", out.Found, out.Weak, out.WhyWeak, out.Faulty, out.Verdicts)
	}
}

func TestTheSameSeedChoosesTheSame(t *testing.T) {
	w := open(t, "conditional", lockstep.Options{})
	s := lockstep.Search{Seed: 3, Budget: everything, Runs: 6}
	first, second := explore(t, w, s), explore(t, w, s)
	s.Seed = 4
	other := explore(t, w, s)
	if first.Traces != second.Traces || !reflect.DeepEqual(first.Verdicts, second.Verdicts) {
		t.Errorf("%d orders with verdicts %v, and then %d with %v", first.Traces, first.Verdicts, second.Traces, second.Verdicts)
	}
	if reflect.DeepEqual(first.Orders, other.Orders) || !reflect.DeepEqual(first.Orders, second.Orders) {
		t.Error("the seed does not decide")
	}
}

func TestAProgramThatCannotBeJudgedIsAnErrorAndNeverSafe(t *testing.T) {
	for program, want := range map[string]error{
		"silent": lockstep.ErrSilent, "deaf": lockstep.ErrSilent, "crasher": lockstep.ErrUnfit, "idle": lockstep.ErrNothingDone,
	} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			w := open(t, program, lockstep.Options{Patience: 5 * time.Second})
			out, err := w.Explore(t.Context(), lockstep.Search{Budget: everything, Runs: 3})
			if !errors.Is(err, want) || len(out.Found) > 0 {
				t.Errorf("got %v, want %v; found was %v", err, want, out.Found)
			}
			if program == "deaf" && !strings.Contains(err.Error(), "it has not ended either") {
				t.Errorf("it is taken for one that has ended: %v", err)
			}
			if program == "crasher" && !strings.Contains(err.Error(), "exit status 3: no idea where to begin") {
				t.Errorf("its last words are missing: %v", err)
			}
		})
	}
}

// first delivers what comes first, and nothing goes wrong.
func first() lockstep.Director { return lockstep.Director{Choose: sim.First} }

func run(t *testing.T, w *lockstep.World, budget faults.Budget, d lockstep.Director) lockstep.Result {
	t.Helper()
	result, err := w.Run(t.Context(), budget, d)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestAWorkerThatSleepsIsWaitedForOnlyIfNobodyElseCanGoOn(t *testing.T) {
	w := open(t, "sleeper", lockstep.Options{ServerWait: 5 * time.Second})
	result := run(t, w, nil, first())
	if result.Verdict != reports.Safe || !result.Slept || result.Weak != "" {
		t.Errorf("%s, slept %v, weak %q", result.Verdict, result.Slept, result.Weak)
	}
	if got := fmt.Sprint(result.Log); got != "[w0:0:deliver w1:0:deliver w1:1:deliver w0:1:deliver w0:2:deliver]" {
		t.Errorf("worker 0 sleeps behind its first request, and the events were %s", got)
	}
}

// A request of another thread is pending all the time, and the worker is waited for.
func TestAWorkerIsWaitedForThatHasARequestOfAnotherThreadPending(t *testing.T) {
	w := open(t, "threaded", lockstep.Options{Workers: 1})
	others := lockstep.Director{Choose: func(enabled []sim.Choice) int {
		return max(slices.IndexFunc(enabled, func(c sim.Choice) bool { return !strings.HasPrefix(c.Op.String(), "LLEN") }), 0)
	}}
	result := run(t, w, nil, others)
	if said := strings.Join(result.Words, "; "); result.Verdict != reports.Safe || result.Slept || said != "EVAL; EVAL; LLEN" {
		t.Errorf("%s, slept %v: %s", result.Verdict, result.Slept, said)
	}
}

func TestAThreadThatNeverRestsMakesARunWeak(t *testing.T) {
	w := open(t, "spinner", lockstep.Options{Workers: 1})
	result := run(t, w, nil, first())
	if result.Verdict != reports.Safe || result.Weak == "" {
		t.Errorf("%s, weak %q", result.Verdict, result.Weak)
	}
	t.Log(result.Weak)
}

// One that sleeps between two looks has its turn while the other is at work.
func TestAPatientScheduleWaitsForAWorkerThatSleeps(t *testing.T) {
	w := open(t, "poller", lockstep.Options{Chunks: 5})
	result := run(t, w, nil, lockstep.Director{Choose: byTurns(), Patient: true})
	if got := fmt.Sprint(result.Words); result.Verdict != reports.Safe || !strings.HasPrefix(got, "[LLEN EVAL LLEN EVAL LLEN EVAL LLEN EVAL LLEN EVAL") {
		t.Errorf("%s: %s", result.Verdict, got)
	}
}

// byTurns lets worker 1 go before each step of worker 0.
func byTurns() sim.Chooser {
	turn := 0
	return func(enabled []sim.Choice) int {
		turn = 1 - turn
		return max(slices.IndexFunc(enabled, func(c sim.Choice) bool { return c.ID.Worker == turn }), 0)
	}
}

func TestARequestThatWaitsInItsServerMakesARunWeak(t *testing.T) {
	w := open(t, "blocked", lockstep.Options{Patience: 3 * time.Second, ServerWait: 100 * time.Millisecond})
	result := run(t, w, nil, first())
	if result.Verdict != reports.Stuck || result.Weak == "" {
		t.Errorf("%s, weak %q", result.Verdict, result.Weak)
	}
	out := explore(t, w, lockstep.Search{Runs: 1, Want: []reports.Verdict{reports.Lost}})
	if out.Weak != out.Schedules {
		t.Errorf("%d of %d are weak", out.Weak, out.Schedules)
	}
}

func TestAWorkerThatEndsWhileItsRequestWaitsInTheServerEndsItsRun(t *testing.T) {
	w := open(t, "dying", lockstep.Options{Workers: 1, Lives: 1, ServerWait: 100 * time.Millisecond})
	for range 2 {
		result := run(t, w, nil, first())
		if result.Verdict != reports.Stuck || result.Weak == "" {
			t.Errorf("%s: %s, weak %q", result.Verdict, result.Why, result.Weak)
		}
	}
}

func TestAProtocolThatCannotBeReadMakesAProgramUnfit(t *testing.T) {
	w := open(t, "garbled", lockstep.Options{Workers: 1})
	if _, err := w.Run(t.Context(), nil, first()); !errors.Is(err, lockstep.ErrUnfit) || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("got %v", err)
	}
}

func TestAWorkerThatFailsIsStartedAgainAndGivesUpInTheEnd(t *testing.T) {
	w := open(t, "forgetful", lockstep.Options{})
	result := run(t, w, nil, first())
	if result.Verdict != reports.Safe {
		t.Errorf("%s: %s", result.Verdict, result.Why)
	}
	starts := 0
	for _, s := range result.Trace {
		if s.Note && s.Text == "starts again" {
			starts++
		}
	}
	if starts != 4 {
		t.Errorf("two workers that fail each of 3 times were started again %d times", starts)
	}
}

// strike lets one kind of event happen at the first request at which it can.
func strike(kind string) lockstep.Director {
	k, _ := sim.FindEvent(kind)
	return lockstep.Director{Choose: func(enabled []sim.Choice) int {
		for i, c := range enabled {
			if c.ID.Kind == k {
				return i
			}
		}
		return sim.First(enabled)
	}}
}

func TestFaultsTakeEffect(t *testing.T) {
	w := open(t, "conditional", lockstep.Options{Workers: 1, Chunks: 1, ServerWait: 5 * time.Second})
	for kind, want := range map[string]struct {
		reply string // to the request that is struck, and to the next
		then  string
		life  int
	}{
		"cut": {"", "1", 1}, "lose-reply": {"1", "0", 1}, "kill-before": {"", "1", 1}, "kill-after": {"1", "0", 1},
	} {
		t.Run(kind, func(t *testing.T) {
			result := run(t, w, everything, strike(kind))
			var events []sim.Step
			for _, s := range result.Trace {
				if !s.Note {
					events = append(events, s)
				}
			}
			if len(events) != 2 || events[0].ID.Kind.String() != kind || events[0].Reply != want.reply || events[1].Reply != want.then || events[1].Life != want.life {
				t.Errorf("got %v", events)
			}
			if result.Verdict != reports.Safe || result.Weak != "" {
				t.Errorf("%s, weak %q", result.Verdict, result.Weak)
			}
		})
	}
}

func TestAReplayThatGoesAnotherWayTellsTheStepAndBothSides(t *testing.T) {
	w := open(t, "published", lockstep.Options{})
	found := duplicate(t, w)
	if err := w.Shrink(t.Context(), found, time.Second); err != nil {
		t.Fatal(err)
	}
	log := found.Log
	log.Steps = slices.Clone(log.Steps)
	log.Steps[1].Words, log.Steps[1].Request = "GET", "GET rows:plan"
	_, err := w.Replay(t.Context(), log)
	var diverged *lockstep.Diverged
	if !errors.As(err, &diverged) || diverged.Step != 2 || !strings.Contains(diverged.Expected, "GET rows:plan") || !strings.Contains(diverged.Got, "CLIENT SETNAME") {
		t.Errorf("got %v", err)
	}
	log = found.Log
	log.Row = 99
	if _, err := w.Replay(t.Context(), log); !errors.Is(err, sim.ErrDiverged) {
		t.Errorf("another row is bad: %v", err)
	}
	log.Steps = log.Steps[:1]
	if _, err := w.Replay(t.Context(), log); !errors.As(err, &diverged) || diverged.Step != 2 || diverged.Expected != "the end" {
		t.Errorf("a log that ends early: %v", err)
	}
}
