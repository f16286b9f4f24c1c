// Package page writes report.html: one page, without scripts and without
// anything beside it, from which a person can tell what is safe, how sure that
// is, and what exactly went wrong.
//
//	err := page.Write(w, results, page.Options{})
package page

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"onceover/reports"
	"onceover/reports/compare"
)

//go:embed *.tmpl
var templateFiles embed.FS

// templates are parsed when a page is written, and not by each worker that starts.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(words).ParseFS(templateFiles, "*.tmpl"))
})

func render(name string, view any) (string, error) {
	var out strings.Builder
	err := templates().ExecuteTemplate(&out, name, view)
	return out.String(), err
}

// Options are further sources of the page beside the results.
type Options struct {
	// History reads the events of a run, by its folder beside results.json;
	// nil: no run is drawn.
	History func(folder string) ([]reports.Event, error)
	// Beside tells whether a file or a folder lies beside the page, by its name there; nil: none
	// does. The page links to nothing else.
	Beside func(name string) bool
	// Trace is the file beside the page with the trace of a run, by the folder of the run; empty:
	// it has none. nil: none has.
	Trace func(folder string) string
	// Baseline compares with an older result; nil: there is none.
	Baseline *compare.Comparison
}

// Write writes the report: one page without scripts and without anything
// beside it. All meaning stands in the structure and in the attributes of its
// drawings, so the page can be read where a content policy drops styles, as
// in Jenkins; its style block only improves the layout.
//
// The results are embedded as a block of JSON with the id "results". Where all
// there is to show would make a page of more than two megabytes, it shows less,
// and names the parts that are left out.
func Write(w io.Writer, r *reports.Results, o Options) error {
	s := newSource(r, o)
	var page string
	for _, d := range details {
		var err error
		if page, err = s.page(d); err != nil {
			return err
		}
		if len(page) <= softLimit {
			if page, err = s.filled(d, page); err != nil {
				return err
			}
			break
		}
	}
	_, err := io.WriteString(w, bidi.ReplaceAllString(page, string(unicode.ReplacementChar)))
	return err
}

func (s *source) page(d detail) (string, error) {
	view, err := newPageView(s, d)
	if err != nil {
		return "", err
	}
	return render("page", view)
}

// filled shows as many counterexamples as there is room for on a page that is
// small enough.
func (s *source) filled(d detail, page string) (string, error) {
	fits, all := d.examples, 0
	for _, c := range s.Cells {
		all += len(c.Counterexamples)
	}
	for tooMany := min(all, softLimit/leastExample) + 1; tooMany-fits > 1; {
		d.examples = (fits + tooMany) / 2
		more, err := s.page(d)
		switch {
		case err != nil:
			return "", err
		case len(more) <= softLimit:
			fits, page = d.examples, more
		default:
			tooMany = d.examples
		}
	}
	return page, nil
}

// bidi matches the characters that turn the direction of text: the start of an isolate
// without its end would reach beyond the element that it stands in. The page shows a
// replacement for them; the data block keeps them, spelled as escapes.
var bidi = regexp.MustCompile("[\u202a-\u202e\u2066-\u2069]")

func escaped(turn []byte) []byte {
	r, _ := utf8.DecodeRune(turn)
	return fmt.Appendf(nil, `\u%04x`, r)
}

const softLimit = 2_000_000 // bytes

// leastExample is the least size of a counterexample, in bytes.
const leastExample = 6 << 10

type detail struct {
	timelines  int  // runs that are drawn
	examples   int  // counterexamples, at least: as many more as there is room for
	recoveries int  // faults whose recovery is drawn
	others     bool // costs under other scenarios than the first, too
	runs       int  // of a cell that are listed, at most
	full       int  // cells with an example and a list of runs
	data       int  // bytes of the data block, at most
}

// details are tried in order until the page is small enough: drawings leave first,
// then the lists of runs. The last is shown in any case.
var details = []detail{
	{timelines: 60, examples: 100, recoveries: 20_000, others: true, runs: 50, full: 1000, data: 1 << 20},
	{timelines: 24, examples: 20, recoveries: 10_000, others: true, runs: 20, full: 1000, data: 600 << 10},
	{timelines: 12, examples: 10, recoveries: 5_000, others: true, runs: 10, full: 200, data: 300 << 10},
	{timelines: 6, examples: 10, recoveries: 2_500, others: false, runs: 5, full: 100, data: 300 << 10},
	{timelines: 2, examples: 5, recoveries: 1_000, others: false, runs: 2, full: 20, data: 200 << 10},
}
