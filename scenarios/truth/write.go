package truth

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"onceover/reports"
	"onceover/reports/format"
)

// WriteText writes the table for a terminal: every cell of the results, then those that
// disagree without a finding, and last the answer.
func (t Table) WriteText(w io.Writer) error {
	out := t.layout()
	out.SetStyle(table.Style{Box: table.BoxStyle{PaddingRight: "  "}, Options: table.OptionsNoBordersAndSeparators})
	out.SuppressTrailingSpaces()
	_, err := fmt.Fprintf(w, "%s\n\n", out.Render())
	for _, c := range t.Unexplained() {
		if err == nil {
			_, err = fmt.Fprintf(w, "DISAGREES %s: %s; no finding says why\n", format.Plain(c.ID), c.Disagreement())
		}
	}
	if err == nil {
		_, err = fmt.Fprintf(w, "%s\n", t.Answer())
	}
	return err
}

// WriteMarkdown writes the same for a page of documentation.
func (t Table) WriteMarkdown(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s\n\n%s\n", t.layout().RenderMarkdown(), t.Answer())
	return err
}

func (t Table) layout() table.Writer {
	out := table.NewWriter()
	out.AppendHeader(table.Row{"cell", "predicted", "simulated", "real servers", "finding"})
	for _, c := range t {
		if c.missing() {
			continue
		}
		finding := ""
		if c.Disagreement() != "" && c.Finding != nil {
			finding = c.Finding.Title
		}
		out.AppendRow(table.Row{format.Plain(c.ID), c.said(), c.searched(), c.shown(), finding})
	}
	return out
}

// Answer sums the table up.
func (t Table) Answer() string {
	answer := fmt.Sprintf("%s: %d settled in both worlds; %d disagree, and a finding says why; %d disagree, and none does",
		format.Plural(len(t), "cell", "cells"), len(t)-len(t.Unsettled()), len(t.Explained()), len(t.Unexplained()))
	if missing := t.with(Cell.missing); len(missing) > 0 {
		answer += fmt.Sprintf("; %d are in no result", len(missing))
	}
	return answer
}

// ExitCode is 1 if a cell disagrees and no finding says why, 3 if a world has shown
// nothing of one, and 0 otherwise.
func (t Table) ExitCode() int {
	switch {
	case len(t.Unexplained()) > 0:
		return reports.ExitFail
	case len(t.Unsettled()) > 0 || len(t) == 0:
		return reports.ExitUnknown
	}
	return reports.ExitPass
}
