package format

import (
	"testing"

	"onceover/reports"
)

func TestMergedResultsNameTheSeedsOfTheirParts(t *testing.T) {
	part := func(seed uint64) reports.Part { return reports.Part{Config: reports.Config{Seed: seed}} }
	for want, r := range map[string]reports.Results{
		"seed 7":      {Config: reports.Config{Seed: 7}},
		"seed 0":      {},
		"seeds 11, 7": {Parts: []reports.Part{part(11), part(7), part(11)}},
		"seed 3":      {Parts: []reports.Part{part(3), part(3)}},
	} {
		if got := Seeds(&r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
