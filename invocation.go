package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"onceover/reports"
	"onceover/reports/compare"
	"onceover/reports/format"
	"onceover/reports/program"
	"onceover/reports/store"
	"onceover/reports/terminal"
	"onceover/scenarios"
	"onceover/scenarios/catalogue"
	"onceover/scenarios/expect"
)

// invocation is what chaos, explore and report have in common: a folder, and results
// that are written there and shown.
type invocation struct {
	g *cli
	streams
	began   time.Time
	folder  store.Folder
	results reports.Results
}

// open makes the folder of the invocation inside the one that --out names.
func (i *invocation) open(parent string) error {
	i.began = time.Now()
	i.folder = store.Planned(parent, i.began)
	return i.createFolder()
}

func (i *invocation) createFolder() error {
	if err := i.folder.Create(); err != nil {
		return usagef("--out: %w", err)
	}
	return nil
}

// newResults are the results of an invocation that begins.
func (i *invocation) newResults(world, replay string) reports.Results {
	return reports.Results{
		Schema: reports.Schema,
		Tool:   program.Tool(),
		Run:    reports.Invocation{ID: i.folder.Name, World: world, Started: i.began.UTC(), Replay: replay},
		Environment: reports.Environment{
			Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(),
		},
		Cells: []reports.Cell{},
	}
}

func (i *invocation) writer() *store.Writer {
	return &store.Writer{Folder: i.folder, Stdout: behind(i.stdout), Stderr: i.stderr, Getenv: i.getenv}
}

// begin leaves results in the folder that say "interrupted, nothing done", until those
// of this invocation replace them.
func (i *invocation) begin(results reports.Results) error {
	return i.writer().Begin(results, reports.ExitInterrupted)
}

// progress shows how far so many cells are, of runs that take their time by the kind of their cell.
func (i *invocation) progress(cells int, kind func(cell string) string, work ...terminal.Work) *terminal.Progress {
	o, runs := i.g.progressOptions(i.streams), 0
	o.Work, o.Kind = work, kind
	for _, w := range work {
		runs += w.Runs
	}
	return terminal.NewProgress(i.stderr, cells, runs, o)
}

// conclude writes the results, prints the table, and turns the gate into an exit code,
// which the results carry too. If a file cannot be written, the table still says what
// was found; if the table cannot be printed, the files say so. Both are errors. The
// baseline, which may be nil, is only shown. The replay command comes last.
func (i *invocation) conclude(ctx context.Context, baseline *compare.Comparison, failure error) error {
	results := &i.results
	switch {
	case ctx.Err() != nil:
		results.Gate.ExitCode, failure = reports.ExitInterrupted, nil
	case failure != nil:
		results.Gate.ExitCode = exitCode(failure)
	}
	w := i.writer()
	w.Baseline = baseline
	unwritten := w.Write(results, func(unwritten error) int { return exitCode(errors.Join(failure, unwritten)) })
	if err := terminal.WriteTable(i.stdout, results, terminal.Style{
		Colour: coloured(i.g.Color, i.stdout, i.getenv), Width: width(i.stdout),
	}); err != nil {
		err = errors.Join(failure, unwritten, fmt.Errorf("print the table: %w", err))
		results.Gate.ExitCode = exitCode(err)
		w.Correct(results)
		return err
	}
	if w.Has("report.html") {
		fmt.Fprintf(i.stdout, "Report: %s\n", format.Plain(filepath.Join(i.folder.Path(), "report.html")))
	}
	if baseline != nil {
		fmt.Fprintf(i.stdout, "Baseline: %s; details: onceover diff %s %s\n", baseline.Summary(), format.Plain(quote(baseline.Old.Name)), format.Plain(quote(i.folder.Path())))
	}
	fmt.Fprintf(i.stdout, "Replay: %s\n", format.Plain(results.Run.Replay))
	if err := errors.Join(failure, unwritten); err != nil {
		return err
	}
	if results.Gate.ExitCode != reports.ExitPass {
		return gateError{results.Gate.ExitCode}
	}
	return nil
}

// coveringExpectations are those of a file, or the standard ones, and cover all cells.
func coveringExpectations(file, world string, strategies []string, all []scenarios.Scenario) (*expect.Expectations, []string, error) {
	e, err := chosenExpectations(file)
	if err != nil {
		return nil, nil, err
	}
	named := catalogue.ScenarioNames(all)
	if err := e.Cover(world, strategies, named); err != nil {
		return nil, nil, wrongExpectations(err)
	}
	return e, named, nil
}

// chosenExpectations are those of a file, or the standard ones.
func chosenExpectations(file string) (*expect.Expectations, error) {
	if file == "" {
		return expect.Standard(), nil
	}
	text, err := reports.ReadAll(reports.OpenInput(file, reports.MostOfText))
	if err != nil {
		return nil, usagef("--expect: %w", err)
	}
	e, err := expect.Parse(file, text)
	if err != nil {
		return nil, wrongExpectations(err)
	}
	return e, nil
}

func wrongExpectations(err error) error {
	return advice{
		error: usagef("--expect: %w", err),
		try:   "onceover list expectations, which prints the standard ones and explains the form", code: reports.ExitUsage,
	}
}
