package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/catalogue"
	"onceover/scenarios/defects"
	"onceover/scenarios/simulated"
	"onceover/sim/search"
)

// measuredSeeds is over how many seeds the medians are.
const measuredSeeds = 20

// measureDefects searches for every defect of the catalogue with many seeds. A
// defect that is not caught with each of them fails: the search has gone blind.
func (c exploreCmd) measureDefects(ctx context.Context, g *cli, s streams) error {
	all, err := dealt(c, s, defects.All())
	if err = cmp.Or(err, c.check()); err != nil {
		return err
	}
	began := time.Now()
	clock := clockUntil(ctx, began)
	fmt.Fprintf(s.stderr, "%s%s, %d seeds each\n", c.shareOf(len(defects.All())), format.Plural(len(all), "defect", "defects"), measuredSeeds)
	progress, stop := g.counting(ctx, s, "defects", len(all))
	defer stop()
	rows := []table.Row{{"defect", "verdict", "caught", "by", "schedules", "time", "mistake"}}
	var missed []string
	for i, d := range all {
		progress.Set(int64(i))
		caught, err := d.Measure(measuredSeeds, c.Jobs, clock)
		if err = cmp.Or(ctx.Err(), err); err != nil {
			return err
		}
		if caught.Found < measuredSeeds {
			missed = append(missed, fmt.Sprintf("%s was caught with %d of %d seeds only; look at it: onceover explore --strategy %[1]s", d.Name, caught.Found, measuredSeeds))
		}
		rows = append(rows, table.Row{d.Name, d.Want, fmt.Sprintf("%d of %d", caught.Found, measuredSeeds), caught.Stage, caught.Schedules,
			caught.Elapsed.Round(100 * time.Microsecond), d.Mistake})
	}
	progress.Set(int64(len(all)))
	stop()
	printTable(s, rows)
	fmt.Fprintf(s.stdout, "\nschedules to the first violation and time are medians of %d seeds; %d of %d defects were caught with each seed, in %.1fs\n",
		measuredSeeds, len(all)-len(missed), len(all), time.Since(began).Seconds())
	if len(missed) > 0 {
		fmt.Fprintln(s.stdout, strings.Join(missed, "\n"))
		return gateError{reports.ExitFail}
	}
	return nil
}

// dealt are the entries of a catalogue that the shard has.
func dealt[E any](c exploreCmd, s streams, all []E) (mine []E, err error) {
	shard, flag, err := c.shardFlags.read(s.getenv, c.Seed)
	if err = cmp.Or(err, tooMany(shard, flag, len(all), "entry", "entries")); err != nil {
		return nil, err
	}
	for k, entry := range all {
		if shard.Mine(k) {
			mine = append(mine, entry)
		}
	}
	return mine, nil
}

// shareOf says that this is a shard of so many entries, if it is one.
func (c exploreCmd) shareOf(whole int) string {
	if c.Shard == "" && c.ShardFrom == "" {
		return ""
	}
	return fmt.Sprintf("a shard of %d: ", whole)
}

// judgeTrials explores every trial with the usual scopes, until the first bad
// verdict. It fails if a trial is judged wrong.
func (c exploreCmd) judgeTrials(ctx context.Context, g *cli, s streams) error {
	all, err := dealt(c, s, defects.Trials())
	if err = cmp.Or(err, c.check()); err != nil {
		return err
	}
	c.Seed = new(seedOr(c.Seed))
	fmt.Fprintf(s.stderr, "seed %d, %s%s, up to %s each\n", *c.Seed, c.shareOf(len(defects.Trials())), format.Plural(len(all), "trial", "trials"), c.Budget)
	progress, stop := g.counting(ctx, s, "trials", len(all))
	defer stop()
	rows := []table.Row{{"trial", "is", "judged", "schedules", "time", "about"}}
	var wrong []misjudged
	for i, trial := range all {
		progress.Set(int64(i))
		began := time.Now()
		program, _ := catalogue.FindProgram(trial.Name)
		verdict, result, err := simulated.Judge(ctx, program, search.Options{Seed: *c.Seed, Jobs: c.Jobs, Limit: c.Budget}, clockUntil(ctx, began))
		if err = cmp.Or(ctx.Err(), err); err != nil {
			return fmt.Errorf("%s: %w", trial.Name, err)
		}
		judged := format.Verdict(verdict)
		if !trial.Accepts(verdict) {
			wrong = append(wrong, misjudged{trial, verdict, result})
			judged += ", misjudged"
		}
		is, about := describe(trial)
		rows = append(rows, table.Row{trial.Name, is, judged, result.Schedules(), time.Since(began).Round(10 * time.Millisecond), about})
	}
	progress.Set(int64(len(all)))
	stop()
	printTable(s, rows)
	fmt.Fprintf(s.stdout, "\n%d of %d trials were judged right\n", len(all)-len(wrong), len(all))
	if len(wrong) == 0 {
		return nil
	}
	for _, m := range wrong {
		fmt.Fprintln(s.stdout, c.whatToDo(m))
	}
	return gateError{reports.ExitFail}
}

// describe tells whether a trial is right, and what it is about.
func describe(t defects.Trial) (is, about string) {
	is, about = "wrong", t.About
	if t.Right() {
		is = "right"
	}
	if t.Beyond != "" {
		about += " Not found: " + t.Beyond
	}
	return is, about
}

// misjudged is a trial with the verdict that it ought not to have.
type misjudged struct {
	defects.Trial
	verdict reports.Verdict
	result  search.Result
}

// moreTime is how much longer to search what was not found.
const moreTime = 4

// whatToDo says what was wrong with a judgement, and how to repeat it.
func (c exploreCmd) whatToDo(m misjudged) string {
	again := func(budget time.Duration) string {
		return fmt.Sprintf("onceover explore --seed %d --strategy %s --budget %s", *c.Seed, m.Name, budget)
	}
	tried := format.Plural(m.result.Schedules(), "schedule", "schedules")
	switch {
	case m.verdict == reports.Safe && m.result.Complete:
		return fmt.Sprintf("%s is misjudged: nothing was found in %s, though all within the bounds were tried; repeat it: %s", m.Name, tried, again(c.Budget))
	case m.verdict == reports.Safe:
		return fmt.Sprintf("%s is misjudged: nothing was found in %s within %s; give it more time: %s", m.Name, tried, c.Budget, again(moreTime*c.Budget))
	case m.Right() || m.Beyond != "":
		return fmt.Sprintf("%s is misjudged: nothing was to be found, and a %s was; look at it: %s", m.Name, format.Verdict(m.verdict), again(c.Budget))
	}
	return fmt.Sprintf("%s is misjudged: a %s was to be found, and not a %s; look at it: %s", m.Name,
		strings.Join(reports.Each(m.Wants, format.Verdict), " or "), format.Verdict(m.verdict), again(c.Budget))
}

// clockUntil tells the time since a moment. When the context ends, it is too late for everything.
func clockUntil(ctx context.Context, began time.Time) func() time.Duration {
	return func() time.Duration {
		if ctx.Err() != nil {
			return math.MaxInt64
		}
		return time.Since(began)
	}
}

// leastProse is how many columns a sentence needs to be readable in a table.
const leastProse = 24

// printTable prints rows, of which the first is the header. On a terminal the last column, which list prints too, has what
// the others leave, or is left out where that is too little.
func printTable(s streams, rows []table.Row) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.OptionsNoBordersAndSeparators
	t.SuppressTrailingSpaces()
	t.AppendHeader(rows[0])
	t.AppendRows(rows[1:])
	if columns := columns(s.stdout); columns != nil {
		last := table.ColumnConfig{Number: len(rows[0]), Hidden: true, WidthMaxEnforcer: text.WrapSoft}
		t.SetColumnConfigs([]table.ColumnConfig{last})
		last.WidthMax = columns() - text.LongestLineLen(t.Render()) - 2
		last.Hidden = last.WidthMax < leastProse
		t.SetColumnConfigs([]table.ColumnConfig{last})
	}
	fmt.Fprintln(s.stdout, t.Render())
}
