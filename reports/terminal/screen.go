package terminal

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
)

// screen is the part of a terminal that progress is shown on: finished lines
// that stay, and below them a block that is drawn again and again. A type that embeds
// it locks on.mu before it changes what block and heartbeat show.
type screen struct {
	on        *Shared
	block     func() []string
	heartbeat func() string

	out   io.Writer
	mode  ProgressMode
	width func() int
	now   func() time.Time
	began time.Time
	last  time.Time // when something was written
	drawn int       // lines of the block that stand on the screen
}

func (s *screen) open(w io.Writer, o ProgressOptions, block func() []string, heartbeat func() string) {
	at, ok := w.(stream)
	if !ok {
		at = stream{Writer: w, shared: new(Shared)}
	}
	s.on, s.out, s.mode, s.width, s.now, s.block, s.heartbeat = at.shared, at.Writer, o.Mode, o.Width, o.Now, block, heartbeat
	if s.mode != ProgressBar && s.mode != ProgressLines {
		s.mode, s.now = ProgressNone, func() time.Time { return time.Time{} }
	}
	if s.width == nil {
		s.width = func() int { return 80 }
	}
	s.began = s.now()
	s.last = s.began
	s.on.mu.Lock()
	defer s.on.mu.Unlock()
	if s.on.shown != nil {
		s.on.shown.makeRoom()
	}
	s.on.shown = s
}

// Say shows a message above the block.
func (s *screen) Say(message string) {
	s.on.mu.Lock()
	defer s.on.mu.Unlock()
	s.say(message)
}

// Tick redraws the block, or writes a heartbeat, if it is time.
func (s *screen) Tick() {
	s.on.mu.Lock()
	defer s.on.mu.Unlock()
	s.tick()
}

// Close takes the block away; nothing is shown after it.
func (s *screen) Close() {
	s.on.mu.Lock()
	defer s.on.mu.Unlock()
	s.close()
}

// say writes a message that stays, at once, and the block again below it.
func (s *screen) say(message string) {
	switch s.mode {
	case ProgressBar:
		s.put(foldAll(message+"\n", s.width(), false), s.block)
	case ProgressLines:
		s.put(message+"\n", nil)
	}
}

// tick draws the block or writes a heartbeat, if nothing was for long enough.
func (s *screen) tick() {
	quiet := s.now().Sub(s.last)
	switch {
	case s.on.midway: // until somebody has ended their line
	case s.mode == ProgressBar && (quiet >= redrawEvery || s.drawn == 0):
		s.put("", s.block)
	case s.mode == ProgressLines && quiet >= heartbeatEvery:
		s.put(s.heartbeat()+"\n", nil)
	}
}

// put replaces the block in one write, so that it does not flicker.
// Errors are ignored: progress is only for people who watch.
func (s *screen) put(message string, block func() []string) {
	var b strings.Builder
	b.WriteString(s.eraser())
	if s.on.midway {
		b.WriteString("\n")
		s.on.midway = false
	}
	b.WriteString(message)
	if block != nil {
		for _, line := range block() {
			// A line as wide as the terminal would wrap and spoil the count of lines.
			b.WriteString(text.Snip(line, max(s.width()-1, 1), "~") + "\n")
			s.drawn++
		}
	}
	io.WriteString(s.out, b.String())
	s.last = s.now()
}

// makeRoom takes the block away, until the next tick.
func (s *screen) makeRoom() {
	if s.drawn > 0 {
		io.WriteString(s.out, s.eraser())
	}
}

// close takes the block away and shows nothing more.
func (s *screen) close() {
	s.makeRoom()
	s.mode = ProgressNone
}

// eraser is the text that moves the cursor to the block's first line and
// clears all below.
func (s *screen) eraser() string {
	n := s.drawn
	s.drawn = 0
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA\r\x1b[J", n)
}

// bar draws a share of a whole.
func bar(done, total int64) string {
	const width = 20
	full := 0
	if total > 0 {
		full = int(width * min(1, float64(done)/float64(total)))
	}
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "]"
}
