package reporttest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ScreenRows is how high the terminal of Screen is. What has scrolled out above it cannot be overwritten.
const ScreenRows = 24

// control is what Screen understands of a terminal's language: a colour, so many lines up, and all below erased.
var control = regexp.MustCompile(`^\x1b\[(\d*)(?:;\d+)*([mAJ])`)

// Screen plays a text on a terminal of a width, and returns the lines that stand there at the end, with those
// that have scrolled out. A line that was too wide for the terminal is one line all the same. Progress uses few
// control sequences: any other is an error, since nobody knows here what it would do.
func Screen(columns int, written string) ([]string, error) {
	s := screen{columns: columns, rows: []row{{}}}
	for written != "" {
		if m := control.FindStringSubmatch(written); m != nil {
			if err := s.obey(m[2], m[1]); err != nil {
				return nil, err
			}
			written = written[len(m[0]):]
			continue
		}
		r, size := utf8.DecodeRuneInString(written)
		if r < ' ' && r != '\r' && r != '\n' {
			return nil, fmt.Errorf("what does a terminal do at %.20q?", written)
		}
		s.put(r)
		written = written[size:]
	}
	return s.lines(), nil
}

type screen struct {
	columns int
	rows    []row
	y, x    int
}

// row is one row of the terminal. If it goes on, the text was wider than the terminal.
type row struct {
	text   []rune
	goesOn bool
}

func (s *screen) obey(order, number string) error {
	n, _ := strconv.Atoi(number)
	switch {
	case order == "A":
		s.y = max(s.y-max(n, 1), len(s.rows)-ScreenRows, 0)
	case order == "J" && n == 0:
		s.rows = s.rows[:s.y+1]
		s.rows[s.y].text = s.rows[s.y].text[:min(s.x, len(s.rows[s.y].text))]
		s.rows[s.y].goesOn = false
	case order == "J":
		return fmt.Errorf("ESC[%dJ erases more than what stands below", n)
	}
	return nil
}

func (s *screen) put(r rune) {
	switch r {
	case '\r':
		s.x = 0
	case '\n':
		s.down()
	default:
		if s.x == s.columns {
			s.rows[s.y].goesOn = true
			s.down()
		}
		at := &s.rows[s.y]
		for len(at.text) <= s.x {
			at.text = append(at.text, ' ')
		}
		at.text[s.x] = r
		s.x++
	}
}

// down goes to the beginning of the next row, as the driver of a terminal makes a line feed do.
func (s *screen) down() {
	s.y, s.x = s.y+1, 0
	if s.y == len(s.rows) {
		s.rows = append(s.rows, row{})
	}
}

func (s *screen) lines() (lines []string) {
	var line strings.Builder
	for _, r := range s.rows {
		line.WriteString(string(r.text))
		if !r.goesOn {
			lines = append(lines, line.String())
			line.Reset()
		}
	}
	if lines[len(lines)-1] == "" { // the cursor waits there
		lines = lines[:len(lines)-1]
	}
	return lines
}
