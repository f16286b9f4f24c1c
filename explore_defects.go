package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"onceover/scenarios/defects"
)

// measuredSeeds is over how many seeds the medians are.
const measuredSeeds = 20

// measureDefects searches for every defect of the catalogue with many seeds. A
// defect that is not caught with each of them fails: the search has gone blind.
func measureDefects(ctx context.Context, s streams) error {
	began := time.Now()
	all := defects.All()
	fmt.Fprintf(s.stderr, "%s, %d seeds each\n", counted(len(all), "defect"), measuredSeeds)
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.OptionsNoBordersAndSeparators
	t.SuppressTrailingSpaces()
	t.AppendHeader(table.Row{"defect", "verdict", "caught", "by", "schedules", "time", "mistake"})
	missed := 0
	for _, d := range all {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c, err := d.Measure(measuredSeeds, func() time.Duration { return time.Since(began) })
		if err != nil {
			return err
		}
		if c.Found < c.Seeds {
			missed++
		}
		t.AppendRow(table.Row{d.Name, d.Want, fmt.Sprintf("%d of %d", c.Found, c.Seeds), c.Stage, c.Schedules,
			c.Elapsed.Round(100 * time.Microsecond), d.Mistake})
	}
	fmt.Fprintln(s.stdout, t.Render())
	fmt.Fprintf(s.stdout, "\nschedules to the first violation and time are medians of %d seeds; %d of %d defects were caught with each seed, in %.1fs\n",
		measuredSeeds, len(all)-missed, len(all), time.Since(began).Seconds())
	if missed > 0 {
		return gateError{exitFail}
	}
	return nil
}
