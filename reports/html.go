package reports

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
)

//go:embed report.html.tmpl
var reportText string

var reportTemplate = template.Must(template.New("report").Parse(reportText))

// WriteHTML writes the report: one page without scripts and without anything
// beside it. All meaning stands in the structure and in the attributes of its
// drawings, so the page can be read where a content policy drops styles, as
// in Jenkins; its style block only improves the layout. The results themselves
// are embedded as a block of JSON with the id "results".
func WriteHTML(w io.Writer, r *Results) error {
	page, err := newPageView(r)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := reportTemplate.Execute(&out, page); err != nil {
		return err
	}
	_, err = w.Write(out.Bytes())
	return err
}
