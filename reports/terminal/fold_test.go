package terminal

import (
	"io"
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	for _, c := range []struct {
		width      int
		line, want string
	}{
		{20, "short enough as it is", "short enough as it\n  is"},
		{21, "short enough as it is", "short enough as it is"},
		{0, "no width is known of this one", "no width is known of this one"},
		{20, "  WORSE a/b: one bad run is proof", "  WORSE a/b: one bad\n    run is proof"},
		{24, "set-nx  a lease by SET NX PX", "set-nx  a lease by SET\n        NX PX"},
		{24, "name of nobody  a lease by SET NX PX", "name of nobody  a lease\n  by SET NX PX"}, // too little is left beside it
		{20, red + "LOST" + reset + ": Row 1 is not in the list", red + "LOST" + reset + ": Row 1 is not\n  in the list"},
		{20, "Report: explore-out/20261130T032255Z-dt2pesdelp/report.html", "Report:\n  explore-out/20261130T032255Z-dt2pesdelp/report.html"},
		{20, "  replay: onceover replay explore-out/a.jsonl", "  replay: onceover replay explore-out/a.jsonl"},
		{20, "onceover chaos --seed 7 --runs 1", "onceover chaos --seed 7 --runs 1"},
		{5, "", ""},
	} {
		if got := Fold(c.line, c.width); got != c.want {
			t.Errorf("%d: %q, want %q", c.width, got, c.want)
		}
	}
}

func TestWholeLinesAreFoldedAndNothingForPrograms(t *testing.T) {
	var on strings.Builder
	var one Shared
	out := one.Stream(&on, func() int { return 10 })
	io.WriteString(out, "{\"a\": 1, ")
	io.WriteString(out, "\"b\": [1, 2, 3]}\none two three four\n")
	io.WriteString(Whole(out), "one two three four\n")
	io.WriteString(Whole(&on), "one two three four\n")
	if got, want := on.String(), "{\"a\": 1, \"b\": [1, 2, 3]}\none two\n  three\n  four\none two three four\none two three four\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
