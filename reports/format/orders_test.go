package format

import "testing"

func TestALineOfALogGivesNoOrder(t *testing.T) {
	for given, want := range map[string]string{
		"::error::x":                     ": :error::x",
		"a\n \t::set-output name=a::b\n": "a\n \t: :set-output name=a::b\n",
		"a\r::x::y":                      "a\r: :x::y",
		"\u00a0\u3000::x::y":             "\u00a0\u3000: :x::y",
		":::error::x":                    ": ::error::x",
		"a ##vso[task.complete]":         "a # #vso[task.complete]",
		"###teamcity[x]##[y]":            "## #teamcity[x]# #[y]",
		"## A heading [with a link]":     "## A heading [with a link]",
		"std::vector, fe80::1":           "std::vector, fe80::1",
	} {
		if got := WithoutOrders(given); got != want {
			t.Errorf("%q became %q, want %q", given, got, want)
		}
		if got := WithoutOrders(want); got != want {
			t.Errorf("%q became %q the second time", want, got)
		}
	}
}
