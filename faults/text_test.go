package faults_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onceover/faults"
	"onceover/loader"
)

// live lists the kinds that a plan may hold.
func live() []faults.Spec {
	return slices.DeleteFunc(faults.All(), func(s faults.Spec) bool { return s.NotLive != "" })
}

func drawFault(t *rapid.T) faults.Fault {
	spec := rapid.SampledFrom(live()).Draw(t, "kind")
	duration := rapid.Map(rapid.Int64Range(0, int64(time.Hour)), func(n int64) time.Duration { return time.Duration(n) })
	ordinal := rapid.IntRange(faults.Any, 100)
	f := faults.Fault{Kind: spec.Kind, At: faults.Position{Worker: ordinal.Draw(t, "worker"), Chunk: faults.Any, Nth: 1}}
	switch rapid.IntRange(0, 2).Draw(t, "place") {
	case 0:
		f.At.Progress = rapid.IntRange(1, 99).Draw(t, "progress")
	case 1:
		f.At.Request = rapid.SampledFrom([]string{faults.Write, faults.Read, "EXEC", "UPDATE", "JSON.SET"}).Draw(t, "request")
		f.At.Nth = rapid.IntRange(1, 9).Draw(t, "nth")
		if spec.Class == faults.Wire {
			f.At.Request = map[bool]string{true: faults.Read, false: faults.Write}[spec.Kind == faults.MySQLCut]
		} else if f.At.Answered = spec.Kind != faults.HalfOpen && rapid.Bool().Draw(t, "answered"); !f.At.Answered {
			f.At.Hold = duration.Draw(t, "hold")
		}
	default:
		f.At.Chunk = ordinal.Draw(t, "chunk")
		f.At.Step = rapid.SampledFrom(loader.Steps()).Draw(t, "step")
		f.At.Nth = rapid.IntRange(1, 9).Draw(t, "nth")
		f.At.Hold = duration.Draw(t, "hold")
	}
	for _, setting := range spec.Settings {
		if setting.Words != nil {
			f.Word = rapid.SampledFrom(setting.Words).Draw(t, setting.Name)
			continue
		}
		d := duration
		if setting.OrNever {
			d = rapid.OneOf(duration, rapid.Just(faults.Never))
		}
		*setting.Of(&f) = d.Draw(t, setting.Name)
	}
	return f
}

func TestPlanParsesBackToItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := faults.Plan(rapid.SliceOfN(rapid.Custom(drawFault), 0, 6).Draw(t, "plan"))
		again, err := faults.Parse(plan.String())
		if err != nil {
			t.Fatalf("%v\n%s", err, plan)
		}
		if len(again) != len(plan) {
			t.Fatalf("%d faults became %d:\n%s", len(plan), len(again), plan)
		}
		for i := range plan {
			if plan[i] != again[i] {
				t.Fatalf("%+v became %+v", plan[i], again[i])
			}
		}
	})
}

func TestExamplesOfTheCatalogueParse(t *testing.T) {
	for _, spec := range faults.All() {
		if spec.NotLive != "" {
			if budget, err := faults.ParseBudget(spec.Example); err != nil || budget.String() != spec.Example || budget[spec.Kind] == 0 {
				t.Errorf("%s: %v, %v", spec.Kind, budget, err)
			}
			continue
		}
		plan, err := faults.Parse(spec.Example)
		if err != nil || len(plan) != 1 || plan[0].Kind != spec.Kind {
			t.Errorf("%s: %v, %v", spec.Kind, plan, err)
		}
	}
}

func TestSemicolonsAndCommentsAreUnderstood(t *testing.T) {
	plan, err := faults.Parse("kill at=read; pause at=read for=1s # both\n\n# nothing\nkill progress=5%")
	if err != nil || len(plan) != 3 {
		t.Fatalf("%v, %v", plan, err)
	}
}

func TestBadSpellingsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"explode at=read":                   "unknown fault",
		"kill":                              "needs a position",
		"crash at=read":                     "crash is simulated only: a plan writes it as kill with restart=never",
		"kill at=read progress=5%":          "needs a position",
		"kill at=eating":                    "unknown step",
		"kill at=read worker=first":         "neither a number",
		"kill at=read chunk=-2":             "neither a number",
		"kill at=read nth=0":                "not a number from 1",
		"kill at=read restart=-1s":          "negative",
		"kill at=read restart=soon":         "invalid duration",
		"kill at=read for=1s":               "no setting",
		"kill at=read at=read":              "set twice",
		"lose-reply at=read for=1s":         "no setting",
		"kill at=read now":                  "not name=value",
		"pause at=read":                     "needs for",
		"half-open reply=EXEC":              "keeps connections open",
		"refuse at=read error=full":         "none of oom, readonly",
		"evict at=read key=rows":            "none of chunks, plan, owners, lock",
		"redis-kill progress=100%":          "not a percentage",
		"redis-kill progress=10% chunk=3":   "chunk does not go with progress",
		"kill request=write chunk=3":        "chunk does not go with request",
		"kill reply=write hold=1s":          "hold does not go with reply",
		"kill request=write reply=write":    "needs a position",
		"kill request=":                     "neither write nor read nor the name of a command",
		"kill request=a=b":                  "neither write nor read nor the name of a command",
		"mysql-cut request=EXEC":            "goes to the other server",
		"lose-reply request=UPDATE":         "goes to the other server",
		"cut reply=write":                   "strikes at the request itself",
		"cut request=write hold=1s":         "strikes at the request itself",
		"kill at=read\nkill at=read oops=1": "line 2",
	} {
		if _, err := faults.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, spec := range live() {
		f.Add(spec.Example)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plan, err := faults.Parse(text)
		if err != nil {
			return
		}
		if again, err := faults.Parse(plan.String()); err != nil || again.String() != plan.String() {
			t.Fatalf("%q became %q, then %q (%v)", text, plan, again, err)
		}
	})
}
