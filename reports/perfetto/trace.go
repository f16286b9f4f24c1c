// Package perfetto writes what was observed in a run as a trace that Perfetto
// (ui.perfetto.dev) opens: the process is the cell, its threads are the workers,
// and beside them stand the faults, the servers that were away, and a counter of
// the rows that had arrived.
//
// The form is that of Chrome's trace events (JSON). Its spans may lie in each
// other, but not overlap, so what overlaps gets a track of its own.
package perfetto

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/timeline"
)

type event struct {
	Name  string         `json:"name"`
	Phase string         `json:"ph"` // X: a span, i: an instant, C: a counter, M: a name
	TS    float64        `json:"ts"`
	Dur   *float64       `json:"dur,omitempty"`
	PID   int            `json:"pid"`
	TID   int            `json:"tid"`
	Scope string         `json:"s,omitempty"` // of an instant: t is its thread, p its process
	Args  map[string]any `json:"args,omitempty"`
}

// The threads of a trace. Worker 0 is thread 1, since Perfetto keeps thread 0
// for something else.
const (
	firstWorker = 1
	firstFault  = 1001
	firstServer = 2001
)

type trace struct {
	pid    int
	events []event
	named  map[int]bool // threads
}

// Write writes the trace of a run of a cell. PID is a number for the cell that
// no other cell of the results has.
func Write(w io.Writer, pid int, c reports.Cell, run reports.Run, history []reports.Event) error {
	t := timeline.Of(history)
	b := &trace{pid: pid, named: map[int]bool{}}
	b.add(event{Name: "process_name", Phase: "M", Args: map[string]any{"name": c.ID}})
	for _, lane := range t.Lanes {
		b.lane(lane)
	}
	b.faults(t.Faults)
	b.outages(t.Outages)
	b.arrived(t, run)
	if t.Check != nil {
		b.add(event{Name: "check: " + format.Verdicts(run.Found()), Phase: "i", TS: micro(t.Check.AtMS), Scope: "p", Args: map[string]any{"found": t.Check.Text}})
	}
	return b.write(w, map[string]any{
		"cell": c.ID, "seed": strconv.FormatUint(run.Seed, 10), "verdict": format.Verdicts(run.Found()), "why": run.Why,
		"plan": run.Plan, "replay": run.Replay, "flaws": t.Flaws,
	})
}

// write puts each event on a line of its own.
func (b *trace) write(w io.Writer, about map[string]any) error {
	head, err := json.Marshal(about)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\"displayTimeUnit\":\"ms\",\"otherData\":%s,\"traceEvents\":[", head)
	for i, e := range b.events {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.Write(line)
	}
	out.WriteString("\n]}\n")
	_, err = w.Write(out.Bytes())
	return err
}

func micro(ms float64) float64 { return 1000 * ms }

func (b *trace) add(e event) {
	e.PID = b.pid
	b.events = append(b.events, e)
}

func (b *trace) span(name string, tid int, s timeline.Span, args map[string]any) {
	dur := micro(s.ToMS) - micro(s.FromMS)
	if s.Open {
		args["open"] = "it had not ended when the history did"
	}
	b.add(event{Name: name, Phase: "X", TS: micro(s.FromMS), Dur: &dur, TID: tid, Args: args})
}

// name names a thread, once. Its number is also its place.
func (b *trace) name(tid int, name string) {
	if b.named[tid] {
		return
	}
	b.named[tid] = true
	b.add(event{Name: "thread_name", Phase: "M", TID: tid, Args: map[string]any{"name": name}})
	b.add(event{Name: "thread_sort_index", Phase: "M", TID: tid, Args: map[string]any{"sort_index": tid}})
}

func (b *trace) worker(number int) (tid int) {
	b.name(firstWorker+number, fmt.Sprintf("w%d", number))
	return firstWorker + number
}

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
// tracks. The spans come in the order in which they begin.
func side[T any](b *trace, first int, name string, all []T, span func(T) timeline.Span) []int {
	var ends []float64 // of each track
	tracks := make([]int, len(all))
	for i, one := range all {
		s := span(one)
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
