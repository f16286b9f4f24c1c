package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios"
	"onceover/scenarios/live"
)

// examine looks at a program, and prints a line on each thing that it does.
func (c doctorCmd) examine(ctx context.Context, s streams) (err error) {
	loader.SilenceDrivers()
	var o live.Options
	if err := c.serverFlags.read(&o); err != nil {
		return err
	}
	if err := c.programFlags.read(&o); err != nil {
		return err
	}
	if c.Deadline <= 0 {
		return usagef("--deadline %s: no time to wait in", c.Deadline)
	}
	folder, err := os.MkdirTemp("", "onceover-doctor-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	o.Progress = func(format string, args ...any) { fmt.Fprintf(s.stderr, format+"\n", args...) }
	world, err := live.Open(ctx, o, faults.Nothing)
	defer func() { err = errors.Join(err, world.Close(context.WithoutCancel(ctx))) }()
	if err != nil {
		return err
	}
	e, err := world.Examine(ctx, scenarios.Workload{KeyLayout: scenarios.Dense, TTL: 500 * time.Millisecond, Deadline: c.Deadline}, folder)
	if hopeless(err) {
		_, cure := diagnose(err)
		e.Lines, err = []live.Line{{Mark: live.Unfit, Text: err.Error(), Cure: cure}}, nil
	}
	if err != nil {
		return err
	}
	for _, l := range e.Lines {
		fmt.Fprintf(s.stdout, "%-8s %s\n", l.Mark, format.Plain(l.Text))
		if l.Cure != "" {
			fmt.Fprintf(s.stdout, "%-8s %s\n", "  cure:", l.Cure)
		}
	}
	if !e.Faultless() {
		return gateError{reports.ExitFail}
	}
	return nil
}

// hopeless tells whether a program did not even come to the end of a calm run.
func hopeless(err error) bool {
	return errors.Is(err, live.ErrWorker) || errors.Is(err, live.ErrLeftBehind) || errors.Is(err, live.ErrSetup)
}

// examine refuses a program that cannot be judged, before any run counts.
func (p *chaos) examine(ctx context.Context, world *live.World) error {
	if p.c.WorkerCmd == "" {
		return nil
	}
	folder := p.folder.Path() + "/program"
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	rows := live.SmallJob(p.campaign.Workload).Rows
	if p.options.Own != nil {
		rows = p.campaign.Workload.Rows
	}
	p.options.Progress("trying the program: one calm run of %s", format.Plural(rows, "row", "rows"))
	began := time.Now()
	e, err := world.Examine(ctx, p.campaign.Workload, folder)
	if err != nil {
		return err
	}
	if why, cure := e.Unfit(); why != "" {
		return advice{
			error: fmt.Errorf("%w: %s", live.ErrUnfit, format.Plain(why)),
			try:   cure + " (onceover doctor --worker-cmd says all that it found)", code: reports.ExitUsage,
		}
	}
	for _, l := range e.Lines {
		if l.Mark == live.Wrong {
			p.options.Progress("WRONG, and can be judged: %s", format.Plain(l.Text))
		}
	}
	p.options.Progress("the program can be judged, as %.1fs have shown", time.Since(began).Seconds())
	return nil
}
