package draw

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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
	fmt.Fprintf(&p.text, "\n%s: %s\n", p.paint(red, strings.ToUpper(string(c.Run.Verdict))), Sentence(c))
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
}

type lane struct {
	name   string
	worker int // -1: a server
	server sim.Server
	width  int
}

func newPicture(c Case, o Options) *picture {
	p := &picture{options: o, clock: len("time"), last: -1}
	for i := range c.Setup.Workers {
		p.lanes = append(p.lanes, lane{name: fmt.Sprintf("w%d", i), worker: i, width: narrow})
	}
	p.lanes = append(p.lanes, lane{name: "redis", worker: -1, server: sim.Redis, width: narrow})
	if uses(c.Run.Trace, sim.MySQL) {
		p.lanes = append(p.lanes, lane{name: "mysql", worker: -1, server: sim.MySQL, width: narrow})
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
	p.fit()
	return p
}

// uses tells whether a server has a part in what is drawn.
func uses(trace []sim.Step, server sim.Server) bool {
	return slices.ContainsFunc(shown(trace), func(s sim.Step) bool { return s.Server == server && s.Request != "" })
}

// fit narrows the widest lanes until the picture is no wider than it may be.
func (p *picture) fit() {
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
