package reports_test

import (
	"fmt"
	"slices"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWorst(t *testing.T) {
	for _, c := range []struct {
		of   []reports.Verdict
		want reports.Verdict
	}{
		{nil, reports.Inconclusive},
		{[]reports.Verdict{reports.Safe}, reports.Safe},
		{[]reports.Verdict{reports.Safe, reports.Inconclusive}, reports.Inconclusive},
		{[]reports.Verdict{reports.Inconclusive, reports.Stuck, reports.Safe}, reports.Stuck},
		{[]reports.Verdict{reports.Duplicated, reports.Stuck}, reports.Duplicated},
		{[]reports.Verdict{reports.Duplicated, reports.Lost, reports.Stuck}, reports.Lost},
		{[]reports.Verdict{reports.Safe, "unheard of"}, "unheard of"},
	} {
		if got := reports.Worst(c.of...); got != c.want {
			t.Errorf("Worst(%v) = %s, want %s", c.of, got, c.want)
		}
	}
}

func TestOnlyProvenViolationsAreBad(t *testing.T) {
	bad := slices.DeleteFunc(reports.Verdicts(), func(v reports.Verdict) bool { return !v.Bad() })
	if diff := cmp.Diff([]reports.Verdict{reports.Stuck, reports.Duplicated, reports.Lost}, bad); diff != "" {
		t.Error(diff)
	}
	if reports.Verdict("unheard of").Bad() || reports.Verdict("").Bad() {
		t.Error("a verdict that is unknown proves nothing")
	}
}

func TestWorstIsNeverBetterThanAnyOfThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.SampledFrom(reports.Verdicts()), 1, 20).Draw(t, "verdicts")
		worst := reports.Worst(all...)
		for _, v := range all {
			if v.Rank() > worst.Rank() {
				t.Fatalf("%s is worse than %s", v, worst)
			}
		}
	})
}

func TestFound(t *testing.T) {
	both := reports.Run{Verdict: reports.Lost, Verdicts: []reports.Verdict{reports.Duplicated, reports.Lost}}
	for name, c := range map[string]struct {
		cell reports.Cell
		want []reports.Verdict
	}{
		"of all runs":                {reporttest.CellOf("s", "f", "any", reports.ReportOnly, 3, reporttest.RunOf(1, reports.Stuck, ""), both), []reports.Verdict{reports.Lost, reports.Duplicated, reports.Stuck}},
		"safe":                       {reporttest.CellOf("s", "f", "any", reports.ReportOnly, 3), []reports.Verdict{reports.Safe}},
		"one unknown":                {reporttest.CellOf("s", "f", "any", reports.ReportOnly, 3, reporttest.UnreachedRun(1)), []reports.Verdict{reports.Inconclusive}},
		"nothing":                    {reports.Cell{}, []reports.Verdict{reports.Inconclusive}},
		"called safe without a run":  {reports.Cell{Verdict: reports.Safe}, []reports.Verdict{reports.Inconclusive}},
		"Summary but not kept":       {reports.Cell{Verdict: reports.Lost, Tally: reports.Tally{N: 2, Lost: 1, Duplicated: 1}}, []reports.Verdict{reports.Lost, reports.Duplicated}},
		"called bad, nothing else":   {reports.Cell{Verdict: reports.Duplicated, Tally: reports.Tally{N: 2, Safe: 2}}, []reports.Verdict{reports.Duplicated}},
		"called safe, but a run was": {reports.Cell{Verdict: reports.Safe, Tally: reports.Tally{N: 2, Safe: 2}, Runs: []reports.Run{both}}, []reports.Verdict{reports.Lost, reports.Duplicated}},
	} {
		if diff := cmp.Diff(c.want, c.cell.Found()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestExampleIsTheFirstOfTheWorstRuns(t *testing.T) {
	for name, c := range map[string]struct {
		runs []reports.Run
		want uint64
	}{
		"bad":          {[]reports.Run{reporttest.RunOf(1, reports.Safe, ""), reporttest.UnreachedRun(2), reporttest.RunOf(3, reports.Stuck, ""), reporttest.RunOf(4, reports.Lost, ""), reporttest.RunOf(5, reports.Lost, "")}, 4},
		"inconclusive": {[]reports.Run{reporttest.RunOf(1, reports.Safe, ""), reporttest.UnreachedRun(2)}, 2},
		"none":         {[]reports.Run{reporttest.RunOf(1, reports.Safe, "")}, 0},
	} {
		got, ok := reports.Cell{Runs: c.runs}.Example()
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
		r := reports.BadRate(c.k, c.n)
		if got := fmt.Sprintf("%.4f %.4f-%.4f", r.Point, r.Low, r.High); got != c.want || r.Method != c.method {
			t.Errorf("%d of %d: %s %s, want %s %s", c.k, c.n, got, r.Method, c.want, c.method)
		}
	}
}
