package sim

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"onceover/faults"
)

func TestEveryKindHasAnInjectorOrSaysWhyNot(t *testing.T) {
	for i, in := range injectors[1:] {
		if faults.Ordinal(injectors[i].kind) >= faults.Ordinal(in.kind) {
			t.Errorf("%s and %s are not in the order of the catalogue of faults", injectors[i].kind, in.kind)
		}
	}
	for _, spec := range faults.All() {
		injected := slices.ContainsFunc(injectors, func(in injector) bool { return in.kind == spec.Kind })
		if injected != (spec.NotSimulated == "") {
			t.Errorf("%s: has an injector: %t; not simulated because %q", spec.Kind, injected, spec.NotSimulated)
		}
	}
	for _, in := range injectors {
		spec, known := faults.Find(in.kind)
		if !known || len(in.events) == 0 || in.where == 0 {
			t.Errorf("%s: known %t, %d events, on servers %b", in.kind, known, len(in.events), in.where)
		}
		if in.plan == nil && spec.NotLive == "" {
			t.Errorf("%s is live, and no event of it is said as a fault of a plan", in.kind)
		}
	}
}

func TestEventsAreNamedForTheirFaults(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range EventKinds() {
		name := k.String()
		if seen[name] || k.Outcome() == "" || !strings.HasPrefix(name, string(k.Fault())) {
			t.Errorf("%q of the fault %q: seen before %t, outcome %q", name, k.Fault(), seen[name], k.Outcome())
		}
		seen[name] = true
		if !k.executes() && k.Text() == "" {
			t.Errorf("%s executes nothing, and says nothing", name)
		}
	}
}

// States that differ in nothing but what may still go wrong are not the same.
func TestCountsOfAnySizeAreToldApart(t *testing.T) {
	seen := map[uint64]faults.Budget{}
	for n := range 40 {
		for m := range 40 {
			for _, b := range []faults.Budget{{faults.Crash: n, faults.Kill: m}, {faults.LoseReply: n + 1, faults.MySQLKill: m}} {
				allowed := newScope(b).allowed
				if other, ok := seen[allowed.sum()]; ok {
					t.Fatalf("%v counts as %v", b, other)
				}
				seen[allowed.sum()] = b
			}
		}
	}
}

func TestCountsAreReadBackAsABudget(t *testing.T) {
	for _, text := range []string{"no faults", "crash x1000", everything().String()} {
		allowed := newScope(budget(t, text)).allowed
		if got := allowed.minus(&counts{}); got.String() != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestALoosenedBudgetAllowsWhatDoesLessHarm(t *testing.T) {
	for text, want := range map[string]string{
		"no faults":                "no faults",
		"cut x2":                   "cut x2",
		"lose-reply x1":            "cut x1, lose-reply x1",
		"late-request x1":          "cut x1, lose-reply x1, late-request x1",
		"lose-reply x1, crash x1":  "cut x2, lose-reply x2, half-reply x1, late-request x1, crash x1",
		"kill x2":                  "cut x2, lose-reply x2, half-reply x2, late-request x2, crash x2, kill x2",
		"pause x1, redis-kill x1":  "pause x1, redis-kill x1",
		"mysql-cut x1, cut x1":     "mysql-cut x1, cut x1",
		"half-reply x1, pause x12": "cut x1, lose-reply x1, half-reply x1, pause x12",
	} {
		if got := Loosened(budget(t, text)).String(); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestLesserEventsComeFirst(t *testing.T) {
	for name, want := range map[string]string{
		"deliver":          "",
		"pause":            "",
		"kill-client":      "",
		"cut":              "deliver",
		"mysql-cut-middle": "deliver mysql-cut-before mysql-cut-after",
		"crash-after":      "deliver mysql-cut-before mysql-cut-after mysql-cut-middle cut lose-reply half-reply late-request crash-before",
	} {
		var got []string
		for _, k := range kind(name).Lesser() {
			got = append(got, k.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("less than %s are %q, want %q", name, got, want)
		}
	}
}

func TestABudgetThatCannotBeSimulatedIsRefused(t *testing.T) {
	for _, b := range []faults.Budget{{"meteor": 1}, {faults.Kill: -1}, {faults.Kill: faults.MostOfAKind + 1}} {
		setup := Setup{Name: "once", Program: once, Workers: 1, Chunks: 1, Budget: maps.Clone(b)}
		if _, err := Prepare(setup); err == nil {
			t.Errorf("%v is simulated", b)
		}
	}
}

func budget(t *testing.T, text string) faults.Budget {
	t.Helper()
	b, err := faults.ParseBudget(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
