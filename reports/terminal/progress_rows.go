package terminal

import (
	"fmt"
	"io"
	"time"

	"onceover/reports/format"
)

// RowProgress shows how far one long job is, in rows or in keys. Its methods may be
// called from many goroutines at once.
type RowProgress struct {
	screen
	of    string
	done  int64
	total int64
	first int64 // rows that were there at the beginning: a job may be resumed
	known bool  // whether first is known
}

// NewRowProgress shows progress on w, of a job of so many rows, or whatever they are
// called; a total of 0 is unknown.
func NewRowProgress(w io.Writer, of string, total int64, o ProgressOptions) *RowProgress {
	p := &RowProgress{of: of, total: total}
	p.open(w, o, func() []string { return []string{bar(p.done, p.total) + " " + p.line()} }, p.line)
	return p
}

// Set says how many rows are done. The rows of the first call count as done
// before, so they are no part of the speed.
func (p *RowProgress) Set(done int64) {
	p.on.mu.Lock()
	defer p.on.mu.Unlock()
	if !p.known {
		p.first, p.known = done, true
	}
	p.done = done
	p.tick()
}

// Close leaves the last state as a line.
func (p *RowProgress) Close() {
	p.on.mu.Lock()
	defer p.on.mu.Unlock()
	if p.mode != ProgressNone {
		p.put(p.line()+"\n", nil)
	}
	p.close()
}

func (p *RowProgress) line() string {
	s := p.of + " " + format.Thousands(p.done)
	if p.total > 0 {
		// Rounded down: 100% is said only when all rows are there.
		s += fmt.Sprintf("/%s, %d%%", format.Thousands(p.total), int64(100*(float64(p.done)/float64(p.total))))
	}
	elapsed := p.now().Sub(p.began)
	moved := p.done - p.first
	if moved <= 0 || elapsed <= 0 {
		return s
	}
	rate := float64(moved) / elapsed.Seconds()
	s += fmt.Sprintf(", %s %s/s", format.Thousands(int64(rate)), p.of)
	if p.done < p.total {
		s += ", ETA " + format.Minutes(time.Duration(float64(p.total-p.done)/rate*float64(time.Second)))
	}
	return s
}
