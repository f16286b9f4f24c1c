package draw

import (
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/sim"
)

// Report is a case as reports show it: the steps that Terminal draws, with the
// same numbers. How it was found, and how it is carried out again, is for the
// caller to add.
func Report(c Case) reports.Counterexample {
	r := reports.Counterexample{Verdict: c.Run.Verdict, Sentence: verdictSentence(c), How: how(c)}
	if c.Passing != nil {
		r.Passing = passingSentence(c)
	}
	for _, server := range drawn(c) {
		r.Servers = append(r.Servers, server.String())
	}
	number := 0
	for _, s := range shown(c.Run.Trace) {
		if s.Worker >= 0 && !slices.Contains(r.Workers, s.Worker) {
			r.Workers = append(r.Workers, s.Worker)
		}
		step := reportStep(s)
		if !s.Note {
			step.Place, step.Chunk = place(c.Run, number, s.Worker)
			number++
			step.Number = number
		}
		r.Steps = append(r.Steps, step)
	}
	markFirst(r.Steps, c.Run)
	return r
}

func reportStep(s sim.Step) reports.Step {
	step := reports.Step{
		AtMS: float64(s.At.Microseconds()) / 1000, Worker: s.Worker, Life: s.Life,
		Request: s.Request, Reply: s.Reply, Text: s.Text, Outcome: outcome(s), Rows: s.Rows, Bad: s.Bad,
	}
	if s.Request != "" {
		step.Server = s.Server.String()
	}
	for _, chunk := range strings.Fields(s.RunsOut) {
		n, _ := strconv.Atoi(chunk)
		step.RunsOut = append(step.RunsOut, n)
	}
	if step.Text == "" && !s.Note {
		step.Text = s.ID.Kind.Text()
	}
	return step
}

func outcome(s sim.Step) reports.StepOutcome {
	if s.Note {
		return reports.StepNote
	}
	return s.ID.Kind.Outcome()
}

func place(run sim.Run, event, worker int) (step string, chunk int) {
	if event < len(run.Where) {
		if p := run.Where[event].Of(worker); p.Known {
			return p.Step.String(), p.Chunk
		}
	}
	return "", 0
}

// markFirst names, for the step that pushed the bad row once more, the last step that
// had pushed it before: a server may have forgotten earlier ones.
func markFirst(steps []reports.Step, run sim.Run) {
	first := 0
	for i := range steps {
		if !holds(steps[i].Rows, run.Row) {
			continue
		}
		if steps[i].Bad && run.Verdict == reports.Duplicated {
			steps[i].First = first
		}
		first = steps[i].Number
	}
}

type document struct {
	Setup    sim.Setup       `json:"setup"`
	Verdict  reports.Verdict `json:"verdict"`
	Row      int64           `json:"row,omitempty"`
	Sentence string          `json:"sentence"`
	Steps    []step          `json:"steps"`
}

// step is a step as reports show it, and what they leave out.
type step struct {
	Event sim.EventID `json:"event"`
	reports.Step
	Quiet bool `json:"quiet,omitempty"`
}

// JSON writes all steps, also those that were done at once.
func JSON(out io.Writer, c Case) error {
	d := document{Setup: c.Setup, Verdict: c.Run.Verdict, Row: c.Run.Row, Sentence: Sentence(c)}
	for _, s := range c.Run.Trace {
		d.Steps = append(d.Steps, step{s.ID, reportStep(s), s.Quiet})
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(d)
}
