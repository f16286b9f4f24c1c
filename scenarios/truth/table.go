package truth

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// Cell is one cell with all that is known of it.
type Cell struct {
	ID        string
	Predicted Prediction    // nil: nothing was
	Simulated *reports.Cell // nil: it was not searched
	Live      *reports.Cell // nil: it was not run
	Finding   *Finding      // nil: there is none
}

// Table is all cells, in the order of the results.
type Table []Cell

// Of sets predictions, results and findings side by side. A cell that was predicted and is
// in no result stands at the end.
func Of(r *reports.Results, predicted Predictions, findings []Finding) Table {
	var table Table
	at := map[string]int{}
	cell := func(id string) *Cell {
		if _, known := at[id]; !known {
			at[id] = len(table)
			table = append(table, Cell{ID: id, Predicted: predicted[id]})
		}
		return &table[at[id]]
	}
	for i := range r.Cells {
		found := &r.Cells[i]
		if cmp.Or(found.World, r.Run.World) == reports.WorldSim {
			cell(found.ID).Simulated = found
		} else {
			cell(found.ID).Live = found
		}
	}
	for _, id := range sorted(predicted) {
		cell(id)
	}
	for i := range table {
		if f := slices.IndexFunc(findings, func(f Finding) bool { return f.Of(table[i].ID) }); f >= 0 {
			table[i].Finding = &findings[f]
		}
	}
	return table
}

func sorted(predicted Predictions) (ids []string) {
	for id := range predicted {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Settled tells whether both worlds have shown something.
func (c Cell) Settled() bool {
	return c.Simulated != nil && c.Simulated.Proves() && c.Live != nil && c.Live.Proves()
}

// missing tells whether a cell is predicted only.
func (c Cell) missing() bool { return c.Simulated == nil && c.Live == nil }

// Disagreement says in which way prediction and worlds differ, "" if they do not. That
// real servers show nothing where the search found something is luck with the timing,
// and no disagreement.
func (c Cell) Disagreement() string {
	simulated, live := bad(c.Simulated), bad(c.Live)
	if len(live) > 0 && len(simulated) == 0 && complete(c.Simulated) {
		return "real servers show what a complete search does not find"
	}
	found := slices.Concat(simulated, live)
	switch {
	case c.Predicted == nil:
		return ""
	case c.Predicted.Safe() && len(found) > 0:
		return "predicted to be safe, and it is not"
	case c.Predicted.Safe():
		return ""
	case len(found) == 0 && c.Settled():
		return "predicted to be " + words(c.Predicted) + ", and nothing was found"
	}
	if other := slices.DeleteFunc(found, func(v reports.Verdict) bool { return slices.Contains(c.Predicted, v) }); len(other) > 0 {
		return "predicted to be " + words(c.Predicted) + ", and it is " + words(distinct(other))
	}
	return ""
}

// Unexplained are the cells that disagree and have no finding.
func (t Table) Unexplained() Table {
	return t.with(func(c Cell) bool { return c.Disagreement() != "" && c.Finding == nil })
}

// Explained are the cells that disagree, as a finding says.
func (t Table) Explained() Table {
	return t.with(func(c Cell) bool { return c.Disagreement() != "" && c.Finding != nil })
}

// Unsettled are the cells of which a world has shown nothing.
func (t Table) Unsettled() Table { return t.with(func(c Cell) bool { return !c.Settled() }) }

func (t Table) with(is func(Cell) bool) Table {
	return slices.DeleteFunc(slices.Clone(t), func(c Cell) bool { return !is(c) })
}

func bad(c *reports.Cell) []reports.Verdict {
	if c == nil {
		return nil
	}
	return slices.DeleteFunc(c.Found(), func(v reports.Verdict) bool { return !v.Bad() })
}

func complete(c *reports.Cell) bool { return c != nil && c.Search != nil && c.Search.Complete }

func distinct(all []reports.Verdict) []reports.Verdict {
	slices.Sort(all)
	return slices.Compact(all)
}

func words(all []reports.Verdict) string {
	var texts []string
	for _, v := range all {
		texts = append(texts, string(v))
	}
	return strings.Join(texts, " or ")
}

// said is what was predicted, in a word or two.
func (c Cell) said() string {
	if c.Predicted == nil {
		return "-"
	}
	return words(c.Predicted)
}

// searched is what the search came to.
func (c Cell) searched() string {
	switch {
	case c.Simulated == nil:
		return "not searched"
	case len(bad(c.Simulated)) > 0:
		return words(bad(c.Simulated))
	case !c.Simulated.Proves():
		return "not simulated"
	case complete(c.Simulated):
		return "safe, complete"
	}
	return fmt.Sprintf("safe in %s schedules", format.Thousands(c.Simulated.Search.Schedules))
}

// shown is what real servers showed.
func (c Cell) shown() string {
	if c.Live == nil {
		return "not run"
	}
	n := c.Live.Tally
	switch {
	case len(bad(c.Live)) > 0:
		return fmt.Sprintf("%s, %d of %s", words(bad(c.Live)), n.Bad(), format.Plural(n.Conclusive(), "run", "runs"))
	case !c.Live.Proves():
		return "nothing shown"
	}
	return fmt.Sprintf("safe, %s", format.Plural(n.Conclusive(), "run", "runs"))
}
