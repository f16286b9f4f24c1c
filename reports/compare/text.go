package compare

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"onceover/reports"
	"onceover/reports/format"
)

// WriteText writes a comparison for people at a terminal: what has changed,
// the most important first, then costs, and last the answer. Costs tells whether
// they count for it.
func (c *Comparison) WriteText(w io.Writer, costs bool) error {
	var out bytes.Buffer
	line := liner(&out)
	line("before  %s", c.Old.String())
	line("now     %s", c.New.String())
	for _, sentence := range c.Conditions() {
		line("%s", sentence)
	}
	for _, same := range c.folded() {
		if len(same) > 1 {
			fmt.Fprintln(&out)
			line("%s", together(same))
		} else if same[0].Change != Same {
			writeCell(&out, same[0])
		}
	}
	writeSame(&out, c.With(Same))
	writeCosts(&out, c)
	out.WriteByte('\n')
	line("%s", c.Summary())
	if summary := c.CostSummary(); summary != "" {
		line("costs: %s; threshold %s", summary, share(c.Threshold))
	}
	line("Diff: %s", c.Answer(costs))
	_, err := w.Write(out.Bytes())
	return err
}

// liner returns what writes a line, in which untrusted text is harmless.
func liner(out io.Writer) func(layout string, args ...any) {
	return func(layout string, args ...any) { fmt.Fprintln(out, format.Plain(fmt.Sprintf(layout, args...))) }
}

// folded are the cells, each by itself, except those of a strategy that are not
// there any more: they come together, since there is nothing else to say of each.
func (c *Comparison) folded() (groups [][]Cell) {
	for _, cell := range c.Cells {
		last := len(groups) - 1
		if last >= 0 && cell.New == nil && groups[last][0].like(cell) {
			groups[last] = append(groups[last], cell)
		} else {
			groups = append(groups, []Cell{cell})
		}
	}
	return groups
}

func (c Cell) like(other Cell) bool {
	return c.New == nil && c.Change == other.Change && c.World == other.World && c.Strategy == other.Strategy
}

// together says in a line which cells of a strategy are not there.
func together(cells []Cell) string {
	names := reports.Each(cells, func(c Cell) string { return c.Scenario })
	why := "they are not checked any more"
	if cells[0].Change == Unproven {
		why = "they were not reached before the run was interrupted"
	}
	return fmt.Sprintf("%-6s %s, %d cells (%s): %s: %s", cells[0].Change.Mark(), cells[0].Strategy, len(cells), cells[0].World, why, strings.Join(names, ", "))
}

func writeCell(out io.Writer, c Cell) {
	line := liner(out)
	fmt.Fprintln(out)
	line("%-6s %s: %s", c.Change.Mark(), c.Name(), c.Why)
	for _, side := range []struct {
		when string
		*Evidence
	}{{"before", c.Old}, {"now", c.New}} {
		if side.Evidence != nil {
			line("  %-6s %-5s %s", side.when, format.Verdicts(side.Found), side.Line)
		}
	}
	if c.Rate != nil {
		line("  rate   %s", c.Rate.String())
	}
	for _, note := range c.Notes {
		line("  %s", note)
	}
	if c.Run != nil {
		line("  seed %d, %s: %s", c.Run.Seed, format.Verdicts(c.Run.Found), c.Run.Why)
		line("  replay: %s", c.Run.Replay)
	}
}

// writeSame counts the cells that have not changed, and lists those with remarks.
func writeSame(out io.Writer, cells []Cell) {
	if len(cells) == 0 {
		return
	}
	fmt.Fprintf(out, "\nSAME   %s\n", format.Plural(len(cells), "cell", "cells"))
	for _, c := range cells {
		if remarks := c.remarks(); len(remarks) > 0 {
			liner(out)("  %s: %s -> %s: %s", c.Name(), c.Old.words(), c.New.words(), strings.Join(remarks, "; "))
		}
	}
}

// remarks are all that there is to say of a cell beside its change.
func (c Cell) remarks() (all []string) {
	if c.Why != "" {
		all = append(all, c.Why)
	}
	all = append(all, c.Notes...)
	if c.Rate != nil && c.Old.BadRate.Point != c.New.BadRate.Point {
		all = append(all, "rate "+c.Rate.String())
	}
	return all
}

func writeCosts(out io.Writer, c *Comparison) {
	t := c.costs()
	if len(t.rows) > 0 {
		fmt.Fprintf(out, "\n%s\n%s\n", t.caption(), t.writer(format.Plain).Render())
	}
	for i, note := range t.notes {
		fmt.Fprintf(out, "%s %s\n", raised(i+1), format.Plain(note))
	}
	if len(t.apart) > 0 {
		fmt.Fprintln(out, "\nCosts that are not comparable")
	}
	for _, why := range t.apart {
		fmt.Fprintf(out, "  %s\n", format.Plain(why))
	}
}

func (t costTable) caption() string {
	return fmt.Sprintf("Costs: median of the runs that went well, with its 95%% interval; p is adjusted for %s", format.Plural(t.tests, "test", "tests"))
}

// writer lays the table out; show makes untrusted text harmless.
func (t costTable) writer(show func(string) string) table.Writer {
	w := table.NewWriter()
	w.SetStyle(table.Style{
		Box:     table.BoxStyle{PaddingRight: "  ", MiddleHorizontal: "-"},
		Options: table.Options{SeparateHeader: true},
	})
	w.SuppressTrailingSpaces()
	cells := func(row []string) table.Row { return reports.Each(row, func(text string) any { return show(text) }) }
	w.AppendHeader(cells(t.head))
	for _, row := range t.rows {
		w.AppendRow(cells(row))
	}
	return w
}
