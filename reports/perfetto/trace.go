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
