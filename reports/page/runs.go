package page

import (
	"fmt"
	"math"
	"strings"

	"onceover/reports"
	"onceover/reports/say"
)

type runView struct {
	Found     []verdictView
	Seed      uint64
	Why       string
	Plan      string
	Rows      []factView
	Witnesses []witnessView
	Faults    []faultView
	Took      string
	Speed     string
	Replay    string
	Folder    string
}

type witnessView struct {
	Outcome, Row, Chunk string
	Times               int64
	Commits, Text       string
}

type faultView struct {
	Text, Reached, Confirmed, At, Healed, Evidence string
}

type factView struct {
	Name, Value string
}

func newRunView(r reports.Run) runView {
	v := runView{
		Found:  verdictViews(r.Found()),
		Seed:   r.Seed,
		Why:    r.Why,
		Plan:   r.Plan,
		Took:   say.Duration(say.Milliseconds(r.DurationMS)),
		Replay: r.Replay,
		Folder: r.Folder,
	}
	if r.Rows != (reports.RowCounts{}) {
		v.Rows = rowFacts(r.Rows)
	}
	if r.RowsPerSec > 0 {
		v.Speed = say.Thousands(int64(math.Round(r.RowsPerSec)))
	}
	for _, w := range r.Witnesses {
		v.Witnesses = append(v.Witnesses, newWitnessView(w))
	}
	for _, f := range r.Faults {
		v.Faults = append(v.Faults, newFaultView(f))
	}
	return v
}

func newWitnessView(w reports.Witness) witnessView {
	v := witnessView{Outcome: w.Outcome, Row: w.Row, Chunk: "none", Times: w.Times, Commits: "not reported", Text: w.Text}
	if w.Chunk >= 0 {
		v.Chunk = fmt.Sprint(w.Chunk)
	}
	if w.Commits != nil {
		v.Commits = "nobody"
	}
	if len(w.Commits) > 0 {
		workers := make([]string, len(w.Commits))
		for i, id := range w.Commits {
			workers[i] = fmt.Sprintf("w%d", id)
		}
		v.Commits = strings.Join(workers, ", ")
	}
	return v
}

func newFaultView(f reports.Fault) faultView {
	v := faultView{Text: f.Text, Reached: "never reached", Confirmed: "not seen", Evidence: f.Evidence}
	if f.Reached {
		v.Reached, v.At = "reached", fmt.Sprintf("%.0f ms", f.AtMS)
	}
	if f.Confirmed {
		v.Confirmed = "seen"
	}
	if f.HealedMS > 0 {
		v.Healed = fmt.Sprintf("%.0f ms", f.HealedMS)
	}
	return v
}

func rowFacts(n reports.RowCounts) []factView {
	return []factView{
		{"rows in the table", say.Thousands(n.Table)},
		{"elements in the list", say.Thousands(n.List)},
		{"of these popped during the load", say.Thousands(n.Popped)},
		{"rows lost", say.Thousands(n.Lost)},
		{"rows unfinished", say.Thousands(n.Unfinished)},
		{"rows duplicated", say.Thousands(n.Duplicated)},
		{"surplus elements", say.Thousands(n.Surplus)},
		{"unexpected elements", say.Thousands(n.Unexpected)},
		{"corrupted elements", say.Thousands(n.Corrupted)},
		{"torn chunks", say.Thousands(n.TornChunks)},
	}
}
