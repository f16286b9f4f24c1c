package merge

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"onceover/reports"
)

// addCell adds a cell of a source to merged results.
func addCell(merged *reports.Results, c reports.Cell, source string) error {
	i := slices.IndexFunc(merged.Cells, func(m reports.Cell) bool { return m.World == c.World && m.ID == c.ID })
	if i < 0 {
		merged.Cells = append(merged.Cells, c)
		return nil
	}
	at := reports.PartCell{World: c.World, ID: c.ID}
	pooled, err := pool(merged.Cells[i], c)
	if err = cmp.Or(alike(merged.Parts, at), err); err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	merged.Cells[i] = pooled
	return nil
}

// pool counts the runs of two copies of a cell together.
func pool(a, b reports.Cell) (reports.Cell, error) {
	switch {
	case len(a.Runs) != a.Tally.N || len(b.Runs) != b.Tally.N:
		return a, fmt.Errorf("of %s there is more than one result, and one of them is abridged, so that it cannot be told which runs are the same; take its results.json", a.ID)
	case a.Expected != b.Expected:
		return a, different(a.ID, "expected", a.Expected, b.Expected)
	case a.Search != nil && a.Search.Bounds != b.Search.Bounds:
		return a, different(a.ID, "bounds", a.Search.Bounds, b.Search.Bounds)
	case a.Search != nil && a.Search.ShardCount() != b.Search.ShardCount():
		return a, different(a.ID, "number of shards", strconv.Itoa(a.Search.ShardCount()), strconv.Itoa(b.Search.ShardCount()))
	}
	if a.World == reports.WorldLive {
		if err := struckAlike(a.ID, slices.Concat(a.Runs, b.Runs)); err != nil {
			return a, err
		}
	}
	a.Runs = poolRuns(a.World, slices.Concat(a.Runs, b.Runs))
	a.Tally = reports.Count(a.Runs)
	a.Verdict = a.Tally.Worst()
	if a.Search == nil {
		a.BadRate = a.Tally.Rate()
	} else {
		a.Search = together(a.Search, b.Search)
	}
	a.Counterexamples = smallest(slices.Concat(a.Counterexamples, b.Counterexamples))
	return a, nil
}

// struckAlike is an error if runs with the same seed were struck by different
// plans: then they are no runs of one cell, whatever it is called.
func struckAlike(cell string, runs []reports.Run) error {
	plans := map[uint64]string{}
	for _, r := range runs {
		if plan, again := plans[r.Seed]; again && plan != r.Plan {
			return different(cell, fmt.Sprintf("plan of seed %d", r.Seed), plan, r.Plan)
		}
		plans[r.Seed] = r.Plan
	}
	return nil
}

// poolRuns keeps each run once. In the simulated world a search that showed
// nothing adds nothing to one that did.
func poolRuns(world string, runs []reports.Run) []reports.Run {
	var all []reports.Run
	for _, copies := range reports.Groups(runs, func(r reports.Run) reports.RunID { return r.ID(world) }) {
		run := copies[0]
		for _, other := range copies[1:] {
			run = worse(run, other)
		}
		all = append(all, run)
	}
	proves := func(r reports.Run) bool { return r.Verdict.Proves() }
	if world == reports.WorldSim && slices.ContainsFunc(all, proves) {
		all = slices.DeleteFunc(all, func(r reports.Run) bool { return !proves(r) })
	}
	slices.SortFunc(all, func(a, b reports.Run) int {
		return cmp.Or(cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.Plan, b.Plan), cmp.Compare(a.Verdict.Rank(), b.Verdict.Rank()))
	})
	return all
}

// worse returns the worse of two copies of a run, and keeps what the other one showed:
// on real servers, the same run need not come to the same.
func worse(a, b reports.Run) reports.Run {
	order := cmp.Or(cmp.Compare(a.Verdict.Rank(), b.Verdict.Rank()), cmp.Compare(b.DurationMS, a.DurationMS), cmp.Compare(b.Folder, a.Folder))
	if order < 0 {
		a, b = b, a
	}
	if all := reports.Unique(slices.Concat(a.Found(), b.Found()), func(v reports.Verdict) reports.Verdict { return v }); b.Verdict.Bad() && len(all) > 1 {
		a.Verdicts = slices.DeleteFunc(reports.Verdicts(), func(v reports.Verdict) bool { return !slices.Contains(all, v) })
	}
	return a
}

// together is what two searches covered: their shards, or that which covered more.
func together(a, b *reports.Search) *reports.Search {
	if len(a.Shards) > 0 {
		return reports.OfShards(a.Bounds, slices.Concat(a.Shards, b.Shards))
	}
	if b.Complete && !a.Complete || b.Complete == a.Complete && b.Schedules > a.Schedules {
		return b
	}
	return a
}

// smallest keeps the shortest counterexample of each verdict, the worst first.
func smallest(all []reports.Counterexample) []reports.Counterexample {
	var kept []reports.Counterexample
	for _, v := range slices.Backward(reports.Verdicts()) {
		of := slices.DeleteFunc(slices.Clone(all), func(c reports.Counterexample) bool { return c.Verdict != v })
		if len(of) > 0 {
			kept = append(kept, slices.MinFunc(of, func(a, b reports.Counterexample) int {
				return cmp.Or(length(a)-length(b), cmp.Compare(a.File, b.File))
			}))
		}
	}
	return kept
}

// length counts the steps. Where they were left out, there may have been any number.
func length(c reports.Counterexample) int {
	if len(c.Steps) == 0 {
		return math.MaxInt
	}
	return len(c.Steps)
}
