package page

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
)

// words are the functions by which the templates put results into words.
var words = template.FuncMap{
	"icon": svg.Icon, "word": svg.Word, "thousands": thousands, "commits": commits, "unbroken": unbroken, "mark": format.State, "meaning": format.Meaning, "plural": format.Plural[int], "left": format.Left,
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
