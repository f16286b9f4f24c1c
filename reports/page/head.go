package page

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/answer"
	"onceover/reports/format"
)

const mostReasons = 3

type headView struct {
	reports.Invocation
	About       string // what this is
	Headline    string // the answer
	Rest        string // what became of the other locks
	Published   string // what became of the published scheme
	How         answer.How
	HowAt       string // the counterexample that it is from
	Glance      []glanceView
	Gate        string
	GateText    string
	Summary     string
	Facts       []string
	Results     string // the address of results.json, if it is there
	Interrupted string
	Unchecked   string // a warning, or ""
	Truncated   string
	Reasons     []reasonView
	MoreReasons int
}

type reasonView struct {
	reports.Reason
	Anchor string // empty when there is no such cell
}

func (s *source) head() headView {
	v := headView{
		Invocation: s.Run,
		About:      fmt.Sprintf("%s, moving a MySQL table into a Redis list", format.Plural(len(s.strategies), "way to lock", "ways to lock")),
		Headline:   s.answered.Title(),
		Rest:       s.answered.Rest(),
		How:        s.answered.How(s.Results),
		Published:  s.answered.OfPublished(),
		Glance:     s.glance(),
		Gate:       s.gateMark(),
		GateText:   s.gateText(),
		Summary:    format.Summary(s.summary),
		Facts:      s.shortFacts(),
		Results:    s.href("results.json"),
		Unchecked:  format.Unchecked(s.Results),
		Truncated:  strings.Join(s.left, " "),
	}
	if s.summary.Partial() {
		v.Interrupted = format.Partial(s.Results) + ": " + format.Interruption(s.Results) + "."
	}
	for i, reason := range s.Gate.Reasons {
		if i == mostReasons {
			v.MoreReasons = len(s.Gate.Reasons) - i
			break
		}
		view := reasonView{Reason: reason}
		if c := s.cell(reason.Cell, reason.World); c != nil {
			view.Anchor = c.Anchor
		}
		v.Reasons = append(v.Reasons, view)
	}
	return v
}

// title is all that is seen of the page in a browser's tab, or in a list of artifacts: the
// answer, and what the gate says unless it passed.
func (s *source) title() string {
	parts := []string{s.answered.Title(), "Onceover"}
	if mark := s.gateMark(); mark != "PASS" {
		parts = slices.Insert(parts, 1, mark+" "+format.Problems(s.summary))
	}
	return strings.Join(parts, " · ")
}

// gateMark is what the gate says, in a word: it stands beside the answer, and not for it.
func (s *source) gateMark() string {
	switch s.summary.Answer(s.Gate.Status) {
	case reports.Pass:
		return "PASS"
	case reports.Fail:
		return "FAIL"
	}
	return "INCONCLUSIVE"
}

// gateText says what that rests on. A gate that passed beside broken cells says why it may.
func (s *source) gateText() string {
	if s.summary.Answer(s.Gate.Status) != reports.Pass {
		return format.Problems(s.summary) + "."
	}
	bad := map[reports.State]int{}
	for _, c := range s.cells {
		if c.bad() {
			bad[c.State]++
		}
	}
	control, known := bad[reports.AsExpected], bad[reports.ReportOnly]
	demanded := format.Plural(control, "bad cell has to be bad", "bad cells have to be bad")
	switch {
	case control+known == 0:
		return format.Kept(s.summary) + "."
	case known == 0:
		return "(" + demanded + ")"
	case control == 0:
		return "(" + format.Plural(known, "bad cell is report only", "bad cells are report only") + ")"
	}
	return fmt.Sprintf("(%s, %s)", demanded, format.Plural(known, "is report only", "are report only"))
}

func (s *source) shortFacts() []string {
	all := []string{worldName(s.Run.World) + " world"}
	if s.Run.World == reports.WorldBoth {
		all[0] = "live and simulated worlds"
	}
	all = append(all,
		format.Plural(len(s.strategies), "strategy", "strategies"),
		format.Plural(len(s.scenarios), "scenario", "scenarios"),
		s.tried(),
		format.Seeds(s.Results),
	)
	if !s.Run.Started.IsZero() {
		all = append(all, s.Run.Started.UTC().Format("2 January 2006, 15:04 UTC"))
	}
	return append(all, "took "+format.Duration(format.Milliseconds(s.Run.DurationMS)))
}

// tried is how much was run: on servers, and in the simulated world, where a cell is one search.
func (s *source) tried() string {
	searches := len(reports.Those(s.Cells, func(c reports.Cell) bool { return c.Search != nil }))
	runs := format.Thousands(s.Run.Done-searches) + " runs"
	switch {
	case searches == 0 || searches > s.Run.Done:
		return format.Thousands(s.Run.Done) + " runs"
	case searches == s.Run.Done:
		return format.Plural(searches, "search", "searches")
	}
	return runs + ", " + format.Plural(searches, "search", "searches")
}
