package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"onceover/reports"
	"onceover/reports/compare"
	"onceover/reports/format"
	"onceover/reports/gate"
	"onceover/reports/merge"
	"onceover/reports/program"
	"onceover/reports/store"
	"onceover/scenarios/expect"
)

type reportCmd struct {
	Results        []string `arg:"" help:"What to report: folders of campaigns or explorations (or those that hold their link latest), results.json, or report.html. Where no shell does it, a pattern such as shards/* is expanded."`
	Baseline       string   `placeholder:"OLD" help:"An older result to compare with on the page. Its cells have to be there; onceover diff judges whether they are worse."`
	Expect         string   `placeholder:"FILE" help:"Judge by the expectations in this file, in place of those in the results."`
	RequireContent bool     `help:"Of every cell that has to be safe, the content of all rows must have been compared; without this it is only a warning."`
	Out            string   `short:"o" default:"report-out" help:"Folder in which each report gets one of its own; its link latest leads to the newest."`
}

func (reportCmd) Help() string {
	return `Several results become one: the shards of a campaign, more seeds of the same, real servers and the simulated world. Nothing is run. A run with the same seed and plan is counted once; runs that were not made alike are not counted together. Shards that are missing are named, each with the command that does it. The gate judges the whole, by the same rules and with the same exit codes.

Examples:
  onceover report chaos-out               the newest campaign, anew
  onceover report chaos-out explore-out   both worlds on one page
  onceover report shard-*/report.html --expect mine.yaml`
}

func (c reportCmd) Run(g *cli, s streams) error {
	i := &invocation{g: g, streams: s, began: time.Now()}
	var expected *expect.Expectations // nil: the results bring theirs along
	var err error
	if c.Expect != "" {
		if expected, err = chosenExpectations(c.Expect); err != nil {
			return err
		}
	}
	var old *reports.Results
	if c.Baseline != "" {
		if old, err = baseline(c.Baseline); err != nil {
			return err
		}
	}
	i.folder = store.Planned(c.Out, i.began)
	if c.Results, err = expanded(c.Results); err != nil {
		return err
	}
	c.Results = withoutBegun(c.Results, s.stderr)
	results, demanded, err := c.merged(i.folder, expected)
	if err != nil {
		return err
	}
	if len(results.Parts) > 0 {
		results.Tool = program.Tool()
		results.Run.ID, results.Run.Replay = i.folder.Name, c.command()
	}
	if c.RequireContent {
		gate.RequireContent(results)
	}
	gate.Apply(results, append(demanded, c.remembered(old)...)...)
	var compared *compare.Comparison
	if old != nil {
		if compared, err = compare.Of(old, results, compare.Options{OldName: c.Baseline, NewName: "this report"}); err != nil {
			return usagef("--baseline: %w", err)
		}
	}
	if err := i.createFolder(); err != nil {
		return err
	}
	nothing := i.newResults(results.Run.World, c.command())
	nothing.Run.Planned = results.Run.Planned
	if err := i.begin(nothing); err != nil {
		return err
	}
	i.results = *results
	for _, doubled := range merge.Doubled(results.Parts) {
		fmt.Fprintf(s.stderr, "%s; of each run the worse copy counts\n", doubled)
	}
	fmt.Fprintf(s.stderr, "%s, %s, out %s\n", format.Plural(len(c.Results), "result", "results"), format.Plural(len(results.Cells), "cell", "cells"), i.folder.Path())
	return i.conclude(context.Background(), compared, nil)
}

// expanded are the names with the patterns among them in full, for places without a shell.
func expanded(names []string) (all []string, err error) {
	for _, name := range names {
		found, err := filepath.Glob(name)
		_, missing := os.Lstat(name)
		switch {
		case missing == nil || !strings.ContainsAny(name, "*?["):
			all = append(all, name)
		case err != nil:
			return nil, usagef("%s: %w", name, err)
		case len(found) == 0:
			return nil, usagef("%s: nothing there matches this pattern", name)
		default:
			all = append(all, found...)
		}
	}
	return all, nil
}

// withoutBegun leaves out the folders of what was killed before it had written anything, as a
// shard that was then done again, and says so. If nothing else is there, the error about it is still to come.
func withoutBegun(names []string, stderr io.Writer) []string {
	if !slices.ContainsFunc(names, func(name string) bool { return !store.Begun(name) }) {
		return names
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		begun := store.Begun(name)
		if begun {
			fmt.Fprintf(stderr, "%s is empty: what was to write there had just begun when it was killed, or goes on; it is left out\n", name)
		}
		return begun
	})
}

// remembered are the cells of the baseline: what was checked once has to be there.
func (c reportCmd) remembered(old *reports.Results) (all []gate.Named) {
	if old == nil {
		return nil
	}
	for _, cell := range old.Cells {
		world := cmp.Or(cell.World, old.Run.World)
		all = append(all, gate.Named{World: world, ID: cell.ID, Expected: cell.Expected, By: c.Baseline})
	}
	return all
}

// merged makes one result of everything that was named, to be written to a folder, and
// lists the cells that have to be there.
func (c reportCmd) merged(out store.Folder, expected *expect.Expectations) (*reports.Results, []gate.Named, error) {
	var sources []merge.Source
	var demands []gate.Named
	for _, name := range c.Results {
		source, err := readSource(name, out)
		if err != nil {
			return nil, nil, advice{
				error: usageError{err},
				try:   "name folders, results.json or report.html that chaos, explore or report have written", code: reports.ExitUsage,
			}
		}
		if expected != nil {
			demands = append(demands, expected.Demanded(source.Results)...)
			if err := expected.Apply(source.Results); err != nil {
				return nil, nil, wrongExpectations(err)
			}
		}
		sources = append(sources, source)
	}
	r, err := merge.Of(sources)
	if err != nil {
		return nil, nil, advice{error: usageError{err}, try: "report them one by one, or leave out what does not belong there", code: reports.ExitUsage}
	}
	return r, demands, nil
}

func readSource(name string, out store.Folder) (merge.Source, error) {
	dir, err := store.FolderOf(name)
	if err != nil {
		return merge.Source{}, err
	}
	path := name
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		path = dir
	}
	r, err := store.Load(path)
	if err != nil {
		return merge.Source{}, err
	}
	inside, err := filepath.Rel(store.Resolved(out.Path()), store.Resolved(dir))
	return merge.Source{
		Name: name, Folder: filepath.ToSlash(inside), Results: r,
		Replay: func(file string) string { return "onceover replay " + quote(fromHere(dir, file)) },
	}, err
}

// fromHere is a file beside results as a command can name it.
func fromHere(dir, file string) string {
	file = filepath.Join(store.Resolved(dir), filepath.FromSlash(file))
	if near, err := filepath.Rel(store.Resolved("."), file); err == nil {
		return near
	}
	return file
}

// command is this report as a command for a shell.
func (c reportCmd) command() string {
	command := "onceover report"
	for _, name := range c.Results {
		command += " " + quote(name)
	}
	return command + flagText(settings(&c, "out"))
}
