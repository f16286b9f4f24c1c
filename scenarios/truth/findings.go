package truth

import (
	"path"
	"strings"

	"onceover/scenarios"
)

// Finding is a section of the findings: its heading names cells, and says what is true.
type Finding struct {
	Cells []string // IDs, in which * stands for any strategy or scenario
	Title string
}

// Of tells whether a finding is about a cell.
func (f Finding) Of(id string) bool {
	for _, pattern := range f.Cells {
		if match, err := path.Match(pattern, id); err == nil && match {
			return true
		}
	}
	return false
}

// Findings are those that come with the program.
func Findings() []Finding { return ParseFindings(scenarios.Findings) }

// ParseFindings reads headings of Markdown such as "## bitmap/calm, none/*: a title".
func ParseFindings(text string) (all []Finding) {
	for line := range strings.Lines(text) {
		heading, found := strings.CutPrefix(line, "## ")
		if !found {
			continue
		}
		cells, title, _ := strings.Cut(heading, ": ")
		f := Finding{Title: strings.TrimSpace(title)}
		for _, id := range strings.Split(cells, ",") {
			f.Cells = append(f.Cells, strings.TrimSpace(id))
		}
		all = append(all, f)
	}
	return all
}
