package compare_test

import (
	"fmt"
	"testing"

	"onceover/reports/compare"
)

// BenchmarkOf compares 20 cells with five costs each.
func BenchmarkOf(b *testing.B) {
	for _, runs := range []int{3, 25, 60} { // with 25 and ties, the test is exact and takes longest
		old, now := resultsOf(), resultsOf()
		for i := range 20 {
			id := fmt.Sprintf("strategy/%d", i)
			old.Cells = append(old.Cells, named(measured(safe(runs), 100), id))
			now.Cells = append(now.Cells, named(measured(safe(runs), 101), id))
		}
		b.Run(fmt.Sprintf("runs=%d", runs), func(b *testing.B) {
			for b.Loop() {
				if _, err := compare.Of(old, now, compare.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
