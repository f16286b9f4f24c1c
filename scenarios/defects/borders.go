package defects

import (
	"context"

	"onceover/reports"
	"onceover/sim"
)

// shares is a loader in which each worker moves one range of ids.
// The condition selects its rows by the ends of the range; beyond is added to the
// end of the last range.
func shares(condition string, beyond int) sim.Program {
	return withServers(func(ctx context.Context, env sim.Env, s servers) error {
		rows, err := s.number(ctx, "MAX(id)")
		if err != nil {
			return err
		}
		low, high := rows*env.Worker/env.Workers, rows*(env.Worker+1)/env.Workers
		if env.Worker == env.Workers-1 {
			high += beyond
		}
		return s.load(ctx, env.Worker, condition, low, high)
	})
}

// The row on the border of two workers is in both shares.
// datazip-inc/olake PR#261 had {0, 100}, {100, 200}.
//
// Repair: id > low AND id <= high.
var offByOneBorders = Defect{
	Name:    "off-by-one-borders",
	Mistake: "The ranges share their borders, and BETWEEN includes both ends.",
	Program: shares("id BETWEEN %d AND %d", 0),
	Setup:   sim.Setup{Workers: 2, Chunks: 2, Rows: 1},
	Want:    reports.Duplicated,
}

// The row on the border of two workers is in neither share.
// mydumper/mydumper#1249 left out one row between two chunks.
//
// Repair: id > low AND id <= high.
var offByOneGap = Defect{
	Name:    "off-by-one-gap",
	Mistake: "The ranges share their borders, and neither includes them.",
	Program: shares("id > %d AND id < %d", 1),
	Setup:   sim.Setup{Workers: 2, Chunks: 2, Rows: 1},
	Want:    reports.Lost,
}

// COUNT(*) says how many rows there are, not how far they reach: no share holds the
// rows beyond the last border, behind a gap or in the remainder of a division.
// onyx-platform/onyx-sql#2.
//
// Repair: MAX(id), and the last share without an upper border.
var bordersFromCount = Defect{
	Name:    "borders-from-count",
	Mistake: "The borders are multiples of COUNT(*) over the number of workers, and the last of them counts as the end.",
	Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
		rows, err := s.number(ctx, "COUNT(*)")
		if err != nil {
			return err
		}
		share := rows / env.Workers
		low := share * env.Worker
		return s.load(ctx, env.Worker, "id > %d AND id <= %d", low, low+share)
	}),
	Setup: sim.Setup{Workers: 2, Chunks: 3, Rows: 1},
	Want:  reports.Lost,
}

// The shares do not begin at multiples of the size, so two chunks have the
// same number, and the second worker finds its chunk done. In Go and in C ids
// from -size+1 to size-1 all have the number 0.
//
// Repair: the chunk's place in a plan that all workers share, never id/size.
var idDivSizeChunk = Defect{
	Name:    "id-div-size-chunk",
	Mistake: "The number of a chunk is its first id divided by the chunk size, which two chunks can have in common.",
	Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
		rows, err := s.number(ctx, "MAX(id)")
		if err != nil {
			return err
		}
		first, last := 1+rows*env.Worker/env.Workers, rows*(env.Worker+1)/env.Workers
		for ; first <= last; first += env.Rows {
			to := min(first+env.Rows-1, last)
			if err := s.load(ctx, first/env.Rows, "id BETWEEN %d AND %d", first, to); err != nil {
				return err
			}
		}
		return nil
	}),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 3},
	Want:  reports.Lost,
}

// A new release with half the chunk size is rolled out while the old one is at
// work: bit 1 is rows 3 and 4 to the one, row 2 to the other.
//
// Repair: the size in the plan, stored by the first worker, binding for all.
var chunkSizeNotAgreed = Defect{
	Name:    "chunk-size-not-agreed",
	Mistake: "Each worker cuts the table by its own configuration, and the bits mean other rows to each.",
	Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
		rows, err := s.number(ctx, "MAX(id)")
		if err != nil {
			return err
		}
		size := env.Rows
		if env.Worker > 0 {
			size = max(size/2, 1)
		}
		for chunk := 0; chunk*size < rows; chunk++ {
			if err := s.load(ctx, chunk, "id > %d AND id <= %d", chunk*size, (chunk+1)*size); err != nil {
				return err
			}
		}
		return nil
	}),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 2},
	Want:  reports.Duplicated,
}
