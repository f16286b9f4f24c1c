package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"onceover/loader"
	"onceover/reports"
	"onceover/scenarios/lockstep"
)

// headOfLog is as much of a file as tells what kind of counterexample it is.
const headOfLog = 64 << 10

// ofWorkers tells whether a file holds a schedule of real processes. What cannot be read is
// left to those who read it.
func ofWorkers(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, headOfLog))
	return err == nil && lockstep.IsLog(head)
}

// replayWorkers repeats a schedule of real processes on real servers.
func (c replayCmd) replayWorkers(ctx context.Context, g *cli, s streams) (err error) {
	loader.SilenceDrivers()
	if c.Plan {
		return advice{
			error: errors.New("a schedule of --worker-cmd has no plan: its faults strike at requests, not at steps of Onceover's own loader"),
			try:   "onceover chaos --worker-cmd with a plan of your own, see onceover list faults", code: reports.ExitNoCell,
		}
	}
	text, err := reports.ReadAll(reports.OpenInput(c.File, reports.MostOfLog))
	if err != nil {
		return usageError{err}
	}
	log, err := lockstep.ReadLog(bytes.NewReader(text))
	if err != nil {
		return advice{error: fmt.Errorf("%s: %w", c.File, err), try: "a .jsonl file that explore has written", code: reports.ExitUsage}
	}
	options := lockstep.Options{
		Command: log.Command, Workers: log.Workers, Chunks: log.Chunks, Rows: log.Rows,
		RedisImage: s.getenv("REDIS_IMAGE"), MySQLImage: s.getenv("MYSQL_IMAGE"),
		Progress: func(text string, args ...any) { fmt.Fprintf(s.stderr, text+"\n", args...) },
	}
	if options.Element, err = readElement(log.Element); err != nil {
		return err
	}
	w, err := lockstep.Open(ctx, options)
	defer func() { err = errors.Join(err, w.Close(context.WithoutCancel(ctx))) }()
	if err != nil {
		return cmp.Or(ctx.Err(), err)
	}
	var result lockstep.Result
	for i := range max(c.Times, 1) {
		result, err = w.Replay(ctx, log)
		if diverged := (*lockstep.Diverged)(nil); errors.As(err, &diverged) {
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
