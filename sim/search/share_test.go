package search

import (
	"maps"
	"testing"

	"pgregory.net/rapid"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// The shards of a search visit, together, exactly the states of the whole search, and
// come to its verdicts, whatever the strategy, the faults, and the number of shards.
func TestTheShardsOfASearchVisitAllOfIt(t *testing.T) {
	t.Parallel()
	cases := []struct {
		strategy lock.Strategy
		budget   faults.Budget
	}{
		{lock.LeaseLua, faults.Budget{faults.Kill: 1, faults.LoseReply: 1}},
		{lock.SetNX, faults.Budget{faults.Pause: 1}},
		{lock.ConnectionName, faults.Budget{faults.Crash: 1}},
	}
	for _, c := range cases {
		t.Run(c.strategy.Name, func(t *testing.T) {
			t.Parallel()
			s := scene(t, c.strategy, sim.Loader(c.strategy), 2, 1, c.budget)
			states, verdicts := visited(t, s, reports.Shard{})
			for _, n := range []int{2, 5} {
				all, found, most := map[uint64]bool{}, map[reports.Verdict]bool{}, 0
				for i := range n {
					share, of := visited(t, s, reports.Shard{Index: i + 1, Of: n})
					maps.Copy(all, share)
					maps.Copy(found, of)
					most = max(most, len(share))
				}
				if !maps.Equal(all, states) || !maps.Equal(found, verdicts) {
					t.Errorf("%d shards visited %d states, want %d, and found %v, want %v", n, len(all), len(states), found, verdicts)
				}
				if n == 2 && most >= len(states) {
					t.Error("one shard visited all states")
				}
			}
		})
	}
}

// visited are the states that an exhaustive search visits, and the verdicts that it meets.
func visited(t *testing.T, scene *sim.Scene, shard reports.Shard) (map[uint64]bool, map[reports.Verdict]bool) {
	t.Helper()
	s := &search{scene: scene, cache: scene.Cache(), options: Options{Everything: true, Shard: shard}.withDefaults(), length: 1, rootsPerShard: 4}
	states := map[uint64]bool{}
	s.visiting = func(p *sim.State) { states[p.Hash] = true }
	st := &Stage{Verdicts: map[reports.Verdict]int{}}
	if err := s.exhaustive(st); err != nil || !s.result.Complete {
		t.Fatalf("shard %s: %v, complete: %t", shard, err, s.result.Complete)
	}
	if st.Positions != len(states) {
		t.Errorf("shard %s visited %d states, %d times", shard, len(states), st.Positions)
	}
	found := map[reports.Verdict]bool{}
	for v := range st.Verdicts {
		found[v] = true
	}
	return states, found
}

// Roots are dealt in equal numbers, one more or less for each block.
func TestRootsAreDealtEvenly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n, shards := rapid.IntRange(1, 5000).Draw(t, "roots"), rapid.IntRange(1, 40).Draw(t, "shards")
		count := make([]int, shards)
		for i := range n {
			count[dealtTo(i, n, shards)]++
		}
		for i, got := range count {
			if off := got - n/shards; off < -blocksPerShard || off > blocksPerShard {
				t.Fatalf("shard %d of %d has %d of %d roots", i+1, shards, got, n)
			}
		}
	})
}
