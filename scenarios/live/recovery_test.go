package live

import (
	"slices"
	"testing"

	"onceover/faults"
)

// A plan of three chunks; the run ends at 100 ms.
func TestRecovery(t *testing.T) {
	f, g := &pendingFault{}, &pendingFault{}
	server := &pendingFault{Fault: faults.Fault{Kind: faults.RedisKill}}
	for name, c := range map[string]struct {
		happens  func(r *recovery)
		marked   []int
		took     []float64
		censored []float64
	}{
		"the chunk is committed": {
			happens: func(r *recovery) { r.injected(f, 1, 10); r.commit(1, 5, 30) },
			marked:  []int{0, 1, 2}, took: []float64{20},
		},
		"another chunk does not count": {
			happens: func(r *recovery) { r.injected(f, 1, 10); r.commit(2, 5, 30); r.commit(1, 35, 40) },
			marked:  []int{0, 1, 2}, took: []float64{30},
		},
		"two faults at one chunk": {
			happens: func(r *recovery) { r.injected(f, 1, 10); r.injected(g, 1, 20); r.commit(1, 5, 30) },
			marked:  []int{0, 1, 2}, took: []float64{20, 10},
		},
		"a second commit does not count again": {
			happens: func(r *recovery) { r.injected(f, 1, 10); r.commit(1, 5, 30); r.commit(1, 5, 40) },
			marked:  []int{0, 1, 2}, took: []float64{20},
		},
		"the chunk was committed before": {
			happens: func(r *recovery) { r.commit(1, 5, 8); r.injected(f, 1, 10); r.commit(1, 5, 30) },
			marked:  []int{0, 1, 2},
		},
		"the worker had no chunk": {
			happens: func(r *recovery) { r.injected(f, -1, 10); r.commit(1, 5, 30) },
			marked:  []int{1},
		},
		"the chunk is never committed": {
			happens: func(r *recovery) { r.injected(f, 1, 10); r.commit(2, 5, 30) },
			marked:  []int{0, 2}, censored: []float64{90},
		},
		"the chunk was committed without a report": {
			happens: func(r *recovery) { r.injected(f, 1, 10) },
			marked:  []int{1},
		},
		"the fault took no effect": {
			happens: func(r *recovery) { r.injected(f, 1, 10); r.missed(f) },
		},
		"a server came back": {
			happens: func(r *recovery) { r.injected(server, -1, 10); r.serverGone(server, loss{}, 20); r.commit(2, 5, 30) },
			marked:  []int{0, 1, 2}, took: []float64{20},
		},
		"what was committed before the server died does not count": {
			happens: func(r *recovery) {
				r.injected(server, -1, 10)
				r.commit(1, 5, 15)
				r.serverGone(server, loss{}, 20)
				r.commit(2, 5, 50)
			},
			marked: []int{0, 1, 2}, took: []float64{40},
		},
		"what was read before MySQL died does not need it": {
			happens: func(r *recovery) {
				r.injected(server, -1, 10)
				r.serverGone(server, loss{reads: true}, 20)
				r.commit(1, 15, 30)
				r.commit(2, 35, 40)
			},
			marked: []int{0, 1, 2}, took: []float64{30},
		},
		"nobody commits after the server died": {
			happens: func(r *recovery) { r.commit(0, 1, 2); r.injected(server, -1, 10); r.serverGone(server, loss{}, 20) },
			marked:  []int{0}, censored: []float64{90},
		},
		"the job was complete when the server died": {
			happens: func(r *recovery) {
				for i := range 3 {
					r.commit(i, 1, 2)
				}
				r.injected(server, -1, 10)
				r.serverGone(server, loss{}, 20)
			},
			marked: []int{0, 1, 2},
		},
		"a server that forgets leaves nothing committed": {
			happens: func(r *recovery) {
				r.commit(1, 1, 2)
				r.injected(server, -1, 10)
				r.serverGone(server, loss{commits: true}, 20)
				r.injected(g, 1, 25)
				r.commit(1, 26, 30)
			},
			marked: []int{0, 1, 2}, took: []float64{20, 5},
		},
	} {
		r := newRecovery(3)
		c.happens(r)
		r.end(func(chunk int) bool { return slices.Contains(c.marked, chunk) }, 100)
		if !slices.Equal(r.took, c.took) || !slices.Equal(r.censored, c.censored) {
			t.Errorf("%s: it took %v, never %v; want %v and %v", name, r.took, r.censored, c.took, c.censored)
		}
	}
}
