package sim

import (
	"slices"

	"onceover/faults"
	"onceover/faults/wire"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.MySQLShort,
	where: onMySQL,
	events: []event{{
		name: "mysql-short", executes: true, outcome: reports.StepAnswered, text: "the result lacks its last row",
		inject: func(w *world, c Choice, reply []byte) { w.deliver(c.Op, withoutLastRow(reply)) },
	}},
})

// eofSize is the longest payload of the packet that ends columns or rows.
const eofSize = 5

// withoutLastRow takes the last row out of a result of several: a limit of none is
// none, and a result of one row, as of COUNT, is no more than that under any.
func withoutLastRow(reply []byte) []byte {
	var packets [][]byte
	for rest := reply; len(rest) > 0; rest = rest[len(packets[len(packets)-1]):] {
		packets = append(packets, rest[:wire.PacketLen(rest)])
	}
	if len(packets) == 0 || len(packets[0]) != wire.PacketHead+1 {
		return reply // no result
	}
	columns := int(packets[0][wire.PacketHead])
	before := 1 + columns
	if before < len(packets) && len(packets[before]) <= wire.PacketHead+eofSize && packets[before][wire.PacketHead] == 0xfe {
		before++
	}
	if columns == 0 || len(packets) < before+2+1 {
		return reply
	}
	last := len(packets) - 1
	end := slices.Clone(packets[last])
	end[wire.PacketHead-1]--
	return slices.Concat(slices.Concat(packets[:last-1]...), end)
}
