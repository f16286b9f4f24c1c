package store

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onceover/reports"
	"onceover/reports/markdown"
	"onceover/reports/reporttest"
)

// writing is a call of Writer.Write with a surrounding of its own.
type writing struct {
	to             string
	beside         string // another folder
	env            map[string]string
	stdout, stderr bytes.Buffer
}

func newWriting(t *testing.T) *writing {
	t.Helper()
	return &writing{to: t.TempDir(), beside: t.TempDir(), env: map[string]string{}}
}

func (w *writing) write(r *reports.Results) error {
	return w.writer().Write(r, func(error) int { return reports.ExitBug })
}

func (w *writing) writer() *Writer {
	return &Writer{
		Folder: Folder{filepath.Dir(w.to), filepath.Base(w.to)},
		Stdout: &w.stdout, Stderr: &w.stderr, Getenv: func(name string) string { return w.env[name] },
	}
}

// inTheWay is a folder where a file is to be.
func inTheWay(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(path, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func (w *writing) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.to, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// files lists what was written, beside histories.
func (w *writing) files(t *testing.T) (all []string) {
	t.Helper()
	if err := filepath.WalkDir(w.to, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "history.jsonl" {
			name, _ := filepath.Rel(w.to, path)
			all = append(all, filepath.ToSlash(name))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

var allFiles = []string{"junit.xml", "report.html", "results.json", "summary.md"}

func TestAllFilesAreWritten(t *testing.T) {
	w := newWriting(t)
	r := reporttest.Passing()
	r.Cells = r.Cells[:3] // without a history
	if err := w.write(r); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(allFiles, w.files(t)); diff != "" {
		t.Error(diff)
	}
	if w.stdout.Len() > 0 || w.stderr.Len() > 0 {
		t.Errorf("it says %q and %q", &w.stdout, &w.stderr)
	}
}

func TestOneFileThatFailsDoesNotKeepTheOthersFromBeingWritten(t *testing.T) {
	for _, broken := range allFiles {
		w := newWriting(t)
		inTheWay(t, filepath.Join(w.to, broken))
		err := w.write(reporttest.Passing())
		if err == nil || !strings.Contains(err.Error(), "write "+broken+": ") {
			t.Errorf("%s: the error is %v", broken, err)
		}
		for _, name := range allFiles {
			if name != broken && broken != "results.json" && !slices.Contains(w.files(t), name) {
				t.Errorf("with %s in the way, %s was not written", broken, name)
			}
		}
		if left := w.files(t); broken == "results.json" && left != nil {
			t.Errorf("forms of results that are not there: %q", left)
		}
	}
}

func TestTheSummaryOfAJobGrowsWithinItsRoom(t *testing.T) {
	w := newWriting(t)
	path := filepath.Join(w.beside, "summary of the job")
	w.env["GITHUB_STEP_SUMMARY"] = path
	if err := os.WriteFile(path, []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := w.write(reporttest.Sample()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "before\n"+w.read(t, "summary.md") {
		t.Errorf("%v: %.200s", err, text)
	}
	full := bytes.Repeat([]byte("x"), markdown.Most-200)
	if err := os.WriteFile(path, full, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := w.write(reporttest.Sample()); err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile(path); err != nil || len(text) >= markdown.Most || !bytes.Equal(text, full) {
		t.Errorf("%v: %d bytes", err, len(text))
	}
	if !strings.Contains(w.stderr.String(), "GITHUB_STEP_SUMMARY lacks the summary, which is in summary.md: it is full: ") {
		t.Errorf("it says %q", &w.stderr)
	}
	w.env["GITHUB_STEP_SUMMARY"] = filepath.Join(w.beside, "no such folder", "x")
	if err := w.write(reporttest.Sample()); err != nil || !strings.Contains(w.stderr.String(), "no such folder") {
		t.Errorf("%v, it says %q", err, &w.stderr)
	}
}

const expectations = `version: 1
live:
  "*": {"*": any}
  set-nx:
    calm: safe
    "*": any
sim:
  set-nx: {pause: safe}
`

func TestAnnotationsNameTheLineOfTheExpectation(t *testing.T) {
	w := newWriting(t)
	file := filepath.Join(w.beside, "expect.yaml")
	if err := os.WriteFile(file, []byte(expectations), 0o644); err != nil {
		t.Fatal(err)
	}
	for cell, line := range map[string]int{"set-nx/calm": 5, "set-nx/pause": 6, "none/calm": 3} {
		if got := placeIn(file)(reports.Reason{Cell: cell, World: reports.WorldLive}); got.Line != line || got.File != file {
			t.Errorf("%s: %+v, want line %d", cell, got, line)
		}
	}
	if got := placeIn(file)(reports.Reason{Cell: "none/calm", World: reports.WorldSim}); got.Line != 0 {
		t.Errorf("what nothing is said of is at %+v", got)
	}
	r := reporttest.Sample()
	r.Gate.Expected = file
	if err := w.write(r); err != nil || w.stdout.Len() > 0 {
		t.Errorf("elsewhere than at GitHub: %v, %q", err, &w.stdout)
	}
	w.env["GITHUB_ACTIONS"] = "true"
	if err := w.write(r); err != nil || !strings.HasPrefix(w.stdout.String(), "::error title=WORSE set-nx/pause,file=") {
		t.Errorf("%v: %q", err, &w.stdout)
	}
}

// withHistory gives a run a folder with a history.
func (w *writing) withHistory(t *testing.T, folder string, text string) {
	t.Helper()
	path := filepath.Join(w.to, filepath.FromSlash(folder))
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "history.jsonl"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const someHistory = `{"schema":"onceover.history/2","seq":1,"at_ms":0,"kind":"run","worker":-1,"chunk":-1,"text":"set-nx under pause"}
{"seq":2,"at_ms":2,"kind":"worker","worker":0,"chunk":-1,"change":"started"}
{"seq":3,"at_ms":5,"kind":"step","worker":0,"chunk":0,"step":"claiming"}
`

func TestBadRunsGetATrace(t *testing.T) {
	w := newWriting(t)
	r := reporttest.Sample()
	r.Cells = r.Cells[5:6]
	for i, run := range r.Cells[0].Runs {
		if run.Folder != "" && i < 2 {
			w.withHistory(t, run.Folder, someHistory+`{"seq":4,"at_`[:13*i]) // the second one is torn
		}
	}
	stale := filepath.Join(w.to, "traces", "set-nx", "pause", "99"+traceSuffix)
	if err := os.MkdirAll(filepath.Dir(stale), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{stale, filepath.Join(w.to, "traces", "mine.txt")} {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.write(r); err != nil {
		t.Fatal(err)
	}
	want := append(slices.Clone(allFiles), "traces/mine.txt", "traces/set-nx/pause/1234"+traceSuffix, "traces/set-nx/pause/1235"+traceSuffix)
	slices.Sort(want)
	if diff := cmp.Diff(want, w.files(t)); diff != "" {
		t.Error(diff)
	}
	packed, err := gzip.NewReader(strings.NewReader(w.read(t, "traces/set-nx/pause/1234"+traceSuffix)))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(packed); err != nil || !strings.Contains(string(text), `"name":"claiming chunk 0","ph":"X"`) {
		t.Errorf("%v: %s", err, text)
	}
	for _, where := range []string{w.stderr.String(), w.read(t, "summary.md")} {
		if !strings.Contains(where, "4 more bad runs are without one") || !strings.Contains(where, "1 run has no history beside results.json") {
			t.Errorf("what has no trace is not said: %s", where)
		}
	}
}

func TestAHistoryOfAnOlderFormHasNoTraceAndIsSaid(t *testing.T) {
	w := newWriting(t)
	r := reporttest.Sample()
	r.Cells = r.Cells[5:6]
	w.withHistory(t, r.Cells[0].Runs[0].Folder, strings.Replace(someHistory, "/2", "/1", 1))
	if err := w.write(r); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(allFiles, w.files(t)); diff != "" {
		t.Error(diff)
	}
	if want := "1 run has a history of another form"; !strings.Contains(w.read(t, "summary.md"), want) {
		t.Errorf("it is not said that %s: %s", want, w.read(t, "summary.md"))
	}
}

func TestTracesStayInTheirFolder(t *testing.T) {
	for _, text := range append([]string{"..", ".", "/etc", `..\..`, "a/../../..", "../../x"}, reporttest.HostileTexts...) {
		w := newWriting(t)
		r := reporttest.Sample()
		r.Cells = r.Cells[5:6]
		c := &r.Cells[0]
		c.Strategy, c.Scenario = text, text
		w.withHistory(t, c.Runs[0].Folder, someHistory)
		if err := w.write(r); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if n := len(w.files(t)); n != len(allFiles)+1 {
			t.Errorf("%q: %d files: %v", text, n, w.files(t))
		}
	}
}

func TestAFileThatCannotBeCorrectedIsNotLeftAsItIs(t *testing.T) {
	w := newWriting(t)
	o := w.writer()
	r := reporttest.Passing()
	if err := o.writeAll(r, []output{o.results(), o.page()}); err != nil {
		t.Fatal(err)
	}
	inTheWay(t, filepath.Join(w.to, "results.json.part"))
	r.Gate.ExitCode = reports.ExitBug
	o.Correct(r)
	if o.Has("results.json") || !o.Has("report.html") || !slices.Equal(w.files(t), []string{"report.html"}) {
		t.Errorf("%v, %q", o.written, w.files(t))
	}
}
