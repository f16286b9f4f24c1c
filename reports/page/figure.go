package page

import "onceover/reports/chart/svg"

// figureView is a chart with its finding as a sentence and its data as a table.
type figureView struct {
	svg.Figure
	Untitled bool   // the heading before it says the title
	Open     bool   // the table is not folded
	Hint     string // for where the drawing is wider than the screen
}
