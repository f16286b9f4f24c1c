package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"

	"github.com/google/go-cmp/cmp"
)

func reportOf(t testing.TB, r *reports.Results) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, r, "chaos-out/report.html"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// parsed is what a CI system makes of a report.
func parsed(t testing.TB, report string) suites {
	t.Helper()
	var s suites
	if err := xml.Unmarshal([]byte(report), &s); err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	return s
}

func TestReports(t *testing.T) {
	for name, r := range map[string]*reports.Results{
		"sample.xml": reporttest.Sample(), "passing.xml": reporttest.Passing(),
		"interrupted.xml": reporttest.Interrupted(), "empty.xml": reporttest.Empty(),
	} {
		reporttest.Golden(t, name, reportOf(t, r))
	}
}

func TestOnlyAPassIsGreen(t *testing.T) {
	if s := parsed(t, reportOf(t, reporttest.Passing())); s.Failures+s.Errors > 0 || s.Tests != 4 {
		t.Errorf("a pass has %+v", s.counts)
	}
	for name, r := range reporttest.Damaged() {
		s := parsed(t, reportOf(t, r))
		if s.Failures+s.Errors == 0 {
			t.Errorf("%s: %+v is green", name, s.counts)
		}
	}
}

// The counts in the attributes are what some systems go by, the elements what
// others do.
func TestCountsAreThoseOfTheElements(t *testing.T) {
	for name, r := range reporttest.Damaged() {
		s := parsed(t, reportOf(t, r))
		var all counts
		for _, suite := range s.Suites {
			var n counts
			for _, c := range suite.Cases {
				n.Tests++
				n.Seconds += c.Seconds
				for count, p := range map[*int]*problem{&n.Failures: c.Failure, &n.Errors: c.Error, &n.Skipped: c.Skipped} {
					if p != nil {
						*count++
					}
				}
			}
			if fmt.Sprint(n) != fmt.Sprint(suite.counts) {
				t.Errorf("%s: suite %s says %+v, and has %+v", name, suite.Name, suite.counts, n)
			}
			all.add(n)
		}
		if fmt.Sprint(all) != fmt.Sprint(s.counts) {
			t.Errorf("%s: the report says %+v, and has %+v", name, s.counts, all)
		}
	}
}

func TestTheFirstLineOfABodySaysEverything(t *testing.T) {
	for _, suite := range parsed(t, reportOf(t, reporttest.Sample())).Suites {
		for _, c := range suite.Cases {
			p := c.Failure
			if p == nil {
				p = c.Error
			}
			if p == nil {
				continue
			}
			first, _, _ := strings.Cut(p.Text, "\n")
			for _, part := range []string{suite.Name + "/" + c.Name, " of ", "expected ", "replay: onceover replay "} {
				if !strings.Contains(first, part) {
					t.Errorf("%s/%s: no %q in %q", suite.Name, c.Name, part, first)
				}
			}
		}
	}
}

func TestACellThatIsGoneIsAFailure(t *testing.T) {
	r := reporttest.Passing()
	r.Gate.Reasons = []reports.Reason{{Cell: "set-nx/pause", State: reports.Gone, Text: "it was there yesterday"}}
	s := parsed(t, reportOf(t, r))
	last := s.Suites[0].Cases[len(s.Suites[0].Cases)-1]
	if s.Failures != 1 || last.Name != "pause" || last.Failure == nil || last.Failure.Type != "gone" {
		t.Errorf("%+v", last)
	}
}

func TestThePageIsAttachedToEveryCase(t *testing.T) {
	for _, suite := range parsed(t, reportOf(t, reporttest.Sample())).Suites {
		for _, c := range suite.Cases {
			if !strings.HasSuffix("\n"+c.Out.Text, "\n[[ATTACHMENT|chaos-out/report.html]]\n") { // only a line of its own is taken for one
				t.Errorf("%s/%s: %q", suite.Name, c.Name, c.Out.Text)
			}
		}
	}
}

func TestWorldsAreToldApart(t *testing.T) {
	r := reporttest.Passing()
	r.Run.World = reports.WorldBoth
	r.Cells = append(r.Cells[:1], r.Cells[0])
	r.Cells[0].World, r.Cells[1].World = reports.WorldLive, reports.WorldSim
	cases := parsed(t, reportOf(t, r)).Suites[0].Cases
	if got := cases[0].Name + ", " + cases[1].Name; got != "calm (live), calm (sim)" {
		t.Error(got)
	}
}

// shape is the elements and attributes of a document without their text.
func shape(t testing.TB, document string) string {
	t.Helper()
	var b strings.Builder
	in := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := in.Token()
		switch token := token.(type) {
		case xml.StartElement:
			fmt.Fprintf(&b, "<%s", token.Name.Local)
			for _, a := range token.Attr {
				fmt.Fprintf(&b, " %s", a.Name.Local)
			}
		case xml.EndElement:
			b.WriteString(">")
		}
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
	}
}

func TestHostileTextStaysText(t *testing.T) {
	calm := shape(t, reportOf(t, reporttest.Hostile("x")))
	texts := append([]string{"]]>", "]]]]><failure/>", "\ufffe\uffff", "[[ATTACHMENT|/etc/passwd]]", "a\nflaky"}, reporttest.HostileTexts...)
	for _, text := range texts {
		if text == "" {
			continue // some elements are left out
		}
		report := reportOf(t, reporttest.Hostile(text))
		if diff := cmp.Diff(calm, shape(t, report)); diff != "" {
			t.Errorf("%q changes the structure:\n%s", text, diff)
		}
		if strings.ContainsAny(report, "\x00\x1b\u202e\u2066\ufffe\uffff") {
			t.Errorf("%q: control characters", text)
		}
	}
}

func FuzzReport(f *testing.F) {
	for _, text := range reporttest.HostileTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := reporttest.Sample()
		r.Cells = []reports.Cell{reporttest.CellOf(text, text, text, reports.Worse, 2, reporttest.DuplicatedRun(1))}
		reporttest.SpoilAll(&r.Cells[0].Runs[0], text)
		r.Gate.Reasons = []reports.Reason{{Cell: text, State: reports.State(text), Text: text}}
		if s := parsed(t, reportOf(t, r)); s.Failures != 1 {
			t.Errorf("%+v", s.counts)
		}
	})
}
