package draw

import (
	"encoding/json"
	"io"

	"onceover/reports"
	"onceover/sim"
)

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
