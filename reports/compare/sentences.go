package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"onceover/reports"
	"onceover/reports/format"
)

// Answer is the end of a comparison in one line: whether it has passed, and if
// not, why not. Costs tells whether they count.
func (c *Comparison) Answer(costs bool) string {
	var parts []string
	for _, change := range Changes() {
		failing := slices.DeleteFunc(c.With(change), func(cell Cell) bool { return !cell.Fails })
		if len(failing) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", len(failing), change))
		}
	}
	regressed := format.Plural(c.CostsWith(Regressed), "cost regressed", "costs regressed")
	if costs && c.CostsWith(Regressed) > 0 {
		parts = append(parts, regressed)
	}
	answer := "PASS - nothing has become worse that should not"
	switch unknown := c.unknown(); {
	case len(parts) > 0 && c.ExitCode(costs) != reports.ExitUnknown:
		answer = "FAIL - " + strings.Join(append(parts, unknown...), ", ")
	case len(unknown) > 0:
		answer = "INCONCLUSIVE - " + strings.Join(append(unknown, parts...), ", ")
	}
	if !costs && c.CostsWith(Regressed) > 0 {
		answer += fmt.Sprintf("; %s, which does not count here", regressed)
	}
	return answer
}

// unknown says what keeps a comparison from passing though nothing is known to be
// worse.
func (c *Comparison) unknown() (parts []string) {
	if n := c.Count(Unproven); n > 0 {
		parts = append(parts, fmt.Sprintf("%d %s", n, Unproven))
	}
	if c.Interrupted() {
		parts = append(parts, fmt.Sprintf("the newer result was interrupted after %d of %d runs", c.New.Run.Done, c.New.Run.Planned))
	}
	return parts
}

// CostSummary counts the costs of each outcome, in words; it is empty if there
// are none.
func (c *Comparison) CostSummary() string {
	var parts []string
	for _, o := range outcomes {
		if n := c.CostsWith(o); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o.words()))
		}
	}
	return strings.Join(parts, ", ")
}

// words says an outcome in a sentence.
func (o Outcome) words() string {
	switch o {
	case Unshown:
		return "without a significant change (~)"
	case TooFew:
		return "with too few runs"
	case NotComparable:
		return "not comparable"
	}
	return string(o)
}

// Mark is an outcome in one word; one that asks for nothing has none.
func (o Outcome) Mark() string {
	switch o {
	case Regressed:
		return "REGRESSED"
	case Improved:
		return "improved"
	case Inconclusive:
		return "inconclusive"
	}
	return ""
}

// String is how sure a change of the bad rate is, as in "~ (p=0.10)".
func (t RateTest) String() string {
	if t.significant() {
		return fmt.Sprintf("changed (%s)", probability(t.Adjusted))
	}
	return fmt.Sprintf("~ (%s)", probability(t.Adjusted))
}

// String is the change of a cost, as in "-3.1% [-4.0%, -2.2%] (p=0.003)" or
// "~ (p=0.45)"; "-" stands for what Note explains.
func (c Cost) String() string {
	switch {
	case c.Adjusted == nil:
		return "-"
	case c.Outcome == Unshown:
		return fmt.Sprintf("~ (%s)", probability(*c.Adjusted))
	case c.Effect == nil:
		return fmt.Sprintf("changed (%s)", probability(*c.Adjusted))
	}
	change := percent
	if c.Absolute {
		change = signed
	}
	e := c.Effect
	return fmt.Sprintf("%s [%s, %s] (%s)", change(e.Point), change(e.Low), change(e.High), probability(*c.Adjusted))
}

// String is the median with its interval, as in "4,032 [3,980, 4,100]". Without one
// it is the median, and Lacks says why.
func (e Estimate) String() string {
	switch {
	case e.Median == nil:
		return "-"
	case e.Interval == nil:
		return figure(*e.Median)
	}
	return fmt.Sprintf("%s [%s, %s]", figure(*e.Median), figure(e.Interval.Low), figure(e.Interval.High))
}

// Lacks says why a median has no interval; empty if it has one, or if there is no
// median either.
func (e Estimate) Lacks() string {
	if e.Median == nil || e.Interval != nil {
		return ""
	}
	return fmt.Sprintf("fewer than %d runs: no interval of 95%%", leastForInterval)
}

// share says a share with as few digits as it has.
func share(of float64) string { return fmt.Sprintf("%.4g%%", 100*of) }

// percent says a ratio as a change.
func percent(ratio float64) string {
	if ratio >= 1 {
		return "+" + format.Percent(ratio-1)
	}
	return format.Percent(ratio - 1)
}

func signed(difference float64) string {
	if difference >= 0 {
		return "+" + figure(difference)
	}
	return "-" + figure(-difference)
}

// figure writes a number with three digits or more.
func figure(v float64) string {
	switch {
	case math.Abs(v) >= 1000:
		return format.Thousands(int64(math.Round(v)))
	case math.Abs(v) >= 100 || v == 0:
		return fmt.Sprintf("%.0f", v)
	case math.Abs(v) >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// probability writes a p-value, never as 0.
func probability(p float64) string {
	switch {
	case p < 0.001:
		return "p<0.001"
	case p < 0.1:
		return fmt.Sprintf("p=%.3f", p)
	}
	return fmt.Sprintf("p=%.2f", p)
}

// String identifies a side: its program, its time and its size.
func (s Side) String() string {
	parts := []string{s.Name, strings.TrimSpace(s.Tool.Name + " " + s.Tool.Program())}
	if !s.Run.Started.IsZero() {
		parts = append(parts, s.Run.Started.UTC().Format(time.DateTime)+" UTC")
	}
	parts = append(parts, s.Seeds)
	if s.Run.Status != reports.Complete {
		parts = append(parts, fmt.Sprintf("INTERRUPTED: %d of %d runs were done", s.Run.Done, s.Run.Planned))
	}
	return strings.Join(parts, ", ")
}

// Conditions says in a sentence for each world what is not alike.
func (c *Comparison) Conditions() (sentences []string) {
	for _, w := range c.Worlds {
		if why := obstacle(c.Worlds, w.Name); why != "" {
			sentence := fmt.Sprintf("%s: made differently (%s)", w.Name, why)
			if w.Name != reports.WorldSim {
				sentence += ", so costs are not comparable; verdicts are"
			}
			sentences = append(sentences, sentence)
		}
		if len(w.Noted) > 0 {
			sentences = append(sentences, fmt.Sprintf("%s: noted: %s", w.Name, join(w.Noted)))
		}
	}
	return sentences
}

func join(all []Difference) string {
	return strings.Join(reports.Each(all, Difference.String), "; ")
}
