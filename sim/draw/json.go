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

type step struct {
	AtMS    float64     `json:"at_ms"`
	Event   sim.EventID `json:"event"`
	Worker  int         `json:"worker"`
	Life    int         `json:"life,omitempty"`
	Server  string      `json:"server,omitempty"`
	Request string      `json:"request,omitempty"`
	Reply   string      `json:"reply,omitempty"`
	Text    string      `json:"text,omitempty"`
	Rows    string      `json:"rows,omitempty"`
	Quiet   bool        `json:"quiet,omitempty"`
	Bad     bool        `json:"bad,omitempty"`
}

// JSON writes all steps, also those that were done at once.
func JSON(out io.Writer, c Case) error {
	d := document{Setup: c.Setup, Verdict: c.Run.Verdict, Row: c.Run.Row, Sentence: Sentence(c)}
	for _, s := range c.Run.Trace {
		t := step{
			AtMS: float64(s.At.Microseconds()) / 1000, Event: s.ID, Worker: s.Worker, Life: s.Life,
			Request: s.Request, Reply: s.Reply, Text: s.Text, Rows: s.Rows, Quiet: s.Quiet, Bad: s.Bad,
		}
		if s.Request != "" {
			t.Server = s.Server.String()
		}
		d.Steps = append(d.Steps, t)
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(d)
}
