package recheck

import (
	"fmt"
	"regexp"

	"onceover/reports"
	"onceover/reports/format"
)

// checkWhole looks whether an invocation that is called undivided was.
func checkWhole(r *reports.Results) error {
	shards := func(c reports.Cell) bool { return c.Search != nil && len(c.Search.Shards) > 0 }
	if c, ok := reports.First(r.Cells, shards); ok && r.Run.Shard == "" {
		return fmt.Errorf("the cell %s was searched by a shard, and its campaign is called undivided", c.ID)
	}
	return nil
}

// ofShard is how the command of a shard begins, see [reports.ShardFlag].
var ofShard = regexp.MustCompile(`^onceover [a-z]+ --seed [0-9]+ --shard ([0-9]+/[0-9]+)( |$)`)

// checkShard looks whether a shard has as many runs as its share of its campaign, and the
// command of that shard.
func checkShard(run reports.Invocation) error {
	named := ""
	if m := ofShard.FindStringSubmatch(run.Replay); m != nil {
		named = m[1]
	}
	if named != run.Shard && named != "" {
		return fmt.Errorf("its command is of the shard %s, and it says that its shard is %q", named, run.Shard)
	}
	if run.Shard == "" && run.Whole == 0 {
		return nil
	}
	s, err := reports.ParseShard(run.Shard)
	switch {
	case err != nil:
		return fmt.Errorf("its shard is no shard: %w", err)
	case run.Planned != s.Share(run.Whole):
		return fmt.Errorf("shard %s of %s has %d, and it says that %d were planned", s, format.Plural(run.Whole, "run", "runs"), s.Share(run.Whole), run.Planned)
	}
	return nil
}
