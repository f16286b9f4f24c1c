package reports

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawnShard is shard i of n, with as many schedules as positions.
func drawnShard(t *rapid.T, i, n int) SearchShard {
	schedules := rapid.IntRange(0, 9).Draw(t, "schedules")
	s := SearchShard{
		Shard: Shard{i, n}.String(), Schedules: schedules, Positions: schedules, Complete: rapid.Bool().Draw(t, "complete"),
		Stages: []SearchStage{{Name: "exhaustive", Schedules: schedules, ElapsedMS: 2}},
	}
	if !s.Complete {
		s.Left = "its time was over"
	}
	return s
}

// Together, shards are complete only if each is there and complete; nothing is counted
// twice; and it does not matter how they came together.
func TestTheShardsOfASearchAreOneSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "of")
		var all []SearchShard
		best := map[int]SearchShard{}
		for range rapid.IntRange(1, 20).Draw(t, "shards") {
			i := rapid.IntRange(1, n).Draw(t, "index")
			s := drawnShard(t, i, n)
			all = append(all, s)
			if b, ok := best[i]; !ok || s.moreThan(b) {
				best[i] = s
			}
		}
		complete, schedules := len(best) == n, 0
		for _, s := range best {
			complete, schedules = complete && s.Complete, schedules+s.Schedules
		}
		s := OfShards("bounds", all)
		if s.Complete != complete || (s.Left == "") != complete || s.Schedules != schedules || s.Positions != schedules || len(s.Shards) != len(best) || s.ShardCount() != n {
			t.Fatalf("%+v, want %d schedules, complete: %t", s, schedules, complete)
		}
		if len(s.Stages) != 1 || s.Stages[0].Schedules != schedules || s.Stages[0].ElapsedMS != int64(2*len(best)) {
			t.Fatalf("stages %+v", s.Stages)
		}
		cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
		again := OfShards("bounds", slices.Concat(OfShards("bounds", all[:cut]).Shards, OfShards("bounds", all[cut:]).Shards))
		if !reflect.DeepEqual(again, s) {
			t.Fatalf("put together in two steps: %+v, in one: %+v", again, s)
		}
	})
}

func TestWhatIsLeftOfShardsIsSaid(t *testing.T) {
	done := func(i, of int) SearchShard { return SearchShard{Shard: Shard{i, of}.String(), Complete: true} }
	for want, shards := range map[string][]SearchShard{
		"shard 2/2 is elsewhere": {done(1, 2)},
		"shard 2/3: 4 positions were visited; shard 3/3 is elsewhere": {done(1, 3), {Shard: "2/3", Left: "4 positions were visited"}},
		"shards 1/8, 2/8, 4/8, 5/8, 6/8 and 2 more are elsewhere":     {done(3, 8)},
	} {
		if s := OfShards("", shards); s.Complete || s.Left != want {
			t.Errorf("%q, complete: %t, want %q", s.Left, s.Complete, want)
		}
	}
}

// Of two copies of a shard, the one that was searched to the end counts.
func TestAShardThatWasTriedAgainCountsOnce(t *testing.T) {
	one := SearchShard{Shard: "1/1", Schedules: 9, Left: "its time was over"}
	again := SearchShard{Shard: "1/1", Schedules: 8, Complete: true}
	if s := OfShards("", []SearchShard{one, again}); !s.Complete || s.Schedules != 8 || strings.Contains(fmt.Sprint(s.Left), "time") {
		t.Errorf("%+v", s)
	}
}
