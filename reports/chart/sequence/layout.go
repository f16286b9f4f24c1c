package sequence

import (
	"slices"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
	"onceover/reports/steps"
)

// Where the parts of a sequence diagram are, in pixels.
const (
	numberEnd    = 36  // the step numbers end here
	clockEnd     = 106 // and the clock here
	firstLane    = 140 // the first lifeline
	headHeight   = 24
	headRow      = 36
	serverApart  = 92
	rightMargin  = 130 // for the rows that come into the list, and for connectors
	leastColumn  = 400
	barHalf      = 5 // of the bar on a lifeline
	requestLine  = 19
	replyLine    = 34
	requestRow   = 46
	violationRow = 24
	noteRow      = 26
	lineStep     = 16 // from one line of a text to the next
	pauseRow     = 28
)

type lane struct {
	worker int    // -1: a server
	server string // as steps name it
	x      float64
	alive  [][2]float64 // from where to where it is drawn
}

type plan struct {
	cx     reports.Counterexample
	rows   []row
	shown  int
	lanes  []lane
	apart  float64 // how far the lifelines of workers are
	column float64 // where the texts begin
	room   float64 // for a text
	width  float64
	bottom float64 // of the lifelines
	colour svg.Colour
}

func newPlan(cx reports.Counterexample) *plan {
	p := &plan{cx: cx, colour: svg.ColourOf(cx.Verdict), apart: 60}
	p.rows, p.shown = choose(cx.Steps)
	workers, servers := p.partners()
	if len(workers) > 6 {
		p.apart = 46
	}
	for i, w := range workers {
		p.lanes = append(p.lanes, lane{worker: w, x: firstLane + p.apart*float64(i)})
	}
	p.column = firstLane + p.apart*float64(max(0, len(workers)-1)) + 24
	right := 12 + serverApart*float64(max(0, len(servers)-1)) + rightMargin
	p.width = max(svg.FullWidth, p.column+leastColumn+right)
	p.room = p.width - right - p.column
	for i, name := range servers {
		p.lanes = append(p.lanes, lane{worker: -1, server: name, x: p.column + p.room + 12 + serverApart*float64(i)})
	}
	p.stack()
	return p
}

// partners are the workers and servers of the drawn steps: the workers as the
// counterexample lists them, and the servers with MySQL first.
func (p *plan) partners() (workers []int, servers []string) {
	for _, r := range p.rows {
		if s := r.step; r.kind == stepRow {
			if s.Worker >= 0 && !slices.Contains(workers, s.Worker) {
				workers = append(workers, s.Worker)
			}
			if s.Server != "" && !slices.Contains(servers, s.Server) {
				servers = append(servers, s.Server)
			}
		}
	}
	slices.SortStableFunc(servers, func(a, b string) int {
		return place([]string{"mysql", "redis"}, a) - place([]string{"mysql", "redis"}, b)
	})
	slices.SortStableFunc(workers, func(a, b int) int { return place(p.cx.Workers, a) - place(p.cx.Workers, b) })
	return workers, servers
}

// place is where a list has a value; one that it has not comes last.
func place[T comparable](list []T, v T) int {
	if i := slices.Index(list, v); i >= 0 {
		return i
	}
	return len(list)
}

func (p *plan) stack() {
	p.markTheEnd()
	y := float64(headRow)
	for i := range p.rows {
		r := &p.rows[i]
		p.write(r)
		r.top, r.noteTop = y, y
		switch {
		case r.kind == gapRow || r.kind == leftRow:
			r.height = pauseRow
		case r.kind == bornRow:
			r.height = headHeight + 6
		case r.asks():
			r.height = requestRow
		default:
			r.height = noteRow + lineStep*float64(max(0, len(r.note)-1))
			if r.gapMS > 0 && everybody(r.step) {
				r.height, r.noteTop = r.height+8, y+4
			}
		}
		if r.violates() {
			r.height += violationRow
		}
		y += r.height
	}
	p.bottom = y + 4
	for i := range p.lanes {
		p.lanes[i].alive = p.alive(p.lanes[i])
	}
}

// markTheEnd lets the last step show the violation where no step is one: a lost row is lost, and a
// job is stuck, because nothing follows.
func (p *plan) markTheEnd() {
	last := -1
	for i, r := range p.rows {
		if r.kind == stepRow {
			last = i
			if r.step.Bad {
				return
			}
		}
	}
	if last >= 0 {
		p.rows[last].ends = true
	}
}

// write breaks the text of a row without an arrow into lines. It may reach beyond the
// servers, as long as nothing else is there.
func (p *plan) write(r *row) {
	const mostLines = 4
	text := ""
	if text, r.bold = r.text(); text == "" {
		return
	}
	style := svg.Style{Bold: r.bold, Room: p.width - p.column - 8}
	if r.step.Rows != "" {
		style.Room = p.room
	}
	r.note = svg.Wrap(svg.Clean(text), style, mostLines)
	for _, line := range r.note {
		r.noteRoom = max(r.noteRoom, min(svg.Width(line, style), style.Room))
	}
}

func (r row) text() (text string, bold bool) {
	s := r.step
	said := steps.Joined(steps.Joined(s.Request, s.Reply), s.Text)
	switch {
	case r.kind != stepRow || r.asks():
		return "", false
	case everybody(s):
		if r.gapMS > 0 {
			said = steps.Took(r.gapMS) + " later: " + said
		}
		return said, true
	case s.Outcome == reports.StepDies:
		said = steps.Death(s)
		if s.Request != "" {
			said += " before it sends " + s.Request
		}
		return format.Worker(s.Worker, s.Life) + " " + said, true
	}
	return format.Worker(s.Worker, s.Life) + " " + said, false
}

// alive finds the lives of a worker, or the one of a server, which long texts
// interrupt.
func (p *plan) alive(l lane) (lives [][2]float64) {
	from, alive := float64(headHeight), true
	for _, r := range p.rows {
		switch {
		case l.worker < 0 && r.kind == stepRow && p.column+r.noteRoom > l.x-4:
			lives = append(lives, [2]float64{from, r.noteTop})
			from = r.noteTop + noteRow + lineStep*float64(max(0, len(r.note)-1))
		case l.worker < 0 || r.step.Worker != l.worker:
		case r.kind == bornRow:
			if alive { // how its last life ended is not told
				lives = append(lives, [2]float64{from, r.top})
			}
			from, alive = r.top+headHeight, true
		case r.kind == stepRow && r.step.Outcome.Dies():
			lives = append(lives, [2]float64{from, r.done()})
			alive = false
		}
	}
	if alive {
		lives = append(lives, [2]float64{from, p.bottom})
	}
	return lives
}

func (l lane) at(y float64) bool {
	return slices.ContainsFunc(l.alive, func(life [2]float64) bool { return life[0] <= y && y <= life[1] })
}

// lane finds the lifeline of a worker or, if that is -1, of a server.
func (p *plan) lane(worker int, server string) (x float64, ok bool) {
	for _, l := range p.lanes {
		if l.worker == worker && (worker >= 0 || l.server == server) {
			return l.x, true
		}
	}
	return 0, false
}

func (p *plan) last() float64 {
	right := p.column + p.room
	for _, l := range p.lanes {
		right = max(right, l.x)
	}
	return right
}
