package parallel_test

import (
	"slices"
	"sync"
	"testing"

	"onceover/sim/parallel"
)

func TestEachIsDoneOnce(t *testing.T) {
	for _, c := range []struct{ jobs, n int }{{0, 9}, {1, 9}, {2, 9}, {3, 2}, {4, 1}, {4, 0}} {
		var mu sync.Mutex
		var done []int
		parallel.Do(c.jobs, c.n, func(i int) {
			mu.Lock()
			defer mu.Unlock()
			done = append(done, i)
		})
		slices.Sort(done)
		for i := range c.n {
			if len(done) != c.n || done[i] != i {
				t.Fatalf("%d jobs do %v of %d", c.jobs, done, c.n)
			}
		}
	}
}

// Each waits for the other, so that one alone would never end.
func TestTwoAreDoneAtOnce(t *testing.T) {
	met := make(chan bool)
	parallel.Do(2, 2, func(i int) {
		if i == 0 {
			met <- true
		} else {
			<-met
		}
	})
}
