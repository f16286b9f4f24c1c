package markdown

import "testing"

func TestPunctuationStaysOutsideOfCode(t *testing.T) {
	for text, want := range map[string]string{
		"it (lost; first seed 1190044242); replay it": "it (lost; first seed `1190044242`); replay it",
		"see #7, or (#8).":                            "see `#7`, or (`#8`).",
		"a_b: x":                                      "`a_b`: x",
		"*) and (":                                    "`*`) and (",
	} {
		if got := prose(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
