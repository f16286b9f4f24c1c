package page

import (
	"html/template"

	"onceover/reports/chart"
)

// figureView is a chart with its finding as a sentence and its data as a table.
type figureView struct {
	Title, Finding string
	SVG            template.HTML
	Table          chart.Table
}

// drawn is what every chart can do.
type drawn interface {
	SVG() template.HTML
	Table() chart.Table
}

func newFigure(title, finding string, c drawn) *figureView {
	return &figureView{Title: title, Finding: finding, SVG: c.SVG(), Table: c.Table()}
}

// multiple is one chart for the scenario that is shown at once, and one for the others.
type multiple struct {
	First *figureView
	Rest  *figureView // nil: there are no others
	Other string      // how many scenarios Rest has
}
