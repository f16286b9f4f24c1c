// Package compare says what has become better or worse between two results, and
// how sure that is.
//
// It promises: one counterexample is proof, so a cell in which something is found for
// the first time is worse, whatever a test of significance would say. Nothing becomes
// better by knowing less. A cost is compared only if both results were made alike, from
// runs that finished, and a difference within the noise is called that.
//
// It does not promise: two results do not tell which change of the program made the
// difference, and costs are those of one machine.
package compare

import (
	"cmp"
	"fmt"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/metric"
	"onceover/reports/recheck"
)

// Schema names the form of a comparison as JSON. The major version changes when
// a reader of the older form would misunderstand the newer.
const Schema = "onceover.comparison/1.1"

// Comparison is what differs between an older result and a newer one.
type Comparison struct {
	Schema    string  `json:"schema"`
	Old       Side    `json:"old"`
	New       Side    `json:"new"`
	Worlds    []World `json:"worlds"`    // those of either side
	Threshold float64 `json:"threshold"` // as a share: how much more a cost may be before it has regressed
	Cells     []Cell  `json:"cells"`     // what matters most comes first
}

// Side is one of the two results.
type Side struct {
	Name   string             `json:"name"` // where it was read from
	Tool   reports.Tool       `json:"tool"`
	Run    reports.Invocation `json:"run"`
	Config reports.Config     `json:"config"`
	Seeds  string             `json:"-"` // in words: merged results have none of their own
}

func side(name string, r *reports.Results) Side {
	return Side{Name: name, Tool: r.Tool, Run: r.Run, Config: r.Config, Seeds: format.Seeds(r)}
}

// World tells whether the two results were made alike in one world. If not, the
// costs of its cells are not comparable; its verdicts are.
type World struct {
	Name        string       `json:"name"`        // reports.WorldLive or reports.WorldSim
	Differences []Difference `json:"differences"` // none: costs can be compared
	Noted       []Difference `json:"noted"`       // differences that do not forbid that
}

// Difference is one condition that is not the same.
type Difference struct {
	What string `json:"what"` // MySQL, workers ...
	Old  string `json:"old"`
	New  string `json:"new"`
}

// String is as in "MySQL 8.0.36 vs 8.4.2".
func (d Difference) String() string { return d.What + " " + d.Old + " vs " + d.New }

// Cell is one cell of either result, or of both.
type Cell struct {
	World    string `json:"world"`
	ID       string `json:"id"` // strategy/scenario, unique within a world
	Strategy string `json:"strategy"`
	Scenario string `json:"scenario"`

	Change Change   `json:"change"`
	Fails  bool     `json:"fails"`           // it fails the comparison
	Why    string   `json:"why"`             // one sentence; empty if nothing is to be said
	Notes  []string `json:"notes,omitempty"` // what else has changed, such as less evidence

	Old  *Evidence `json:"old,omitempty"`  // nil: there was no such cell
	New  *Evidence `json:"new,omitempty"`  // nil: there is no such cell any more
	Rate *RateTest `json:"rate,omitempty"` // of cells that are bad on both sides, or became good
	Run  *Example  `json:"run,omitempty"`  // the first bad run of a kind that is new

	Costs []Cost `json:"costs,omitempty"`
}

// Evidence is what was seen of a cell in one of the results.
type Evidence struct {
	Found    []reports.Verdict `json:"found"` // the worst first
	Bad      int               `json:"bad"`   // runs; of a search, none is counted
	Of       int               `json:"of"`    // runs that prove something
	BadRate  reports.Rate      `json:"bad_rate"`
	Search   *reports.Search   `json:"search,omitempty"`
	Line     string            `json:"line"` // how much was tried and what that proves, in words
	Expected string            `json:"expected"`
	State    reports.State     `json:"state"`
}

// RateTest is Fisher's exact test, both sides, of the share of bad runs.
type RateTest struct {
	P        float64 `json:"p"`
	Adjusted float64 `json:"p_adjusted"` // by Holm, over all cells whose rate was tested
}

// Example is one run that shows what is new.
type Example struct {
	Seed   uint64            `json:"seed"`
	Found  []reports.Verdict `json:"found"`
	Why    string            `json:"why"`
	Replay string            `json:"replay"`
}

// Cost is one cost of a cell on both sides.
type Cost struct {
	Metric string   `json:"metric"` // rows per second ...
	Unit   string   `json:"unit"`   // rows/s ...
	Old    Estimate `json:"old"`
	New    Estimate `json:"new"`

	Outcome  Outcome   `json:"outcome"`
	Effect   *Interval `json:"effect,omitempty"`     // nil: too few runs, or not comparable
	Absolute bool      `json:"absolute,omitempty"`   // Effect is new - old in Unit, not new / old
	P        *float64  `json:"p,omitempty"`          // Mann-Whitney, both sides; nil: not tested
	Adjusted *float64  `json:"p_adjusted,omitempty"` // by Holm, over all costs of all cells
	Note     string    `json:"note,omitempty"`       // why something is missing

	metric metric.Metric
}

// Outcome is what a comparison of costs came to.
type Outcome string

const (
	Regressed     Outcome = "regressed"      // significant, and the whole interval is beyond the threshold
	Improved      Outcome = "improved"       // the same, to the better
	Inconclusive  Outcome = "inconclusive"   // significant, but perhaps within the threshold
	Unshown       Outcome = "unshown"        // no significant difference: ~
	TooFew        Outcome = "too-few"        // too few runs to tell
	NotComparable Outcome = "not-comparable" // see Note
)

// Estimate is the median of a cost over the runs of a cell.
type Estimate struct {
	N      int      `json:"n"` // runs that were measured
	Median *float64 `json:"median,omitempty"`
	// Interval is the confidence interval of the median, of at least 95 %; nil: fewer
	// than 6 runs have none.
	Interval *Interval `json:"interval,omitempty"`
}

// Interval is a range, and of an effect also its middle.
type Interval struct {
	Point float64 `json:"point"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// DefaultThreshold is how much more a cost may be, as a share.
const DefaultThreshold = 0.20

// Options are how results are compared.
type Options struct {
	OldName, NewName string  // where they were read from
	Threshold        float64 // as a share; 0 is DefaultThreshold
}

// Of compares two results. It is an error if one of them names a cell twice, or if
// the older one has no cells: then there is nothing to compare with.
func Of(old, now *reports.Results, o Options) (*Comparison, error) {
	o.Threshold = cmp.Or(o.Threshold, DefaultThreshold)
	old, now = recheck.Supported(old), recheck.Supported(now)
	if len(old.Cells) == 0 {
		return nil, fmt.Errorf("%s: it has no cells, so there is nothing to compare with", cmp.Or(o.OldName, "the older result"))
	}
	pairs, err := newPairs(old, now, o)
	if err != nil {
		return nil, err
	}
	c := &Comparison{
		Schema: Schema, Threshold: o.Threshold, Worlds: worlds(old, now),
		Old: side(o.OldName, old), New: side(o.NewName, now),
	}
	rates := testRates(pairs)
	for i, p := range pairs {
		c.Cells = append(c.Cells, p.judge(rates[i], now))
		if p.old != nil && p.now != nil {
			c.Cells[i].Costs = compareCosts(*p.old, *p.now, obstacle(c.Worlds, p.world))
		}
	}
	decideCosts(c.Cells, o.Threshold)
	order(c.Cells)
	return c, nil
}
