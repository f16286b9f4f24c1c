package reports

import (
	"fmt"
	"slices"
	"strings"
)

// SearchShard is what one shard of an exhaustive search covered: a share of the branches
// of its tree. The trunk, and what branches have in common, is visited by several shards.
type SearchShard struct {
	Shard       string        `json:"shard"` // as I/N
	Schedules   int           `json:"schedules"`
	Positions   int           `json:"positions,omitempty"`
	Live        int           `json:"live"`
	Checked     int           `json:"checked"`
	Complete    bool          `json:"complete"`               // all of its share was searched
	Left        string        `json:"left,omitempty"`         // if not complete: why not
	MemoryBytes int64         `json:"memory_bytes,omitempty"` // most that its process had in memory until its end; 0: unknown
	Stages      []SearchStage `json:"stages"`
}

// ElapsedMS is how long the shard searched, in milliseconds.
func (s SearchShard) ElapsedMS() (sum int64) {
	for _, stage := range s.Stages {
		sum += stage.ElapsedMS
	}
	return sum
}

// moreThan tells whether a shard covered more than another one of the same share.
func (s SearchShard) moreThan(t SearchShard) bool {
	return s.Complete && !t.Complete || s.Complete == t.Complete && s.Schedules > t.Schedules
}

// OfShards is what the shards of a search covered together. A shard that is there
// twice counts once, with what covered more. It is complete only if each shard is there,
// and has searched all of its share.
func OfShards(bounds string, shards []SearchShard) *Search {
	s := &Search{Bounds: bounds, Shards: mostThorough(shards)}
	var left []string
	for _, shard := range s.Shards {
		s.Schedules += shard.Schedules
		s.Positions += shard.Positions
		s.Live += shard.Live
		s.Checked += shard.Checked
		for _, stage := range shard.Stages {
			s.addStage(stage)
		}
		if !shard.Complete {
			left = append(left, fmt.Sprintf("shard %s: %s", shard.Shard, shard.Left))
		}
	}
	if missing := missingShards(s.Shards); len(missing) > 0 {
		left = append(left, listed(missing))
	}
	s.Left, s.Complete = strings.Join(left, "; "), len(left) == 0
	return s
}

// mostThorough keeps each shard once, in the order of their numbers.
func mostThorough(shards []SearchShard) (kept []SearchShard) {
	for _, copies := range Groups(shards, func(s SearchShard) string { return s.Shard }) {
		best := copies[0]
		for _, other := range copies[1:] {
			if other.moreThan(best) {
				best = other
			}
		}
		kept = append(kept, best)
	}
	slices.SortFunc(kept, func(a, b SearchShard) int { return a.index() - b.index() })
	return kept
}

func (s SearchShard) index() int {
	shard, _ := ParseShard(s.Shard)
	return shard.Index
}

// missingShards are those that are not there, though others of their search are.
func missingShards(there []SearchShard) (missing []string) {
	if len(there) == 0 {
		return nil
	}
	first, _ := ParseShard(there[0].Shard)
	for i := range first.Of {
		shard := Shard{i + 1, first.Of}.String()
		if !slices.ContainsFunc(there, func(s SearchShard) bool { return s.Shard == shard }) {
			missing = append(missing, shard)
		}
	}
	return missing
}

// mostListed is how many missing shards are named.
const mostListed = 5

func listed(missing []string) string {
	named, more := missing, ""
	if len(missing) > mostListed {
		named, more = missing[:mostListed], fmt.Sprintf(" and %d more", len(missing)-mostListed)
	}
	noun, are := "shards", "are"
	if len(missing) == 1 {
		noun, are = "shard", "is"
	}
	return fmt.Sprintf("%s %s%s %s elsewhere", noun, strings.Join(named, ", "), more, are)
}

func (s *Search) addStage(stage SearchStage) {
	i := slices.IndexFunc(s.Stages, func(t SearchStage) bool { return t.Name == stage.Name })
	if i < 0 {
		s.Stages = append(s.Stages, stage)
		return
	}
	t := &s.Stages[i]
	t.Schedules += stage.Schedules
	t.Traces += stage.Traces
	t.Positions += stage.Positions
	t.ElapsedMS += stage.ElapsedMS
}

// ShardCount is into how many shards the search was cut; 0: it was not.
func (s *Search) ShardCount() int {
	if len(s.Shards) == 0 {
		return 0
	}
	shard, _ := ParseShard(s.Shards[0].Shard)
	return shard.Of
}
