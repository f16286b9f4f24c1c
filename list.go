package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"

	"onceover/faults"
	"onceover/loader"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/reports/terminal"
	"onceover/scenarios"
	"onceover/scenarios/catalogue"
	"onceover/scenarios/defects"
	"onceover/scenarios/expect"
)

type listCmd struct {
	What string `arg:"" enum:"strategies,faults,scenarios,cells,defects,trials,expectations" help:"strategies, faults, scenarios, defects, trials, cells (strategy/scenario, with what is expected of each), or expectations (their file, to be changed and given with --expect)."`
	JSON bool   `help:"Print JSON."`
}

type listed struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
}

func (c listCmd) Run(s streams) error {
	if c.What == "expectations" && !c.JSON {
		_, err := io.WriteString(terminal.Whole(s.stdout), scenarios.StandardExpectations)
		return err
	}
	entries := listOf(c.What)
	if c.JSON {
		return printJSON(s.stdout, entries)
	}
	t := table.NewWriter()
	t.SetStyle(table.Style{Box: table.BoxStyle{PaddingRight: "  "}, Options: table.OptionsNoBordersAndSeparators})
	t.SuppressTrailingSpaces()
	for _, e := range entries {
		t.AppendRow(table.Row{e.Name, e.Summary})
	}
	fmt.Fprintln(s.stdout, t.Render())
	if c.What == "faults" {
		_, err := fmt.Fprintf(s.stdout, "\n%s\n", positions())
		return err
	}
	return nil
}

// positions explains where a fault of a plan can strike.
func positions() string {
	var steps []string
	for _, step := range loader.Steps() {
		steps = append(steps, step.String())
	}
	return `A plan is one fault a line, or several with ; between them. A position is
  worker=N chunk=N at=STEP   N may be *, and is if it is not given; also nth=N (the N-th time), hold=TIME (and so much later)
  worker=N request=COMMAND   when the request is on its way, and has not reached the server; also nth=N and hold=TIME
  worker=N reply=COMMAND     when the request has been executed; its reply is lost; also nth=N
  progress=N%                when so many of the rows have arrived
STEP is ` + strings.Join(steps, ", ") + `.
COMMAND is write (to Redis, of the list, by whichever command), read (a SELECT to MySQL), or a command such as EXEC or UPDATE.`
}

func listOf(what string) (all []listed) {
	switch what {
	case "strategies":
		for _, s := range lock.All() {
			all = append(all, listed{s.Name, s.Summary})
		}
	case "faults":
		for _, f := range faults.All() {
			text := fmt.Sprintf("%s, e.g. %s", f.Summary, f.Example)
			if f.NotLive != "" {
				text += " (simulated only)"
			}
			all = append(all, listed{string(f.Kind), text})
		}
	case "scenarios":
		for _, s := range scenarios.Every() {
			text := s.Summary
			if !slices.Contains(catalogue.ScenarioNames(scenarios.All()), s.Name) {
				text += " (chaos runs it with --all, or by its name)"
			}
			all = append(all, listed{s.Name, text})
		}
	case "defects":
		for _, d := range defects.All() {
			all = append(all, listed{d.Name, d.Mistake})
		}
	case "trials":
		for _, t := range defects.Trials() {
			is, about := describe(t)
			all = append(all, listed{t.Name, is + ": " + about})
		}
	default: // cells, and the expectations of them
		all = cellList()
	}
	return all
}

// cellList lists what is expected of each cell, on real servers and in the simulated
// world.
func cellList() (out []listed) {
	e := expect.Standard()
	for _, strategy := range lock.All() {
		for _, s := range scenarios.Every() {
			live, _ := e.Of(reports.WorldLive, strategy.Name, s.Name)
			sim, _ := e.Of(reports.WorldSim, strategy.Name, s.Name)
			text := "expected " + live.String()
			if sim.String() != live.String() {
				text += ", simulated " + sim.String()
			}
			out = append(out, listed{strategy.Name + "/" + s.Name, text})
		}
	}
	return out
}

// inTexts are what JSON allows in a text, and a terminal or a CI system obeys: the second
// of two #, with which commands begin, control characters, and what turns the direction.
var inTexts = regexp.MustCompile(`##|[\x{7f}-\x{9f}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}]`)

// printJSON prints JSON that means the same wherever it is read, and nothing to whoever
// only shows it.
func printJSON(w io.Writer, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	text = inTexts.ReplaceAllFunc(text, func(found []byte) []byte {
		last, _ := utf8.DecodeLastRune(found)
		return fmt.Appendf(nil, "%s\\u%04x", bytes.TrimSuffix(found, []byte(string(last))), last)
	})
	_, err = fmt.Fprintf(terminal.Whole(w), "%s\n", text)
	return err
}
