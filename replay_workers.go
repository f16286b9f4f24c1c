package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"onceover/loader"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/lockstep"
)

// replayWorkers repeats a schedule of real processes on real servers.
func (c replayCmd) replayWorkers(ctx context.Context, g *cli, s streams, text []byte) (err error) {
	loader.SilenceDrivers()
	if c.Plan {
		return advice{
			error: errors.New("a schedule of --worker-cmd has no plan: its faults strike at requests, not at steps of Onceover's own loader"),
			try:   "onceover chaos --worker-cmd with a plan of your own, see onceover list faults", code: reports.ExitNoCell,
		}
	}
	log, err := lockstep.ReadLog(bytes.NewReader(text))
	if err != nil {
		return advice{error: fmt.Errorf("%s: %w", c.File, err), try: "a .jsonl file that explore has written", code: reports.ExitUsage}
	}
	options := lockstep.Options{
		Command: log.Command, Workers: log.Workers, Chunks: log.Chunks, Rows: log.Rows, Target: log.Target,
		RedisImage: s.getenv("REDIS_IMAGE"), MySQLImage: s.getenv("MYSQL_IMAGE"),
		Progress: func(text string, args ...any) { fmt.Fprintf(s.stderr, text+"\n", args...) },
	}
	if options.Element, err = readElement(log.Element); err != nil {
		return err
	}
	fmt.Fprintf(s.stderr, "this starts the command of the file, %s at a time: %s\n", format.Plural(log.Workers, "process", "processes"), format.Plain(strings.Join(reports.Each(log.Command, quote), " ")))
	fmt.Fprintf(s.stderr, "found with Redis %s and MySQL %s\n", format.Plain(cmp.Or(log.Redis, "of unknown version")), format.Plain(cmp.Or(log.MySQL, "of unknown version")))
	w, err := lockstep.Open(ctx, options)
	defer func() { err = errors.Join(err, w.Close(context.WithoutCancel(ctx))) }()
	if err != nil {
		return cmp.Or(ctx.Err(), err)
	}
	var result lockstep.Result
	for i := range max(c.Times, 1) {
		result, err = w.Replay(ctx, log)
		if diverged := (*lockstep.Diverged)(nil); errors.As(err, &diverged) {
			if others := w.OtherServers(log); others != "" {
				err = fmt.Errorf("%w; the servers are others: %s", err, others)
			}
			return advice{error: fmt.Errorf("time %d: %w", i+1, err), try: "the program has changed since, or it depends on more than the order of its requests; onceover explore finds it anew, if it is still there", code: reports.ExitFail}
		}
		if err != nil {
			return err
		}
	}
	if err := drawWorkers(g, s, log, result, c.Format); err != nil {
		return err
	}
	if c.Times > 1 {
		fmt.Fprintf(s.stderr, "repeated %d times, all identical\n", c.Times)
	}
	return nil
}
