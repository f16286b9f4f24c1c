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
	out     folder          // it exists; the folders of runs are named from there
	notes   []string        // what has to be said of them
	written map[string]bool // by name

	baseline *compare.Comparison // with an older result; nil: there is none
}

func newOutputs(s streams, out folder, baseline *compare.Comparison) *outputs {
	return &outputs{streams: s, out: out, baseline: baseline, written: map[string]bool{}}
}

// output is one form of the results.
type output struct {
	what  string
	write func(r *reports.Results) error
}

const resultsFile = "results.json"

// results is the form that all others are forms of.
func (o *outputs) results() output {
	return output{resultsFile, func(r *reports.Results) error { return r.Write(o.out.path()) }}
}

func (o *outputs) page() output { return output{"report.html", o.writePage} }

func (o *outputs) everyFile() []output {
	return []output{o.results(), {"junit.xml", o.junit}, {"summary.md", o.summary}, o.page()}
}

// write writes results.json and every form of it for people and for programs, and
// points the link at them. What the results do not bear out is taken back from them
// first. Without a results.json nothing else is written, and the link stays where it
// is: the other forms would be of something that is not there. An error in another
// file does not keep the rest from being written; the results then say the exit code
// that it leads to.
func (o *outputs) write(r *reports.Results, codeOf func(unwritten error) int) error {
	*r = *r.Doubted()
	unwritten := o.writeAll(r, []output{o.results()})
	if unwritten == nil {
		unwritten = errors.Join(o.writeAll(r, []output{
			{"traces", o.traces}, {"junit.xml", o.junit}, {"summary.md", o.summary},
			{"annotations", o.annotate}, o.page(),
		}), o.out.publish())
		o.jobSummary(r)
	}
	if unwritten != nil {
		r.Gate.ExitCode = codeOf(unwritten)
		o.correct(r)
	}
	for _, n := range o.notes {
		fmt.Fprintln(o.stderr, n)
	}
	return unwritten
}

// correct writes the exit code into what holds it and could be written before. Where
// there is no room for that beside the old file, there may be in its place; if not,
// no file is better than one that says something else than the program.
func (o *outputs) correct(r *reports.Results) {
	for _, again := range []output{o.results(), o.page()} {
		if !o.has(again.what) {
			continue
		}
		err := again.write(r)
		if err != nil {
			_ = os.Remove(filepath.Join(o.out.path(), again.what))
			err = again.write(r)
		}
		o.written[again.what] = err == nil
	}
}

func (o *outputs) writeAll(r *reports.Results, all []output) error {
	var failed []error
	for _, one := range all {
		if err := one.write(r); err != nil {
			failed = append(failed, fmt.Errorf("write %s: %w", one.what, err))
			continue
		}
		o.written[one.what] = true
	}
	return errors.Join(failed...)
}

// has tells whether a file was written by this invocation, as it is now.
func (o *outputs) has(name string) bool { return o.written[name] }

// file writes a file in one step.
func (o *outputs) file(name string, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	return reports.WriteFile(filepath.Join(o.out.path(), name), text.Bytes())
}

func (o *outputs) junit(r *reports.Results) error {
	return o.file("junit.xml", func(w io.Writer) error {
		return junit.Write(w, r, filepath.ToSlash(filepath.Join(o.out.path(), "report.html")))
	})
}

func (o *outputs) summary(r *reports.Results) error {
	return o.file("summary.md", func(w io.Writer) error { return markdown.Write(w, r, markdown.Options{Notes: o.notes}) })
}

func (o *outputs) writePage(r *reports.Results) error {
	return o.file("report.html", func(w io.Writer) error {
		return page.Write(w, r, page.Options{History: o.history, Baseline: o.baseline})
	})
}

// history reads what was observed in a run. Of a torn history it returns what is
// whole, and an error.
func (o *outputs) history(run string) (_ []reports.Event, err error) {
	f, err := os.Open(filepath.Join(o.out.path(), filepath.FromSlash(run), "history.jsonl"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return reports.ReadHistory(f)
}
