package main

import (
	"context"
	"fmt"

	"onceover/scenarios/worker"
)

type workerCmd struct{}

// Run writes what it did to standard error, which the harness keeps.
func (workerCmd) Run(ctx context.Context, s streams) error {
	done, err := worker.Run(ctx, s.getenv)
	fmt.Fprintf(s.stderr, "worker %s: %d chunks, %d rows, %d read in vain, %d failures survived\n",
		s.getenv("ONCEOVER_WORKER"), done.Chunks, done.Rows, done.Superseded, done.Failures)
	return err
}
