package format

import "strings"

// OneLine is the text of an error in one line. Errors that were joined have a line
// each, which would run into one another.
func OneLine(err error) string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}
