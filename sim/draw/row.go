package draw

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"onceover/reports"
	"onceover/sim"
)

const hereMark = "   <== here"

func (p *picture) step(number string, s sim.Step) {
	clock := ""
	if s.At != p.last {
		clock, p.last = s.At.String(), s.At
	}
	lines, color := p.between(s), color("")
	if s.Worker < 0 {
		lines, color = p.across(s.Text), yellow
	}
	for i, line := range lines {
		margin := fmt.Sprintf("%3s  %-*s  ", number, p.clock, clock)
		number, clock = "", ""
		row := strings.TrimRight(margin+line, " ")
		switch {
		case s.Bad && i == 0:
			row = p.paint(red, row+hereMark)
		case s.Bad:
			row = p.paint(red, row)
		case color != "":
			row = margin + p.paint(color, strings.TrimRight(line, " "))
		}
		p.text.WriteString(row + "\n")
	}
}

func (p *picture) across(text string) (lines []string) {
	width := 0
	for _, l := range p.lanes {
		width += l.width
	}
	for _, part := range wrap(text, width-4) {
		lines = append(lines, cell("~~ "+part+" ", width, '~'))
	}
	return lines
}

// between draws a request in its worker's lane, and a line to the server. What
// is too long for its lane goes on below.
func (p *picture) between(s sim.Step) (lines []string) {
	from, to := s.Worker, p.at(s.Server)
	if s.Request == "" || to < 0 || arrow(s.ID.Kind) == "" {
		to = from
	}
	if from < 0 {
		return nil
	}
	asks := wrap(left(s), p.lanes[from].width-laneGap)
	var answers []string
	if to != from {
		answers = wrap(arrow(s.ID.Kind)+" "+s.Reply, p.lanes[to].width-laneGap)
	}
	for n := range max(len(asks), len(answers)) {
		var b strings.Builder
		for i, l := range p.lanes {
			switch {
			case i == from && (n > 0 || from == to):
				b.WriteString(cell(part(asks, n), l.width, ' '))
			case i == from:
				b.WriteString(cell(part(asks, n)+" ", l.width, '-'))
			case i > from && i < to && n == 0:
				b.WriteString(strings.Repeat("-", l.width))
			case i == to:
				b.WriteString(cell(part(answers, n), l.width, ' '))
			default:
				b.WriteString(cell("|", l.width, ' '))
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}

// part is a line of a text, or a lane that goes on below it.
func part(lines []string, n int) string {
	switch {
	case n >= len(lines):
		return "|"
	case n > 0:
		return indent + lines[n]
	}
	return lines[n]
}

// Between a text and the next lane is a gap. Where a text goes on it is indented.
const (
	laneGap = 1
	indent  = "  "
)

// wrap breaks a text into lines, the first as wide as there is room and the
// others by their indent less. A word that is wider is broken itself.
func wrap(text string, room int) (lines []string) {
	room = max(room, len(indent)+1)
	for rest := []rune(text); ; {
		if len(rest) <= room {
			return append(lines, string(rest))
		}
		at := breakAt(rest, room)
		lines, rest = append(lines, string(rest[:at])), []rune(strings.TrimPrefix(string(rest[at:]), " "))
		if len(lines) == 1 {
			room -= len(indent)
		}
	}
}

// left is what stands in the worker's lane.
func left(s sim.Step) string {
	text := s.Request
	if s.Request == "" || s.Note {
		text = s.Text
	}
	text += strings.Repeat("'", s.Life)
	if outcome(s).Dies() {
		return "X dies: " + text
	}
	return text
}

// arrow is how a request arrives, or does not.
func arrow(k sim.EventKind) string {
	switch {
	case k == sim.Arrive: // nobody waits for a reply that could be lost
		return "=>"
	case k.Outcome() == reports.StepCutBefore:
		return "/"
	case k.Outcome() == reports.StepDies:
		return ""
	case k.Outcome() == reports.StepReplyLost:
		return "=> //"
	case k.Outcome() == reports.StepDiesAfter:
		return "=> X"
	case k.Outcome() == reports.StepGivenUp:
		return "..."
	}
	return "=>"
}

func cell(text string, width int, fill byte) string {
	return text + strings.Repeat(string(fill), max(width-utf8.RuneCountInString(text), 0))
}

// breakAt is where a line ends that is too long: between two requests, or else
// between two words, if that leaves enough in it.
func breakAt(text []rune, room int) int {
	for _, before := range []string{"; ", " "} {
		for at := room; at > room/3; at-- {
			if text[at] == ' ' && strings.HasSuffix(string(text[:at+1]), before) {
				return at
			}
		}
	}
	return room
}

type color string

// ANSI escape sequences, ECMA-48.
const (
	red    color = "\x1b[31m"
	yellow color = "\x1b[33m"
	reset        = "\x1b[0m"
)

func (p *picture) paint(c color, text string) string {
	if !p.options.Color {
		return text
	}
	return string(c) + text + reset
}
