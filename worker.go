package main

import (
	"context"
	"fmt"

	"onceover/scenarios/catalogue"
	"onceover/scenarios/worker"
)

type workerCmd struct{}

func (workerCmd) Help() string {
	return `The harness starts workers itself; a worker that is started by hand needs REDIS_URL, MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DATABASE, ONCEOVER_TABLE, ONCEOVER_LIST, ONCEOVER_CHUNK_SIZE, ONCEOVER_CHUNKS, ONCEOVER_WORKER, ONCEOVER_WORKERS and ONCEOVER_RUN.`
}

// Run writes what it did to standard error, which the harness keeps.
func (workerCmd) Run(ctx context.Context, s streams) error {
	if _, err := worker.FromEnv(s.getenv); err != nil {
		return usageError{err}
	}
	done, err := worker.Run(ctx, s.getenv, catalogue.FindStrategy)
	fmt.Fprintf(s.stderr, "worker %s: %d chunks, %d rows, %d read in vain, %d failures survived\n",
		s.getenv("ONCEOVER_WORKER"), done.Chunks, done.Rows, done.Superseded, done.Failures)
	return err
}
