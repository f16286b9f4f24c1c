package chart

import (
	"html/template"

	"onceover/reports"
	"onceover/reports/timeline"
)

// Lanes shows how a run went on: what each worker did when, what went wrong
// meanwhile, and how many rows had arrived.
type Lanes struct {
	ID             string
	Title, Finding string
	Timeline       timeline.Timeline
	Rows           reports.RowCounts // as the check counted them; the zero value: they are not known
}

// SVG is the picture.
func (l Lanes) SVG() template.HTML { return "" }

// Table says for each worker, and then for each fault, what there is to say.
func (l Lanes) Table() Table { return Table{} }
