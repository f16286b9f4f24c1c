package recheck

import (
	"strings"
	"testing"

	"onceover/reports"
)

// A shard does not become a campaign by leaving out that it is one.
func TestAShardThatIsCalledWholeIsRefused(t *testing.T) {
	cut := reports.Cell{ID: "none/calm", Search: reports.OfShards("", []reports.SearchShard{{Shard: "1/2", Complete: true}})}
	for _, c := range []struct {
		run   reports.Invocation
		cells []reports.Cell
		want  string
	}{
		{reports.Invocation{Replay: "onceover chaos --seed 7 --shard 1/2 --runs 2"}, nil, `its command is of the shard 1/2, and it says that its shard is ""`},
		{reports.Invocation{Replay: "onceover explore --seed 7 --shard 1/2"}, nil, `its command is of the shard 1/2`},
		{reports.Invocation{Replay: "onceover chaos --seed 7 --shard 1/2", Shard: "2/2", Whole: 2, Planned: 1}, nil, `its command is of the shard 1/2, and it says that its shard is "2/2"`},
		{reports.Invocation{}, []reports.Cell{cut}, "the cell none/calm was searched by a shard, and its campaign is called undivided"},
		{reports.Invocation{Shard: "1/2"}, []reports.Cell{cut}, ""},
		{reports.Invocation{Replay: "onceover chaos --seed 7 --worker-cmd 'load --shard 1/2'"}, []reports.Cell{{ID: "none/calm", Search: &reports.Search{}}}, ""},
	} {
		err := checkShard(c.run)
		if err == nil || c.want == "" {
			err = checkWhole(&reports.Results{Run: c.run, Cells: c.cells})
		}
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.run, err, c.want)
		}
	}
}
