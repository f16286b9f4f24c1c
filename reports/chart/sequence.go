package chart

import (
	"html/template"

	"onceover/reports"
)

// Sequence shows a counterexample step by step: a lifeline for each worker and
// each server, time runs down. It says who asked whom for what, and what became
// of it.
type Sequence struct {
	ID             string
	Title, Finding string
	Counterexample reports.Counterexample
}

// SVG is the picture.
func (s Sequence) SVG() template.HTML { return "" }

// Table has a row for each step.
func (s Sequence) Table() Table { return Table{} }
