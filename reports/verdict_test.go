package reports

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWorst(t *testing.T) {
	for _, c := range []struct {
		of   []Verdict
		want Verdict
	}{
		{nil, Inconclusive},
		{[]Verdict{Safe}, Safe},
		{[]Verdict{Safe, Inconclusive}, Inconclusive},
		{[]Verdict{Inconclusive, Stuck, Safe}, Stuck},
		{[]Verdict{Duplicated, Stuck}, Duplicated},
		{[]Verdict{Duplicated, Lost, Stuck}, Lost},
		{[]Verdict{Safe, "unheard of"}, "unheard of"},
	} {
		if got := Worst(c.of...); got != c.want {
			t.Errorf("Worst(%v) = %s, want %s", c.of, got, c.want)
		}
	}
}

func TestOnlyProvenViolationsAreBad(t *testing.T) {
	bad := slices.DeleteFunc(Verdicts(), func(v Verdict) bool { return !v.Bad() })
	if diff := cmp.Diff([]Verdict{Stuck, Duplicated, Lost}, bad); diff != "" {
		t.Error(diff)
	}
	if Verdict("unheard of").Bad() || Verdict("").Bad() {
		t.Error("a verdict that is unknown proves nothing")
	}
}

func TestWorstIsNeverBetterThanAnyOfThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.SampledFrom(Verdicts()), 1, 20).Draw(t, "verdicts")
		worst := Worst(all...)
		for _, v := range all {
			if v.rank() > worst.rank() {
				t.Fatalf("%s is worse than %s", v, worst)
			}
		}
	})
}

func TestFound(t *testing.T) {
	both := Run{Verdict: Lost, Verdicts: []Verdict{Duplicated, Lost}}
	for name, c := range map[string]struct {
		cell Cell
		want []Verdict
	}{
		"of all runs":                {cellOf("s", "f", "any", ReportOnly, 3, run(1, Stuck, ""), both), []Verdict{Lost, Duplicated, Stuck}},
		"safe":                       {cellOf("s", "f", "any", ReportOnly, 3), []Verdict{Safe}},
		"one unknown":                {cellOf("s", "f", "any", ReportOnly, 3, unreachedRun(1)), []Verdict{Inconclusive}},
		"nothing":                    {Cell{}, []Verdict{Inconclusive}},
		"called safe without a run":  {Cell{Verdict: Safe}, []Verdict{Inconclusive}},
		"counted but not kept":       {Cell{Verdict: Lost, Tally: Tally{N: 2, Lost: 1, Duplicated: 1}}, []Verdict{Lost, Duplicated}},
		"called bad, nothing else":   {Cell{Verdict: Duplicated, Tally: Tally{N: 2, Safe: 2}}, []Verdict{Duplicated}},
		"called safe, but a run was": {Cell{Verdict: Safe, Tally: Tally{N: 2, Safe: 2}, Runs: []Run{both}}, []Verdict{Lost, Duplicated}},
	} {
		if diff := cmp.Diff(c.want, c.cell.Found()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestExampleIsTheFirstBadRunThenTheFirstUnknownOne(t *testing.T) {
	for name, c := range map[string]struct {
		runs []Run
		want uint64
	}{
		"bad":          {[]Run{run(1, Safe, ""), unreachedRun(2), run(3, Stuck, ""), run(4, Lost, "")}, 3},
		"inconclusive": {[]Run{run(1, Safe, ""), unreachedRun(2)}, 2},
		"none":         {[]Run{run(1, Safe, "")}, 0},
	} {
		got, ok := Cell{Runs: c.runs}.Example()
		if got.Seed != c.want || ok != (c.want != 0) {
			t.Errorf("%s: seed %d, %v", name, got.Seed, ok)
		}
	}
}

func TestBadRate(t *testing.T) {
	for _, c := range []struct {
		k, n   int
		want   string
		method string
	}{
		{0, 60, "0.0000 0.0000-0.0487", "exact"},
		{0, 59, "0.0000 0.0000-0.0495", "exact"},
		{0, 299, "0.0000 0.0000-0.0100", "exact"},
		{0, 2995, "0.0000 0.0000-0.0010", "exact"},
		{0, 0, "0.0000 0.0000-1.0000", "exact"},
		{7, 60, "0.1167 0.0577-0.2218", "wilson95"},
		{1, 1, "1.0000 0.2065-1.0000", "wilson95"},
		{60, 60, "1.0000 0.9398-1.0000", "wilson95"},
	} {
		r := BadRate(c.k, c.n)
		if got := fmt.Sprintf("%.4f %.4f-%.4f", r.Point, r.Low, r.High); got != c.want || r.Method != c.method {
			t.Errorf("%d of %d: %s %s, want %s %s", c.k, c.n, got, r.Method, c.want, c.method)
		}
	}
}

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		tally       Tally
		short, long string
	}{
		{Tally{N: 60, Safe: 60}, "<4.9%", "true rate < 4.9 %"},
		{Tally{N: 60, Safe: 53, Duplicated: 7}, "5.8-22.2%", "true rate 5.8–22.2 %"},
		{Tally{N: 60, Safe: 10, Inconclusive: 50}, "<25.9%", "true rate < 25.9 %"}, // the unknown runs are no evidence
		{Tally{N: 1, Safe: 1}, "<95.0%", "true rate < 95.0 %"},
		{Tally{N: 5, Inconclusive: 5}, "unknown", "true rate unknown"},
		{Tally{}, "unknown", "true rate unknown"},
	} {
		if got := c.tally.interval(); got != c.short {
			t.Errorf("%+v: %s, want %s", c.tally, got, c.short)
		}
		if got := c.tally.longRate(); got != c.long {
			t.Errorf("%+v: %s, want %s", c.tally, got, c.long)
		}
	}
}

func TestABoundIsNeverRoundedDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bound := BadRate(0, rapid.IntRange(1, 100_000).Draw(t, "n")).High
		if shown := ceil(bound); shown < bound-1e-9 || shown > bound+0.001 {
			t.Fatalf("%v is shown as %v", bound, shown)
		}
	})
}
