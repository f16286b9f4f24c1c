package lockstep

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/check"
	"onceover/scenarios/target"
	"onceover/sim"
)

// look compares the target with the table after a step.
func (r *run) look(ctx context.Context) error {
	list, err := r.readList(ctx)
	if err != nil {
		return err
	}
	if slices.Equal(list, r.list) {
		return nil
	}
	r.noteRows(list)
	r.list = list
	findings, err := r.findings()
	if err != nil {
		return err
	}
	if found, bad := r.tooMany(findings); bad {
		r.result.Finding = found
		r.lastEvent().Bad = true
	}
	return nil
}

// readList reads all elements of the target.
func (r *run) readList(ctx context.Context) (all []string, err error) {
	err = r.world.target.Each(ctx, r.world.redis, func(e target.Element) error {
		all = append(all, string(e.Content))
		if e.Instead {
			r.result.misfit = fmt.Sprintf("%s is %s", e.Key, e.Content)
		}
		return nil
	})
	return all, err
}

// findings compare the list, as it was last seen, with the table.
func (r *run) findings() (check.Findings, error) {
	c := check.New(r.compared())
	defer c.Close()
	for _, element := range r.list {
		if err := c.Element([]byte(element)); err != nil {
			return check.Findings{}, err
		}
	}
	return c.Finish(tableRows(r.world.options.rows()))
}

func (r *run) compared() check.Options {
	o := r.world.options
	return check.Options{
		Format: check.Contract, Element: o.Element, Chunks: o.Chunks, Rows: int64(o.rows()),
		ChunkOf: func(id int64) (int, bool) { return int(id-1) / o.Rows, id >= 1 && id <= int64(o.rows()) },
	}
}

func tableRows(n int) iter.Seq2[check.Row, error] {
	return func(yield func(check.Row, error) bool) {
		for id := int64(1); id <= int64(n); id++ {
			element, err := json.Marshal(struct {
				ID      int64  `json:"id"`
				Payload string `json:"payload"`
			}{id, scenarios.Payload(id)})
			if !yield(check.Row{ID: id, Element: element}, err) {
				return
			}
		}
	}
}

// tooMany tells whether there is an element that ought not to be there.
func (r *run) tooMany(f check.Findings) (sim.Finding, bool) {
	for _, s := range f.Samples {
		switch s.Outcome {
		case check.Duplicated:
			return sim.Finding{Verdict: reports.Duplicated, Row: s.First, Why: fmt.Sprintf("row %d is in %s twice", s.First, r.world.target)}, true
		case check.Unexpected:
			return sim.Finding{Verdict: reports.Duplicated, Row: s.First, Why: fmt.Sprintf("%s is in %s, and no such row is in the table", s.Text, r.world.target)}, true
		case check.Corrupted:
			return sim.Finding{Verdict: reports.Lost, Row: s.First, Why: fmt.Sprintf("row %d did not arrive as it was: %s", s.First, s.Text)}, true
		}
	}
	return sim.Finding{}, false
}

// noteRows notes which rows have come with the last event.
func (r *run) noteRows(list []string) {
	counts := map[string]int{}
	for _, element := range r.list {
		counts[element]--
	}
	var ids []string
	for _, element := range list {
		if counts[element]++; counts[element] > 0 {
			if id, ok := r.compared().ID([]byte(element)); ok {
				ids = append(ids, strconv.FormatInt(id, 10))
			}
		}
	}
	slices.Sort(ids)
	if e := r.lastEvent(); e != nil {
		e.Rows = strings.Join(slices.Compact(ids), " ")
	}
}

// lastEvent is the last step that is an event.
func (r *run) lastEvent() *sim.Step {
	for i := range slices.Backward(r.result.Trace) {
		if !r.result.Trace[i].Note {
			return &r.result.Trace[i]
		}
	}
	return nil
}

// judge decides what the run came to, when all workers have ended.
func (r *run) judge(ctx context.Context) error {
	if err := r.look(ctx); err != nil || r.result.Verdict != "" {
		return err
	}
	findings, err := r.findings()
	if err != nil {
		return err
	}
	r.result.Rows = findings.Rows
	missing := firstMissing(findings)
	gaveUp := slices.IndexFunc(r.gaveUp, func(why string) bool { return why != "" })
	switch {
	case missing == 0:
		r.result.Finding = sim.Finding{Verdict: reports.Safe, Why: fmt.Sprintf("every row is in %s once", r.world.target)}
	case gaveUp >= 0:
		r.result.Finding = sim.Finding{Verdict: reports.Stuck, Row: missing, Why: fmt.Sprintf("row %d is missing, and a worker gave up: %s", missing, r.gaveUp[gaveUp])}
	default:
		r.result.Finding = sim.Finding{Verdict: reports.Lost, Row: missing, Why: fmt.Sprintf("row %d is not in %s, although every worker said that nothing is left to do", missing, r.world.target)}
	}
	return nil
}

func firstMissing(f check.Findings) int64 {
	for _, c := range f.Chunks {
		if c.FirstMissing > 0 && c.Missing() > 0 {
			return c.FirstMissing
		}
	}
	return 0
}

// stuck is what a run comes to that does not end. That it would never end is not proven.
func (r *run) stuck(ctx context.Context) error {
	r.weaken("nothing happened for " + r.world.options.Patience.String())
	if err := r.look(ctx); err != nil || r.result.Verdict != "" {
		return err
	}
	findings, err := r.findings()
	if err != nil {
		return err
	}
	r.result.Rows = findings.Rows
	why := fmt.Sprintf("a worker waits for something that did not come within %s", r.world.options.Patience)
	if r.result.Fair {
		r.result.Weak = "the run was too long"
		why = fmt.Sprintf("the workers did not end within %d requests", len(r.result.Log))
	}
	r.result.Finding = sim.Finding{Verdict: reports.Stuck, Row: firstMissing(findings), Why: why}
	return nil
}

// deadline is a time after which is no longer waited.
type deadline struct{ timer *time.Timer }

func newDeadline(d time.Duration) deadline { return deadline{time.NewTimer(d)} }

// wait waits for a change, at most a moment, and is false when the time is over.
func (d deadline) wait(changed <-chan struct{}) bool {
	moment := time.NewTimer(10 * time.Millisecond)
	defer moment.Stop()
	select {
	case <-changed:
	case <-moment.C:
	case <-d.timer.C:
		return false
	}
	return true
}
