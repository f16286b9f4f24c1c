package terminal

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"onceover/reports"
	"onceover/reports/format"
)

// ProgressMode is how progress is shown.
type ProgressMode string

const (
	ProgressBar   ProgressMode = "bar"   // a block that is redrawn in place; needs a terminal
	ProgressLines ProgressMode = "lines" // plain lines, for logs
	ProgressNone  ProgressMode = "none"
)

const (
	redrawEvery = 200 * time.Millisecond
	// heartbeatEvery keeps CI systems from killing a job for being silent.
	heartbeatEvery = 30 * time.Second
	// mostRunning is how many running cells the block names.
	mostRunning = 6
)

// ProgressOptions configure Progress and RowProgress.
type ProgressOptions struct {
	Mode   ProgressMode     // default: none
	Colour bool             // in finished lines
	Width  func() int       // of the terminal, asked before each redraw; default: 80 columns
	Now    func() time.Time // the clock; required unless the mode is none

	Work []Work                   // all runs, by how long they take; nil: they are all of one kind
	Kind func(cell string) string // which of them those of a cell are; required with Work
}

// Drive calls tick for each tick until ctx ends.
func Drive(ctx context.Context, ticks <-chan time.Time, tick func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
			tick()
		}
	}
}

// Progress shows how far a set of cells is: as a block that is redrawn with
// each message and otherwise at most five times a second, or as a line per
// finished cell and a heartbeat after 30 s of silence. Its methods may be
// called from many goroutines at once.
type Progress struct {
	screen
	style   Style
	cells   int
	runs    int
	done    int // cells
	runDone int
	running []*runningCell
	rest    estimate
}

type runningCell struct {
	id       string
	expected string
	runs     int
	done     int
	found    []reports.Verdict
	started  time.Time
}

// NewProgress shows progress on w, of so many cells with so many runs in all.
func NewProgress(w io.Writer, cells, runs int, o ProgressOptions) *Progress {
	p := &Progress{style: Style{Colour: o.Colour}, cells: cells, runs: runs}
	if o.Work == nil {
		o.Work, o.Kind = []Work{{Runs: runs}}, func(string) string { return "" }
	}
	p.rest = newEstimate(o.Work, o.Kind)
	p.open(w, o, p.lines, p.line)
	return p
}

// Start says that a cell begins. expected is as in Cell.
func (p *Progress) Start(id, expected string, runs int) {
	p.on.mu.Lock()
	defer p.on.mu.Unlock()
	p.rest.start(p.now())
	p.running = append(p.running, &runningCell{id: id, expected: expected, runs: runs, started: p.now()})
	p.tick()
}

// RunDone says that a run of a cell is over. The first bad run of a cell that
// is not known to be bad is shown at once, above the block.
func (p *Progress) RunDone(id string, r reports.Run) {
	p.on.mu.Lock()
	defer p.on.mu.Unlock()
	if c := p.find(id); c != nil {
		if c.done < c.runs { // a search is one run, though it may have found two things
			c.done++
			p.runDone++
			p.rest.done(id, format.Milliseconds(r.DurationMS), p.now())
		}
		if r.Verdict.Bad() && !slices.ContainsFunc(c.found, reports.Verdict.Bad) && !strings.HasPrefix(c.expected, string(reports.DemandUnsafe)) && p.mode == ProgressBar {
			p.say(fmt.Sprintf("%s %s seed %d: %s\n     replay: %s",
				p.style.verdicts(r.Found()), format.Plain(id), r.Seed, format.Plain(r.Why), format.Plain(r.Replay)))
		}
		c.found = append(c.found, r.Verdict)
	}
	p.tick()
}

// Finish says that a cell is over, and shows its line.
func (p *Progress) Finish(c reports.Cell) {
	p.on.mu.Lock()
	defer p.on.mu.Unlock()
	var took time.Duration
	if running := p.find(c.ID); running != nil {
		took = p.now().Sub(running.started)
		p.running = slices.DeleteFunc(p.running, func(r *runningCell) bool { return r == running })
	}
	p.done++
	style := p.style
	if p.mode == ProgressBar {
		style.Width = p.width()
	}
	p.say(RunLine(p.done, p.cells, c, took, style))
}

func (p *Progress) find(id string) *runningCell {
	c, _ := reports.First(p.running, func(c *runningCell) bool { return c.id == id })
	return c
}

func (p *Progress) lines() []string {
	lines := []string{fmt.Sprintf("%*d/%d cells %s %s",
		len(fmt.Sprint(p.cells)), p.done, p.cells, bar(int64(p.runDone), int64(p.runs)), p.timing())}
	for i, c := range p.running {
		if i == mostRunning {
			return append(lines, fmt.Sprintf("  and %d more", len(p.running)-i))
		}
		line := fmt.Sprintf("  . %s %d/%d", format.Plain(c.id), c.done, c.runs)
		if len(c.found) > 0 {
			line += " " + format.Verdict(reports.Worst(c.found...))
		}
		lines = append(lines, line)
	}
	return lines
}

func (p *Progress) line() string {
	line := fmt.Sprintf("   ... %*d/%d", len(fmt.Sprint(p.cells)), p.done, p.cells)
	for i, c := range p.running {
		if i == mostRunning {
			line += fmt.Sprintf(" and %d more", len(p.running)-i)
			break
		}
		if i == 0 {
			line += " running"
		}
		line += fmt.Sprintf(" %s %d/%d,", format.Plain(c.id), c.done, c.runs)
	}
	return line + " " + p.timing()
}

func (p *Progress) timing() string {
	now := p.now()
	s := format.Minutes(now.Sub(p.began)) + " elapsed"
	left, sure := p.rest.remaining(now)
	switch {
	case left < time.Second: // also where the last ones take longer than others did
	case sure:
		s += ", ~" + format.Minutes(left) + " left"
	default:
		s += ", perhaps " + format.Minutes(left) + " left"
	}
	return s
}
