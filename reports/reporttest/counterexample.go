package reporttest

import (
	"bytes"
	"embed"
	"encoding/json"

	"onceover/reports"
)

//go:embed testdata
var files embed.FS

// Example is a short counterexample with a step of many kinds.
func Example() reports.Counterexample { return counterexample("testdata/example.json") }

// StaleExample is a worker that commits although its lease has run out.
func StaleExample() reports.Counterexample { return counterexample("testdata/stale.json") }

func counterexample(name string) (x reports.Counterexample) {
	if err := json.Unmarshal(file(name), &x); err != nil {
		panic(err)
	}
	return x
}

// History is the history of a run of two workers.
func History() []reports.Event {
	events, err := reports.ReadHistory(bytes.NewReader(file("testdata/history.jsonl")))
	if err != nil {
		panic(err)
	}
	return events
}

func file(name string) []byte {
	text, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return text
}

// WithExample is the sample with a counterexample; text is appended to every text.
func WithExample(text string) *reports.Results {
	r := Sample()
	for i := range r.Cells {
		if r.Cells[i].State == reports.Worse {
			r.Cells[i].Counterexamples = []reports.Counterexample{Example()}
		}
	}
	SpoilAll(r, text)
	return r
}
