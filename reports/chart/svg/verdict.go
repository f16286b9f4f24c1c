package svg

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/reports/palette"
)

// mark is a verdict's sign in a square of 16 units. Colours and forms stand in
// presentation attributes, because a strict content policy takes away styles but not
// those. They are fixed: no text of a result gets here.
func mark(v reports.Verdict) string {
	colour := palette.Of(v).Page
	switch Word(v) {
	case "safe":
		return `<circle cx="8" cy="8" r="7" fill="` + colour + `"/>` +
			`<path d="M4.5 8.3l2.4 2.4 4.6-5" fill="none" stroke="#fff" stroke-width="1.8"/>`
	case "lost":
		return `<path d="M8 0l8 8-8 8-8-8z" fill="` + colour + `"/>` +
			`<path d="M5.5 5.5l5 5m0-5l-5 5" stroke="#121212" stroke-width="1.8"/>`
	case "duplicated":
		return `<path d="M1.75 1.75h8.5v2.5h-6v6h-2.5z" fill="` + colour + `"/>` +
			`<rect x="5.5" y="5.5" width="9.5" height="9.5" fill="` + colour + `"/>`
	case "stuck":
		return `<rect x="1" y="1" width="14" height="14" fill="` + colour + `"/>` +
			`<path d="M5.8 4.5v7m4.4-7v7" stroke="#121212" stroke-width="2"/>`
	}
	return `<circle cx="8" cy="8" r="6.5" fill="none" stroke="` + colour + `" stroke-width="2.4" stroke-dasharray="3.2 1.9"/>`
}

// Word is the name of a verdict; an unknown one counts as inconclusive, so no text of
// a result becomes part of an id or a colour.
func Word(v reports.Verdict) string {
	if v.Proves() {
		return string(v)
	}
	return string(reports.Inconclusive)
}

// Words are the names of verdicts, as they stand beside their marks.
func Words(all []reports.Verdict) string {
	return strings.Join(reports.Each(all, Word), " + ")
}

// Icon is a verdict's mark as an element. It always stands beside its word, so screen
// readers pass it by.
func Icon(v reports.Verdict) template.HTML {
	return template.HTML(fmt.Sprintf(
		`<svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" data-verdict="%s"><title>%[1]s</title>%s</svg>`, Word(v), mark(v)))
}

// Mark draws the mark of a verdict around a point.
func (d *Drawing) Mark(v reports.Verdict, x, y, size float64) {
	scale := strconv.FormatFloat(math.Round(100*size/16)/100, 'f', -1, 64)
	element(&d.body, "g", "transform", "translate("+Number(x-size/2)+" "+Number(y-size/2)+") scale("+scale+")")
	d.body.WriteString(">" + mark(v) + "</g>\n")
}

// Verdicts draws the mark and the word of each verdict, from x to the right.
func (d *Drawing) Verdicts(all []reports.Verdict, x, y float64) {
	for i, v := range all {
		if i > 0 {
			d.Text(x, y, "+", Style{})
			x += Width("+", Style{}) + 5
		}
		d.Mark(v, x+7, y, 14)
		d.Text(x+18, y, Word(v), Style{})
		x += 18 + Width(Word(v), Style{}) + 5
	}
}
