package store

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/perfetto"
)

// traceSuffix: Perfetto opens traces that are packed, and they take a tenth.
const traceSuffix = ".perfetto.json.gz"

// traces writes a trace of the runs that are worth one, in place of those of
// results that were here before.
func (w *Writer) traces(r *reports.Results) error {
	folder := filepath.Join(w.Path(), "traces")
	failed := []error{removeTraces(folder)}
	w.traced = map[string]string{}
	chosen, left := perfetto.Choose(r)
	taken := map[string]bool{}
	n := traceCount{left: left}
	for _, c := range chosen {
		history, err := w.history(c.Run.Folder)
		if errors.Is(err, reports.ErrHistoryForm) {
			n.otherForm++
			continue
		}
		if refused := new(reports.InputError); errors.As(err, &refused) {
			n.refused, n.why = n.refused+1, refused.Error()
			continue
		}
		if len(history) == 0 {
			n.missing++
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				failed = append(failed, err)
			}
			continue
		}
		name := traceName(r, c, taken)
		if err := os.MkdirAll(filepath.Join(folder, filepath.Dir(name)), 0o755); err != nil {
			failed = append(failed, err)
			continue
		}
		if err := w.file(filepath.Join("traces", name), func(to io.Writer) error {
			packed := gzip.NewWriter(to)
			err := perfetto.Write(packed, c.PID, c.Cell, c.Run, history)
			return errors.Join(err, packed.Close())
		}); err != nil {
			failed = append(failed, err)
			continue
		}
		w.traced[c.Run.Folder] = filepath.ToSlash(filepath.Join("traces", name))
		n.written++
	}
	w.note(n)
	return errors.Join(failed...)
}

// traceCount is how many runs have a trace, and why others have none.
type traceCount struct {
	written, left, missing, otherForm, refused int

	why string // the last was refused
}

// note says how many traces there are, and which are not there.
func (w *Writer) note(n traceCount) {
	if n.written > 0 && n.left > 0 {
		w.notes = append(w.notes, fmt.Sprintf("traces: %s written for Perfetto, of the first bad runs and a usual run of each cell; %s without one",
			format.Plural(n.written, "run", "runs"), format.Plural(n.left, "more bad run is", "more bad runs are")))
	}
	if n.missing > 0 {
		w.notes = append(w.notes, fmt.Sprintf("traces: %s no history beside results.json, so no trace", format.Plural(n.missing, "run has", "runs have")))
	}
	if n.refused > 0 {
		w.notes = append(w.notes, fmt.Sprintf("traces: %s a history that is not read, so no trace: %s", format.Plural(n.refused, "run has", "runs have"), n.why))
	}
	if n.otherForm > 0 {
		w.notes = append(w.notes, fmt.Sprintf("traces: %s a history of another form than %s, so no trace", format.Plural(n.otherForm, "run has", "runs have"), reports.HistorySchema))
	}
}

func removeTraces(folder string) error {
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, traceSuffix) {
			return err
		}
		return os.Remove(path)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// traceName is the file of a trace below its folder. Names of cells come from
// results that may be made by hand, and must not lead out of it.
func traceName(r *reports.Results, c perfetto.Choice, taken map[string]bool) string {
	parts := []string{harmless(c.Cell.Strategy), harmless(c.Cell.Scenario)}
	if r.Run.World == reports.WorldBoth {
		parts = append([]string{harmless(c.Cell.World)}, parts...)
	}
	base := filepath.Join(filepath.Join(parts...), strconv.FormatUint(c.Run.Seed, 10))
	name := base + traceSuffix
	for i := 2; taken[name]; i++ { // merged results can have a seed twice
		name = fmt.Sprintf("%s-%d%s", base, i, traceSuffix)
	}
	taken[name] = true
	return name
}

// harmless makes a name of a file or a folder out of any text.
func harmless(text string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r) {
			return r
		}
		return '-'
	}, text[:min(len(text), 100)])
	if strings.Trim(name, ".") == "" {
		return "unnamed"
	}
	return name
}
