package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"onceover/reports"
	"onceover/reports/junit"
	"onceover/reports/page"
)

// outputs are the files of a result.
type outputs struct {
	streams
	from string // the folder beside whose results.json the folders of runs lie
	to   string // the folder that is written to; it exists
}

// writeResults writes results.json and every form of it for people and for
// programs. What the results do not bear out is taken back from them first. An
// error in one file does not keep the others from being written.
func writeResults(s streams, from, to string, results *reports.Results) error {
	*results = *results.Doubted()
	o := outputs{streams: s, from: from, to: to}
	var failed []error
	for _, f := range []struct {
		name  string
		write func(w io.Writer, r *reports.Results) error
	}{
		{"junit.xml", o.junit},
		{"report.html", o.page},
	} {
		if err := o.file(f.name, func(w io.Writer) error { return f.write(w, results) }); err != nil {
			failed = append(failed, fmt.Errorf("write %s: %w", f.name, err))
		}
	}
	return errors.Join(append(failed, results.Write(to))...)
}

// file writes a file in one step.
func (o outputs) file(name string, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	return reports.WriteFile(filepath.Join(o.to, name), text.Bytes())
}

func (o outputs) junit(w io.Writer, r *reports.Results) error {
	return junit.Write(w, r, filepath.ToSlash(filepath.Join(o.to, "report.html")))
}

func (o outputs) page(w io.Writer, r *reports.Results) error {
	return page.Write(w, r, page.Options{History: o.history})
}

// history reads what was observed in a run.
func (o outputs) history(folder string) (_ []reports.Event, err error) {
	f, err := os.Open(filepath.Join(o.from, filepath.FromSlash(folder), "history.jsonl"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return reports.ReadHistory(f)
}
