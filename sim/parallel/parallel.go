// Package parallel does many independent things on all processors. Results that
// are kept by their numbers are the same on any machine.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Do calls do with each number below n, in any order, in that many goroutines;
// 0 jobs: as many as there are processors for. It returns when all is done.
func Do(jobs, n int, do func(i int)) {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var begun atomic.Int64
	work := func() {
		for i := int(begun.Add(1)) - 1; i < n; i = int(begun.Add(1)) - 1 {
			do(i)
		}
	}
	var others sync.WaitGroup
	for range min(jobs, n) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
}
