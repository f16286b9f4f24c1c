package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/compare"
	"onceover/reports/format"
	"onceover/reports/gate"
	"onceover/reports/junit"
	"onceover/reports/markdown"
	"onceover/reports/page"
	"onceover/reports/recheck"
)

// Writer writes the files of a result.
type Writer struct {
	Folder         // it exists; the folders of runs are named from there
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Baseline       *compare.Comparison // with an older result; nil: there is none

	notes   []string          // what has to be said of the files
	written map[string]bool   // by name
	traced  map[string]string // the trace of a run, by its folder
}

// output is one form of the results.
type output struct {
	what  string
	write func(r *reports.Results) error
}

const resultsFile = "results.json"

// results is the form that all others are forms of.
func (w *Writer) results() output {
	return output{resultsFile, func(r *reports.Results) error { return r.Write(w.Path()) }}
}

func (w *Writer) page() output { return output{"report.html", w.writePage} }

func (w *Writer) everyFile() []output {
	return []output{w.results(), {"junit.xml", w.junit}, {"summary.md", w.summary}, w.page()}
}

// Write writes results.json and every form of it for people and for programs, and
// points the link at them. It first takes back from the results what their evidence
// does not support. Without a results.json it writes nothing else, and leaves the link
// where it is. An error in another file does not keep the rest from being written; the
// results then have the exit code that codeOf gives it.
func (w *Writer) Write(r *reports.Results, codeOf func(unwritten error) int) error {
	*r = *recheck.Supported(r)
	unwritten := w.writeAll(r, []output{w.results()})
	if unwritten == nil {
		unwritten = errors.Join(w.writeAll(r, []output{
			{"traces", w.traces}, {"junit.xml", w.junit}, {"summary.md", w.summary},
			{"annotations", w.annotate}, w.page(),
		}), w.Publish())
		w.jobSummary(r)
	}
	if unwritten != nil {
		r.Gate.ExitCode = codeOf(unwritten)
		w.Correct(r)
	}
	for _, n := range w.notes {
		fmt.Fprintln(w.Stderr, format.Plain(n))
	}
	return unwritten
}

// Correct writes the exit code again into the files that hold it and could be written
// before. On a full disk there may be room only in the place of the old file; without
// room, no file is better than one that contradicts the program.
func (w *Writer) Correct(r *reports.Results) {
	for _, again := range []output{w.results(), w.page()} {
		if !w.Has(again.what) {
			continue
		}
		err := again.write(r)
		if err != nil {
			_ = os.Remove(filepath.Join(w.Path(), again.what))
			err = again.write(r)
		}
		w.mark(again.what, err == nil)
	}
}

func (w *Writer) writeAll(r *reports.Results, all []output) error {
	var failed []error
	for _, one := range all {
		if err := one.write(r); err != nil {
			failed = append(failed, fmt.Errorf("write %s: %w", one.what, err))
			continue
		}
		w.mark(one.what, true)
	}
	return errors.Join(failed...)
}

// Has tells whether this invocation has written a file, as it is now.
func (w *Writer) Has(name string) bool { return w.written[name] }

func (w *Writer) mark(name string, written bool) {
	if w.written == nil {
		w.written = map[string]bool{}
	}
	w.written[name] = written
}

// Begin leaves results that say "interrupted, nothing done" and the given exit code
// where those of this invocation will be, and points the link there. A reader who comes
// before they are replaced, or after a kill that nothing can outlive, must not take the
// results of an earlier invocation for these.
func (w *Writer) Begin(r reports.Results, code int) error {
	if err := errors.Join(w.writeAll(unfinished(r, code), w.everyFile()), w.Publish()); err != nil {
		return errors.Join(err, w.Withdraw())
	}
	return nil
}

// Keep leaves what is known so far in results.json, as Begin does. The forms of it for
// people are made when it is whole, or by report.
func (w *Writer) Keep(r reports.Results, code int) error {
	return w.writeAll(unfinished(r, code), []output{w.results()})
}

func unfinished(r reports.Results, code int) *reports.Results {
	r.Run.Status = reports.Interrupted
	r.Cells = slices.Clone(r.Cells) // the gate writes to them
	gate.Apply(&r)
	r.Gate.ExitCode = code
	return &r
}

// file writes a file in one step.
func (w *Writer) file(name string, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	return reports.WriteFile(filepath.Join(w.Path(), name), text.Bytes())
}

func (w *Writer) junit(r *reports.Results) error {
	return w.file("junit.xml", func(to io.Writer) error {
		return junit.Write(to, r, filepath.ToSlash(filepath.Join(w.Path(), "report.html")))
	})
}

func (w *Writer) summary(r *reports.Results) error {
	return w.file("summary.md", func(to io.Writer) error { return markdown.Write(to, r, markdown.Options{Notes: w.notes}) })
}

func (w *Writer) writePage(r *reports.Results) error {
	return w.file("report.html", func(to io.Writer) error {
		return page.Write(to, r, page.Options{
			History: w.history, Baseline: w.Baseline,
			Beside: w.beside, Trace: func(folder string) string { return w.traced[folder] },
		})
	})
}

// beside tells whether there is such a file or folder here.
func (w *Writer) beside(name string) bool {
	if strings.ContainsRune(name, 0) {
		return false
	}
	_, err := os.Stat(filepath.Join(w.Path(), filepath.FromSlash(name)))
	return err == nil
}

// history reads what was observed in a run.
func (w *Writer) history(run string) ([]reports.Event, error) {
	if strings.ContainsRune(run, 0) { // no file can be named so
		return nil, fs.ErrNotExist
	}
	return reports.LoadHistory(filepath.Join(w.Path(), filepath.FromSlash(run)))
}
