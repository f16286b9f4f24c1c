package page

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"onceover/reports"
	"onceover/reports/chart"
	"onceover/reports/say"
)

const (
	// mostReasons is how many reasons stand at the top of the page.
	mostReasons = 5
	// mostRuns is how many runs of a cell the page lists; the data block has all.
	mostRuns = 50
)

// pageView is what the template shows. It holds foreign text as it is: the
// template escapes it.
type pageView struct {
	Title       string
	Headline    string
	Summary     string
	Interrupted string
	Reasons     []reasonView
	MoreReasons int
	Replay      string
	Scenarios   []string
	Columns     int // of the matrix
	Groups      []groupView
	Findings    []*cellView // not as expected
	Caught      []*cellView // bad, as expected or with nothing expected
	Quiet       []*cellView
	Facts       []factView
	Definitions []definitionView
	Schema      string
	Tool        string
	Data        json.RawMessage
}

type reasonView struct {
	Cell   string
	Anchor string // empty when there is no such cell
	Mark   string
	Text   string
}

type groupView struct {
	Heading string
	Rows    []rowView
}

type rowView struct {
	Strategy string
	Problem  bool
	Cells    []*cellView // nil: was not run
}

type verdictView struct {
	Icon template.HTML
	Word string
}

type cellView struct {
	Anchor   string
	Name     string
	Found    []verdictView
	Count    string
	Rate     string
	Gate     string
	Expected string
	Problem  bool
	Sentence string
	Example  *runView
	Runs     []runView
	Shown    string
}

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

type definitionView struct {
	verdictView
	Text string
}

func newPageView(r *reports.Results) (*pageView, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("embed results: %w", err)
	}
	n := reports.Summarize(r)
	p := &pageView{
		Title:       title(r, n),
		Headline:    headline(r, n),
		Summary:     n.String(),
		Replay:      r.Run.Replay,
		Facts:       facts(r),
		Definitions: definitions(),
		Schema:      r.Schema,
		Tool:        strings.TrimSpace(r.Tool.Name + " " + r.Tool.Version + " " + r.Tool.Commit),
		Data:        json.RawMessage(turns.data.Replace(string(data))),
	}
	if n.Interrupted {
		p.Interrupted = fmt.Sprintf("INTERRUPTED: %d of %d runs were done.", r.Run.Done, r.Run.Planned)
	}
	cells := make([]*cellView, len(r.Cells))
	for i, c := range r.Cells {
		cells[i] = newCellView(i, c)
	}
	p.addMatrix(r, cells)
	p.addFindings(r, cells)
	p.addReasons(r, cells)
	return p, nil
}

func title(r *reports.Results, n reports.Summary) string {
	answer := "UNKNOWN " + n.Problems()
	switch n.Answer(r.Gate.Status) {
	case reports.Pass:
		answer = fmt.Sprintf("PASS %d as expected", n.AsExpected)
	case reports.Fail:
		answer = "FAIL " + n.Problems()
	}
	parts := []string{answer, cmp.Or(r.Tool.Name, "onceover")}
	if version := cmp.Or(r.Tool.Commit, r.Tool.Version); version != "" {
		parts = append(parts, version)
	}
	return strings.Join(parts, " · ")
}

func headline(r *reports.Results, n reports.Summary) string {
	of := say.Plural(n.Cells, "cell", "cells")
	switch n.Answer(r.Gate.Status) {
	case reports.Pass:
		return fmt.Sprintf("Pass: %d of %s as expected.", n.AsExpected, of)
	case reports.Fail:
		return fmt.Sprintf("Fail: %s (%s).", n.Problems(), of)
	}
	return fmt.Sprintf("Inconclusive: %s (%s).", n.Problems(), of)
}

func (p *pageView) addMatrix(r *reports.Results, cells []*cellView) {
	g := reports.NewGrid(r.Cells)
	p.Scenarios, p.Columns = g.Scenarios, 1+len(g.Scenarios)
	group := func(heading string, rows []reports.GridRow) {
		if len(rows) == 0 {
			return
		}
		view := groupView{Heading: heading}
		for _, row := range rows {
			v := rowView{Strategy: row.Strategy, Cells: make([]*cellView, len(row.Cells))}
			for i, at := range row.Cells {
				if at >= 0 {
					v.Cells[i] = cells[at]
					v.Problem = v.Problem || cells[at].Problem
				}
			}
			view.Rows = append(view.Rows, v)
		}
		p.Groups = append(p.Groups, view)
	}
	group("Strategies", g.Strategies)
	group("Controls: known to fail in some scenario, and kept to prove that it is noticed", g.Controls)
}

// addFindings sorts the cells by how much they matter: those that fail the
// gate, then violations that do not, then the rest.
func (p *pageView) addFindings(r *reports.Results, cells []*cellView) {
	urgency := []reports.State{reports.Worse, reports.ControlMissed, reports.NotProven}
	order := make([]int, len(cells))
	for i := range order {
		order[i] = i
	}
	rank := func(i int) int {
		if at := slices.Index(urgency, r.Cells[i].State); at >= 0 {
			return at
		}
		return len(urgency)
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank(a) - rank(b) })
	for _, i := range order {
		switch {
		case cells[i].Problem:
			p.Findings = append(p.Findings, cells[i])
		case r.Cells[i].Found()[0].Bad():
			p.Caught = append(p.Caught, cells[i])
		default:
			p.Quiet = append(p.Quiet, cells[i])
		}
	}
}

func (p *pageView) addReasons(r *reports.Results, cells []*cellView) {
	for i, reason := range r.Gate.Reasons {
		if i == mostReasons {
			p.MoreReasons = len(r.Gate.Reasons) - i
			return
		}
		v := reasonView{Cell: reason.Cell, Mark: reason.State.LongMark(), Text: reason.Text}
		if at := slices.IndexFunc(r.Cells, func(c reports.Cell) bool { return c.ID == reason.Cell }); at >= 0 {
			v.Anchor = cells[at].Anchor
		}
		p.Reasons = append(p.Reasons, v)
	}
}

func newCellView(i int, c reports.Cell) *cellView {
	v := &cellView{
		Anchor:   fmt.Sprintf("cell-%d", i+1),
		Name:     c.ID,
		Found:    verdictViews(c.Found()),
		Count:    c.LongCount(),
		Rate:     c.LongRate(),
		Gate:     c.State.LongMark(),
		Expected: c.Expected,
		Problem:  c.State.Mark() != "",
		Sentence: c.Story(),
	}
	if run, ok := c.Example(); ok {
		view := newRunView(run)
		v.Example = &view
	}
	runs := slices.Clone(c.Runs)
	slices.SortStableFunc(runs, func(a, b reports.Run) int { return b.Verdict.Rank() - a.Verdict.Rank() })
	all := max(len(runs), c.Tally.N)
	runs = runs[:min(len(runs), mostRuns)]
	v.Shown = say.Plural(all, "run", "runs")
	if len(runs) < all {
		v.Shown = fmt.Sprintf("%d of %d runs, the worst first", len(runs), all)
	}
	for _, run := range runs {
		v.Runs = append(v.Runs, newRunView(run))
	}
	return v
}

func verdictViews(found []reports.Verdict) []verdictView {
	views := make([]verdictView, len(found))
	for i, v := range found {
		name, _ := chart.Shape(v)
		views[i] = verdictView{Icon: chart.Icon(v), Word: name}
	}
	return views
}

func newRunView(r reports.Run) runView {
	v := runView{
		Found:  verdictViews(r.Found()),
		Seed:   r.Seed,
		Why:    r.Why,
		Plan:   r.Plan,
		Rows:   rowFacts(r.Rows),
		Took:   say.Duration(say.Milliseconds(r.DurationMS)),
		Replay: r.Replay,
		Folder: r.Folder,
	}
	if r.RowsPerSec > 0 {
		v.Speed = say.Thousands(int64(r.RowsPerSec))
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

func facts(r *reports.Results) []factView {
	all := []factView{
		{"world", r.Run.World},
		{"run", r.Run.ID},
		{"started", r.Run.Started.UTC().Format(time.RFC3339)},
		{"duration", say.Duration(say.Milliseconds(r.Run.DurationMS))},
		{"seed", fmt.Sprint(r.Config.Seed)},
		{"runs per cell", say.Thousands(int64(r.Config.Runs))},
		{"rows", say.Thousands(int64(r.Config.Rows))},
		{"chunk size", say.Thousands(int64(r.Config.ChunkSize))},
		{"workers", say.Thousands(int64(r.Config.Workers))},
		{"lease of locks", say.Duration(say.Milliseconds(r.Config.TTLMS))},
		{"worker command", r.Config.Worker},
		{"MySQL", r.Environment.MySQL},
		{"Redis", r.Environment.Redis},
		{"Go", r.Environment.Go},
		{"system", fmt.Sprintf("%s, %s", r.Environment.OS, say.Plural(r.Environment.CPUs, "CPU", "CPUs"))},
	}
	return slices.DeleteFunc(all, func(f factView) bool { return f.Value == "" })
}
