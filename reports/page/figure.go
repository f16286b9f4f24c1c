package page

import "onceover/reports/chart/svg"

// figureView is a chart with its finding as a sentence and its data as a table.
type figureView struct {
	svg.Figure
	Untitled bool   // the title is said by what stands before it
	Hint     string // for where the drawing is wider than the screen
}

// figure draws a chart once, however often a page is tried. nil is a chart that shows nothing.
func (s *source) figure(id string, draw func(id string) *figureView) *figureView {
	if f, ok := s.figures[id]; ok {
		return f
	}
	s.figures[id] = draw(id)
	return s.figures[id]
}

// multiple is one chart for the scenario that is shown at once, and one for the others.
type multiple struct {
	Title string
	First *figureView // nil: it was not measured there
	Rest  *figureView // nil: there are no others, or it was not measured there
	Other string      // how many scenarios Rest has
}
