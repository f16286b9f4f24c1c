package terminal

import (
	"io"
	"regexp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// command is a line with a command to be copied, which a line feed would cut in two.
var command = regexp.MustCompile(`^\s*(\w+: )?onceover `)

var word = regexp.MustCompile(`\s*\S+`)

// Fold breaks a line between words where it is wider than a terminal. What is a single word, as a path is, and what
// is a command is left to the terminal.
func Fold(line string, width int) string {
	if width <= 0 || text.StringWidthWithoutEscSequences(line) <= width || command.MatchString(line) {
		return line
	}
	indent := strings.Repeat(" ", hanging(line, width))
	var folded strings.Builder
	used := 0
	for _, next := range word.FindAllString(line, -1) {
		wide := text.StringWidthWithoutEscSequences(next)
		if used+wide > width && used > len(indent) {
			next = strings.TrimSpace(next)
			folded.WriteString("\n" + indent)
			used, wide = len(indent), text.StringWidthWithoutEscSequences(next)
		}
		folded.WriteString(next)
		used += wide
	}
	return folded.String()
}

// gaps are what columns are told apart by.
var gaps = regexp.MustCompile(`\S {2,}`)

// hanging is how far in a line goes on: below the second of two columns, or else a little.
func hanging(line string, width int) int {
	plain := text.StripEscape(line)
	column := len(plain) - len(strings.TrimLeft(plain, " ")) + 2
	if all := gaps.FindAllStringIndex(plain, 2); len(all) == 1 {
		if second := text.StringWidthWithoutEscSequences(plain[:all[0][1]]); second <= width/2 {
			column = second
		}
	}
	return min(column, width/2)
}

// foldAll folds the lines of a text. What it begins or ends in the middle of a line stays as it is.
func foldAll(written string, width int, midway bool) string {
	lines := strings.Split(written, "\n")
	for i := range lines[:len(lines)-1] {
		if i > 0 || !midway {
			lines[i] = Fold(lines[i], width)
		}
	}
	return strings.Join(lines, "\n")
}

// Whole is a stream that folds no line, for what programs read.
func Whole(w io.Writer) io.Writer {
	if s, ok := w.(stream); ok {
		s.width = nil
		return s
	}
	return w
}
