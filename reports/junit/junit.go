// Package junit writes results as a JUnit report, for CI systems that know no
// other form: a suite is a strategy, a case is a scenario.
//
//   - worse than expected, a control that was missed, a cell that was not run
//     any more: a failure, whose type is the verdict
//   - too little learned, interrupted, nothing checked, a state that is unknown
//     here: an error
//   - as expected, also where a violation was expected and caught: passed
//   - report only: skipped, since nobody has judged it. A green tick beside a
//     strategy that loses rows would be read as praise
//
// Viewers differ in what they show. Some show the name of the suite, the type
// and the message of a failure nowhere, so the first line of each body says
// everything: the verdict, how many of how many, and the command that repeats
// it. Nothing is ever marked as flaky: a run that failed has failed.
package junit

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/recheck"
)

// The elements, in the order in which their schemas want them. There is no
// standard; these are the ones that Jenkins and GitLab both read.
type (
	suites struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		counts
		Suites []*suite `xml:"testsuite"`
	}
	suite struct {
		Name      string `xml:"name,attr"`
		Timestamp string `xml:"timestamp,attr,omitempty"`
		counts
		Cases []testcase `xml:"testcase"`
	}
	counts struct {
		Tests    int     `xml:"tests,attr"`
		Failures int     `xml:"failures,attr"`
		Errors   int     `xml:"errors,attr"`
		Skipped  int     `xml:"skipped,attr"`
		Seconds  seconds `xml:"time,attr"`
	}
	testcase struct {
		Class      string      `xml:"classname,attr"`
		Name       string      `xml:"name,attr"`
		Seconds    seconds     `xml:"time,attr"`
		Properties *properties `xml:"properties"`
		Skipped    *problem    `xml:"skipped"`
		Error      *problem    `xml:"error"`
		Failure    *problem    `xml:"failure"`
		Out        text        `xml:"system-out"`
	}
	properties struct {
		All []property `xml:"property"`
	}
	property struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	problem struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
		text
	}
	text struct {
		Text string `xml:",cdata"`
	}
	seconds float64
)

func (s seconds) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(s), 'f', 3, 64), nil
}

// Write writes the report, and attaches the page to each case. GitLab wants the
// path of the page from the root of the project, Jenkins an absolute one. The report
// shows only what the evidence supports.
func Write(w io.Writer, r *reports.Results, page string) error {
	r = recheck.Supported(r)
	all := suites{Name: "onceover"}
	add := func(suite string, c testcase) {
		c.Out.Text += "[[ATTACHMENT|" + clean(page) + "]]\n"
		all.add(all.suite(suite, r).add(c))
	}
	for _, c := range r.Cells {
		add(c.Strategy, newCase(r, c))
	}
	for _, reason := range r.Gate.Reasons {
		if _, is := r.Of(reason); !is {
			strategy, scenario, _ := strings.Cut(reason.Cell, "/")
			add(strategy, withoutCell(r, strategy, scenario, reason))
		}
	}
	if c, red := whole(r, all.counts); red {
		add("onceover", c)
	}
	if left := r.Run.LeftOut; left != "" {
		add("onceover", testcase{Class: class("gate"), Name: "left out", Skipped: &problem{Message: clean(left)}})
	}
	if warning := format.Unchecked(r); warning != "" {
		add("onceover", testcase{Class: class("gate"), Name: "content not checked", Skipped: &problem{Message: warning}})
	}
	out := bytes.NewBufferString(xml.Header)
	e := xml.NewEncoder(out)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err := w.Write(out.Bytes())
	return err
}

func (all *suites) suite(name string, r *reports.Results) *suite {
	name = cmp.Or(clean(name), "no name")
	s, there := reports.First(all.Suites, func(s *suite) bool { return s.Name == name })
	if there {
		return s
	}
	s = &suite{Name: name}
	if !r.Run.Started.IsZero() {
		s.Timestamp = r.Run.Started.UTC().Format("2006-01-02T15:04:05")
	}
	all.Suites = append(all.Suites, s)
	return s
}

// add returns what the case adds to the counts.
func (s *suite) add(c testcase) counts {
	s.Cases = append(s.Cases, c)
	n := counts{Tests: 1, Seconds: c.Seconds}
	switch {
	case c.Failure != nil:
		n.Failures = 1
	case c.Error != nil:
		n.Errors = 1
	case c.Skipped != nil:
		n.Skipped = 1
	}
	s.counts.add(n)
	return n
}

func (n *counts) add(more counts) {
	n.Tests += more.Tests
	n.Failures += more.Failures
	n.Errors += more.Errors
	n.Skipped += more.Skipped
	n.Seconds += more.Seconds
}

// whole is the case of the gate itself. It is there only when it has to be red
// and no cell is, or when nobody may believe that this is all.
func whole(r *reports.Results, n counts) (testcase, bool) {
	sum := reports.Summarize(r)
	silent := r.Gate.Status != reports.Pass && n.Failures+n.Errors == 0
	if sum.Cells > 0 && !sum.Partial() && !silent {
		return testcase{}, false
	}
	line := fmt.Sprintf("%s: %s, %d of %d runs done; replay: %s", strings.ToUpper(string(r.Gate.Status)), format.Problems(sum),
		r.Run.Done, r.Run.Planned, cmp.Or(clean(r.Run.Replay), "unknown"))
	return testcase{
		Class: class("gate"), Name: "complete",
		Error: &problem{Type: string(r.Gate.Status), Message: format.Problems(sum), text: text{line + "\n"}},
	}, true
}

// clean makes untrusted text one line of characters that XML 1.0 knows.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, format.Plain(s))
}
