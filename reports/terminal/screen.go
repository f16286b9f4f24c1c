package terminal

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
)

// screen is the part of a terminal that progress is shown on: finished lines
// that stay, and below them a block that is drawn again and again.
type screen struct {
	out   io.Writer
	mode  ProgressMode
	width func() int
	now   func() time.Time
	began time.Time
	last  time.Time // when something was written
	drawn int       // lines of the block that stand on the screen
}

func newScreen(w io.Writer, o ProgressOptions) screen {
	s := screen{out: w, mode: o.Mode, width: o.Width, now: o.Now}
	if s.mode != ProgressBar && s.mode != ProgressLines {
		s.mode, s.now = ProgressNone, func() time.Time { return time.Time{} }
	}
	if s.width == nil {
		s.width = func() int { return 80 }
	}
	s.began = s.now()
	s.last = s.began
	return s
}

// say writes a message that stays, at once, and the block again below it.
func (s *screen) say(message string, block func() []string) {
	switch s.mode {
	case ProgressBar:
		s.put(message+"\n", block)
	case ProgressLines:
		s.put(message+"\n", nil)
	}
}

// tick draws the block or writes a heartbeat, if nothing was for long enough.
func (s *screen) tick(block func() []string, heartbeat func() string) {
	quiet := s.now().Sub(s.last)
	switch {
	case s.mode == ProgressBar && (quiet >= redrawEvery || s.drawn == 0):
		s.put("", block)
	case s.mode == ProgressLines && quiet >= heartbeatEvery:
		s.put(heartbeat()+"\n", nil)
	}
}

// put replaces the block in one write, so that it does not flicker.
// Progress is for people who watch: an error of the write is nobody's.
func (s *screen) put(message string, block func() []string) {
	var b strings.Builder
	b.WriteString(s.eraser())
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

// close takes the block away and shows nothing more.
func (s *screen) close() {
	if s.drawn > 0 {
		io.WriteString(s.out, s.eraser())
	}
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
