// Package palette gives each verdict one colour, the same on a page, in a drawing and on a terminal.
package palette

import (
	"fmt"

	"onceover/reports"
)

// Colour is a colour of a page, and the one that comes near it among the 256 of a terminal.
type Colour struct {
	Page     string
	Terminal int
}

// One set for light, dark, print and pages without CSS: each has a contrast of at least 3:1 on white and on #121212,
// and any two stay apart for the common kinds of colour blindness. In grey they do not, so a colour always comes with
// a word. A terminal's own sixteen colours have no orange, and every theme has others.
var colours = map[reports.Verdict]Colour{
	reports.Safe:         {"#146F57", 29},
	reports.Lost:         {"#EC6B28", 166},
	reports.Duplicated:   {"#AB2D91", 133},
	reports.Stuck:        {"#2F96FF", 32},
	reports.Inconclusive: {"#949494", 245},
}

// Of is the colour of a verdict; one that is unknown counts as inconclusive.
func Of(v reports.Verdict) Colour {
	if c, ok := colours[v]; ok {
		return c
	}
	return colours[reports.Inconclusive]
}

// Sequence begins text of this colour on a terminal.
func (c Colour) Sequence() string { return fmt.Sprintf("\x1b[38;5;%dm", c.Terminal) }
