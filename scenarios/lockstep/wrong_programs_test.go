package lockstep_test

import (
	"cmp"
	"errors"
	"flag"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios/lockstep"
	"onceover/scenarios/servers/serverstest"
	"onceover/scenarios/worker"
	"onceover/sim"
)

// schedules is how many a right program has to pass.
var schedules = flag.Int("schedules", 8, "schedules that each right program has to pass")

// seed is that of the wrong programs.
var seed = flag.Uint64("seed", 0, "seed of the searches for wrong programs; 0: that of the table")

// replays is how often each counterexample is carried out once more.
var replays = flag.Int("replays", 0, "how often each counterexample of a wrong program is carried out once more, and counted")

// interpreter returns what runs a program, by the end of its name.
func interpreter(t testing.TB, file string) string {
	t.Helper()
	switch filepath.Ext(file) {
	case ".php":
		return serverstest.PHP(t)
	case ".rb":
		return serverstest.Ruby(t)
	}
	return serverstest.Python(t)
}

// openProgram makes a world of one of the programs in other languages.
func openProgram(t *testing.T, file string, chunks int) *lockstep.World {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return openWith(t, lockstep.Options{Command: worker.Command{interpreter(t, file), path}, Chunks: chunks, ServerWait: 5 * time.Second, Patience: 30 * time.Second},
		lockstep.Servers{RedisAddr: serverstest.RedisOptions(t).Addr, MySQL: serverstest.MySQLConfig(t)})
}

const (
	examples = "../worker/examples/"
	mistakes = "testdata/programs/"
)

func TestWrongProgramsInOtherLanguagesAreCaughtAndTheirMistakesNamed(t *testing.T) {
	for _, c := range []struct {
		file   string
		chunks int
		budget faults.Budget
		seed   uint64
		want   []reports.Verdict // nil: anything
		says   string
	}{
		{examples + "retried.py", 2, everything, 1, nil, "sent MULTI{RPUSH, SETBIT} again, word for word, because the reply to the first was lost"},
		{examples + "two_requests.php", 2, everything, 2, nil, "between RPUSH and SETBIT, which are two requests"},
		{examples + "reconnecting.rb", 2, everything, 1, nil, "sent its script again, word for word, because the reply to the first was lost"},
		{mistakes + "half_pipeline.py", 2, everything, 2, nil, "between RPUSH and SETBIT, which are two requests"},
		{mistakes + "lease.py", 1, faults.Budget{faults.Pause: 1}, 3, nil, "did not ask who holds it"},
		{mistakes + "renewal.py", 1, faults.Budget{faults.Pause: 1}, 8, nil, "did not ask who holds it"},
		{mistakes + "border.php", 2, nil, 1, nil, "the chunks overlap: row 3 is in two of them"},
		{mistakes + "done_first.php", 2, everything, 1, nil, "marked chunk 0 as done (INSERT)"},
		{mistakes + "unbuffered.php", 2, faults.Budget{faults.MySQLCut: 1}, 2, nil, "took that for the end of the rows"},
		{mistakes + "ack_first.rb", 2, everything, 1, nil, "acknowledged chunk 0 (XACK)"},
		{mistakes + "name_lost.rb", 1, faults.Budget{faults.Cut: 1, faults.LoseReply: 1}, 1, []reports.Verdict{reports.Duplicated}, "and with it the name chunk_"},
		{mistakes + "unlock.rb", 1, nil, 2, nil, "deleted the lock rows:lock:"},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			w := openProgram(t, c.file, c.chunks)
			out := explore(t, w, lockstep.Search{Seed: cmp.Or(*seed, c.seed), Budget: c.budget, Runs: 200, Want: c.want, Limit: time.Minute})
			if len(out.Found) == 0 {
				t.Fatalf("nothing was found in %d schedules: %v, weak %v", out.Schedules, out.Verdicts, out.WhyWeak)
			}
			found := &out.Found[len(out.Found)-1]
			if err := w.Shrink(t.Context(), found, time.Second); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d schedules in %v, %d of %d events left: %s: %s: %s", out.Schedules, out.Elapsed.Round(time.Millisecond), len(found.Run.Log), found.From, found.Verdict, found.Why, found.Mistake)
			if !strings.Contains(found.Mistake, c.says) {
				t.Errorf("it says %q, and not that %q; the steps are\n%v", found.Mistake, c.says, found.Trace)
			}
			if found.Diverged != nil {
				t.Error(found.Diverged)
			}
			repeat(t, w, found.Log)
		})
	}
}

// repeat carries a schedule out once more, as often as is asked for.
func repeat(t *testing.T, w *lockstep.World, log lockstep.Log) {
	t.Helper()
	same := 0
	for range *replays {
		switch _, err := w.Replay(t.Context(), log); {
		case err == nil:
			same++
		case errors.Is(err, sim.ErrDiverged):
			t.Log(err)
		default:
			t.Fatal(err)
		}
	}
	if *replays > 0 {
		t.Logf("repeated %d of %d times", same, *replays)
	}
}

func TestRightProgramsInOtherLanguagesPass(t *testing.T) {
	budget := faults.Budget{faults.Kill: 1, faults.LoseReply: 1, faults.Cut: 1, faults.MySQLCut: 1, faults.Pause: 1}
	for _, file := range []string{"conditional.py", "one_script.php", "conditional.rb"} {
		t.Run(file, func(t *testing.T) {
			w := openProgram(t, examples+file, 2)
			out := explore(t, w, lockstep.Search{Seed: 1, Budget: budget, Runs: *schedules})
			t.Logf("%d schedules in %v, %d with faults, %d weak %v", out.Schedules, out.Elapsed.Round(time.Millisecond), out.Faulty, out.Weak, out.WhyWeak)
			for _, found := range out.Found {
				t.Errorf("%s: %s: %s\n%v", found.Verdict, found.Why, found.Mistake, found.Trace)
			}
			if out.Schedules < *schedules || out.Faulty == 0 || out.Weak > 0 {
				t.Errorf("%d schedules, %d with faults, %d weak: %v", out.Schedules, out.Faulty, out.Weak, out.WhyWeak)
			}
		})
	}
}
