package reports

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// sharded is what the shards of one campaign have in common.
type sharded struct {
	world     string
	seed      uint64
	of, whole int
}

// AbsentShard is a shard of which nothing is among some results.
type AbsentShard struct {
	Shard
	Runs   int    // that it has to do
	Replay string // the command that does them
}

// Shard is the share that an invocation did; the zero value if it did everything.
func (i Invocation) Share() Shard {
	s, err := ParseShard(i.Shard)
	if err != nil {
		return Shard{}
	}
	return s
}

func (p Part) sharded() sharded {
	return sharded{p.Run.World, p.Config.Seed, p.Run.Share().Of, p.Run.Whole}
}

// Campaigns puts the invocations together that are shards of one campaign. What is no
// shard is not among them.
func Campaigns(parts []Part) [][]Part {
	return Groups(Those(parts, func(p Part) bool { return p.Run.Share().Of > 0 }), Part.sharded)
}

// Absent lists the shards that are not among some invocations, though others of their
// campaign are.
func Absent(parts []Part) (all []AbsentShard) {
	for _, campaign := range Campaigns(parts) {
		first := campaign[0].Run
		for i := range first.Share().Of {
			s := Shard{i + 1, first.Share().Of}
			if slices.ContainsFunc(campaign, func(p Part) bool { return p.Run.Share() == s }) {
				continue
			}
			all = append(all, AbsentShard{s, s.Share(first.Whole), strings.Replace(first.Replay, ShardFlag(first.Share()), ShardFlag(s), 1)})
		}
	}
	return all
}

// ShardFlag is how a command names its shard. It stands before whatever a user has named.
func ShardFlag(s Shard) string { return " --shard " + s.String() }

// Stopped lists the invocations that ended early. A shard that another invocation has
// done to its end is not among them: every run that is asked for is there.
func Stopped(parts []Part) []Part {
	return Those(parts, func(p Part) bool {
		return p.Run.Status != Complete && !slices.ContainsFunc(parts, func(q Part) bool {
			return p.Run.Share().Of > 0 && q.Run.Share() == p.Run.Share() && q.sharded() == p.sharded() && q.Run.Status == Complete
		})
	})
}

// Counted is how many runs some invocations had to do, how many they did, and how many a bad
// run spared them. The runs
// of shards are those of their campaign, and of a shard that was done twice they count
// once.
func Counted(parts []Part) (planned, done, spared int) {
	for _, p := range parts {
		if p.Run.Share().Of == 0 {
			planned, done, spared = planned+p.Run.Planned, done+p.Run.Done, spared+p.Run.Spared
		}
	}
	for _, campaign := range Campaigns(parts) {
		planned += campaign[0].Run.Whole
		for _, copies := range Groups(campaign, func(p Part) Shard { return p.Run.Share() }) {
			most := slices.MaxFunc(copies, func(a, b Part) int { return cmp.Compare(a.Run.Done, b.Run.Done) })
			done, spared = done+most.Run.Done, spared+most.Run.Spared
		}
	}
	return planned, done, spared
}

// Elsewhere is how many runs of a cell are in shards that are not among the results.
func (r *Results) Elsewhere(c Cell) int {
	parts := r.Invocations()
	if len(Absent(parts)) == 0 {
		return 0
	}
	campaigns := Those(Campaigns(parts), func(campaign []Part) bool {
		return campaign[0].Run.World == cmp.Or(c.World, r.Run.World) && len(Absent(campaign)) > 0
	})
	if len(campaigns) == 0 {
		return 0
	}
	of := campaigns[0][0].Config
	runs := of.Runs
	if e, err := ParseExpectation(c.Expected); of.Others > 0 && err == nil && e.Demand != DemandSafe {
		runs = of.Others
	}
	return max(0, runs-c.Tally.N)
}

// jobsFlag is how a command names how many runs go on at a time, which changes no run.
var jobsFlag = regexp.MustCompile(` --jobs [0-9]+`)

// Command is the command of an invocation without what may differ between the shards of
// a campaign.
func (i Invocation) Command() string {
	return jobsFlag.ReplaceAllString(strings.Replace(i.Replay, ShardFlag(i.Share()), "", 1), "")
}
