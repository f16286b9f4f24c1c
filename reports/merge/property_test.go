package merge

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"onceover/reports"
	"onceover/reports/gate"
)

// anyResult draws a result with a few cells, whose seeds often are those of others.
func anyResult(t *rapid.T, id string) *reports.Results {
	r := live(id)
	for i := range rapid.IntRange(1, 3).Draw(t, "cells") {
		runs := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) reports.Run {
			one := run(uint64(rapid.IntRange(1, 4).Draw(t, "seed")), rapid.SampledFrom(reports.Verdicts()).Draw(t, "verdict"))
			one.DurationMS = int64(rapid.IntRange(0, 2).Draw(t, "ms"))
			return one
		}), 1, 5, func(r reports.Run) uint64 { return r.Seed }).Draw(t, "runs")
		c := cellOf(fmt.Sprintf("s%d/f", i), runs...)
		if rapid.Bool().Draw(t, "sim") && i > 0 { // of one world each
			c.ID, c.Scenario = c.ID+"2", c.Scenario+"2"
		}
		r.Cells = append(r.Cells, c)
	}
	for _, c := range r.Cells {
		r.Run.Planned, r.Run.Done = r.Run.Planned+c.Tally.N, r.Run.Done+c.Tally.N
	}
	return r
}

// sums is what may not depend on the order.
func sums(r *reports.Results) map[string]any {
	all := map[string]any{"status": r.Run.Status, "planned": r.Run.Planned, "parts": len(r.Parts)}
	for _, c := range r.Cells {
		var seeds []string
		for _, run := range c.Runs {
			seeds = append(seeds, fmt.Sprintf("%d %q %s %s", run.Seed, run.Plan, run.Verdict, run.Found()))
		}
		slices.Sort(seeds) // what was not merged stands as it was
		all[c.World+" "+c.ID] = []any{c.Tally, c.Verdict, c.BadRate, c.Found(), seeds}
	}
	return all
}

func TestTheOrderOfMergingDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := func(all ...*reports.Results) *reports.Results {
			var sources []Source
			for _, r := range all {
				sources = append(sources, source(r.Run.ID, r))
			}
			r, err := Of(sources)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		a, b, c := anyResult(t, "a"), anyResult(t, "b"), anyResult(t, "c")
		want := sums(of(a, b, c))
		for name, got := range map[string]*reports.Results{
			"commutative": of(c, a, b), "associative": of(a, of(b, c)), "associative from the left": of(of(a, b), c),
			"idempotent": of(a, b, of(c, a), b), "of merged results that overlap": of(of(a, b), of(b, c)),
		} {
			if difference := cmp.Diff(want, sums(got)); difference != "" {
				t.Fatalf("%s: %s", name, difference)
			}
		}
	})
}

// What one of the results shows, the merged one shows as well.
func TestNothingThatWasFoundIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyResult(t, "a"), anyResult(t, "b")
		r, err := Of([]Source{source("a", a), source("b", b)})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range slices.Concat(a.Cells, b.Cells) {
			i := slices.IndexFunc(r.Cells, func(m reports.Cell) bool { return m.ID == c.ID })
			if i < 0 {
				t.Fatalf("%s is missing", c.ID)
			}
			for _, v := range c.Found() {
				if v.Bad() && !slices.Contains(r.Cells[i].Found(), v) {
					t.Fatalf("%s: %s was found, and is gone", c.ID, v)
				}
			}
		}
		for _, part := range []*reports.Results{a, b} {
			gate.Apply(part)
		}
		if gate.Apply(r); (a.Gate.ExitCode == reports.ExitFail || b.Gate.ExitCode == reports.ExitFail) && r.Gate.ExitCode != reports.ExitFail {
			t.Fatalf("a part fails, and the whole does not: %+v", r.Gate)
		}
	})
}
