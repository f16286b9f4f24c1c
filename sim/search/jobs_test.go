package search

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/sim"
)

// sameWithAnyJobs searches with one, two and three schedules under way at once.
func sameWithAnyJobs(t *testing.T, s *sim.Scene, o Options) Result {
	t.Helper()
	o.Jobs = 1
	one := explore(t, s, o)
	for o.Jobs = 2; o.Jobs <= 3; o.Jobs++ {
		if d := cmp.Diff(one, explore(t, s, o)); d != "" {
			t.Errorf("%d jobs are not as one: %s", o.Jobs, d)
		}
	}
	return one
}

// A search that finds something and one that is complete, of each strategy. Run
// with -race, it is also the test of all that the jobs share.
func TestTheNumberOfJobsMakesNoDifference(t *testing.T) {
	t.Parallel()
	for _, strategy := range lock.Usual() {
		t.Run(strategy.Name, func(t *testing.T) {
			t.Parallel()
			s := scene(t, strategy, sim.Loader(strategy), 2, 2, faults.Budget{faults.Crash: 1})
			few := Options{Seed: 1, Everything: true, Random: 30, POS: 30, PCT: 30, CheckEvery: 50, Positions: 30}
			if r := sameWithAnyJobs(t, s, few); r.Complete || r.Checked < 2 || r.Left != "30 positions were visited" {
				t.Errorf("%s, %d checked", r.Summary(), r.Checked)
			}
			s = scene(t, strategy, sim.Bare(strategy), 2, 1, faults.Budget{faults.LoseReply: 1})
			if r := sameWithAnyJobs(t, s, Options{Everything: true, Random: 30, POS: 30, PCT: 30}); !r.Complete {
				t.Errorf("%s", r.Summary())
			}
		})
	}
}

// What the jobs share besides: a table that is written, prepared statements,
// and every fault that there is.
func TestTheNumberOfJobsMakesNoDifferenceToAnyFault(t *testing.T) {
	t.Parallel()
	s, err := sim.Prepare(sim.Setup{
		Name: "lease-lua", Program: sim.Loader(lock.LeaseLua), Workers: 3, Chunks: 1, Persistence: faults.EverySec, Cold: true,
		Budget: faults.Budget{
			faults.Crash: 1, faults.Kill: 1, faults.LoseReply: 1, faults.Cut: 1, faults.HalfReply: 1, faults.LateRequest: 1,
			faults.KillClient: 1, faults.Pause: 1, faults.RedisKill: 1, faults.MySQLCut: 1, faults.MySQLKill: 1,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	sameWithAnyJobs(t, s, Options{Seed: 2, Everything: true, Random: 60, POS: 30, PCT: 30, Positions: 40})
}

func TestASearchThatFindsSomethingEndsAtTheSamePlaceWithAnyJobs(t *testing.T) {
	t.Parallel()
	hasty := sim.Loader(lock.SetNX)
	for stage, c := range map[string]struct {
		program sim.Program
		budget  faults.Budget
		options Options
	}{
		"smoke":      {again, faults.Budget{faults.LoseReply: 1}, Options{}},
		"random":     {hasty, faults.Budget{}, Options{}},
		"pos":        {hasty, faults.Budget{}, Options{Random: -1}},
		"pct":        {hasty, faults.Budget{}, Options{Random: -1, POS: -1}},
		"exhaustive": {hasty, faults.Budget{}, Options{Random: -1, POS: -1, PCT: -1}},
	} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			s := scene(t, lock.SetNX, c.program, 2, 2, c.budget)
			var found Counterexample
			latest := 0
			for seed := range uint64(6) {
				c.options.Seed = seed
				r := sameWithAnyJobs(t, s, c.options)
				if len(r.Found) > 0 {
					found = r.Found[len(r.Found)-1]
				}
				if found.Stage != stage || r.Complete {
					t.Errorf("found by %q: %s", found.Stage, r.Summary())
				}
				if last := r.Stages[len(r.Stages)-1]; last.Schedules != found.Schedule {
					t.Errorf("found by schedule %d, and %d are counted", found.Schedule, last.Schedules)
				}
				latest = max(latest, found.Schedule)
			}
			if latest < 3 && stage != "exhaustive" {
				t.Errorf("all end with schedule %d, which shows nothing", latest)
			}
		})
	}
}

// again pushes row by row, with a client that tries again.
func again(ctx context.Context, env sim.Env) error {
	client := redis.NewClient(env.Redis)
	defer client.Close()
	if env.Worker > 0 {
		return nil
	}
	client.Get(ctx, "one")
	client.Get(ctx, "other")
	for i := range env.Chunks * env.Rows {
		if err := client.RPush(ctx, env.Job.List, i+1).Err(); err != nil {
			return err
		}
	}
	return nil
}

func TestSmokeEndsWhereSchedulesAreTooLong(t *testing.T) {
	s, err := sim.Prepare(sim.Setup{
		Name: "short", Program: again, Workers: 1, Chunks: 1, Rows: 5, Steps: 4, Budget: faults.Budget{faults.Crash: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := explore(t, s, Options{Random: -1, POS: -1, PCT: -1, Positions: -1})
	if st := r.Stages[0]; st.Schedules != 1+2+2*2 || st.Fair != 1 || st.Abandoned > 0 {
		t.Errorf("%+v", st)
	}
}
