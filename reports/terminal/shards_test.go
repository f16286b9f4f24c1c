package terminal

import (
	"bytes"
	"testing"

	"onceover/reports"
)

func TestWhatEachShardOfASearchTookIsSaid(t *testing.T) {
	shards := []reports.SearchShard{
		{Shard: "1/12", Positions: 2_528_790, Complete: true, MemoryBytes: 640 << 20, Stages: []reports.SearchStage{{ElapsedMS: 90_000}, {ElapsedMS: 63_000}}},
		{Shard: "12/12", Positions: 7, Left: "its time was over"},
	}
	cells := []reports.Cell{{ID: "none/calm"}, {ID: "lease-lua/budget", Search: &reports.Search{Shards: shards}}, {ID: "none/budget", Search: &reports.Search{}}}
	var out bytes.Buffer
	writeShards(&out, cells)
	want := `
Shards of lease-lua/budget; some positions are in several:
     1/12  complete       2,528,790 positions    2m33s  640 MiB
    12/12  not complete           7 positions      0ms  memory unknown  its time was over
`
	if got := out.String(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
