package draw

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"onceover/reports"
	"onceover/reports/palette"
	"onceover/sim"
)

// Options of a drawing. The zero value is plain text of a sensible width.
type Options struct {
	Color bool
	Width int // columns of the terminal; 0: as wide as needed
}

// The narrowest and the widest lane.
const (
	narrow = 8
	wide   = 44
)

// Terminal draws one lane for each worker and each server that has a part in
// it, and the virtual clock in the margin. A request goes from its worker to
// the server, what the server answers stands in the server's lane:
//
//	=>  executed and answered
//	/   connection cut before the request was executed
//	//  cut after it was executed: the reply is lost
//	X   the worker dies
func Terminal(out io.Writer, c Case, o Options) error {
	p := newPicture(c, o)
	p.head()
	number := 0
	for _, s := range shown(c.Run.Trace) {
		margin := ""
		if !s.Note {
			number++
			margin = fmt.Sprint(number)
		}
		p.step(margin, s)
	}
	fmt.Fprintf(&p.text, "\n%s: %s\n", p.paint(p.bad, strings.ToUpper(string(c.Run.Verdict))), Sentence(c))
	fmt.Fprintf(&p.text, "%s\n", legend)
	_, err := io.WriteString(out, p.text.String())
	return err
}

const legend = "=> answered   / cut before   // cut after, reply lost   X worker dies   ' another life"

type picture struct {
	text    strings.Builder
	options Options
	lanes   []lane
	clock   int // width of the clock's column
	last    time.Duration
	bad     color // of the verdict
}

type lane struct {
	name   string
	worker int // -1: a server
	server sim.Server
	width  int
}

func newPicture(c Case, o Options) *picture {
	p := &picture{options: o, clock: len("time"), last: -1, bad: color(palette.Of(c.Run.Verdict).Sequence())}
	for i := range c.Setup.Workers {
		p.lanes = append(p.lanes, lane{name: fmt.Sprintf("w%d", i), worker: i, width: narrow})
	}
	for _, server := range drawn(c, sim.Redis) {
		p.lanes = append(p.lanes, lane{name: server.String(), worker: -1, server: server, width: narrow})
	}
	for _, s := range shown(c.Run.Trace) {
		p.clock = max(p.clock, len(s.At.String()))
		if s.Worker >= 0 {
			p.widen(s.Worker, left(s))
		}
		if i := p.at(s.Server); i >= 0 && s.Request != "" {
			p.widen(i, arrow(s.ID.Kind)+" "+s.Reply)
		}
	}
	p.fit(reports.Those(shown(c.Run.Trace), func(s sim.Step) bool { return s.Bad }))
	return p
}

// drawn are the servers that have a part in what is drawn, and those that are drawn anyhow.
func drawn(c Case, anyhow ...sim.Server) []sim.Server {
	return slices.DeleteFunc(c.Setup.Servers(), func(s sim.Server) bool { return !uses(c.Run.Trace, s) && !slices.Contains(anyhow, s) })
}

// uses tells whether a server has a part in what is drawn.
func uses(trace []sim.Step, server sim.Server) bool {
	return slices.ContainsFunc(shown(trace), func(s sim.Step) bool { return s.Server == server && s.Request != "" })
}

// fit narrows the widest lanes until the picture is no wider than it may be, with the mark of the bad steps.
func (p *picture) fit(bad []sim.Step) {
	if p.options.Width <= 0 {
		return
	}
	for {
		total, widest := len("nnn  ")+p.clock+2, 0
		for i, l := range p.lanes {
			total += l.width
			if l.width > p.lanes[widest].width {
				widest = i
			}
		}
		for _, s := range bad {
			lines := append(p.between(s), "")
			total = max(total, utf8.RuneCountInString(p.margin("", "")+strings.TrimRight(lines[0], " ")+hereMark))
		}
		if total <= p.options.Width || p.lanes[widest].width <= narrow {
			return
		}
		p.lanes[widest].width--
	}
}

func (p *picture) widen(i int, text string) {
	p.lanes[i].width = min(max(p.lanes[i].width, utf8.RuneCountInString(text)+2), wide)
}

// at is the lane of a server. The lanes of workers come first, by their numbers.
func (p *picture) at(s sim.Server) int {
	return slices.IndexFunc(p.lanes, func(l lane) bool { return l.worker < 0 && l.server == s })
}

func (p *picture) head() {
	fmt.Fprintf(&p.text, "%3s  %-*s  ", "", p.clock, "time")
	for _, l := range p.lanes {
		p.text.WriteString(cell(l.name, l.width, ' '))
	}
	p.text.WriteString("\n")
}

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
		margin := p.margin(number, clock)
		number, clock = "", ""
		row := strings.TrimRight(margin+line, " ")
		switch {
		case s.Bad && i == 0:
			row = p.paint(p.bad, row+hereMark)
		case s.Bad:
			row = p.paint(p.bad, row)
		case color != "":
			row = margin + p.paint(color, strings.TrimRight(line, " "))
		}
		p.text.WriteString(row + "\n")
	}
}

func (p *picture) margin(number, clock string) string {
	return fmt.Sprintf("%3s  %-*s  ", number, p.clock, clock)
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
	yellow color = "\x1b[33m"
	reset  color = "\x1b[0m"
)

func (p *picture) paint(c color, text string) string {
	if !p.options.Color {
		return text
	}
	return string(c) + text + string(reset)
}
