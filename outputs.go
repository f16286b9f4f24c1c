package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"onceover/reports"
	"onceover/reports/compare"
	"onceover/reports/junit"
	"onceover/reports/markdown"
	"onceover/reports/page"
)

// outputs are the files of a result.
type outputs struct {
	streams
	folder string   // it exists; the folders of runs are named from there
	notes  []string // what has to be said of them

	baseline *compare.Comparison // with an older result; nil: there is none
}

// writeResults writes results.json and every form of it for people and for
// programs. What the results do not bear out is taken back from them first. An
// error in one file does not keep the others from being written.
func writeResults(s streams, folder string, results *reports.Results, baseline *compare.Comparison) error {
	*results = *results.Doubted()
	o := &outputs{streams: s, folder: folder, baseline: baseline}
	var failed []error
	for _, step := range []struct {
		what  string
		write func(r *reports.Results) error
	}{
		{"results.json", func(r *reports.Results) error { return r.Write(folder) }},
		{"traces", o.traces},
		{"junit.xml", o.junit},
		{"summary.md", o.summary},
		{"the summary of the job", o.jobSummary},
		{"annotations", o.annotate},
		{"report.html", o.page},
	} {
		if err := step.write(results); err != nil {
			failed = append(failed, fmt.Errorf("write %s: %w", step.what, err))
		}
	}
	for _, n := range o.notes {
		fmt.Fprintln(s.stderr, n)
	}
	return errors.Join(failed...)
}

// file writes a file in one step.
func (o *outputs) file(name string, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	return reports.WriteFile(filepath.Join(o.folder, name), text.Bytes())
}

func (o *outputs) junit(r *reports.Results) error {
	return o.file("junit.xml", func(w io.Writer) error {
		return junit.Write(w, r, filepath.ToSlash(filepath.Join(o.folder, "report.html")))
	})
}

func (o *outputs) summary(r *reports.Results) error {
	return o.file("summary.md", func(w io.Writer) error { return markdown.Write(w, r, markdown.Options{Notes: o.notes}) })
}

func (o *outputs) page(r *reports.Results) error {
	return o.file("report.html", func(w io.Writer) error {
		return page.Write(w, r, page.Options{History: o.history, Baseline: o.baseline})
	})
}

// history reads what was observed in a run. Of a torn history it returns what is
// whole, and an error.
func (o *outputs) history(run string) (_ []reports.Event, err error) {
	f, err := os.Open(filepath.Join(o.folder, filepath.FromSlash(run), "history.jsonl"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return reports.ReadHistory(f)
}
