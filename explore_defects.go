package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/defects"
)

// measuredSeeds is over how many seeds the medians are.
const measuredSeeds = 20

// measureDefects searches for every defect of the catalogue with many seeds. A
// defect that is not caught with each of them fails: the search has gone blind.
func (c exploreCmd) measureDefects(ctx context.Context, s streams) error {
	if err := c.check(); err != nil {
		return err
	}
	began := time.Now()
	clock := func() time.Duration {
		if ctx.Err() != nil {
			return math.MaxInt64 // too late for everything
		}
		return time.Since(began)
	}
	all := defects.All()
	fmt.Fprintf(s.stderr, "%s, %d seeds each\n", format.Plural(len(all), "defect", "defects"), measuredSeeds)
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.OptionsNoBordersAndSeparators
	t.SuppressTrailingSpaces()
	t.AppendHeader(table.Row{"defect", "verdict", "caught", "by", "schedules", "time", "mistake"})
	missed := 0
	for _, d := range all {
		caught, err := d.Measure(measuredSeeds, c.Jobs, clock)
		if err = cmp.Or(ctx.Err(), err); err != nil {
			return err
		}
		if caught.Found < caught.Seeds {
			missed++
		}
		t.AppendRow(table.Row{d.Name, d.Want, fmt.Sprintf("%d of %d", caught.Found, caught.Seeds), caught.Stage, caught.Schedules,
			caught.Elapsed.Round(100 * time.Microsecond), d.Mistake})
	}
	fmt.Fprintln(s.stdout, t.Render())
	fmt.Fprintf(s.stdout, "\nschedules to the first violation and time are medians of %d seeds; %d of %d defects were caught with each seed, in %.1fs\n",
		measuredSeeds, len(all)-missed, len(all), time.Since(began).Seconds())
	if missed > 0 {
		return gateError{reports.ExitFail}
	}
	return nil
}
