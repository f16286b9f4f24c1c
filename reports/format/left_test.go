package format

import "testing"

func TestEqualReasonsForAnEndAreMerged(t *testing.T) {
	const one = "its time of 1.033739132s was over"
	for given, want := range map[string]string{
		"":  "",
		one: "its time of 1s was over",
		one + "; its time of 1.036963144s was over; its time of 1.036s was over": "its time of 1s was over, in 3 searches",
		one + "; 2 schedules were too long; its time of 2.1s was over; " + one:   "its time of 1s was over, in 2 searches; 2 schedules were too long; its time of 2s was over",
		"its time of 20.1234ms was over; its time of 20ms was over":              "its time of 20ms was over, in 2 searches",
		"its time of 1m30.2s was over":                                           "its time of 1m30s was over",
		"its time of <b> was over; it was interrupted; it was interrupted":       "its time of <b> was over; it was interrupted",
	} {
		if got := Left(given); got != want {
			t.Errorf("%q became %q, want %q", given, got, want)
		}
	}
}
