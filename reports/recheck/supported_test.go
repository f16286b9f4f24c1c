package recheck

import (
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestHonestResultsAreSupported(t *testing.T) {
	for name, r := range map[string]*reports.Results{
		"sample": reporttest.Sample(), "passing": reporttest.Passing(), "interrupted": reporttest.Interrupted(),
	} {
		if diff := cmp.Diff(r, Supported(r)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWhatTheEvidenceContradictsIsTakenBack(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(*reports.Results)
		status reports.GateStatus
		code   int
	}{
		"no cells":                    {func(r *reports.Results) { r.Cells = nil }, reports.Unknown, 3},
		"interrupted":                 {func(r *reports.Results) { r.Run.Status = reports.Interrupted }, reports.Unknown, 3},
		"no status":                   {func(r *reports.Results) { r.Run.Status = "" }, reports.Unknown, 3},
		"fewer runs than planned":     {func(r *reports.Results) { r.Run.Done-- }, reports.Unknown, 3},
		"runs spared for nothing":     {func(r *reports.Results) { r.Run.Done, r.Run.Spared = r.Run.Done-1, 1 }, reports.Unknown, 3},
		"a state unheard of":          {func(r *reports.Results) { r.Cells[0].State = "splendid" }, reports.Unknown, 3},
		"a verdict unheard of":        {func(r *reports.Results) { r.Cells[0].Verdict = "splendid" }, reports.Unknown, 3},
		"a run's verdict unheard of":  {func(r *reports.Results) { r.Cells[0].Runs[1].Verdict = "splendid" }, reports.Unknown, 3},
		"nothing expected":            {func(r *reports.Results) { r.Cells[0].Expected = "" }, reports.Unknown, 3},
		"an expectation unheard of":   {func(r *reports.Results) { r.Cells[0].Expected = "splendid" }, reports.Unknown, 3},
		"no runs":                     {func(r *reports.Results) { r.Cells[0].Runs, r.Cells[0].Tally = nil, reports.Tally{} }, reports.Unknown, 3},
		"a gate unheard of":           {func(r *reports.Results) { r.Gate.Status = "splendid" }, reports.Unknown, 3},
		"an exit code of a failure":   {func(r *reports.Results) { r.Gate.ExitCode = 70 }, reports.Unknown, 70},
		"a cell that is worse":        {func(r *reports.Results) { r.Cells[0].State = reports.Worse }, reports.Fail, 1},
		"a missed control":            {func(r *reports.Results) { r.Cells[0].State = reports.ControlMissed }, reports.Fail, 1},
		"a cell that is gone":         {func(r *reports.Results) { r.Gate.Reasons = []reports.Reason{{Cell: "a/b", State: reports.Gone}} }, reports.Fail, 1},
		"not proven":                  {func(r *reports.Results) { r.Cells[0].State = reports.NotProven }, reports.Unknown, 3},
		"safe, but a run was lost":    {func(r *reports.Results) { r.Cells[0].Runs[0].Verdict = reports.Lost }, reports.Fail, 1},
		"report only, but expected":   {func(r *reports.Results) { r.Cells[0].State, r.Cells[0].Tally.Stuck = reports.ReportOnly, 1 }, reports.Fail, 1},
		"a fault without effect":      {func(r *reports.Results) { r.Cells[3].Runs[0].Faults[0].Reached = false }, reports.Unknown, 3},
		"safe, and rows are missing":  {func(r *reports.Results) { r.Cells[0].Runs[0].Rows.Lost = 100 }, reports.Unknown, 3},
		"safe, and no row was looked": {func(r *reports.Results) { r.Cells[0].Runs[0].Rows = reports.RowCounts{} }, reports.Unknown, 3},
		"safe, with a lost witness": {func(r *reports.Results) {
			r.Cells[0].Runs[0].Witnesses = []reports.Witness{{Outcome: "lost", Row: "7"}}
		}, reports.Unknown, 3},
		"a control without a catch": {func(r *reports.Results) {
			r.Cells[0].Expected = "unsafe(lost)"
		}, reports.Fail, 1},
		"a control without a run": {func(r *reports.Results) { r.Cells[0] = reports.Cell{Expected: "unsafe", State: reports.AsExpected} }, reports.Unknown, 3},
	} {
		r := reporttest.Passing()
		c.damage(r)
		d := Supported(r)
		if d.Gate.Status != c.status || d.Gate.ExitCode != c.code {
			t.Errorf("%s: %s, exit code %d", name, d.Gate.Status, d.Gate.ExitCode)
		}
		if diff := cmp.Diff(d, Supported(d)); diff != "" {
			t.Errorf("%s: doubted twice: %s", name, diff)
		}
		for _, cell := range d.Cells {
			if !cell.State.Holds() && len(d.Gate.Reasons) == 0 {
				t.Errorf("%s: no reason", name)
			}
		}
	}
}

func TestItOnlyMakesResultsWorse(t *testing.T) {
	rank := map[reports.GateStatus]int{reports.Pass: 0, reports.Unknown: 1, reports.Fail: 2}
	states := []reports.State{reports.AsExpected, reports.Worse, reports.ControlMissed, reports.NotProven, reports.ReportOnly, reports.Better, reports.Gone, "unheard of"}
	rapid.Check(t, func(t *rapid.T) {
		r := reporttest.Passing()
		r.Gate.Status = rapid.SampledFrom([]reports.GateStatus{reports.Pass, reports.Unknown, reports.Fail}).Draw(t, "gate")
		for i := range r.Cells {
			r.Cells[i].State = rapid.SampledFrom(states).Draw(t, "state")
			r.Cells[i].Expected = rapid.SampledFrom([]string{"safe", "unsafe", "any", "any(lost)", "?"}).Draw(t, "expected")
			r.Cells[i].Runs[0].Verdict = rapid.SampledFrom(append(reports.Verdicts(), "unheard of")).Draw(t, "verdict")
		}
		d := Supported(r)
		if rank[d.Gate.Status] < rank[r.Gate.Status] {
			t.Fatalf("%s became %s", r.Gate.Status, d.Gate.Status)
		}
		for i, c := range d.Cells {
			if was := r.Cells[i].State; !was.Holds() && c.State != was && c.State != reports.NotProven {
				t.Fatalf("%s became %s", was, c.State)
			}
			if c.State.Holds() && c.Expectation().Demand == reports.DemandSafe && c.Found()[0] != reports.Safe {
				t.Fatalf("%+v stands as %s", c, c.State)
			}
		}
	})
}
