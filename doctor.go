package main

import (
	"context"
	"fmt"

	"onceover/reports"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/images"
)

type doctorCmd struct{}

func (doctorCmd) Help() string {
	return `Exit codes: 0 chaos can start; 69 something is missing that it cannot get by itself. Without a Docker engine, chaos works on servers that run already: --redis-url and --mysql-dsn.`
}

// Run looks at everything that chaos will ask for, and prints a line on each.
func (doctorCmd) Run(ctx context.Context, s streams) error {
	engine, err := servers.Dial(ctx, nil)
	if err != nil {
		fmt.Fprintf(s.stdout, "missing  Docker engine\n")
		return advice{error: err, try: servers.Cure(err) + "; without it: onceover chaos --redis-url URL --mysql-dsn DSN", code: reports.ExitEnvironment}
	}
	version, err := engine.Version(ctx)
	if err != nil {
		return fmt.Errorf("ask the Docker engine for its version: %w", err)
	}
	fmt.Fprintf(s.stdout, "ok       Docker engine %s\n", version)
	present := map[images.Kind]bool{}
	for _, kind := range []images.Kind{images.Redis, images.MySQL} {
		name, err := engine.Present(ctx, kind)
		if err != nil {
			return err
		}
		if name != "" {
			present[kind] = true
			fmt.Fprintf(s.stdout, "ok       image %s\n", name)
			continue
		}
		lacks := ""
		if images.Unprepared() {
			lacks = " (mmdebstrap is not here; as root on Debian the build installs it)"
		}
		pulled, built := images.Names(kind)
		fmt.Fprintf(s.stdout, "absent   image %s: chaos pulls it, or else builds %s from Debian packages%s\n", pulled, built, lacks)
	}
	if !present[images.Redis] {
		return nil
	}
	addr, err := engine.Try(ctx)
	if err != nil {
		fmt.Fprintf(s.stdout, "missing  a container that can be reached from here\n")
		return advice{error: err, try: "the Docker engine has to be on this machine, share its network (docker run --network host), or be named by its host (DOCKER_HOST=tcp://HOST:PORT), where ports are published", code: reports.ExitEnvironment}
	}
	fmt.Fprintf(s.stdout, "ok       a container was started, reached at %s, and removed\n", addr)
	return nil
}
