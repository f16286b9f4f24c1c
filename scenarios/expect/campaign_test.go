package expect

import (
	"context"
	"slices"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/defects"
)

// world comes to the same in every run.
type world struct{ verdict reports.Verdict }

func (w world) Run(context.Context, scenarios.Execution) (reports.Run, error) {
	return reports.Run{Verdict: w.verdict}, nil
}

func (world) Limits(scenarios.Workload) faults.Limits { return faults.Limits{} }

type silent struct{}

func (silent) Start(string, string, int)   {}
func (silent) RunDone(string, reports.Run) {}
func (silent) Finish(reports.Cell)         {}

// judged is a campaign of one run of each cell.
func judged(t *testing.T, verdict reports.Verdict, strategies []string, plan faults.Plan) *reports.Results {
	t.Helper()
	standard := Standard()
	c := scenarios.Campaign{
		Worlds: []scenarios.World{world{verdict}}, Strategies: strategies, Scenarios: scenarios.All(), Runs: 1, Out: t.TempDir(),
		Replay: func(scenarios.Execution) string { return "" }, Observer: silent{},
		Expected: func(strategy, scenario string) reports.Expectation {
			e, _ := standard.Of(reports.WorldLive, strategy, scenario)
			return e
		},
	}
	if plan != nil {
		c.Scenarios = scenarios.OwnPlans(plan, c.Scenarios)
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
		reports.Safe: reports.ExitFail, reports.Lost: reports.ExitFail, reports.Duplicated: reports.ExitFail, reports.Stuck: reports.ExitFail,
		reports.Inconclusive: reports.ExitUnknown,
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
	if r := judged(t, reports.Safe, []string{"none", "lease-lua"}, plan); r.Gate.ExitCode != reports.ExitPass {
		t.Errorf("%+v", r.Gate)
	}
	if r := judged(t, reports.Lost, []string{"none", scenarios.External}, plan); len(r.Gate.Reasons) != 3 || r.Gate.ExitCode != reports.ExitFail {
		t.Errorf("%+v", r.Gate)
	}
}

func TestDefectsAreNotJudged(t *testing.T) {
	e := Standard()
	for _, d := range defects.All() {
		for _, world := range []string{reports.WorldLive, reports.WorldSim} {
			if got, said := e.Of(world, d.Name, "calm"); !said || got.String() != "any" {
				t.Errorf("%s: expected %s", d.Name, got)
			}
		}
	}
}

// The same plan on the same servers is one cell, and none of the scenarios that only
// lent their servers.
func TestAPlanOfOnesOwnIsACellOfItsOwn(t *testing.T) {
	plan, err := faults.Parse("kill chunk=0 at=read")
	if err != nil {
		t.Fatal(err)
	}
	r := judged(t, reports.Safe, []string{"lease-lua"}, plan)
	var ids []string
	for _, c := range r.Cells {
		ids = append(ids, c.ID)
		if c.Runs[0].Plan != plan.String() || c.Scenario == "calm" {
			t.Errorf("%s: %q", c.ID, c.Runs[0].Plan)
		}
	}
	if want := []string{"lease-lua/own-plan", "lease-lua/own-plan@always", "lease-lua/own-plan@everysec"}; !slices.Equal(ids, want) {
		t.Errorf("%s", ids)
	}
}
