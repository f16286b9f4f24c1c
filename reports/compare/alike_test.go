package compare_test

import (
	"slices"
	"testing"

	"onceover/reports"
	"onceover/reports/compare"
)

// differing lists what is different, and what is noted, in one world.
func differing(c *compare.Comparison, world string) (differences, noted []string) {
	for _, w := range c.Worlds {
		if w.Name != world {
			continue
		}
		for _, d := range w.Differences {
			differences = append(differences, d.String())
		}
		for _, d := range w.Noted {
			noted = append(noted, d.String())
		}
	}
	return differences, noted
}

func TestEveryConditionThatDiffersMakesCostsIncomparable(t *testing.T) {
	old := resultsOf(measured(safe(20), 100))
	for want, change := range map[string]func(*reports.Results){
		"MySQL 9.7.4 vs 8.4.2":              func(r *reports.Results) { r.Environment.MySQL = "8.4.2" },
		"MySQL 9.7.4 vs unknown":            func(r *reports.Results) { r.Environment.MySQL = "" },
		"Redis 8.0.6 vs 7.4":                func(r *reports.Results) { r.Environment.Redis = "7.4" },
		"system linux/amd64 vs linux/arm64": func(r *reports.Results) { r.Environment.OS = "linux/arm64" },
		"CPUs 2 vs 16":                      func(r *reports.Results) { r.Environment.CPUs = 16 },
		"rows 500 vs 4,000":                 func(r *reports.Results) { r.Config.Rows = 4000 },
		"chunk size 50 vs 10":               func(r *reports.Results) { r.Config.ChunkSize = 10 },
		"workers 4 vs 8":                    func(r *reports.Results) { r.Config.Workers = 8 },
		"lease 5s vs 1s":                    func(r *reports.Results) { r.Config.TTLMS = 1000 },
		"shape dense vs gaps":               func(r *reports.Results) { r.Config.KeyLayout = "gaps" },
		"consumers 0 vs 2":                  func(r *reports.Results) { r.Config.Consumers = 2 },
		"deadline 15s vs 30s":               func(r *reports.Results) { r.Config.DeadlineMS = 30_000 },
		"deadline 15s vs unknown":           func(r *reports.Results) { r.Config.DeadlineMS = 0 },
		"plan of faults those of the scenarios vs kill chunk=5": func(r *reports.Results) { r.Config.Plan = "kill chunk=5" },
		"worker command its own vs python3 w":                   func(r *reports.Results) { r.Config.Worker = "python3 w" },
		"worker command its own vs w --pass *** (digest ab12)":  func(r *reports.Results) { r.Config.Worker, r.Config.WorkerDigest = "w --pass ***", "ab12" },
		"MySQL 9.7.4 vs 8.4.2 and 9.7.4":                        func(r *reports.Results) { r.Parts = twoParts(r) },
		"program v0.1.0 abc1234 vs v0.1.0 abc1234 f00":          func(r *reports.Results) { r.Tool.Build = "f00" },
		"program v0.1.0 abc1234 vs v9 abc1234":                  func(r *reports.Results) { r.Tool.Version = "v9" },
		"Go go1.26 vs go1.27":                                   func(r *reports.Results) { r.Environment.Go = "go1.27" },
		"runs per cell 60 vs 3":                                 func(r *reports.Results) { r.Config.Runs = 3 },
		"seed":                                                  func(r *reports.Results) { r.Config.Seed = 7 },
	} {
		now := resultsOf(measured(safe(20), 200))
		change(now)
		c := compared(t, old, now)
		differences, noted := differing(c, reports.WorldLive)
		switch cost := c.Cells[0].Costs[0]; {
		case want == "seed":
			if len(differences)+len(noted) > 0 {
				t.Errorf("%s: %q %q", want, differences, noted)
			}
		case slices.Equal(noted, []string{want}):
			if cost.Outcome != compare.Regressed {
				t.Errorf("%s: %+v", want, cost)
			}
		case !slices.Equal(differences, []string{want}):
			t.Errorf("got %q and %q, want %q", differences, noted, want)
		case cost.Outcome != compare.NotComparable || cost.Note != want || cost.Effect != nil:
			t.Errorf("%s: %+v", want, cost)
		}
	}
}

// twoParts are merged results of two servers: no cell says of which it is.
func twoParts(r *reports.Results) []reports.Part {
	part := func(mysql string) reports.Part {
		p := reports.Part{Tool: r.Tool, Run: r.Run, Environment: r.Environment, Config: r.Config}
		p.Environment.MySQL = mysql
		return p
	}
	return []reports.Part{part("9.7.4"), part("8.4.2")}
}

func TestWhatNobodyKnowsIsNotAlike(t *testing.T) {
	old, now := resultsOf(measured(safe(20), 100)), resultsOf(measured(safe(20), 100))
	old.Environment.MySQL, now.Environment.MySQL = "", ""
	c := compared(t, old, now)
	if differences, _ := differing(c, reports.WorldLive); !slices.Equal(differences, []string{"MySQL unknown vs unknown"}) {
		t.Errorf("%q", differences)
	}
	if got := c.Cells[0].Costs[0]; got.Outcome != compare.NotComparable {
		t.Errorf("%+v", got)
	}
}

func TestAMismatchHidesNoVerdict(t *testing.T) {
	now := resultsOf(cellOf("safe", 60, 1, reports.Lost))
	now.Environment.MySQL = "8.4.2"
	if c := compared(t, resultsOf(safe(60)), now); c.Cells[0].Change != compare.Worse || c.ExitCode(false) != 1 {
		t.Errorf("%+v", c.Cells[0])
	}
}

func TestMergedResultsAreComparedWorldByWorld(t *testing.T) {
	merged := func(simWorkers int, mysql string) *reports.Results {
		live, sim := measured(safe(20), 100), searched("safe", "b", 900, true)
		live.World = reports.WorldLive
		r := resultsOf(live, sim)
		r.Run.World = reports.WorldBoth
		r.Parts = []reports.Part{
			{Run: reports.Invocation{World: reports.WorldLive}, Environment: reports.Environment{MySQL: mysql, Redis: "8", OS: "linux/amd64", CPUs: 2}, Config: r.Config},
			{Run: reports.Invocation{World: reports.WorldSim}, Environment: reports.Environment{OS: "linux/amd64", CPUs: len(mysql)}, Config: reports.Config{Rows: 4, ChunkSize: 2, Workers: simWorkers, TTLMS: 20}},
		}
		return r
	}
	old := merged(2, "9.7.4")
	for name, c := range map[string]struct {
		now       *reports.Results
		live, sim []string
		outcome   compare.Outcome
	}{
		"alike":          {merged(2, "9.7.4"), nil, nil, compare.Unshown},
		"another search": {merged(3, "9.7.4"), nil, []string{"workers 2 vs 3"}, compare.Unshown},
		"another server": {merged(2, "8.4.22"), []string{"MySQL 9.7.4 vs 8.4.22"}, nil, compare.NotComparable},
	} {
		got := compared(t, old, c.now)
		live, _ := differing(got, reports.WorldLive)
		sim, _ := differing(got, reports.WorldSim)
		if !slices.Equal(live, c.live) || !slices.Equal(sim, c.sim) {
			t.Errorf("%s: live %q, sim %q", name, live, sim)
		}
		if costs := got.Cells[0].Costs; costs[0].Outcome != c.outcome {
			t.Errorf("%s: %+v", name, costs[0])
		}
	}
}
