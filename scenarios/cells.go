package scenarios

import (
	"context"
	"errors"

	"onceover/reports"
	"onceover/reports/gate"
)

// RunCells fills results with one cell for each program under each scenario, of
// so many planned runs each, and judges them; named are the cells that have to be
// there. A cell that fails ends it: what is there by then stays, marked as
// interrupted. The end of the context is no failure.
func RunCells[P any](
	ctx context.Context, into *reports.Results, named []gate.Named, programs []P, all []Scenario, runs int,
	cell func(context.Context, P, Scenario) (reports.Cell, error),
) error {
	into.Run.Planned = len(programs) * len(all) * runs
	into.Run.Status = reports.Complete
	err := eachCell(ctx, programs, all, func(p P, s Scenario) error {
		done, err := cell(ctx, p, s)
		if done.Tally.N > 0 {
			into.Cells = append(into.Cells, done)
			into.Run.Done += min(done.Tally.N, runs) // a search has a run for each verdict that it found
		}
		return err
	})
	if err != nil {
		// Cells that an early end left undone are not gone: the results say that
		// they are not complete.
		into.Run.Status, named = reports.Interrupted, nil
	}
	gate.Apply(into, named...)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}

// eachCell visits every pair until one fails or the context ends.
func eachCell[P any](ctx context.Context, programs []P, all []Scenario, visit func(P, Scenario) error) error {
	for _, p := range programs {
		for _, s := range all {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := visit(p, s); err != nil {
				return err
			}
		}
	}
	return nil
}
