package servers

import (
	"context"
	"fmt"
	"time"

	"github.com/ory/dockertest/v3/docker"
)

// doubtWait is the time between the two looks of a sweep at a container whose keeper
// is not there. A harness whose keeper ended needs less to start it again.
const doubtWait = 15 * time.Second

// sweep removes containers whose harness is gone: the owner is known to have ended, or
// nothing is known of it from here, as of a process on another host, and its keeper
// does not run, at two looks. What has no keeper is left alone when in doubt.
func (e *Engine) sweep(ctx context.Context) error {
	gone, doubtful, err := e.leftBehind(ctx)
	if err != nil {
		return err
	}
	if err := e.removeAll(ctx, gone); err != nil || len(doubtful) == 0 {
		return err
	}
	e.progress("%d containers may be left from elsewhere: looking again in %s", len(doubtful), e.doubt)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(e.doubt):
	}
	gone, again, err := e.leftBehind(ctx)
	if err != nil {
		return err
	}
	first := map[string]bool{}
	for _, c := range doubtful {
		first[c.ID] = true
	}
	for _, c := range again {
		if first[c.ID] {
			gone = append(gone, c)
		}
	}
	return e.removeAll(ctx, gone)
}

// leftBehind lists the containers whose harness is gone, and those of which that is to
// be seen a second time.
func (e *Engine) leftBehind(ctx context.Context) (gone, doubtful []docker.APIContainers, err error) {
	all, err := ask(ctx, e.patience, "list containers", func(ctx context.Context) ([]docker.APIContainers, error) {
		return e.pool.Client.ListContainers(docker.ListContainersOptions{
			All: true, Context: ctx,
			Filters: map[string][]string{"label": {hostLabel}},
		})
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list containers: %w", err)
	}
	alive := keepersAlive(all)
	for _, c := range all {
		switch harnessOf(c, alive) {
		case ended:
			gone = append(gone, c)
		case doubted:
			doubtful = append(doubtful, c)
		}
	}
	return gone, doubtful, nil
}

// keepersAlive are the keepers that have a container of which it is not known that it
// does not run.
func keepersAlive(all []docker.APIContainers) map[string]bool {
	alive := map[string]bool{}
	for _, c := range all {
		if name := c.Labels[keepsLabel]; name != "" && !stopped(c.State) {
			alive[name] = true
		}
	}
	return alive
}

// stopped tells whether a container in this state, as Docker and Podman name it, has no
// process.
func stopped(state string) bool {
	switch state {
	case "created", "configured", "exited", "stopped", "removing", "dead":
		return true
	}
	return false
}

// harnessOf tells what is known of the harness that started a container.
func harnessOf(c docker.APIContainers, keepers map[string]bool) fate {
	owner, err := ownerOf(c.Labels)
	if err == nil {
		if f := owner.fate(); f != unknown {
			return f
		}
	}
	keeper := c.Labels[keeperLabel]
	switch {
	case keepers[keeper]:
		return living
	case keeper != "":
		return doubted
	case err == nil && owner.before() && (c.State == "exited" || c.State == "dead"):
		return ended
	}
	return unknown
}

func (e *Engine) removeAll(ctx context.Context, containers []docker.APIContainers) error {
	for _, c := range containers {
		e.progress("removing container %.12s, left by process %s on host %s", c.ID, c.Labels[ownerLabel], c.Labels[hostLabel])
		if err := e.remove(ctx, c.ID); err != nil {
			return err
		}
	}
	return nil
}
