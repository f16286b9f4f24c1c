package page

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func pageOf(t testing.TB, r *reports.Results) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTML(t *testing.T) {
	for name, r := range map[string]*reports.Results{
		"report.html":             reporttest.Sample(),
		"report-passing.html":     reporttest.Passing(),
		"report-interrupted.html": reporttest.Interrupted(),
		"report-empty.html":       reporttest.Empty(),
	} {
		page := pageOf(t, r)
		reporttest.Golden(t, name, page)
		for _, fault := range lint(page) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

func TestHostileTextStaysText(t *testing.T) {
	calm := elements(pageOf(t, reporttest.Hostile("x")))
	for _, text := range reporttest.HostileTexts {
		page := pageOf(t, reporttest.Hostile(text))
		for _, fault := range lint(page) {
			t.Errorf("%q: %s", text, fault)
		}
		if strings.ContainsAny(page, "\u202e\u2066") {
			t.Errorf("%q: text of the page can be turned around", text)
		}
		if text == "" {
			continue // empty fields are left out
		}
		if diff := cmp.Diff(calm, elements(page)); diff != "" {
			t.Errorf("%q changes the structure of the page:\n%s", text, diff)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for _, text := range reporttest.HostileTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := reporttest.Sample()
		r.Cells = []reports.Cell{reporttest.CellOf(text, text, text, reports.Worse, 2, reporttest.DuplicatedRun(1))}
		reporttest.Spoil(&r.Cells[0].Runs[0], text)
		r.Gate.Reasons = []reports.Reason{{Cell: r.Cells[0].ID, State: reports.Worse, Text: text}}
		for _, fault := range lint(pageOf(t, r)) {
			t.Error(fault)
		}
	})
}

func TestAnySizeOfMatrix(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {12, 20}} {
		r := reporttest.Wide(size[0], size[1])
		page := pageOf(t, r)
		for _, fault := range lint(page) {
			t.Errorf("%v: %s", size, fault)
		}
		if got := strings.Count(page, "<article "); got != len(r.Cells) {
			t.Errorf("%v: %d cells", size, got)
		}
	}
}

func TestEveryRunOfALargeCellIsAccountedFor(t *testing.T) {
	r := reporttest.Empty()
	r.Cells = []reports.Cell{reporttest.FullCell("s", "f", "any", reports.ReportOnly, 300, reporttest.RunOf(1, reports.Safe, "the first"), reporttest.LostRun(2))}
	page := pageOf(t, r)
	if !strings.Contains(page, "50 of 300 runs, the worst first") {
		t.Error("the page does not say that runs are left out")
	}
	if !strings.Contains(page, "killed between its bitmap and its push") {
		t.Error("the bad run is left out")
	}
}

func TestThePageHoldsTheResults(t *testing.T) {
	for _, want := range []*reports.Results{reporttest.Sample(), reporttest.Hostile(reporttest.HostileTexts[0]), reporttest.Hostile(reporttest.HostileTexts[6])} {
		var got reports.Results
		if err := json.Unmarshal([]byte(dataBlock(t, pageOf(t, want))), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, &got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAPageOfANightlyRunStaysSmall(t *testing.T) {
	r := reporttest.Empty()
	for i := range 24 {
		r.Cells = append(r.Cells, reporttest.FullCell(fmt.Sprint(i), "kill", "safe", reports.Worse, 300, reporttest.DuplicatedRun(1)))
	}
	// 2 MB is the budget without the data block, which is as large as results.json.
	page := pageOf(t, r)
	if got := len(page) - len(dataBlock(t, page)); got > 2<<20 {
		t.Errorf("%d bytes", got)
	}
}

func TestResultsThatAreNoJSONAreRefused(t *testing.T) {
	r := reporttest.Sample()
	r.Cells[0].BadRate.High = math.NaN()
	if err := Write(&strings.Builder{}, r, Options{}); err == nil {
		t.Error("no error")
	}
}

func dataBlock(t *testing.T, page string) string {
	t.Helper()
	for n := range parse(page).Descendants() {
		if n.DataAtom == atom.Script {
			return n.FirstChild.Data
		}
	}
	t.Fatal("no data block")
	return ""
}

func parse(page string) *html.Node {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		panic(err) // a strings.Reader does not fail
	}
	return root
}

// elements lists the elements of a page with the names of their attributes. What a
// drawing is made of depends on how long its texts are.
func elements(page string) []string {
	var all []string
	for n := range parse(page).Descendants() {
		if n.Type == html.ElementNode && !within(n, "svg") {
			s := n.Data
			for _, a := range n.Attr {
				s += " " + a.Key
			}
			all = append(all, s)
		}
	}
	return all
}

// lint lists what is wrong with a page: whatever a strict content policy
// would take away, points to nowhere, or cannot be told without colours.
func lint(page string) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	ids := map[string]int{}
	var links []string
	for n := range parse(page).Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch {
		case n.DataAtom == atom.Script && attribute(n, "type") != "application/json":
			fault("a script that runs")
		case slices.Contains([]string{"link", "img", "iframe", "object", "embed", "base", "form", "audio", "video", "image", "use"}, n.Data):
			fault("<%s>", n.Data)
		case n.Data == "svg":
			faults = append(faults, lintDrawing(n)...)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "id":
				ids[a.Val]++
			case a.Key == "aria-labelledby":
				links = append(links, "#"+a.Val)
			case a.Key == "href":
				links = append(links, a.Val)
			case a.Key == "style" || a.Key == "src" || a.Key == "srcset" || a.Key == "action" || strings.HasPrefix(a.Key, "on"):
				fault("%s=%q", a.Key, a.Val)
			}
		}
	}
	for id, n := range ids {
		if n > 1 || id == "" || strings.ContainsAny(id, " \t\n") {
			fault("id %q, %d times", id, n)
		}
	}
	for _, link := range links {
		if id, ok := strings.CutPrefix(link, "#"); !ok || ids[id] == 0 {
			fault("link to %q", link)
		}
	}
	return faults
}

// lintDrawing checks one svg: it has a title, and a verdict's icon stands
// beside the verdict's word.
func lintDrawing(svg *html.Node) []string {
	title := svg.FirstChild
	if title == nil || title.Data != "title" || title.FirstChild == nil {
		return []string{"an svg without a title"}
	}
	verdict := attribute(svg, "data-verdict")
	if verdict == "" {
		return nil
	}
	word := ""
	next := svg.NextSibling
	for next != nil && next.Type == html.TextNode && strings.TrimSpace(next.Data) == "" {
		next = next.NextSibling
	}
	if next != nil && next.Data == "b" && next.FirstChild != nil {
		word = next.FirstChild.Data
	}
	if word != verdict {
		return []string{fmt.Sprintf("icon of %q beside the word %q", verdict, word)}
	}
	return nil
}

func within(n *html.Node, name string) bool {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.Data == name {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func TestLintSeesFaults(t *testing.T) {
	for _, c := range []struct{ page, want string }{
		{`<p id="a"></p><p id="a"></p>`, `id "a", 2 times`},
		{`<a href="#nowhere">x</a>`, `link to "#nowhere"`},
		{`<a href="https://example.org">x</a>`, `link to "https://example.org"`},
		{`<a href="javascript:alert(1)">x</a>`, `link to "javascript:alert(1)"`},
		{`<p style="color:red">x</p>`, `style="color:red"`},
		{`<p onclick="x()">x</p>`, `onclick="x()"`},
		{`<script>x()</script>`, `a script that runs`},
		{`<img src="data:x">`, `<img>`},
		{`<svg><circle/></svg>`, `an svg without a title`},
		{`<svg data-verdict="lost"><title>lost</title></svg> <b>safe</b>`, `icon of "lost" beside the word "safe"`},
		{`<svg data-verdict="lost"><title>lost</title></svg>`, `icon of "lost" beside the word ""`},
	} {
		if got := lint(c.page); !slices.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.page, got, c.want)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestAFailedWriteIsReported(t *testing.T) {
	if err := Write(brokenWriter{}, reporttest.Sample(), Options{}); err == nil {
		t.Error("no error")
	}
}
