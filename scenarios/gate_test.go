package scenarios

import (
	"context"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/reports/gate"
	"onceover/scenarios/defects"
)

// world comes to the same in every run.
type world struct{ verdict reports.Verdict }

func (w world) Run(context.Context, Execution) (reports.Run, error) {
	return reports.Run{Verdict: w.verdict}, nil
}

func (world) Shape(Workload) faults.Shape { return faults.Shape{} }

// judged is a campaign of one run of each cell.
func judged(t *testing.T, verdict reports.Verdict, strategies []string, plan faults.Plan) *reports.Results {
	t.Helper()
	standard := StandardExpectations()
	c := Campaign{
		World: world{verdict}, Strategies: strategies, Scenarios: Catalogue(), Runs: 1, Out: t.TempDir(),
		Replay: func(Execution) string { return "" }, Observer: silent{},
		Expected: func(strategy, scenario string) reports.Expectation {
			e, _ := standard.Of(reports.WorldLive, strategy, scenario)
			return e
		},
	}
	if plan != nil {
		c.Scenarios = OwnPlans(plan, c.Scenarios)
	}
	var r reports.Results
	if err := c.Run(t.Context(), &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// Whatever is wrong with all of them at once, no standard campaign passes.
func TestNoCampaignInWhichAllIsTheSamePasses(t *testing.T) {
	var all []string
	for _, s := range lock.All() {
		all = append(all, s.Name)
	}
	for verdict, code := range map[reports.Verdict]int{
		reports.Safe: gate.ExitFail, reports.Lost: gate.ExitFail, reports.Duplicated: gate.ExitFail, reports.Stuck: gate.ExitFail,
		reports.Inconclusive: gate.ExitUnknown,
	} {
		if r := judged(t, verdict, all, nil); r.Gate.ExitCode != code {
			t.Errorf("all is %s: exit code %d", verdict, r.Gate.ExitCode)
		}
	}
}

// Under a plan of the user's own nothing is demanded of known-bad strategies.
func TestAPlanOfOnesOwnChangesWhatIsExpected(t *testing.T) {
	plan, err := faults.Parse("kill chunk=0 at=read")
	if err != nil {
		t.Fatal(err)
	}
	if r := judged(t, reports.Safe, []string{"none", "lease-lua"}, plan); r.Gate.ExitCode != gate.ExitPass {
		t.Errorf("%+v", r.Gate)
	}
	if r := judged(t, reports.Lost, []string{"none", Foreign}, plan); len(r.Gate.Reasons) != 3 || r.Gate.ExitCode != gate.ExitFail {
		t.Errorf("%+v", r.Gate)
	}
}

func TestDefectsAreNotJudged(t *testing.T) {
	e := StandardExpectations()
	for _, d := range defects.All() {
		for _, world := range []string{reports.WorldLive, reports.WorldSim} {
			if got, said := e.Of(world, d.Name, "calm"); !said || got.String() != "any" {
				t.Errorf("%s: expected %s", d.Name, got)
			}
		}
	}
}
