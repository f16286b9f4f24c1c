package redismodel

import (
	"math"
	"testing"
)

func TestScoresAreWrittenAsRedisDoes(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0", 1: "1", -1.5: "-1.5", 0.1: "0.1", 1e8: "100000000", 1e20: "1e+20", 123456789.125: "123456789.125",
		1e-5: "0.00001", 1e-7: "1e-7", 1.5e-7: "1.5e-7", 0.00012345678: "1.2345678e-4", math.MaxFloat64: "1.7976931348623157e+308",
	} {
		if got := formatScore(f); got != want {
			t.Errorf("%g: %s, want %s", f, got, want)
		}
	}
}
