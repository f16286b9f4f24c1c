package chart

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
)

// Where the parts of a sequence diagram are, in pixels.
const (
	numberEnd    = 36  // the step numbers end here
	clockEnd     = 106 // and the clock here
	firstLane    = 140 // the first lifeline
	headHeight   = 24
	headRow      = 36
	serverApart  = 92
	rightMargin  = 130 // for what comes into the list, and for connectors
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

// sequenceLane is a lifeline.
type sequenceLane struct {
	worker int    // -1: a server
	server string // as steps name it
	x      float64
	alive  [][2]float64 // from where to where it is drawn
}

// sequencePlan is where everything in a sequence diagram goes.
type sequencePlan struct {
	cx      reports.Counterexample
	rows    []sequenceRow
	shown   int
	lanes   []sequenceLane
	apart   float64 // how far the lifelines of workers are
	column  float64 // where the texts begin
	room    float64 // for a text
	width   float64
	bottom  float64 // of the lifelines
	verdict colour
}

func planSequence(cx reports.Counterexample) *sequencePlan {
	p := &sequencePlan{cx: cx, verdict: colourOf(cx.Verdict)}
	p.rows, p.shown = sequenceRows(cx.Steps)
	workers, servers := p.partners()
	apart := 60.0
	if len(workers) > 6 {
		apart = 46
	}
	p.apart = apart
	for i, w := range workers {
		p.lanes = append(p.lanes, sequenceLane{worker: w, x: firstLane + apart*float64(i)})
	}
	p.column = firstLane + apart*float64(max(0, len(workers)-1)) + 24
	right := 12 + serverApart*float64(max(0, len(servers)-1)) + rightMargin
	p.width = max(leastWidth, p.column+leastColumn+right)
	p.room = p.width - right - p.column
	for i, name := range servers {
		p.lanes = append(p.lanes, sequenceLane{worker: -1, server: name, x: p.column + p.room + 12 + serverApart*float64(i)})
	}
	p.stack()
	return p
}

// partners are those that take part in what is drawn: the workers in order of
// appearance, and the servers with MySQL first.
func (p *sequencePlan) partners() (workers []int, servers []string) {
	for _, row := range p.rows {
		s := row.step
		if row.kind != stepRow {
			continue
		}
		if s.Worker >= 0 && !slices.Contains(workers, s.Worker) {
			workers = append(workers, s.Worker)
		}
		if s.Server != "" && !slices.Contains(servers, s.Server) {
			servers = append(servers, s.Server)
		}
	}
	order := func(name string) int { return slices.Index([]string{"mysql", "redis"}, name) & 3 } // others come last
	slices.SortStableFunc(servers, func(a, b string) int { return order(a) - order(b) })
	slices.SortStableFunc(workers, func(a, b int) int { return p.listed(a) - p.listed(b) })
	return workers, servers
}

// listed is the place of a worker among those that the counterexample lists.
func (p *sequencePlan) listed(worker int) int {
	if i := slices.Index(p.cx.Workers, worker); i >= 0 {
		return i
	}
	return len(p.cx.Workers)
}

// stack puts the rows below each other.
func (p *sequencePlan) stack() {
	y := float64(headRow)
	for i := range p.rows {
		r := &p.rows[i]
		r.top = y
		r.wide = r.height() + p.further(*r)
		y += r.wide
	}
	p.bottom = y + 4
	for i := range p.lanes {
		p.lanes[i].alive = p.alive(p.lanes[i])
	}
}

// alive finds the lives of a worker, or the one of a server, which long texts
// interrupt.
func (p *sequencePlan) alive(l sequenceLane) (lives [][2]float64) {
	from := float64(headHeight)
	alive := true
	for _, row := range p.rows {
		switch {
		case l.worker < 0 && row.kind == stepRow && p.column+p.textRoom(row) > l.x-4:
			lives = append(lives, [2]float64{from, row.textTop()})
			from = row.textTop() + noteRow + p.further(row)
		case l.worker < 0 || row.step.Worker != l.worker:
		case row.kind == bornRow:
			if alive { // how its last life ended is not told
				lives = append(lives, [2]float64{from, row.top})
			}
			from, alive = row.top+headHeight, true
		case row.kind == stepRow && dies(row.step):
			lives = append(lives, [2]float64{from, row.done()})
			alive = false
		}
	}
	if alive {
		lives = append(lives, [2]float64{from, p.bottom})
	}
	return lives
}

// at tells whether the lifeline is drawn at a height.
func (l sequenceLane) at(y float64) bool {
	return slices.ContainsFunc(l.alive, func(life [2]float64) bool { return life[0] <= y && y <= life[1] })
}

func (r sequenceRow) height() float64 {
	switch {
	case r.kind == gapRow || r.kind == leftRow:
		return pauseRow
	case r.kind == bornRow:
		return headHeight + 6
	}
	h := float64(noteRow)
	if r.asks() {
		h = requestRow
	}
	if r.gapMS > 0 && everybody(r.step) {
		h += 8
	}
	if r.step.Bad {
		h += violationRow
	}
	return h
}

// asks tells whether a request leaves its worker in this row.
func (r sequenceRow) asks() bool {
	s := r.step
	return r.kind == stepRow && s.Worker >= 0 && s.Server != "" &&
		s.Outcome != reports.StepNote && s.Outcome != reports.StepDies
}

// textRoom is how wide the text of a row is that has no arrow: it may reach
// beyond the servers, as long as nothing else is there.
func (p *sequencePlan) textRoom(row sequenceRow) (room float64) {
	_, bold := row.text()
	for _, line := range p.textLines(row) {
		room = max(room, min(textWidth(line, textSize, bold), p.mostRoom(row)))
	}
	return room
}

func (p *sequencePlan) mostRoom(row sequenceRow) float64 {
	if row.step.Rows != "" {
		return p.room
	}
	return p.width - p.column - 8
}

// mostLines is how long a text may become.
const mostLines = 4

// textLines is that text, in as many lines as it needs.
func (p *sequencePlan) textLines(row sequenceRow) []string {
	text, bold := row.text()
	if text == "" {
		return nil
	}
	return wrap(clean(text), p.mostRoom(row), textSize, bold, mostLines)
}

// further is the height of those lines after the first.
func (p *sequencePlan) further(row sequenceRow) float64 {
	return lineStep * float64(max(0, len(p.textLines(row))-1))
}

// textTop is where that text has its place.
func (r sequenceRow) textTop() float64 {
	if r.gapMS > 0 && everybody(r.step) {
		return r.top + 4
	}
	return r.top
}

// lane finds the lifeline of a worker or, if that is -1, of a server.
func (p *sequencePlan) lane(worker int, server string) (x float64, ok bool) {
	for _, l := range p.lanes {
		if l.worker == worker && (worker >= 0 || l.server == server) {
			return l.x, true
		}
	}
	return 0, false
}

// last is the lifeline on the right.
func (p *sequencePlan) last() float64 {
	if len(p.lanes) == 0 {
		return p.column + p.room
	}
	return max(p.lanes[len(p.lanes)-1].x, p.column+p.room)
}

// lifeName is a worker as the terminal names it: with ' for each life after the first.
func lifeName(worker, life int) string {
	const most = 3
	if life > most {
		return fmt.Sprintf("w%d'%d", worker, life)
	}
	return fmt.Sprintf("w%d%s", worker, strings.Repeat("'", max(0, life)))
}

var serverNames = map[string]string{"redis": "Redis", "mysql": "MySQL"}

func serverName(name string) string {
	if proper, ok := serverNames[name]; ok {
		return proper
	}
	return name
}

// stepClock says when a step takes place, to the millisecond.
func stepClock(ms float64) string {
	if ms >= 1000 && ms < 1e6 {
		return fmt.Sprintf("%.3f s", ms/1000)
	}
	return sequenceClock(ms)
}

// sequenceClock says how long something takes.
func sequenceClock(ms float64) string {
	switch {
	case ms >= 1000:
		return short(ms/1000) + " s"
	case ms >= 100:
		return fmt.Sprintf("%.0f ms", ms)
	case ms > 0 && ms < 0.1:
		return fmt.Sprintf("%.0f µs", 1000*ms)
	}
	return short(ms) + " ms"
}
