package chart

import "onceover/reports"

// sequenceKey is a sign that may occur in a sequence, and what it means.
type sequenceKey struct {
	occurs bool
	word   string
	sign   func(x, y float64)
}

// keys are the signs that occur in the picture.
func (d *sequenceDrawing) keys() []key {
	var keys []key
	for _, k := range append(d.outcomeKeys(), d.otherKeys()...) {
		if k.occurs {
			keys = append(keys, key{k.sign, k.word})
		}
	}
	return keys
}

// outcomeKeys are the forms of arrows, and of what may become of them.
func (d *sequenceDrawing) outcomeKeys() []sequenceKey {
	seen := map[reports.StepOutcome]bool{}
	for _, row := range d.rows {
		if row.asks() || row.kind == stepRow && dies(row.step) {
			seen[row.step.Outcome] = true
		}
	}
	return []sequenceKey{
		{seen[reports.StepAnswered], "request, and its reply", d.answeredSign},
		{seen[reports.StepCutBefore], "cut before it arrives", func(x, y float64) {
			d.line(x-12, y, x+2, y, request)
			d.line(x-1, y+6, x+5, y-6, line(plain, 2.2))
		}},
		{seen[reports.StepReplyLost], "reply lost", func(x, y float64) {
			d.line(x, y, x+12, y, reply)
			d.line(x-9, y+6, x-4, y-6, line(plain, 2.2))
			d.line(x-4, y+6, x+1, y-6, line(plain, 2.2))
		}},
		{seen[reports.StepGivenUp], "given up, still on its way", func(x, y float64) {
			d.line(x-12, y, x+10, y, onTheWay)
			d.open(x+12, y, 4, line(plain, 1.2))
		}},
		{seen[reports.StepDies] || seen[reports.StepDiesAfter], "the worker dies", func(x, y float64) { d.cross(x, y, 6, deadly) }},
	}
}

// otherKeys are the signs that are no arrows.
func (d *sequenceDrawing) otherKeys() []sequenceKey {
	var bad, folded, gaps, held, late bool
	for _, row := range d.rows {
		bad, folded, gaps = bad || row.kind == stepRow && row.step.Bad, folded || row.times > 1, gaps || row.gapMS > 0
	}
	for _, h := range d.holds() {
		held, late = true, late || h.late > 0
	}
	return []sequenceKey{
		{held, "believes that it has the chunk", func(x, y float64) {
			d.rect(x-barHalf, y-8, 2*barHalf, 16, paint{fill: solid(plain), opacity: 0.18})
			d.rect(x-barHalf, y-8, 2*barHalf, 16, line(plain, 1))
		}},
		{late, "still does, although its lease is over", func(x, y float64) {
			d.rect(x-barHalf, y-8, 2*barHalf, 16, paint{fill: hatched(d.verdict), stroke: plain})
		}},
		{folded, "so often, one after the other", func(x, y float64) { d.text(x, y, "×2", lettering{anchor: atMiddle, bold: true}) }},
		{gaps, "time goes by", d.zigzag},
		{bad, "here the promise is broken", func(x, y float64) { d.mark(d.cx.Verdict, x, y, 14) }},
	}
}

func (d *sequenceDrawing) answeredSign(x, y float64) {
	d.line(x-12, y-4, x+8, y-4, request)
	d.pointer(x+12, y-4, 1, 3, request)
	d.line(x-9, y+5, x+12, y+5, reply)
	d.open(x-12, y+5, -3, line(plain, 1.2))
}

// zigzag interrupts a lifeline.
func (d *sequenceDrawing) zigzag(x, y float64) {
	for _, dy := range []float64{-3, 3} {
		d.polyline(line(plain, 1.2), x-6, y+dy+2.5, x-2, y+dy-2.5, x+2, y+dy+2.5, x+6, y+dy-2.5)
	}
}
