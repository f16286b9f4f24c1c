package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode"

	"onceover/reports"
	"onceover/reports/compare"
)

//go:embed *.tmpl
var templateFiles embed.FS

var templates = template.Must(template.ParseFS(templateFiles, "*.tmpl"))

// Options are what the page shows beside the results.
type Options struct {
	// History reads what was observed in a run, by its folder beside results.json;
	// nil: no run is drawn.
	History func(folder string) ([]reports.Event, error)
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
// and says what is left out.
func Write(w io.Writer, r *reports.Results, o Options) error {
	var out bytes.Buffer
	s := newSource(r, o)
	for _, d := range details {
		out.Reset()
		page, err := newPageView(s, d)
		if err != nil {
			return err
		}
		if err := templates.ExecuteTemplate(&out, "page", page); err != nil {
			return err
		}
		if out.Len() <= softLimit {
			break
		}
	}
	_, err := turns.shown.WriteString(w, out.String())
	return err
}

// turns replaces the characters that turn the direction of text: the start of
// an isolate without its end would reach beyond the element that it stands in.
// In the data block they are kept, spelled as escapes.
var turns = newTurns()

type replacers struct{ shown, data *strings.Replacer }

func newTurns() replacers {
	var shown, data []string
	for _, r := range "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" {
		shown = append(shown, string(r), string(unicode.ReplacementChar))
		data = append(data, string(r), fmt.Sprintf(`\u%04x`, r))
	}
	return replacers{shown: strings.NewReplacer(shown...), data: strings.NewReplacer(data...)}
}
