package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"onceover/reports"
	"onceover/reports/store"
	"onceover/reports/terminal"
	"onceover/scenarios/catalogue"
	"onceover/scenarios/lockstep"
	"onceover/sim"
	"onceover/sim/draw"
	"onceover/sim/shrink"
)

type replayCmd struct {
	File   string `arg:"" help:"A counterexample that explore has stored."`
	Format string `enum:"lanes,mermaid,json" default:"lanes" placeholder:"FORM" help:"lanes in the terminal, a mermaid sequence diagram, or json (default lanes)."`
	Times  int    `default:"1" help:"How often it is repeated; every repetition has to be identical."`
	Plan   bool   `help:"Print the plan of faults instead, for chaos --faults: the same on real servers."`
}

func (replayCmd) Help() string {
	return `The schedule is carried out again by the real clients, event by event. If an event cannot happen, or the end is another, that is an error. A counterexample without faults has no plan: then --plan prints nothing, and the exit code is 4.
A counterexample of explore --worker-cmd is repeated by its program, on a Redis and a MySQL in containers.

Examples:
  lost=explore-out/latest/connection-name-budget-lost.jsonl
  onceover replay $lost
  onceover replay $lost --format mermaid > lost.mmd
  onceover chaos -s connection-name --faults "$(onceover replay $lost --plan)"`
}

func (c replayCmd) Run(interruptible interruption, g *cli, s streams) error {
	text, err := c.read()
	if err != nil {
		return err
	}
	if lockstep.IsLog(text) {
		return c.replayWorkers(interruptible(), g, s, text)
	}
	log, scene, err := c.open(text)
	if err != nil {
		return err
	}
	run, err := c.repeat(scene, log)
	if err != nil {
		return err
	}
	passing, err := shrink.Nearest(context.Background(), scene, run) // the first signal ends the command: it may wait for a pipe
	if err != nil {
		return err
	}
	drawn := draw.Case{Setup: scene.Setup, Run: run, Passing: passing}
	switch {
	case c.Plan:
		err = c.plan(s, run)
	case c.Format == "mermaid":
		err = draw.Mermaid(terminal.Whole(s.stdout), drawn)
	case c.Format == "json":
		err = draw.JSON(terminal.Whole(s.stdout), drawn)
	default:
		err = draw.Terminal(s.stdout, drawn, draw.Options{Width: width(s.stdout), Color: coloured(g.Color, s.stdout, s.getenv)})
	}
	if err == nil && c.Times > 1 {
		_, err = fmt.Fprintf(s.stderr, "repeated %d times, all identical\n", c.Times)
	}
	return err
}

// read reads the file, once: it may be a pipe.
func (c replayCmd) read() ([]byte, error) {
	if info, err := os.Stat(c.File); err == nil && info.IsDir() {
		return nil, advice{error: usagef("%s is a folder", c.File), try: counterexampleIn(c.File), code: reports.ExitUsage}
	}
	text, err := reports.ReadAll(reports.OpenInput(c.File, reports.MostOfLog))
	if err != nil {
		return nil, usageError{err}
	}
	return text, nil
}

// open makes the scene of a simulated schedule ready.
func (c replayCmd) open(text []byte) (sim.Log, *sim.Scene, error) {
	log, err := sim.ReadLog(bytes.NewReader(text))
	if err != nil {
		return sim.Log{}, nil, advice{error: fmt.Errorf("%s: %w", c.File, err), try: "a .jsonl file that explore has written", code: reports.ExitUsage}
	}
	program, known := catalogue.FindProgram(log.Setup.Name)
	if !known {
		return sim.Log{}, nil, advice{
			error: fmt.Errorf("this program knows no strategy and no defect %q", log.Setup.Name),
			try:   "onceover list strategies, onceover list defects", code: reports.ExitUsage,
		}
	}
	log.Setup.Program, log.Setup.Tables = program.Program, program.Tables
	scene, err := sim.Prepare(log.Setup)
	return log, scene, err
}

// counterexampleIn names a counterexample of a folder.
func counterexampleIn(folder string) string {
	for _, inside := range []string{"", store.Latest} {
		if all, err := filepath.Glob(filepath.Join(folder, inside, "*.jsonl")); err == nil && len(all) > 0 {
			return "onceover replay " + quote(all[0])
		}
	}
	return "a .jsonl file that explore has written; this folder holds none"
}

// repeat carries the schedule out as often as it was asked to.
func (c replayCmd) repeat(scene *sim.Scene, log sim.Log) (run sim.Run, err error) {
	for i := range max(c.Times, 1) {
		run, err = scene.Replay(log, true)
		if errors.Is(err, sim.ErrDiverged) {
			return run, advice{error: fmt.Errorf("time %d: %w", i+1, err), try: "the program has changed since; onceover explore finds it anew, if it is still there", code: reports.ExitFail}
		}
		if err != nil {
			return run, err
		}
	}
	return run, nil
}

// plan prints the faults of a run as they are given to chaos.
func (c replayCmd) plan(s streams, run sim.Run) error {
	plan, left := sim.PlanOf(run)
	for _, why := range left {
		fmt.Fprintln(s.stderr, "left out: "+why)
	}
	if len(plan) == 0 {
		return advice{error: errors.New("this schedule has no fault that a plan can express"), try: "onceover chaos --scenario calm, if it shows without any", code: reports.ExitNoCell}
	}
	_, err := fmt.Fprintln(terminal.Whole(s.stdout), plan)
	return err
}
