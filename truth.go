package main

import (
	"onceover/reports"
	"onceover/reports/store"
	"onceover/reports/terminal"
	"onceover/scenarios/truth"
)

type truthCmd struct {
	Results []string `arg:"" help:"Results of both worlds, in the forms that report takes."`
	Format  string   `enum:"text,md" default:"text" placeholder:"FORM" help:"text or md (default text)."`
}

func (truthCmd) Help() string {
	return `A cell is a strategy under a scenario. What was predicted of it stands in scenarios/truth/predictions.txt, and is never changed to fit. Where prediction, simulation and real servers differ, scenarios/findings.md has to say what is true and how to see it.

Examples:
  make truth                                 run everything, and compare
  onceover truth explore-out chaos-out       compare what was found already

Exit codes: 0 every cell is settled in both worlds, and every disagreement has a finding; 1 a disagreement has none; 3 a world has shown nothing of some cell; 2 a result cannot be read.`
}

func (c truthCmd) Run(s streams) error {
	results, _, err := reportCmd{Results: c.Results}.merged(store.Folder{}, nil)
	if err != nil {
		return err
	}
	table := truth.Of(results, truth.Predicted(), truth.Findings())
	write, out := table.WriteText, s.stdout
	if c.Format == "md" {
		write, out = table.WriteMarkdown, terminal.Whole(out)
	}
	if err := write(out); err != nil {
		return err
	}
	if code := table.ExitCode(); code != reports.ExitPass {
		return gateError{code}
	}
	return nil
}
