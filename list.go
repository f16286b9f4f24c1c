package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/scenarios"
	"onceover/scenarios/defects"
)

type listCmd struct {
	What string `arg:"" enum:"strategies,faults,scenarios,cells,defects" help:"strategies, faults, scenarios, defects or cells (strategy/scenario, with what is expected of each)."`
	JSON bool   `help:"Print JSON."`
}

type listed struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
}

func (c listCmd) Run(s streams) error {
	entries := map[string]func() []listed{
		"strategies": strategyList, "faults": faultList, "scenarios": scenarioList, "cells": cellList, "defects": defectList,
	}[c.What]()
	if c.JSON {
		return printJSON(s.stdout, entries)
	}
	t := table.NewWriter()
	t.SetOutputMirror(s.stdout)
	t.SetStyle(table.Style{Box: table.BoxStyle{PaddingRight: "  "}, Options: table.OptionsNoBordersAndSeparators})
	t.SuppressTrailingSpaces()
	for _, e := range entries {
		t.AppendRow(table.Row{e.Name, e.Summary})
	}
	t.Render()
	return nil
}

func strategyList() (out []listed) {
	for _, s := range lock.All() {
		out = append(out, listed{s.Name, s.Summary})
	}
	return out
}

func faultList() (out []listed) {
	for _, f := range faults.Catalogue() {
		out = append(out, listed{string(f.Kind), fmt.Sprintf("%s, e.g. %s", f.Summary, f.Example)})
	}
	return out
}

func scenarioList() (out []listed) {
	for _, s := range scenarios.Catalogue() {
		out = append(out, listed{s.Name, s.Summary})
	}
	return out
}

func defectList() (out []listed) {
	for _, d := range defects.All() {
		out = append(out, listed{d.Name, d.Mistake})
	}
	return out
}

func cellList() (out []listed) {
	for _, strategy := range lock.All() {
		for _, s := range scenarios.Catalogue() {
			out = append(out, listed{strategy.Name + "/" + s.Name, "expected " + string(scenarios.Expected(strategy.Name, s.Name, false))})
		}
	}
	return out
}

func printJSON(w io.Writer, value any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(value)
}
