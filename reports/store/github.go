package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v4"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/markdown"
)

// jobSummary adds the summary to that of a job of GitHub's workflows, within the room
// that earlier commands of the step have left. It is only a copy of summary.md: if it
// cannot be written, a note says so, and the answer stays what it is.
func (w *Writer) jobSummary(r *reports.Results) {
	path := w.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return
	}
	if err := w.addSummary(path, r); err != nil {
		w.notes = append(w.notes, fmt.Sprintf("warning: GITHUB_STEP_SUMMARY lacks the summary, which is in summary.md: %s", format.OneLine(err)))
	}
}

func (w *Writer) addSummary(path string, r *reports.Results) (err error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	text := bytes.NewBufferString("\n") // what stands before may not end with one
	room := markdown.Most - int(info.Size()) - text.Len()
	if err := markdown.Write(text, r, markdown.Options{Room: room, Notes: w.notes}); err != nil {
		return fmt.Errorf("it is full: %w", err)
	}
	_, err = f.Write(text.Bytes())
	return err
}

// annotate tells the runner of GitHub's workflows what is wrong.
func (w *Writer) annotate(r *reports.Results) error {
	if w.Getenv("GITHUB_ACTIONS") != "true" {
		return nil
	}
	return markdown.Annotate(w.Stdout, r, placeIn(r.Gate.Expected))
}

// placeIn finds the line of a file of expectations that speaks of a cell. Those
// that come with the program are in no file.
func placeIn(file string) func(reports.Reason) markdown.Place {
	text, err := reports.ReadAll(reports.OpenStored(file, reports.MostOfText))
	if err != nil {
		return nil
	}
	var document yaml.Node
	if err := yaml.Load(text, &document); err != nil || len(document.Content) == 0 {
		return nil
	}
	return func(reason reports.Reason) markdown.Place {
		strategy, scenario, _ := strings.Cut(reason.Cell, "/")
		_, world := field(document.Content[0], reason.World)
		for _, s := range []string{strategy, "*"} {
			_, cells := field(world, s)
			for _, c := range []string{scenario, "*"} {
				if key, _ := field(cells, c); key != nil {
					return markdown.Place{File: file, Line: key.Line}
				}
			}
		}
		return markdown.Place{File: file}
	}
}

// field finds a field of a mapping of YAML; nil: there is none.
func field(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}
