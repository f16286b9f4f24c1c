package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html/atom"

	"onceover/reports"
	"onceover/reports/compare"
	"onceover/reports/reporttest"
)

func pageOf(t testing.TB, r *reports.Results) string { return pageWith(t, r, Options{}) }

func pageWith(t testing.TB, r *reports.Results, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// everything has a history for one run, a history that cannot be read, and a baseline.
func everything(t testing.TB, r *reports.Results) Options {
	t.Helper()
	c, err := compare.Of(reporttest.Sample(), r, compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return Options{Baseline: c, History: func(folder string) ([]reports.Event, error) {
		if folder == "" {
			return nil, errors.New("no folder is named")
		}
		return reporttest.History(), nil
	}}
}

// The whole page is one golden file, and the sections of all pages are one each: a
// change of the page's frame, or of one section, shows once.
func TestGoldens(t *testing.T) {
	merged := reporttest.Merged()
	reporttest.Golden(t, "report.html", pageWith(t, merged, everything(t, merged)))
	sections := map[string]string{}
	for _, v := range variants() {
		page := pageOf(t, v.r)
		for _, fault := range lint(page) {
			t.Errorf("%s: %s", v.name, fault)
		}
		s := newSource(v.r, Options{})
		p, err := newPageView(s, details[0])
		if err != nil {
			t.Fatal(err)
		}
		add := func(name, text string) {
			sections[name] += fmt.Sprintf("<!-- %s -->\n%s\n", v.name, withoutDrawings(text))
		}
		for _, name := range []string{"head", "answer"} {
			text, err := render(name, map[string]any{"head": p.Head, "answer": p.Answer}[name])
			if err != nil {
				t.Fatal(err)
			}
			add(name, text)
		}
		for _, section := range p.Sections {
			add(section.Anchor, section.Answer+"\n"+string(section.Body))
		}
	}
	for name, text := range sections {
		reporttest.Golden(t, "section-"+name+".html", text)
	}
}

type variant struct {
	name string
	r    *reports.Results
}

func variants() []variant {
	return []variant{{"every state", reporttest.Sample()}, {"passing", reporttest.Passing()}, {"interrupted", reporttest.Interrupted()}, {"empty", reporttest.Empty()}}
}

// withoutDrawings leaves out drawings, which have goldens of their own.
func withoutDrawings(text string) string {
	return regexp.MustCompile(`(?s)<svg role="img".*?</svg>`).ReplaceAllString(text, "(a drawing)")
}

func TestEveryVerdictIsDefined(t *testing.T) {
	body, err := render("method", methodView{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range reports.Verdicts() {
		if strings.Count(body, "<b>"+string(v)+"</b></dt><dd>") != 1 {
			t.Errorf("%s is not defined", v)
		}
	}
}

func TestThePageSaysWhatLiesBesideIt(t *testing.T) {
	searched := reporttest.Empty()
	searched.Cells = reporttest.Merged().Cells[6:7]
	searched.Cells[0].Runs[0].Folder = "none-calm-lost.jsonl"
	elsewhere := reporttest.Sample()
	for _, c := range elsewhere.Cells {
		for i := range c.Runs {
			c.Runs[i].Folder = "../far/away"
		}
	}
	all := reporttest.Sample()
	for _, c := range all.Cells {
		for i := range c.Runs {
			c.Runs[i].Folder = "runs/a"
		}
	}
	for _, c := range []struct {
		r    *reports.Results
		want string
	}{
		{all, "stands results.json, and a folder for each run with its history"},
		{reporttest.Sample(), "stands results.json, and a folder for each run that was not safe, and for one that was of each cell, with its history"},
		{reporttest.Merged(), "stands results.json; the folders of the runs lie with the parts that were put together, under Method."},
		{searched, "stands results.json, and the schedules that were found, for onceover replay."},
		{elsewhere, "stands results.json.</p>"},
		{reporttest.Empty(), "stands results.json.</p>"},
	} {
		if page := pageOf(t, c.r); !strings.Contains(page, "Beside this page "+c.want) {
			t.Errorf("no %q", c.want)
		}
	}
}

func TestASpeedIsRoundedAlikeEverywhere(t *testing.T) {
	r := reporttest.OfCells(reporttest.FullCell("a", "calm", "any", reports.ReportOnly, 1))
	r.Cells[0].Runs[0].RowsPerSec = 22565.7
	page := pageOf(t, r)
	if !strings.Contains(page, "22,566 rows/s") || strings.Contains(page, "22,565<") {
		t.Error("the answer and the list of runs say different speeds")
	}
}

func TestHostileTextStaysText(t *testing.T) {
	for name, hostile := range map[string]func(text string) string{
		"sample": func(text string) string { return pageOf(t, reporttest.Hostile(text)) },
		"merged": func(text string) string {
			r := reporttest.Merged()
			o := everything(t, r)
			reporttest.SpoilAll(r, text)
			oneRow(r)
			reporttest.SpoilAll(o.Baseline, text)
			o.History = hostileHistory(text)
			return pageWith(t, r, o)
		},
	} {
		calm := elements(hostile("x"))
		for _, text := range reporttest.HostileTexts {
			page := hostile(text)
			for _, fault := range lint(page) {
				t.Errorf("%s, %q: %s", name, text, fault)
			}
			if strings.ContainsAny(page, "\u202e\u2066") {
				t.Errorf("%s, %q: text of the page can be turned around", name, text)
			}
			if text == "" {
				continue // empty fields are left out
			}
			if diff := cmp.Diff(calm, elements(page)); diff != "" {
				t.Errorf("%s, %q changes the structure of the page:\n%s", name, text, diff)
			}
		}
	}
}

// oneRow keeps a spoilt list of rows from being one of several.
func oneRow(r *reports.Results) {
	for _, c := range r.Cells {
		for _, x := range c.Counterexamples {
			for i, step := range x.Steps {
				x.Steps[i].Rows = strings.Join(strings.Fields(step.Rows), "-")
			}
		}
	}
}

func hostileHistory(text string) func(string) ([]reports.Event, error) {
	return func(folder string) ([]reports.Event, error) {
		if folder == text {
			return nil, errors.New(text)
		}
		events := reporttest.History()
		for i := range events {
			events[i].Text += text
		}
		return events, nil
	}
}

func FuzzHTML(f *testing.F) {
	for _, text := range reporttest.HostileTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := reporttest.Merged()
		reporttest.SpoilAll(r, text)
		r.Cells = append(r.Cells, reporttest.CellOf(text, text, text, reports.Worse, 2, reporttest.DuplicatedRun(1)))
		r.Gate.Reasons = []reports.Reason{{Cell: text + "/" + text, State: reports.Worse, Text: text}}
		for _, fault := range lint(pageWith(t, r, Options{History: hostileHistory(text)})) {
			t.Error(fault)
		}
	})
}

func TestResultsThatAreNoJSONAreRefused(t *testing.T) {
	r := reporttest.Sample()
	r.Cells[0].BadRate.High = math.NaN()
	if err := Write(&strings.Builder{}, r, Options{}); err == nil {
		t.Error("no error")
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestAFailedWriteIsReported(t *testing.T) {
	if err := Write(brokenWriter{}, reporttest.Sample(), Options{}); err == nil {
		t.Error("no error")
	}
}

// dataOf reads the results back out of a page.
func dataOf(t *testing.T, page string) *reports.Results {
	t.Helper()
	for n := range parse(page).Descendants() {
		if n.DataAtom != atom.Script {
			continue
		}
		var r reports.Results
		if err := json.Unmarshal([]byte(n.FirstChild.Data), &r); err != nil {
			t.Fatal(err)
		}
		return &r
	}
	t.Fatal("no data block")
	return nil
}
