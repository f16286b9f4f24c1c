package svg

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDrawingsOfOnePageHaveNoIDsInCommon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		if a == "" || b == "" || a == b {
			return
		}
		if identifier(a) == identifier(b) {
			t.Fatalf("%q and %q are both %q", a, b, identifier(a))
		}
	})
}

func TestNumbersAreRounded(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 12: "12", 12.34: "12.3", 12.35: "12.4", -0.04: "0", -12.36: "-12.4", 1e7: "10000000", math.Inf(1): "0", math.NaN(): "0"} {
		if got := Number(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
}

func TestATextIsCutToItsRoomAndKeptWhole(t *testing.T) {
	d := New("a", 800, "title", "sentence")
	d.Text(10, 20, "a long text & more", Style{Room: 60})
	got := string(d.HTML(40))
	if !strings.Contains(got, "<title>a long text &amp; more</title>a long…</text>") {
		t.Error(got)
	}
}

func TestSnip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Clean(rapid.String().Draw(t, "text"))
		room := rapid.Float64Range(14, 400).Draw(t, "room")
		got := snip(s, Style{Room: room})
		if Width(got, Style{}) > room+1e-6 {
			t.Fatalf("%q is too wide for %v", got, room)
		}
		if start, cut := strings.CutSuffix(got, "…"); got != s && (!cut || !strings.HasPrefix(s, start)) {
			t.Fatalf("%q is not the beginning of %q", got, s)
		}
	})
	if got := snip("cafe\u0301s and more", Style{Room: Width("cafe…", Style{})}); got != "cafe\u0301…" {
		t.Errorf("%q: a letter has lost its accent", got)
	}
}

func TestATextIsBrokenBetweenWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                {""},
		"one two":                         {"one two"},
		"one two three":                   {"one two", "three"},
		"one two one two and all of that": {"one two", "one two", "and all of that"},
		"incomprehensibilities one":       {"incomprehensibilities", "one"},
	} {
		if got := Wrap(text, Style{Room: Width("one two ", Style{})}, 3); !slices.Equal(got, want) {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
