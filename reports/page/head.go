package page

import (
	"cmp"
	"fmt"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// mostReasons is how many reasons stand at the top of the page.
const mostReasons = 5

// headView is the top of the page: the verdict and its reasons.
type headView struct {
	Headline    string
	Summary     string
	Facts       []string
	Interrupted string
	LeftOut     string
	Truncated   string
	Reasons     []reasonView
	MoreReasons int
	Replay      string
}

type reasonView struct {
	Cell   string
	Anchor string // empty when there is no such cell
	Mark   string
	Text   string
}

func (s *source) head() headView {
	v := headView{
		Headline:  s.headline(),
		LeftOut:   s.Run.LeftOut,
		Summary:   format.Summary(s.summary),
		Facts:     s.shortFacts(),
		Truncated: strings.Join(s.left, " "),
		Replay:    s.Run.Replay,
	}
	if s.summary.Interrupted {
		v.Interrupted = "INTERRUPTED: " + format.Interruption(s.Results) + "."
	}
	for i, reason := range s.Gate.Reasons {
		if i == mostReasons {
			v.MoreReasons = len(s.Gate.Reasons) - i
			break
		}
		v.Reasons = append(v.Reasons, s.reason(reason))
	}
	return v
}

func (s *source) reason(r reports.Reason) reasonView {
	v := reasonView{Cell: r.Cell, Mark: format.State(r.State), Text: r.Text}
	if c := s.cell(r.Cell, r.World); c != nil {
		v.Anchor = c.Anchor
	}
	return v
}

// title is all that is seen of the page in a browser's tab, or in a list of artifacts.
func (s *source) title() string {
	answer := "UNKNOWN " + format.Problems(s.summary)
	switch s.summary.Answer(s.Gate.Status) {
	case reports.Pass:
		answer = fmt.Sprintf("PASS %d as expected", s.summary.AsExpected)
	case reports.Fail:
		answer = "FAIL " + format.Problems(s.summary)
	}
	parts := []string{answer, cmp.Or(s.Tool.Name, "onceover")}
	if version := cmp.Or(s.Tool.Commit, s.Tool.Version); version != "" {
		parts = append(parts, version)
	}
	return strings.Join(parts, " · ")
}

func (s *source) headline() string {
	n := s.summary
	of := format.Plural(n.Cells, "cell", "cells")
	switch s.summary.Answer(s.Gate.Status) {
	case reports.Pass:
		return "Pass: " + format.Kept(n) + "."
	case reports.Fail:
		return fmt.Sprintf("Fail: %s (%s).", format.Problems(n), of)
	}
	return fmt.Sprintf("Inconclusive: %s (%s).", format.Problems(n), of)
}

// shortFacts sum up the campaign in a line.
func (s *source) shortFacts() []string {
	all := []string{worldName(s.Run.World) + " world"}
	if s.Run.World == reports.WorldBoth {
		all[0] = "live and simulated worlds"
	}
	all = append(all,
		format.Plural(len(s.strategies), "strategy", "strategies"),
		format.Plural(len(s.scenarios), "scenario", "scenarios"),
		fmt.Sprintf("%s runs", format.Thousands(int64(s.Run.Done))),
		format.Seeds(s.Results),
	)
	if !s.Run.Started.IsZero() {
		all = append(all, s.Run.Started.UTC().Format("2 January 2006, 15:04 UTC"))
	}
	return append(all, "took "+format.Duration(format.Milliseconds(s.Run.DurationMS)))
}
