package draw

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"onceover/sim"
)

const hereMark = "   <== here"

// step draws one row.
func (p *picture) step(number string, s sim.Step) {
	clock := ""
	if s.At != p.last {
		clock, p.last = s.At.String(), s.At
	}
	row := fmt.Sprintf("%3s  %-*s  ", number, p.clock, clock)
	switch {
	case s.Worker < 0:
		row += p.paint(yellow, p.across(s.Text))
	default:
		row += p.between(s)
	}
	row = strings.TrimRight(row, " ")
	if s.Bad {
		row = p.paint(red, row+hereMark)
	}
	p.text.WriteString(row + "\n")
}

// across is a line through all lanes, for what concerns everybody.
func (p *picture) across(text string) string {
	width := 0
	for _, l := range p.lanes {
		width += l.width
	}
	return cell("~~ "+text+" ", width, '~')
}

// between draws a request in its worker's lane, and a line to the server.
func (p *picture) between(s sim.Step) string {
	from, to := p.of(s.Worker), p.at(s.Server)
	if s.Request == "" || to < 0 || arrow(s.ID.Kind) == "" {
		to = from
	}
	var b strings.Builder
	for i, l := range p.lanes {
		switch {
		case i == from && from == to:
			b.WriteString(cell(left(s), l.width, ' '))
		case i == from:
			b.WriteString(cell(left(s)+" ", l.width, '-'))
		case i > from && i < to:
			b.WriteString(strings.Repeat("-", l.width))
		case i == to:
			b.WriteString(cell(arrow(s.ID.Kind)+" "+s.Reply, l.width, ' '))
		default:
			b.WriteString(cell("|", l.width, ' '))
		}
	}
	return b.String()
}

// left is what stands in the worker's lane.
func left(s sim.Step) string {
	text := s.Request
	if s.Request == "" || s.Note {
		text = s.Text
	}
	text += strings.Repeat("'", s.Life)
	switch s.ID.Kind {
	case sim.CrashBefore, sim.CrashAfter, sim.RestartBefore, sim.RestartAfter:
		if !s.Note && !s.Quiet {
			return "X dies: " + text
		}
	}
	return text
}

// arrow is how a request arrives, or does not.
func arrow(k sim.Kind) string {
	switch k {
	case sim.CutBefore:
		return "/"
	case sim.CrashBefore, sim.RestartBefore:
		return ""
	case sim.CutAfter, sim.CutMiddle:
		return "=> //"
	case sim.CrashAfter, sim.RestartAfter:
		return "=> X"
	case sim.GiveUp:
		return "..."
	}
	return "=>"
}

// cell fills a lane, and cuts what is too long for it.
func cell(text string, width int, fill byte) string {
	n := utf8.RuneCountInString(text)
	if n >= width {
		runes := []rune(text)
		return string(runes[:max(width-2, 0)]) + "… "
	}
	return text + strings.Repeat(string(fill), width-n)
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
