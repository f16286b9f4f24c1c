package main

import (
	"context"
	"fmt"
	"time"

	"onceover/reports"
	"onceover/scenarios/live"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/images"
)

type doctorCmd struct {
	programFlags
	Deadline time.Duration `default:"15s" help:"A program of --worker-cmd that does not end is given up when no row has arrived for so long."`
	serverFlags
}

func (doctorCmd) Help() string {
	return `With --worker-cmd it looks at a program instead: it lets it do a small job on real servers while nothing goes wrong (200 rows, chunks of 10, 2 workers), and says what it does wrong by the contract (see README).

Examples:
  onceover doctor
  onceover doctor --worker-cmd 'php load.php {redis_host} {list}'

Exit codes: 0 chaos can start, or the program does nothing wrong; 1 it does; 69 something is missing that chaos cannot get by itself. Without a Docker engine, chaos works on servers that run already: --redis-url and --mysql-dsn.`
}

func (c doctorCmd) Run(ctx context.Context, s streams) error {
	if c.WorkerCmd != "" {
		return c.examine(ctx, s)
	}
	if err := c.programFlags.read(&live.Options{}); err != nil {
		return err
	}
	if c.RedisURL != s.getenv("ONCEOVER_REDIS_URL") || c.MySQLDSN != s.getenv("ONCEOVER_MYSQL_DSN") {
		return usagef("--redis-url and --mysql-dsn are for a program of --worker-cmd: without it, doctor looks at what containers need")
	}
	return lookAround(ctx, s)
}

// lookAround looks at everything that chaos will ask for, and prints a line on each.
func lookAround(ctx context.Context, s streams) error {
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
