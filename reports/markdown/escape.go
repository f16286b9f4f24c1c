package markdown

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"onceover/reports/format"
)

// longestText is how much of an untrusted text is shown, in characters.
const longestText = 600

// active matches the words that GitHub would make something of: markup, HTML,
// formulas, links, mentions, references to issues and commits, emoji. Escapes
// would not do: some of it is looked for in the text after they are gone.
var active = regexp.MustCompile("[`@#$<>&|\\[\\]\\\\~*_{}^]|://|^[^:]*:[^:]|(?i:www\\.|\\bGH-[0-9])|\\b[0-9a-f]{7,40}\\b")

// opening matches what would begin a list, a heading or a line.
var opening = regexp.MustCompile(`^([-+=]|[0-9]+[.)])`)

// prose shows untrusted text as text. It stays within its line, and within a cell
// of a table.
func prose(text string) string {
	words := strings.Fields(snip(format.Plain(text)))
	for i, word := range words {
		switch {
		case active.MatchString(word):
			core := strings.TrimRight(strings.TrimLeft(word, "("), ").,;:")
			if at := strings.Index(word, core); core != "" {
				words[i] = word[:at] + code(core) + word[at+len(core):]
			} else {
				words[i] = code(word)
			}
		case i == 0 && opening.MatchString(word):
			at := strings.IndexAny(word, "-+=.)")
			words[i] = word[:at] + `\` + word[at:]
		}
	}
	return strings.Join(words, " ")
}

// code shows untrusted text to the letter. A pipe would end the cell of a table,
// even within code, so it stands outside.
func code(text string) string {
	parts := strings.Split(snip(format.Plain(text)), "|")
	for i, part := range parts {
		parts[i] = span(part)
	}
	return strings.Join(parts, `\|`)
}

// span is the code span of CommonMark: its fence is longer than any row of
// backquotes inside, and one space on either side is taken away again.
func span(text string) string {
	if text == "" {
		return ""
	}
	fence := strings.Repeat("`", longest(text)+1)
	pad := ""
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || strings.HasPrefix(text, " ") && strings.HasSuffix(text, " ") {
		pad = " "
	}
	return fence + pad + text + pad + fence
}

// Block shows lines to the letter. Its fence is longer than any row of backquotes
// inside.
func Block(language string, lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(format.Plain(line) + "\n")
	}
	fence := strings.Repeat("`", max(3, longest(b.String())+1))
	return fence + language + "\n" + b.String() + fence + "\n"
}

// longest is the length of the longest row of backquotes.
func longest(text string) int {
	most, row := 0, 0
	for _, r := range text {
		row++
		if r != '`' {
			row = 0
		}
		most = max(most, row)
	}
	return most
}

func snip(text string) string {
	if utf8.RuneCountInString(text) <= longestText {
		return text
	}
	return string([]rune(text)[:longestText]) + " …"
}
