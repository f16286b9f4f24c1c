package page

import (
	"fmt"
	"html/template"
	"math"
	"regexp"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
)

// words are the functions by which the templates put results into words.
var words = template.FuncMap{
	"icon": svg.Icon, "word": svg.Word, "thousands": thousands, "commits": commits, "unbroken": unbroken, "mark": format.State, "meaning": format.Meaning, "plural": format.Plural[int], "left": format.Left, "kept": kept,
	"known": func(n reports.RowCounts) bool { return n != reports.RowCounts{} },
	"took":  func(ms int64) string { return format.Duration(format.Milliseconds(ms)) },
}

func thousands(n any) string {
	switch n := n.(type) {
	case int:
		return format.Thousands(n)
	case float64:
		return format.Thousands(int64(math.Round(n)))
	}
	return format.Thousands(n.(int64))
}

func commits(workers []int) string {
	if workers == nil {
		return "not reported"
	}
	if len(workers) == 0 {
		return "nobody"
	}
	return strings.Join(reports.Each(workers, func(id int) string { return fmt.Sprintf("w%d", id) }), ", ")
}

// hyphened matches names as strategies and scenarios have them, up to a length for which any line has room.
var hyphened = regexp.MustCompile(`[a-z0-9]+(?:-[a-z0-9]+)+`)

// kept keeps names in one line: a line does not end at their hyphens.
func kept(text string) template.HTML {
	const most = 24
	var b strings.Builder
	at := 0
	for _, m := range hyphened.FindAllStringIndex(text, -1) {
		b.WriteString(template.HTMLEscapeString(text[at:m[0]]))
		if name := text[m[0]:m[1]]; len(name) <= most {
			b.WriteString(`<span class="name">` + name + `</span>`)
		} else {
			b.WriteString(name)
		}
		at = m[1]
	}
	b.WriteString(template.HTMLEscapeString(text[at:]))
	return template.HTML(b.String())
}

// unbroken keeps a number with its sign.
func unbroken(text string) string { return strings.ReplaceAll(text, " %", "\u00a0%") }

// shortList names the first few of many.
func shortList(words []string) string {
	const most = 6
	if len(words) <= most {
		return format.Listed(words, "and")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
}
