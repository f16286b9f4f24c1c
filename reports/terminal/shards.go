package terminal

import (
	"bytes"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/text"

	"onceover/reports"
	"onceover/reports/format"
)

// writeShards says of each search that was cut into shards what each of these covered, in
// how much time and memory.
func writeShards(out *bytes.Buffer, cells []reports.Cell) {
	for _, c := range cells {
		if c.Search == nil || len(c.Search.Shards) == 0 {
			continue
		}
		fmt.Fprintf(out, "\nShards of %s; some positions are in several:\n", format.Plain(c.ID))
		for _, s := range c.Search.Shards {
			fmt.Fprintln(out, shardLine(s))
		}
	}
}

func shardLine(s reports.SearchShard) string {
	ended, left := "complete", ""
	if !s.Complete {
		ended, left = "not complete", "  "+format.Plain(s.Left)
	}
	memory := "memory unknown"
	if s.MemoryBytes > 0 {
		memory = fmt.Sprintf("%d MiB", s.MemoryBytes>>20)
	}
	return fmt.Sprintf("%s  %s  %s  %s  %s%s", text.AlignRight.Apply(format.Plain(s.Shard), 9), text.Pad(ended, 12, ' '),
		text.AlignRight.Apply(format.Thousands(s.Positions)+" positions", 20), text.AlignRight.Apply(format.Duration(format.Milliseconds(s.ElapsedMS())), 7), memory, left)
}
