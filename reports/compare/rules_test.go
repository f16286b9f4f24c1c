package compare_test

import (
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/compare"
	"onceover/reports/reporttest"
)

func TestWhatBecameOfACell(t *testing.T) {
	const dup, lost, stuck = reports.Duplicated, reports.Lost, reports.Stuck
	both := reporttest.FullCell("set-nx", "pause", "any", reports.ReportOnly, 60, reporttest.LostRun(1))
	for name, c := range map[string]struct {
		old, now reports.Cell
		want     compare.Change
		fails    bool
		why      string // part of it
	}{
		"nothing has changed": {safe(60), safe(60), compare.Same, false, ""},

		"one counterexample is proof":       {safe(60), cellOf("safe", 60, 1, dup), compare.Worse, true, "one counterexample is proof"},
		"even of fewer runs":                {safe(300), cellOf("safe", 1, 1, stuck), compare.Worse, true, "one counterexample is proof"},
		"where nothing was expected":        {cellOf("any", 60, 0, ""), cellOf("any", 60, 1, dup), compare.Worse, true, "proof"},
		"a new kind":                        {cellOf("any", 60, 9, dup), cellOf("any", 60, 1, lost), compare.Worse, true, "a new kind of violation: LOST"},
		"a new kind that is less bad":       {cellOf("any", 60, 9, lost), cellOf("any", 60, 9, stuck), compare.Worse, true, "a new kind of violation: STUCK"},
		"a new kind beside the old one":     {cellOf("any", 60, 1, dup), both, compare.Worse, true, "a new kind of violation: LOST"},
		"bad, and nothing was known":        {unsure(3, 3), cellOf("safe", 60, 1, dup), compare.Worse, true, "nothing was known before"},
		"known, so it does not fail":        {cellOf("any(duplicated)", 60, 0, ""), cellOf("any(duplicated)", 60, 1, dup), compare.Worse, false, "does not fail"},
		"less than what is known":           {cellOf("any(lost)", 60, 0, ""), cellOf("any(lost)", 60, 1, dup), compare.Worse, false, "does not fail"},
		"worse than what is known":          {cellOf("any(duplicated)", 60, 0, ""), cellOf("any(duplicated)", 60, 1, lost), compare.Worse, true, "proof"},
		"known only since it is bad":        {safe(60), cellOf("any(duplicated)", 60, 1, dup), compare.Worse, true, "proof"},
		"no expectation that can be read":   {cellOf("fine?", 60, 0, ""), cellOf("fine?", 60, 1, dup), compare.Worse, true, "proof"},
		"a control that fails in a new way": {cellOf("unsafe", 60, 9, dup), cellOf("unsafe", 60, 9, lost), compare.Worse, false, "a new kind"},

		"the rate of what is bad has risen":    {cellOf("any", 60, 7, dup), cellOf("any", 60, 30, dup), compare.Worse, true, "more often"},
		"that is known":                        {cellOf("any(lost)", 60, 7, dup), cellOf("any(lost)", 60, 30, dup), compare.Worse, false, "more often"},
		"it has fallen":                        {cellOf("any", 60, 30, dup), cellOf("any", 60, 7, dup), compare.Better, false, "less often"},
		"it may have risen":                    {cellOf("any", 60, 7, dup), cellOf("any", 60, 15, dup), compare.Same, false, ""},
		"a control is caught less often":       {cellOf("unsafe", 60, 60, dup), cellOf("unsafe", 60, 7, dup), compare.Same, false, ""},
		"a kind was not found again":           {both, cellOf("any", 60, 1, dup), compare.Same, false, "LOST was not found again"},
		"nothing is found any more":            {cellOf("any", 60, 30, dup), cellOf("any", 60, 0, ""), compare.Better, false, "nothing is found any more"},
		"nothing was found, by luck?":          {cellOf("any", 60, 1, dup), cellOf("any", 60, 0, ""), compare.Same, false, "does not show"},
		"nothing was found in three runs":      {cellOf("any", 60, 30, dup), cellOf("any", 3, 0, ""), compare.Same, false, "does not show"},
		"bad became inconclusive in part":      {cellOf("safe", 60, 60, dup), unsure(60, 1), compare.Same, false, "not every run proves"},
		"bad became inconclusive":              {cellOf("safe", 60, 60, dup), unsure(60, 60), compare.Worse, true, "proves nothing any more"},
		"safe became inconclusive":             {safe(60), unsure(60, 60), compare.Worse, true, "proves nothing any more"},
		"safe became inconclusive in part":     {safe(60), unsure(60, 2), compare.Unproven, false, "it was as expected"},
		"that is not asked any more":           {safe(60), expecting("any", unsure(60, 2)), compare.Unproven, false, "it was as expected"},
		"it was not asked before":              {expecting("any", safe(60)), unsure(60, 2), compare.Same, false, ""},
		"inconclusive became safe":             {unsure(60, 60), safe(60), compare.Better, false, "proved nothing before"},
		"inconclusive became less so":          {unsure(60, 60), unsure(60, 2), compare.Same, false, "not every run does now"},
		"a control is missed":                  {cellOf("unsafe", 60, 1, dup), cellOf("unsafe", 60, 0, ""), compare.Worse, true, "gone blind"},
		"a control is missed in part":          {both2(), cellOf("unsafe(lost, duplicated)", 60, 1, dup), compare.Worse, true, "gone blind"},
		"a control is noticed again":           {cellOf("unsafe", 60, 0, ""), cellOf("unsafe", 60, 1, dup), compare.Better, false, "noticed now"},
		"a control is missed and weakened":     {cellOf("unsafe(duplicated)", 3, 3, dup), cellOf("any", 3, 0, ""), compare.Worse, true, "gone blind"},
		"however sure that is":                 {cellOf("unsafe", 60, 60, dup), cellOf("any", 60, 0, ""), compare.Worse, true, "gone blind"},
		"a control of one kind shows another":  {cellOf("unsafe(duplicated)", 3, 3, dup), cellOf("any", 3, 3, lost), compare.Worse, true, "gone blind"},
		"a control may have been mended":       {cellOf("unsafe", 3, 3, dup), safe(3), compare.Worse, true, "gone blind"},
		"bad, and no longer to be safe":        {safe(60), cellOf("any", 60, 1, dup), compare.Worse, true, "proof"},
		"a control only now":                   {cellOf("any", 60, 30, dup), cellOf("unsafe", 60, 0, ""), compare.Same, false, "does not show"},
		"a control was mended":                 {cellOf("unsafe", 60, 60, dup), safe(60), compare.Better, false, "nothing is found"},
		"a control that was missed stays that": {cellOf("unsafe", 60, 0, ""), cellOf("unsafe", 60, 0, ""), compare.Same, false, ""},

		"a bound that was demanded is lost": {cellOf("safe(max_rate: 5%)", 60, 0, ""), cellOf("safe(max_rate: 5%)", 58, 0, ""), compare.Worse, true, "safe(max_rate: 5%) was proven"},
		"it is not demanded any more":       {cellOf("safe(max_rate: 5%)", 60, 0, ""), safe(58), compare.Worse, true, "safe(max_rate: 5%) was proven"},
		"a bound is proven now":             {cellOf("safe(max_rate: 5%)", 58, 0, ""), cellOf("safe(max_rate: 5%)", 60, 0, ""), compare.Better, false, "is proven now"},
		"a bound that nobody demands":       {safe(60), safe(3), compare.Same, false, ""},

		"complete no longer":               {searched("safe", "b", 900, true), searched("safe", "b", 900, false), compare.Same, false, ""},
		"complete no longer, but demanded": {searched("safe(complete)", "b", 900, true), searched("safe(complete)", "b", 900, false), compare.Worse, true, "safe(complete) was proven"},
		"complete now, as demanded":        {searched("safe(complete)", "b", 900, false), searched("safe(complete)", "b", 900, true), compare.Better, false, "is proven now"},
		"found by a search":                {searched("safe", "b", 900, true), searched("safe", "b", 9, false, dup), compare.Worse, true, "proof"},
		"found no more, all searched":      {searched("any", "b", 900, false, dup), searched("any", "b", 90, true), compare.Better, false, "as much was searched"},
		"found no more, as much searched":  {searched("any", "b", 900, false, dup), searched("any", "b", 900, false), compare.Better, false, "as much was searched"},
		"found no more, less searched":     {searched("any", "b", 900, false, dup), searched("any", "b", 899, false), compare.Same, false, "does not show"},
		"found no more, within less":       {searched("any", "b", 900, false, dup), searched("any", "a", 900, true), compare.Same, false, "does not show"},
		"one kind found no more":           {searched("any", "b", 900, false, dup, lost), searched("any", "b", 900, false, dup), compare.Better, false, "LOST is not found any more"},
		"one kind found no more in less":   {searched("any", "b", 900, false, dup, lost), searched("any", "b", 9, false, dup), compare.Same, false, "LOST was not found again"},
	} {
		got := one(t, c.old, c.now)
		if got.Change != c.want || got.Fails != c.fails || !strings.Contains(got.Why, c.why) || (c.why == "") != (got.Why == "") {
			t.Errorf("%s: %s, fails: %v, %q; want %s, fails: %v, %q", name, got.Change, got.Fails, got.Why, c.want, c.fails, c.why)
		}
	}
}

func expecting(what string, c reports.Cell) reports.Cell {
	c.Expected = what
	return c
}

func TestWhatIsNotKnownHasNotPassed(t *testing.T) {
	interrupted, partial := resultsOf(safe(60)), resultsOf(named(safe(60), "a/1"), named(safe(60), "a/2"))
	interrupted.Run.Status = reports.Interrupted
	stopped := resultsOf(named(safe(60), "a/1"))
	stopped.Run.Status = reports.Interrupted
	unproven := named(unsure(3, 2), "b/1")
	unproven.State = reports.NotProven
	for name, c := range map[string]struct {
		old, now *reports.Results
		code     int
		answer   string
	}{
		"interrupted":                      {resultsOf(safe(60)), interrupted, 3, "INCONCLUSIVE - the newer result was interrupted after "},
		"only before":                      {interrupted, resultsOf(safe(60)), 0, "PASS"},
		"interrupted before all was there": {partial, stopped, 3, "INCONCLUSIVE - 1 unproven, the newer result was interrupted"},
		"not proven any more":              {resultsOf(safe(3)), resultsOf(unsure(3, 2)), 3, "INCONCLUSIVE - 1 unproven"},
		"new, and not proven":              {resultsOf(safe(3)), resultsOf(safe(3), unproven), 3, "INCONCLUSIVE - 1 unproven"},
		"and worse beside":                 {resultsOf(safe(3)), resultsOf(cellOf("safe", 3, 1, reports.Lost), unproven), 1, "FAIL - 1 worse, 1 unproven"},
	} {
		got := compared(t, c.old, c.now)
		if got.ExitCode(false) != c.code || !strings.HasPrefix(got.Answer(false), c.answer) {
			t.Errorf("%s: exit code %d, %s; want %d, %s", name, got.ExitCode(false), got.Answer(false), c.code, c.answer)
		}
	}
}

// both2 is a control of which both violations were caught.
func both2() reports.Cell {
	return reporttest.FullCell("set-nx", "pause", "unsafe(lost, duplicated)", reports.AsExpected, 60, reporttest.LostRun(1))
}

func TestWeakerEvidenceIsSaid(t *testing.T) {
	left := searched("safe", "b", 900, false)
	left.Search.Left = "the time was up"
	for name, c := range map[string]struct {
		old, now reports.Cell
		want     string
	}{
		"fewer runs":       {safe(60), safe(3), "weaker evidence: fewer runs"},
		"unknown runs":     {safe(60), unsure(60, 2), "weaker evidence: fewer runs"},
		"complete before":  {searched("safe", "b", 900, true), left, "weaker evidence: the search was complete before; the time was up"},
		"complete now":     {left, searched("safe", "b", 900, true), "stronger evidence"},
		"less searched":    {left, searched("safe", "b", 899, false), "less was searched"},
		"other bounds":     {left, searched("safe", "2 workers", 900, false), "other bounds: b before, 2 workers now"},
		"expects more":     {cellOf("any", 60, 0, ""), safe(60), "expected: any before, safe now"},
		"nothing to note":  {safe(60), safe(61), ""},
		"nothing searched": {left, left, ""},
		"bad before":       {cellOf("safe", 60, 3, reports.Lost), safe(3), ""},
	} {
		got := strings.Join(one(t, c.old, c.now).Notes, "\n")
		if !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestRatesAreAdjustedForHowManyAreTested(t *testing.T) {
	old, now := cellOf("any", 60, 7, reports.Duplicated), cellOf("any", 60, 17, reports.Duplicated)
	if got := one(t, old, now); got.Change != compare.Worse || got.Rate.String() != "changed (p=0.039)" {
		t.Errorf("alone: %s, %s", got.Change, got.Rate.String())
	}
	other := named(old, "other/cell")
	for _, got := range compared(t, resultsOf(old, other), resultsOf(now, other)).With(compare.Worse) {
		t.Errorf("among two: %s", got.Rate.String())
	}
}

func TestNothingIsTestedOfSearches(t *testing.T) {
	live := cellOf("any", 60, 30, reports.Lost)
	live.World = reports.WorldSim
	for name, c := range map[string][2]reports.Cell{
		"two searches": {searched("any", "b", 9, false, reports.Lost), searched("any", "b", 9, false, reports.Lost)},
		"one before":   {searched("any", "b", 9, false, reports.Lost), live},
		"one now":      {live, searched("any", "b", 9, false, reports.Lost)},
		"none bad":     {safe(60), safe(3)},
	} {
		if got := one(t, c[0], c[1]); got.Rate != nil || got.Change != compare.Same {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestCellsComeAndGo(t *testing.T) {
	newBad, newSafe := cellOf("safe", 60, 1, reports.Lost), safe(60)
	newBad.ID, newSafe.ID, newBad.State = "new/bad", "new/safe", reports.Worse
	c := compared(t, resultsOf(safe(60)), resultsOf(newSafe, newBad))
	var got []string
	for _, cell := range c.Cells {
		got = append(got, strings.Join([]string{string(cell.Change), cell.ID, map[bool]string{true: "fails"}[cell.Fails]}, " "))
	}
	if want := []string{"gone set-nx/pause fails", "new new/bad fails", "new new/safe "}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if c.ExitCode(false) != 1 {
		t.Error("lost coverage passes")
	}
}

// What an interrupted result lacks was only ahead of it if it was chosen, in a world
// whose invocation was interrupted; the rest is coverage that is lost.
func TestAnInterruptionExcusesOnlyWhatWasAhead(t *testing.T) {
	strategies, scenarios := []reports.StrategyText{{Name: "set-nx"}}, []reports.ScenarioText{{Name: "calm"}, {Name: "pause"}}
	done := safe(3)
	done.ID, done.Scenario = "set-nx/calm", "calm"
	interrupted := func(edit func(*reports.Results)) *reports.Results {
		r := resultsOf(done)
		r.Run.Status, r.Strategies, r.Scenarios = reports.Interrupted, strategies, scenarios
		edit(r)
		return r
	}
	live, sim := safe(3), searched("safe", "b", 900, true)
	for name, c := range map[string]struct {
		old  reports.Cell
		edit func(*reports.Results)
		want compare.Change
		code int
	}{
		"chosen":                    {live, func(*reports.Results) {}, compare.Unproven, 3},
		"another strategy":          {live, func(r *reports.Results) { r.Strategies = []reports.StrategyText{{Name: "none"}} }, compare.Gone, 1},
		"another scenario":          {live, func(r *reports.Results) { r.Scenarios = scenarios[:1] }, compare.Gone, 1},
		"nobody knows":              {live, func(r *reports.Results) { r.Strategies, r.Scenarios = nil, nil }, compare.Unproven, 3},
		"another world":             {sim, func(*reports.Results) {}, compare.Gone, 1},
		"merged, stopped there":     {sim, func(r *reports.Results) { r.Parts = partsWith(reports.Complete, reports.Interrupted) }, compare.Unproven, 3},
		"merged, stopped elsewhere": {sim, func(r *reports.Results) { r.Parts = partsWith(reports.Interrupted, reports.Complete) }, compare.Gone, 1},
	} {
		got := compared(t, resultsOf(done, c.old), interrupted(c.edit))
		if i := slices.IndexFunc(got.Cells, func(x compare.Cell) bool { return x.New == nil }); i < 0 || got.Cells[i].Change != c.want || got.ExitCode(false) != c.code {
			t.Errorf("%s: exit code %d, %+v; want %s and %d", name, got.ExitCode(false), got.Cells, c.want, c.code)
		}
	}
}

// partsWith are one invocation in each world, which ended so.
func partsWith(live, sim reports.Status) []reports.Part {
	return []reports.Part{
		{Run: reports.Invocation{ID: "1", World: reports.WorldLive, Status: live}},
		{Run: reports.Invocation{ID: "2", World: reports.WorldSim, Status: sim}},
	}
}

func TestTheSameCellInTwoWorldsIsTwoCells(t *testing.T) {
	live, sim := safe(60), searched("safe", "b", 900, true)
	c := compared(t, resultsOf(live, sim), resultsOf(live, searched("safe", "b", 9, false, reports.Lost)))
	if len(c.Cells) != 2 || c.Cells[0].Change != compare.Worse || c.Cells[0].World != reports.WorldSim || c.Cells[1].Change != compare.Same {
		t.Errorf("%+v", c.Cells)
	}
}

func TestTheExampleIsOfWhatIsNew(t *testing.T) {
	old := reporttest.FullCell("s", "f", "any", reports.ReportOnly, 60, reporttest.RunOf(7, reports.Duplicated, ""), reporttest.RunOf(8, reports.Duplicated, ""))
	for name, c := range map[string]struct {
		runs []reports.Run
		want uint64
	}{
		"a new kind": {[]reports.Run{reporttest.RunOf(1, reports.Duplicated, ""), reporttest.RunOf(7, reports.Lost, "")}, 7},
		"none kept":  {nil, 0},
	} {
		now := reporttest.FullCell("s", "f", "any", reports.ReportOnly, 60, c.runs...)
		if c.runs == nil {
			now.Tally.Lost, now.Tally.Safe = 1, now.Tally.Safe-1
		}
		if got := one(t, old, now).Run; (got == nil) != (c.want == 0) || got != nil && (got.Seed != c.want || got.Replay == "") {
			t.Errorf("%s: %+v, want seed %d", name, got, c.want)
		}
	}
	often := make([]reports.Run, 40)
	for i := range often {
		often[i] = reporttest.RunOf(uint64(i+7), reports.Duplicated, "")
	}
	now := reporttest.FullCell("s", "f", "any", reports.ReportOnly, 60, often...)
	if got := one(t, old, now).Run; got == nil || got.Seed != 9 {
		t.Errorf("the first seed that was not bad before is 9: %+v", got)
	}
}

func TestNothingToCompareIsAnError(t *testing.T) {
	twice := safe(60)
	broken := safe(60)
	broken.Tally.Lost = 61
	for name, c := range map[string]struct {
		old, now *reports.Results
		want     string
	}{
		"no cells":     {resultsOf(), resultsOf(safe(60)), "old.json: it has no cells"},
		"a cell twice": {resultsOf(safe(60)), resultsOf(twice, twice), `new.json: it has two cells set-nx/pause in the world "live"`},
		"wrong counts": {resultsOf(broken), resultsOf(safe(60)), "old.json: the counts of runs of set-nx/pause do not add up"},
	} {
		_, err := compare.Of(c.old, c.now, compare.Options{OldName: "old.json", NewName: "new.json"})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
