package perfetto

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/timeline"
)

// lane is a worker: what it does from step to step, and how its lives end.
func (b *trace) lane(l timeline.Lane) {
	tid := b.worker(l.Worker)
	for _, s := range l.Segments {
		name, args := string(s.Doing), map[string]any{"life": s.Life}
		if s.Chunk >= 0 {
			name += fmt.Sprintf(" chunk %d", s.Chunk)
			args["chunk"] = s.Chunk
		}
		b.span(name, tid, s.Span, args)
	}
	for _, life := range l.Lives {
		if life.Open {
			continue
		}
		b.add(event{Name: string(life.End), Phase: "i", TS: micro(life.ToMS), TID: tid, Scope: "t",
			Args: map[string]any{"life": life.Number, "text": life.Text}})
	}
}

// faults are spans from the strike to the end. Those that overlap stand side by side.
func (b *trace) faults(all []timeline.Fault) {
	spans := make([]timeline.Span, len(all))
	for i, f := range all {
		spans[i] = f.Span
	}
	for i, track := range b.side(firstFault, "faults", spans) {
		f := all[i]
		effect := "not seen"
		switch {
		case f.Missed != "":
			effect = "without effect: " + f.Missed
		case f.Seen:
			effect = "seen: " + f.Said
		}
		args := map[string]any{"effect": effect}
		if f.Worker >= 0 {
			args["worker"], args["life"] = f.Worker, f.Life
			b.add(event{Name: "struck: " + f.Text, Phase: "i", TS: micro(f.FromMS), TID: b.worker(f.Worker), Scope: "t", Args: map[string]any{"effect": effect}})
		}
		b.span(f.Text, track, f.Span, args)
	}
}

// outages are the times in which a server was away.
func (b *trace) outages(all []timeline.Outage) {
	spans := make([]timeline.Span, len(all))
	for i, o := range all {
		spans[i] = o.Span
	}
	for i, track := range b.side(firstServer, "servers away", spans) {
		b.span(all[i].Server+" is away", track, all[i].Span, map[string]any{})
	}
}

// side finds a track for each span, on which it overlaps no other, and names the
// tracks.
func (b *trace) side(first int, name string, spans []timeline.Span) []int {
	var ends []float64 // of each track
	tracks := make([]int, len(spans))
	order := make([]int, len(spans))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case spans[i].FromMS < spans[j].FromMS:
			return -1
		case spans[i].FromMS > spans[j].FromMS:
			return 1
		}
		return 0
	})
	for _, i := range order {
		at := slices.IndexFunc(ends, func(end float64) bool { return end <= spans[i].FromMS })
		if at < 0 {
			at = len(ends)
			ends = append(ends, 0)
			b.name(first+at, name)
		}
		ends[at] = spans[i].ToMS
		tracks[i] = first + at
	}
	return tracks
}

// arrived counts the rows, or the chunks, whose commit was answered. What is in the
// list is counted at the end only, and stands at the check.
func (b *trace) arrived(t timeline.Timeline, run reports.Run) {
	name := string(t.Arrived.Unit) + " in answered commits"
	for i, p := range t.Arrived.Points {
		if i == 0 && p.AtMS > 0 {
			b.add(event{Name: name, Phase: "C", Args: map[string]any{string(t.Arrived.Unit): 0}})
		}
		b.add(event{Name: name, Phase: "C", TS: micro(p.AtMS), Args: map[string]any{string(t.Arrived.Unit): p.N}})
	}
	if t.Check != nil {
		b.add(event{Name: "rows in the list", Phase: "C", TS: micro(t.Check.AtMS), Args: map[string]any{"rows": run.Rows.List}})
	}
}
