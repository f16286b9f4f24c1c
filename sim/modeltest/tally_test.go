package modeltest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var commands = Units{Server: "Redis", One: "command", Many: "commands", Run: "conversation", Runs: "conversations"}

func TestReportHasALineForEachClass(t *testing.T) {
	tally := Tally{units: commands, runs: 1}
	tally.Compare(100214)
	text := Class{"get", "another string"}
	tally.seed = 7
	tally.Differ(Class{"set", "null where a real server has status OK"}, "0> SET")
	tally.Differ(text, "a long\nexample")
	tally.seed = 8
	tally.Differ(text, "a short one")
	tally.Differ(text, strings.Repeat("longer", 1000))
	tally.Refuse("blpop without data")
	tally.Refuse("blpop without data")
	want := `DIFFERS  get: another string, 3 times, e.g. with seed 8: a short one
DIFFERS  set: null where a real server has status OK, 1 time, e.g. with seed 7: 0> SET
refused  blpop without data: 2 times
Redis: 100,214 commands in 1 conversation: 2 classes of differences; 2 commands refused as unsupported
`
	if diff := cmp.Diff(want, tally.Report()); diff != "" {
		t.Error(diff)
	}
}

func TestATallyOfNothingIsNoAgreement(t *testing.T) {
	tally := Tally{units: commands}
	if got := tally.Totals(); !strings.Contains(got, "nothing was compared") {
		t.Error(got)
	}
	tally.Compare(1)
	if got, want := tally.Totals(), "Redis: 1 command in 0 conversations: no difference; 0 commands refused as unsupported"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAroundShowsWhereTheyBeginToDiffer(t *testing.T) {
	same := strings.Repeat("s", 1000)
	a, b := Around(same+"a"+same, same+"b")
	if !strings.HasPrefix(a, "…") || !strings.HasSuffix(a, "…") || !strings.Contains(a, "sas") {
		t.Error(a)
	}
	if !strings.HasPrefix(b, "…") || !strings.HasSuffix(b, `sb"`) {
		t.Error(b)
	}
	if a, b := Around("", "x"); a != `""` || b != `"x"` {
		t.Error(a, b)
	}
}
