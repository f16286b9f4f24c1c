package junit

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// newCase turns a cell into a case.
func newCase(r *reports.Results, c reports.Cell) testcase {
	t := testcase{
		Class: class(c.Strategy), Name: name(r, c.Scenario, c.World), Seconds: took(c), Properties: &properties{facts(c)},
	}
	line := firstLine(c)
	p := &problem{Type: string(c.State), Message: line, text: text{line + "\n" + story(r, c)}}
	if found := c.Found()[0]; c.State == reports.Worse && found.Bad() {
		p.Type = string(found)
	}
	switch c.State {
	case reports.AsExpected, reports.Better:
		t.Out.Text = line + "\n" + format.Meaning(c) + "\n"
	case reports.ReportOnly:
		t.Skipped = &problem{Message: "not judged: " + line}
		t.Out.Text = line + "\n" + story(r, c)
	default:
		t.blame(c.State, p)
	}
	return t
}

// blame makes a case red: a failure, or an error where nothing is proven.
func (t *testcase) blame(s reports.State, p *problem) {
	if s.Fails() {
		t.Failure = p
	} else {
		t.Error = p
	}
}

// withoutCell is a reason that no cell stands for, such as one that is gone.
func withoutCell(r *reports.Results, strategy, scenario string, reason reports.Reason) testcase {
	line := fmt.Sprintf("%s: %s; nothing was run", format.State(reason.State), clean(reason.Text))
	t := testcase{Class: class(strategy), Name: name(r, scenario, reason.World)}
	t.blame(reason.State, &problem{Type: clean(string(reason.State)), Message: line, text: text{line + "\n"}})
	return t
}

func class(strategy string) string { return "onceover." + cmp.Or(clean(strategy), "no name") }

// name tells cells of two worlds apart.
func name(r *reports.Results, scenario, world string) string {
	s := cmp.Or(clean(scenario), "no name")
	if r.Run.World == reports.WorldBoth || r.NamesWorld(world) {
		s += " (" + cmp.Or(clean(world), "world unknown") + ")"
	}
	return s
}

// took adds up the runs; those of a search are all found in the same time.
func took(c reports.Cell) seconds {
	var ms int64
	for _, run := range c.Runs {
		if c.Search != nil {
			ms = max(ms, run.DurationMS)
		} else {
			ms += run.DurationMS
		}
	}
	return seconds(ms) / 1000
}

func facts(c reports.Cell) []property {
	rate := c.Tally.Rate()
	float := func(f float64) string { return strconv.FormatFloat(f, 'f', 4, 64) }
	all := []property{{"verdict", format.Verdicts(c.Found())}, {"expected", clean(c.Expected)}}
	if c.Search != nil {
		all = append(all, property{"schedules", strconv.Itoa(c.Search.Schedules)}, property{"complete", strconv.FormatBool(c.Search.Complete)})
	} else {
		all = append(all, property{"k", strconv.Itoa(c.Tally.Bad())}, property{"n", strconv.Itoa(c.Tally.Conclusive())},
			property{"low", float(rate.Low)}, property{"high", float(format.Ceil(rate.High))})
	}
	if run, ok := shown(c); ok {
		all = append(all, property{"seed", strconv.FormatUint(run.Seed, 10)})
	}
	return all
}

// shown is the run that a cell is explained with: its example, or any.
func shown(c reports.Cell) (reports.Run, bool) {
	run, ok := c.Example()
	if !ok {
		return reports.First(c.Runs, func(reports.Run) bool { return true })
	}
	return run, true
}

// firstLine has to be enough for a reader who sees nothing else.
func firstLine(c reports.Cell) string {
	line := fmt.Sprintf("%s %s: %s", format.Verdicts(c.Found()), clean(c.ID), clean(format.Line(c)))
	if mark := format.State(c.State); !c.State.Holds() {
		line += ", " + mark
	}
	line += ", expected " + cmp.Or(clean(c.Expected), "nothing that can be read")
	if run, ok := shown(c); ok {
		line += "; replay: " + cmp.Or(clean(run.Replay), "unknown")
	}
	return line
}

// story says what else is known, one fact a line.
func story(r *reports.Results, c reports.Cell) string {
	var b strings.Builder
	fmt.Fprintln(&b, format.Meaning(c))
	for _, reason := range r.Gate.Reasons {
		if reason.About(c) && reason.State == c.State {
			fmt.Fprintln(&b, clean(reason.Text))
		}
	}
	run, ok := shown(c)
	if !ok {
		return b.String()
	}
	fmt.Fprintf(&b, "seed %d: %s\n", run.Seed, clean(run.Why))
	for line := range strings.Lines(run.Plan) {
		fmt.Fprintf(&b, "plan: %s\n", clean(strings.TrimSuffix(line, "\n")))
	}
	for _, x := range c.Counterexamples {
		fmt.Fprintf(&b, "counterexample: %s\n", clean(x.Sentence))
	}
	return b.String()
}
