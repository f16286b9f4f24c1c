package chart

import "onceover/reports/timeline"

// doingWords say what a segment means, in the order of a life.
var doingWords = []struct {
	doing timeline.Doing
	word  string
}{
	{timeline.Starting, "starts"}, {timeline.Idle, "idle"}, {timeline.Claiming, "claims a chunk"}, {timeline.Waiting, "claims in vain, or waits"},
	{timeline.Holding, "has a chunk"}, {timeline.Reading, "reads it"}, {timeline.Committing, "commits it"}, {timeline.Running, "runs, and does not say what it does"},
}

// keys are the signs that occur in the picture.
func (d *lanesDrawing) keys() []key {
	did, ends, paused := map[timeline.Doing]bool{}, map[timeline.End]bool{}, false
	for _, l := range d.shown {
		paused = paused || len(l.Pauses) > 0
		for _, s := range l.Segments {
			did[s.Doing] = true
		}
		for _, life := range l.Lives {
			ends[life.End] = true
		}
	}
	var keys []key
	for _, k := range doingWords {
		if look := looks[k.doing]; did[k.doing] {
			keys = append(keys, key{func(x, y float64) { d.rect(x-10, y-look.height/2, 20, look.height, look.paint) }, k.word})
		}
	}
	if paused {
		keys = append(keys, key{func(x, y float64) { d.rect(x-11, y-8, 22, 16, still) }, "stands still"})
	}
	if ends[timeline.EndKilled] {
		keys = append(keys, key{func(x, y float64) { d.cross(x, y, 6, deadly) }, "killed"})
	}
	if ends[timeline.EndFailed] {
		keys = append(keys, key{d.warning, "ends with an error"})
	}
	if len(d.struck)+len(d.away()) > 0 {
		keys = append(keys, key{func(x, y float64) { d.rect(x-11, y-6, 22, 12, band) }, "a fault, or a server is away"})
	}
	return keys
}
