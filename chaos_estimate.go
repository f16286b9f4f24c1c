package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/recheck"
	"onceover/reports/store"
	"onceover/scenarios"
)

// durations are how long runs take, as it was measured.
type durations struct {
	by      string             // where
	seconds map[string]float64 // of a run, by its scenario
	wall    float64            // time that passes for each second of a run, beside those that go on at a time: start, and between runs
	noWall  string             // why wall is the built-in one, if seconds are not
	earlier bool               // they are those of an earlier result, so what it lacks is built-in
}

// leastSpent is the time of runs, in seconds, from which on the start of servers, which
// comes only once, matters little for the time that passes between runs.
const leastSpent = 60

// estimate says what the campaign takes, and starts nothing.
func (p *chaos) estimate() error {
	d, err := p.durations()
	if err != nil {
		return err
	}
	whole := *p
	whole.campaign.Shard = reports.Shard{}
	for _, left := range p.leftOut {
		fmt.Fprintf(p.stderr, "left out: %s\n", left)
	}
	fmt.Fprintf(p.stdout, "%s: %s\n", p.size(), format.Plural(p.campaign.Whole(), "run", "runs"))
	fmt.Fprintf(p.stdout, "%-15s  %8s  %8s  %8s\n", "scenario", "runs", "s a run", "minutes")
	for _, s := range p.campaign.Scenarios {
		runs, seconds := whole.campaign.Of(s), d.of(s)
		fmt.Fprintf(p.stdout, "%-15s  %8d  %8.1f  %8.1f%s\n", s.Name, runs, seconds, float64(runs)*seconds/60, d.remark(s, p.jobs))
	}
	fmt.Fprintf(p.stdout, "one machine, %s at a time: %s\n", format.Plural(p.jobs, "run", "runs"), minutes(d.takes(whole.campaign, p.jobs)))
	if s := p.campaign.Shard; s.Of > 0 {
		fmt.Fprintf(p.stdout, "shard %s: %s, %s\n", s, format.Plural(p.campaign.Left(), "run", "runs"), minutes(d.takes(p.campaign, p.jobs)))
	}
	_, err = fmt.Fprintf(p.stdout, "by %s. Another machine takes another time.\n", d.source(p.campaign.Scenarios))
	return err
}

// remark is what the row of a scenario says beside its numbers.
func (d durations) remark(s scenarios.Scenario, jobs int) string {
	var all []string
	if s.Measured && jobs > 1 {
		all = append(all, "one at a time")
	}
	if d.lacks(s) {
		all = append(all, "built-in")
	}
	if len(all) == 0 {
		return ""
	}
	return "  " + strings.Join(all, ", ")
}

// lacks tells whether a scenario's number is a built-in one among those of a result.
func (d durations) lacks(s scenarios.Scenario) bool {
	_, known := d.seconds[s.Name]
	return !known && d.earlier
}

// source says where the numbers come from.
func (d durations) source(all []scenarios.Scenario) string {
	text := d.by
	if slices.ContainsFunc(all, d.lacks) {
		text += "; in rows marked built-in, by " + builtIn.by
	}
	if d.noWall != "" {
		text += ". The time between runs is built-in: " + d.noWall
	}
	return text
}

// takes is how long the runs of a campaign, or of its shard, take on a machine.
func (d durations) takes(c scenarios.Campaign, jobs int) time.Duration {
	alone, beside := 0.0, 0.0
	for _, s := range c.Scenarios {
		if seconds := float64(c.Of(s)) * d.of(s); s.Measured {
			alone += seconds
		} else {
			beside += seconds
		}
	}
	return time.Duration(d.wall * (alone + beside/float64(jobs)) * float64(time.Second))
}

// of is how long a run of a scenario takes. One that was not measured there takes as long
// as it did where the built-in numbers were measured, and one that is nowhere as the others.
func (d durations) of(s scenarios.Scenario) float64 {
	for _, known := range []map[string]float64{d.seconds, builtIn.seconds} {
		if seconds, ok := known[s.Name]; ok {
			return seconds
		}
	}
	sum := 0.0
	for _, seconds := range builtIn.seconds {
		sum += seconds
	}
	return sum / float64(len(builtIn.seconds))
}

func minutes(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return fmt.Sprintf("about %.1f minutes", d.Minutes())
	}
	return fmt.Sprintf("about %.0f minutes (%.1f hours)", d.Minutes(), d.Hours())
}

// durations are those of the result that is named, of the newest that there is, or the
// built-in ones.
func (p *chaos) durations() (durations, error) {
	name := p.c.EstimateBy
	if name == "" {
		name = filepath.Join(p.c.Out, store.Latest)
	}
	r, err := store.Load(name)
	if err == nil {
		err = recheck.Check(r)
	}
	if err == nil {
		switch d := measured(r); {
		case slices.ContainsFunc(p.campaign.Scenarios, func(s scenarios.Scenario) bool { return !d.lacks(s) }):
			d.by = fmt.Sprintf("the durations in %s (%s)", name, format.Plural(r.Run.Done, "run", "runs"))
			return d, nil
		case len(d.seconds) > 0:
			d := builtIn
			d.by += fmt.Sprintf(". %s holds no run of these scenarios", name)
			return d, nil
		}
		err = fmt.Errorf("%s: it holds no run on real servers", name)
	}
	if p.c.EstimateBy != "" {
		return durations{}, usagef("--estimate-by: %w", err)
	}
	return builtIn, nil
}

// measured takes the durations from results.
func measured(r *reports.Results) durations {
	d := durations{seconds: map[string]float64{}, wall: builtIn.wall, earlier: true}
	live := reports.Those(r.Cells, func(c reports.Cell) bool { return c.World != reports.WorldSim && len(c.Runs) > 0 })
	jobs, spent := float64(max(1, r.Config.Jobs)), 0.0
	for _, cells := range reports.Groups(live, func(c reports.Cell) string { return c.Scenario }) {
		runs := slices.Concat(reports.Each(cells, func(c reports.Cell) []reports.Run { return c.Runs })...)
		sum := 0.0
		for _, run := range runs {
			sum += float64(run.DurationMS) / 1000
			if run.Shared {
				spent += float64(run.DurationMS) / 1000 / jobs
			} else {
				spent += float64(run.DurationMS) / 1000
			}
		}
		if sum > 0 { // else nobody measured them
			d.seconds[cells[0].Scenario] = sum / float64(len(runs))
		}
	}
	switch {
	case len(r.Parts) > 0: // their durations are those of all parts, one after the other
		d.noWall = "merged results do not tell it"
	case spent < leastSpent:
		d.noWall = "those runs took less than a minute"
	default:
		d.wall = max(1, float64(r.Run.DurationMS)/1000/spent)
	}
	return d
}

// builtIn was measured with one run of each cell of the standard campaign, and of lease-lua
// and set-nx under the other scenarios, while other programs kept the two cores busy: on a
// machine that does nothing else, the standard campaign
// takes less than half as long.
var builtIn = durations{
	by:   "durations that were measured on two busy cores with the defaults, rather too long for a machine that does nothing else",
	wall: 1.2,
	seconds: map[string]float64{
		"calm": 1.6, "kill-steps": 16.4, "kill-random": 4.6, "kill-skipped": 3.6, "pause-short": 3.2, "pause-long": 4.5,
		"lost-reply": 2.9, "redis-always": 3.7, "redis-power": 9.4, "redis-none": 9.7, "mysql-kill": 17.9, "redis-everysec": 7.3,
		"evict": 10.9, "redis-full": 3.8, "half-open": 3.4, "partition": 3.4, "failover": 2.1, "redis-clock": 2.5,
	},
}
