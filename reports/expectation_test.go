package reports_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onceover/reports"
)

func TestAnExpectationSaysEachThingOnce(t *testing.T) {
	for text, want := range map[string]string{
		"safe(max_rate: 1%, max_rate: 99%)": "\"max_rate: 99%\" says again",
		"safe(complete, complete)":          "\"complete\" says again",
		"safe(content, content)":            "\"content\" says again",
		"any(content)":                      "\"content\" does not belong there",
		"any(lost, lost)":                   "\"lost\" says again",
		"unsafe(lost, stuck, lost)":         "\"lost\" says again",
		"safe(lost)":                        "\"lost\" does not belong there",
	} {
		if e, err := reports.ParseExpectation(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is %+v, %v; want %s", text, e, err, want)
		}
	}
}

func TestAShareIsReadAgainAsItIsWritten(t *testing.T) {
	for text, want := range map[string]string{
		"5%": "5%", " 0.1 %": "0.1%", "7%": "7%", "99.99999999%": "99.99999999%", "1e-7%": "1e-07%", "33.3333333%": "33.3333333%",
	} {
		share, err := reports.ParsePercent(text)
		if got := reports.FormatPercent(share); err != nil || got != want {
			t.Errorf("%s is written %s, %v", text, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.Float64Range(1e-12, 1-1e-12).Draw(t, "share")
		first, err := reports.ParsePercent(reports.FormatPercent(share))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := reports.ParsePercent(reports.FormatPercent(first)); err != nil || again != first {
			t.Fatalf("%v became %v, %v", first, again, err)
		}
	})
}

func TestWhatIsNoShareSaysWhatWouldBe(t *testing.T) {
	for text, want := range map[string]string{
		"5": `"5" is no share: "5%" would be one`, "100%": "between", "0%": "between", "": "between", "100": "between", "NaN%": "between",
		"99.99999999999999999%": "between",
	} {
		if _, err := reports.ParsePercent(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
