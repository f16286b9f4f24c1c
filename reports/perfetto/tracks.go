package perfetto

import (
	"cmp"
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/timeline"
)

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

func (b *trace) faults(all []timeline.Fault) {
	tracks := side(b, firstFault, "faults", all, func(f timeline.Fault) timeline.Span { return f.Span })
	for i, f := range all {
		args := map[string]any{"effect": f.Effect()}
		if f.Worker >= 0 {
			args["worker"], args["life"] = f.Worker, f.Life
			b.add(event{Name: "struck: " + f.Text, Phase: "i", TS: micro(f.FromMS), TID: b.worker(f.Worker), Scope: "t", Args: map[string]any{"effect": f.Effect()}})
		}
		b.span(f.Text, tracks[i], f.Span, args)
	}
}

func (b *trace) outages(all []timeline.Outage) {
	tracks := side(b, firstServer, "servers away", all, func(o timeline.Outage) timeline.Span { return o.Span })
	for i, o := range all {
		b.span(o.Server+" is away", tracks[i], o.Span, map[string]any{})
	}
}

// side finds a track for each span, on which it overlaps no other, and names the
// tracks.
func side[T any](b *trace, first int, name string, all []T, span func(T) timeline.Span) []int {
	var ends []float64 // of each track
	tracks := make([]int, len(all))
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(span(all[i]).FromMS, span(all[j]).FromMS) })
	for _, i := range order {
		s := span(all[i])
		at := slices.IndexFunc(ends, func(end float64) bool { return end <= s.FromMS })
		if at < 0 {
			at = len(ends)
			ends = append(ends, 0)
			b.name(first+at, name)
		}
		ends[at] = s.ToMS
		tracks[i] = first + at
	}
	return tracks
}

// arrived counts the rows, or the chunks, whose commit was answered. The rows in the
// list are counted at the end only, by the check.
func (b *trace) arrived(t timeline.Timeline, run reports.Run) {
	unit := string(t.Arrived.Unit)
	count := func(name, unit string, ms float64, n int64) {
		b.add(event{Name: name, Phase: "C", TS: micro(ms), Args: map[string]any{unit: n}})
	}
	for i, p := range t.Arrived.Points {
		if i == 0 && p.AtMS > 0 {
			count(unit+" in answered commits", unit, 0, 0)
		}
		count(unit+" in answered commits", unit, p.AtMS, p.N)
	}
	if t.Check != nil {
		count("rows in the list", "rows", t.Check.AtMS, run.Rows.List)
	}
}
