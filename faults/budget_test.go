package faults_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onceover/faults"
)

// simulated lists the kinds that a budget may hold.
func simulated() (kinds []faults.Kind) {
	for _, s := range faults.All() {
		if s.NotSimulated == "" {
			kinds = append(kinds, s.Kind)
		}
	}
	return kinds
}

func drawBudget(t *rapid.T) faults.Budget {
	return rapid.MapOf(rapid.SampledFrom(simulated()), rapid.IntRange(1, faults.MostOfAKind)).Draw(t, "budget")
}

func TestBudgetParsesBackToItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		budget := drawBudget(t)
		again, err := faults.ParseBudget(budget.String())
		if err != nil || !maps.Equal(again, budget) {
			t.Fatalf("%q became %q: %v", budget, again, err)
		}
		text, err := json.Marshal(budget)
		var decoded faults.Budget
		if err := json.Unmarshal(text, &decoded); err != nil || !maps.Equal(decoded, budget) {
			t.Fatalf("%s became %q: %v", text, decoded, err)
		}
		if err != nil || string(text) != `"`+budget.String()+`"` {
			t.Fatalf("%q is %s in JSON: %v", budget, text, err)
		}
	})
}

func TestBudgetIsWrittenInCanonicalOrder(t *testing.T) {
	all := faults.Budget{}
	var want []string
	for _, kind := range simulated() {
		all[kind] = 2
		want = append(want, string(kind)+" x2")
	}
	if got := all.String(); got != strings.Join(want, ", ") {
		t.Errorf("%q, want %q", got, want)
	}
	for text, want := range map[string]string{
		"no faults":                   "no faults",
		"pause,kill":                  "kill x1, pause x1",
		"  pause   x3 ,lose-reply x1": "lose-reply x1, pause x3",
	} {
		if got, err := faults.ParseBudget(text); err != nil || got.String() != want {
			t.Errorf("%q is %q, want %q: %v", text, got, want, err)
		}
	}
}

func TestBadBudgetsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "a kind of fault is missing",
		"kill x1,":           "a kind of fault is missing",
		"explode x1":         `unknown fault "explode"`,
		"crashes 1":          `unknown fault "crashes"`,
		"kill 1":             `"1" is not a count of kill`,
		"kill x0":            `"x0" is not a count`,
		"kill x-1":           `"x-1" is not a count`,
		"kill x1001":         `"x1001" is not a count`,
		"kill x1 x2":         `"x1 x2" is not a count`,
		"kill x1 pause x1":   "is not a count",
		"kill x1, kill x2":   "kill is counted twice",
		"no faults, kill x1": `unknown fault "no"`,
	} {
		if got, err := faults.ParseBudget(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %q", text, got, err, want)
		}
	}
}

func TestEveryKindIsInAWorldAndSaysWhyNotInTheOther(t *testing.T) {
	classes := []faults.Class{faults.Process, faults.Wire, faults.Forgets, faults.Refuses, faults.Data}
	for _, s := range faults.All() {
		if s.NotLive != "" && s.NotSimulated != "" {
			t.Errorf("%s is in no world", s.Kind)
		}
		if s.Summary == "" || !slices.Contains(classes, s.Class) {
			t.Errorf("%s has the class %q and the summary %q", s.Kind, s.Class, s.Summary)
		}
	}
}

func TestAnAddedKindIsTakenOutAgain(t *testing.T) {
	remove := faults.Add(faults.Spec{Kind: "meteor", Class: faults.Process})
	if b, err := faults.ParseBudget("meteor, mysql-kill"); err != nil || b.String() != "mysql-kill x1, meteor x1" {
		t.Errorf("%q, %v", b, err)
	}
	remove()
	if _, err := faults.ParseBudget("meteor"); err == nil {
		t.Error("it is still known")
	}
}

func FuzzParseBudget(f *testing.F) {
	f.Add("kill x1, pause x2")
	f.Add("no faults")
	f.Fuzz(func(t *testing.T, text string) {
		budget, err := faults.ParseBudget(text)
		if err != nil {
			return
		}
		if again, err := faults.ParseBudget(budget.String()); err != nil || !maps.Equal(again, budget) {
			t.Fatalf("%q became %q, then %q (%v)", text, budget, again, err)
		}
	})
}
