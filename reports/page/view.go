package page

import (
	"encoding/json"
	"slices"
	"strings"

	"onceover/reports"
)

// pageView is what the templates show. It and its parts hold foreign text as it
// is: the templates escape it.
type pageView struct {
	Title      string
	Head       headView
	Answer     answerView
	Matrix     matrixView
	Findings   findingsView
	Examples   examplesView
	Evidence   evidenceView
	Cost       costView
	Recovery   recoveryView
	Timelines  timelinesView
	Coverage   coverageView
	Baseline   *baselineView
	Strategies strategiesView
	Cells      cellsView
	Method     methodView
	Contents   []contentView

	Schema string
	Tool   string
	Beside string // what lies beside the page
	Data   json.RawMessage
	Thin   string // what the data block leaves out
}

// contentView is an entry of the table of contents.
type contentView struct{ Anchor, Text string }

func newPageView(s *source, d detail) (*pageView, error) {
	s.detail, s.left = d, nil
	p := &pageView{
		Title:  s.title(),
		Schema: s.Schema,
		Tool:   toolName(s.Tool),
		Beside: s.beside(),
	}
	p.Examples = s.examples()
	cells := s.cells(p.Examples.anchors)
	p.Cells = cellsView{All: s.inOrder(cells)}
	p.Answer = s.answer(p.Examples)
	p.Matrix = s.matrix(cells)
	p.Findings = s.findings(cells)
	p.Evidence, p.Cost, p.Recovery = s.evidence(cells), s.cost(), s.recovery()
	p.Timelines = s.timelines(cells)
	p.Coverage = s.coverage()
	p.Baseline = s.baseline()
	p.Strategies = s.explained(cells)
	var err error
	if p.Data, p.Thin, err = s.data(); err != nil {
		return nil, err
	}
	p.Method = s.method()
	p.Head = s.head()
	p.Contents = p.contents()
	return p, nil
}

func toolName(t reports.Tool) string {
	return strings.TrimSpace(strings.TrimSpace(t.Name+" "+t.Version) + " " + t.Commit)
}

// beside says what lies in the folder of the page, as far as the results name it.
func (s *source) beside() string {
	const alone = "Beside this page stands results.json"
	here := func(r reports.Run) bool { return r.Folder != "" && !strings.HasPrefix(r.Folder, "..") }
	switch {
	case len(s.Parts) > 0:
		return alone + "; the folders of the runs lie with the parts that were put together, under Method."
	case slices.ContainsFunc(s.Cells, func(c reports.Cell) bool { return c.Search == nil && slices.ContainsFunc(c.Runs, here) }):
		return alone + ", and a folder for each run with its history, its plan and its logs."
	case slices.ContainsFunc(s.Cells, func(c reports.Cell) bool { return slices.ContainsFunc(c.Runs, here) }):
		return alone + ", and the schedules that were found, for onceover replay."
	}
	return alone + "."
}

// contents lists the sections that there are.
func (p *pageView) contents() []contentView {
	var all []contentView
	add := func(there bool, anchor, text string) {
		if there {
			all = append(all, contentView{anchor, text})
		}
	}
	add(true, "matrix", "Is it safe?")
	add(true, "findings", "Findings")
	add(p.Examples.Any(), "counterexamples", "Counterexamples")
	add(p.Evidence.Any(), "evidence", "How sure?")
	add(p.Cost.Any(), "cost", "What it costs")
	add(p.Recovery.Any(), "recovery", "Recovery")
	add(p.Timelines.Any(), "timelines", "How runs went on")
	add(p.Coverage.Any(), "coverage", "What the faults covered")
	add(p.Baseline != nil, "baseline", "Since the baseline")
	add(len(p.Strategies.All) > 0, "strategies", "The strategies")
	add(len(p.Cells.All) > 0, "cells", "Every cell")
	add(true, "method", "Method")
	return all
}
