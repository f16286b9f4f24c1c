package defects

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/search"
)

func clock() func() time.Duration {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }
}

func TestNamesAreUnique(t *testing.T) {
	for _, d := range All() {
		if found, ok := Find(d.Name); !ok || found.Mistake != d.Mistake {
			t.Errorf("two defects are called %q", d.Name)
		}
	}
	if _, ok := Find("no such defect"); ok {
		t.Error("a defect was found that is not in the catalogue")
	}
}

func TestMistakesAreSentences(t *testing.T) {
	for _, d := range All() {
		if !strings.HasSuffix(d.Mistake, ".") || strings.Contains(strings.TrimSuffix(d.Mistake, "."), ".") {
			t.Errorf("%s: %q is not one sentence", d.Name, d.Mistake)
		}
	}
}

func TestDefectsAreComplete(t *testing.T) {
	for _, d := range All() {
		if (d.Strategy.Open == nil) == (d.Program == nil) {
			t.Errorf("%s needs either a strategy or a program", d.Name)
		}
		if !d.Want.Bad() {
			t.Errorf("%s is to be caught as %q", d.Name, d.Want)
		}
	}
}

func TestEveryDefectIsCaught(t *testing.T) {
	t.Logf("%-30s %-10s %-10s %9s %9s", "defect", "verdict", "stage", "schedules", "time")
	for _, d := range All() {
		c, err := d.Measure(1, 1, clock())
		if err != nil {
			t.Fatal(err)
		}
		if c.Found < 1 {
			t.Errorf("%s is not caught as %s", d.Name, d.Want)
			continue
		}
		t.Logf("%-30s %-10s %-10s %9d %9v", d.Name, d.Want, c.Stage, c.Schedules, c.Elapsed.Round(100*time.Microsecond))
	}
}

func TestTheNumberOfJobsMakesNoDifference(t *testing.T) {
	d := All()[0]
	var all []Caught
	for jobs := range 3 {
		c, err := d.Measure(6, jobs, clock())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
		if c.Found != all[0].Found || c.Schedules != all[0].Schedules || c.Stage != all[0].Stage || c.Found == 0 {
			t.Errorf("%d jobs: %+v, and else %+v", jobs, c, all[0])
		}
	}
}

// The defects use more of the servers than the strategies do. Run with -race,
// this is the test of what is shared there.
func TestTheNumberOfJobsMakesNoDifferenceToASearch(t *testing.T) {
	t.Parallel()
	for _, d := range All() {
		scene, err := sim.Prepare(d.Scene())
		if err != nil {
			t.Fatal(err)
		}
		var one search.Result
		for jobs := 1; jobs <= 3; jobs += 2 {
			r, err := search.Explore(scene, search.Options{Seed: 1, Jobs: jobs, Everything: true, Random: 20, POS: 20, PCT: 20, Positions: 100})
			if err != nil {
				t.Fatal(err)
			}
			if jobs == 1 {
				one = r
			} else if difference := cmp.Diff(one, r); difference != "" {
				t.Errorf("%s, %d jobs: %s", d.Name, jobs, difference)
			}
		}
	}
}

// few random schedules, and then everything: the set-ups are small.
var few = search.Options{Seed: 1, Random: 300, POS: 300, PCT: 300, Positions: 20_000}

// passes searches all schedules of a set-up for violations of any kind.
func passes(t *testing.T, setup sim.Setup) {
	t.Helper()
	scene, err := sim.Prepare(setup)
	if err != nil {
		t.Fatal(err)
	}
	result, err := search.Explore(scene, few)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range result.Found {
		t.Errorf("%s: %s %v", c.Verdict, c.Why, c.Log)
	}
	if !result.Complete {
		t.Error(result.Summary())
	}
}

// Defects that are sought in the same set-up ask the same of the strategy: one search
// answers them all.
func TestLeaseLuaPassesWhatCatchesTheDefects(t *testing.T) {
	searched := map[string]bool{}
	for _, d := range All() {
		safe := Defect{Name: lock.LeaseLua.Name, Strategy: lock.LeaseLua, Setup: d.Setup}
		safe.Reads = d.Reads || d.Program != nil
		safe.Setup.Tables = nil
		asked := fmt.Sprintf("%+v, reads %t", safe.Setup, safe.Reads)
		if searched[asked] {
			continue
		}
		searched[asked] = true
		t.Run(d.Name, func(t *testing.T) { passes(t, safe.Scene()) })
	}
}

func TestSetupsAreTheSmallest(t *testing.T) {
	for _, d := range All() {
		for what, less := range smaller(d.Setup) {
			t.Run(d.Name+"/"+what, func(t *testing.T) {
				d.Setup = less
				scene, err := sim.Prepare(d.Scene())
				if err != nil {
					t.Fatal(err)
				}
				options := few
				options.Want = []reports.Verdict{d.Want}
				result, err := search.Explore(scene, options)
				if err != nil {
					t.Fatal(err)
				}
				if _, ok := result.Of(d.Want); ok || !result.Complete {
					t.Errorf("found %t, %s", ok, result.Summary())
				}
			})
		}
	}
}

// smaller lists set-ups that are smaller in one respect.
func smaller(s sim.Setup) map[string]sim.Setup {
	less := map[string]sim.Setup{}
	reduce := func(what string, possible bool, change func(*sim.Setup)) {
		if possible {
			smaller := s
			change(&smaller)
			less[what] = smaller
		}
	}
	reduce("no faults", s.Budget.Total() > 0, func(s *sim.Setup) { s.Budget = faults.Budget{} })
	reduce("one worker fewer", s.Workers > 1, func(s *sim.Setup) { s.Workers-- })
	reduce("one chunk fewer", s.Chunks > 1, func(s *sim.Setup) { s.Chunks-- })
	reduce("one row fewer", s.Rows > 1, func(s *sim.Setup) { s.Rows-- })
	return less
}
