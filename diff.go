package main

import (
	"fmt"

	"onceover/reports"
	"onceover/reports/compare"
	"onceover/reports/recheck"
	"onceover/reports/store"
	"onceover/reports/terminal"
)

type diffCmd struct {
	Old string `arg:"" help:"The older result: a results.json, a folder with one (or with one in its folder latest), or a report.html."`
	New string `arg:"" help:"The newer one."`

	FailOn    string `enum:"verdict,cost" default:"verdict" placeholder:"WHAT" help:"verdict: cells that are worse, gone or no longer proven; cost: also costs that have regressed (default verdict)."`
	Threshold string `default:"20%" placeholder:"SHARE" help:"How much more a cost may be before it has regressed (default 20%)."`
	Format    string `enum:"text,md,json" default:"text" placeholder:"FORM" help:"text, md or json (default text)."`
}

func (diffCmd) Help() string {
	return `One bad run where there was none is worse, whatever a test of significance would say. Only the rate of known violations and costs are tested for significance, by Fisher's exact test and the Mann-Whitney test, both adjusted by Holm for their number.

Costs are compared only between runs that went well, and only where rows, shape, chunk size, workers, consumers, lease, plan, servers and machine are the same. A cost has regressed if the difference is significant and its whole interval is beyond the threshold: for 20%, more than 1.2 times as much, or rows/s below 1/1.2.

Examples:

    onceover diff baseline/results.json chaos-out
    onceover diff old.html chaos-out --format md >> "$GITHUB_STEP_SUMMARY"

Exit codes: 0 nothing is worse; 1 a cell is worse or gone; 3 not known, since the newer result was interrupted, or a cell that was as expected or is new is not proven; 5 only costs have regressed, with --fail-on cost; 2 something cannot be read or compared.`
}

func (c diffCmd) Run(s streams) error {
	threshold, err := reports.ParsePercent(c.Threshold)
	if err != nil {
		return usagef("--threshold: %w", err)
	}
	old, err := baseline(c.Old)
	if err != nil {
		return err
	}
	now, err := baseline(c.New)
	if err != nil {
		return err
	}
	comparison, err := compare.Of(old, now, compare.Options{OldName: c.Old, NewName: c.New, Threshold: threshold})
	if err != nil {
		return advice{err, "onceover diff OLD NEW, with results of chaos or explore", reports.ExitUsage}
	}
	if err := c.write(s, comparison); err != nil {
		return err
	}
	if code := comparison.ExitCode(c.costs()); code != reports.ExitPass {
		return gateError{code}
	}
	return nil
}

func (c diffCmd) costs() bool { return c.FailOn == "cost" }

func (c diffCmd) write(s streams, comparison *compare.Comparison) error {
	switch c.Format {
	case "md":
		return comparison.WriteMarkdown(terminal.Whole(s.stdout), c.costs())
	case "json":
		return printJSON(s.stdout, struct {
			*compare.Comparison
			Answer   string `json:"answer"`
			ExitCode int    `json:"exit_code"`
		}{comparison, comparison.Answer(c.costs()), comparison.ExitCode(c.costs())})
	}
	return comparison.WriteText(s.stdout, c.costs())
}

// baseline reads a result to compare with.
func baseline(path string) (*reports.Results, error) {
	r, err := store.Load(path)
	if err == nil {
		if err = recheck.Check(r); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}
	if err != nil {
		return nil, advice{err, "name a results.json, a folder with one, or a report.html, as chaos and explore write them", reports.ExitUsage}
	}
	return r, nil
}
