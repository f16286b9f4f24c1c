// Package merge makes one result out of several: of the shards of a campaign, of
// the same campaign with more seeds, of both worlds. Nothing is run for it.
//
// It promises: the same invocation, and a run of a cell with the same seed, is counted
// once, and the worse of two copies counts, so no finding is ever lost. The tallies do
// not depend on the order of merging. Runs that were not made alike are not counted
// together: that is an error, which names the difference.
//
// It does not judge; that is for package gate. If a cell was searched several times, it
// keeps what the most thorough search covered and not the sum, since searches have most
// of their schedules in common.
//
//	r, err := merge.Of([]merge.Source{{Name: "shard-1", Folder: "../shard-1", Results: first}, ...})
package merge

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/recheck"
)

// Source is one of the results to merge.
type Source struct {
	Name    string // how the user named it, for errors
	Folder  string // of its runs, with slashes, as seen from the folder of the merged results
	Results *reports.Results

	// Replay is the command that shows a counterexample that lies in the source's
	// folder; nil: commands are kept as they are.
	Replay func(file string) string
}

// Of merges results. The caller has to set the tool and the invocation's ID and command
// of those that it returns, and to judge them. A single source is checked, and its
// folders are made relative, but it keeps all that it says of itself, unless it is one
// shard: then it becomes a campaign of which the other shards are missing.
func Of(sources []Source) (*reports.Results, error) {
	if len(sources) == 0 {
		return nil, errors.New("there is nothing to merge")
	}
	moved := make([]*reports.Results, len(sources))
	for i, s := range sources {
		if err := recheck.Check(s.Results); err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		moved[i] = s.move()
	}
	if len(sources) == 1 && moved[0].Run.Share().Of == 0 {
		return moved[0], nil
	}
	parts, err := allParts(sources, moved)
	if err = cmp.Or(err, ofOneCampaign(parts)); err != nil {
		return nil, err
	}
	merged := &reports.Results{Schema: reports.Schema, Parts: parts, Cells: []reports.Cell{}}
	summarise(merged)
	for i, r := range moved {
		for _, c := range r.Cells {
			if err := addCell(merged, c, sources[i].Name); err != nil {
				return nil, err
			}
		}
		merged.Gate.Reasons = append(merged.Gate.Reasons, r.Gate.Reasons...) // of cells that are gone
		merged.Strategies = append(merged.Strategies, r.Strategies...)
		merged.Scenarios = append(merged.Scenarios, r.Scenarios...)
	}
	merged.Strategies = reports.Unique(merged.Strategies, func(s reports.StrategyText) string { return s.Name })
	merged.Scenarios = reports.Unique(merged.Scenarios, func(s reports.ScenarioText) string { return s.Name })
	inOrder(merged)
	merged.Abridged, merged.Gate.Expected = common(moved)
	return merged, nil
}

// move returns the results of a source with its folders as seen from the new place.
func (s Source) move() *reports.Results {
	r := *s.Results
	r.Cells, r.Parts = slices.Clone(r.Cells), slices.Clone(r.Parts)
	for i := range r.Parts {
		r.Parts[i].Folder = path.Join(s.Folder, r.Parts[i].Folder)
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.World == "" {
			c.World = r.Run.World // an older form says it only once
		}
		c.Runs, c.Counterexamples = slices.Clone(c.Runs), slices.Clone(c.Counterexamples)
		for j := range c.Runs {
			run := &c.Runs[j]
			s.moveFile(&run.Folder, &run.Replay, c.World)
		}
		for j := range c.Counterexamples {
			x := &c.Counterexamples[j]
			s.moveFile(&x.File, &x.Replay, c.World)
		}
	}
	return &r
}

// moveFile makes a file relative to the new place. In the simulated world it is a
// counterexample, which the command has to name as it can be found now.
func (s Source) moveFile(file, replay *string, world string) {
	if *file == "" {
		return
	}
	if world == reports.WorldSim && s.Replay != nil {
		*replay = s.Replay(*file)
	}
	*file = path.Join(s.Folder, *file)
}

// common is what several results say of themselves: what they leave out, and where
// their expectations come from.
func common(all []*reports.Results) (abridged, expected string) {
	join := func(of func(*reports.Results) string) string {
		texts := slices.DeleteFunc(reports.Each(all, of), func(s string) bool { return s == "" })
		return strings.Join(reports.Unique(texts, func(s string) string { return s }), "; ")
	}
	return join(func(r *reports.Results) string { return r.Abridged }), join(func(r *reports.Results) string { return r.Gate.Expected })
}
