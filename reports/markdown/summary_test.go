package markdown

import (
	"strings"
	"testing"
	"unicode/utf8"

	"onceover/reports"
	"onceover/reports/reporttest"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"
)

func summaryOf(t testing.TB, r *reports.Results, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSummaries(t *testing.T) {
	for name, r := range map[string]*reports.Results{
		"sample.md": reporttest.WithExample(""), "passing.md": reporttest.Passing(),
		"interrupted.md": reporttest.Interrupted(), "empty.md": reporttest.Empty(),
	} {
		reporttest.Golden(t, name, summaryOf(t, r, Options{Notes: []string{"traces: 3 of 12 runs are drawn"}}))
	}
}

func TestOnlyAPassIsCalledOne(t *testing.T) {
	if text := summaryOf(t, reporttest.Passing(), Options{}); !strings.Contains(text, "\n## Gate: PASS\n") {
		t.Error(text)
	}
	for name, r := range reporttest.Damaged() {
		text := summaryOf(t, r, Options{})
		if strings.Contains(text, "PASS") || !strings.Contains(text, "\n## Gate: FAIL, ") && !strings.Contains(text, "\n## Gate: INCONCLUSIVE, ") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

func TestWorldsHaveTablesOfTheirOwn(t *testing.T) {
	r := reporttest.Passing()
	r.Run.World = reports.WorldBoth
	r.Cells = append(r.Cells[:1], r.Cells[0])
	r.Cells[0].World, r.Cells[1].World = reports.WorldLive, reports.WorldSim
	r.Cells[1].State = reports.Worse
	text := summaryOf(t, r, Options{})
	for _, part := range []string{"## Matrix: real servers\n", "## Matrix: simulated world\n", "- **WORSE** `set-nx/calm` (`sim`):"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
}

// shown is what a reader gets to see: the elements of the page, with the text
// of each.
func shown(t testing.TB, markdown string) (elements []string, text string) {
	t.Helper()
	var b strings.Builder
	g := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(renderer.WithUnsafe()))
	if err := g.Convert([]byte(markdown), &b); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for n := range root.Descendants() {
		switch {
		case n.Type == html.ElementNode && n.Data == "code": // of words as many as there are
		case n.Type == html.ElementNode:
			elements = append(elements, n.Data)
			for _, a := range n.Attr {
				elements = append(elements, a.Key)
			}
		case n.Type == html.CommentNode:
			elements = append(elements, "comment")
		case n.Type == html.TextNode:
			all.WriteString(n.Data)
		}
	}
	return elements, all.String()
}

// what GitHub makes something of, and what ends a cell, a span or a block.
var activeTexts = []string{
	"@everyone", "me@example.org", "https://example.org/x", "www.example.org", "#1", "GH-1", "owner/repo#1", "0123abc", "$x$", ":tada:",
	"a|b", "a||b|", `a\|b`, `\`, `\\`, "`", "``a``", "```", "```\nx", "a`b``c", "*a*", "_a_", "~~a~~", "[a](b)", "![a](b)", "[^1]", "<b>a</b>", "<!-- a", "&lt;", "&#64;",
	"# a", "1. a", "- a", "+ a", "--- a", "=== a", "> a", "    a", "| a | b |\n| - | - |", "a\n\nb", "<details>", "[ ] a", "| --- |",
}

func TestUntrustedTextStaysText(t *testing.T) {
	calm, _ := shown(t, summaryOf(t, reporttest.WithExample("x"), Options{Notes: []string{"x"}}))
	for _, text := range append(activeTexts, reporttest.HostileTexts...) {
		if text == "" {
			continue // what is empty is left out
		}
		markdown := summaryOf(t, reporttest.WithExample(text), Options{Notes: []string{text}})
		elements, visible := shown(t, markdown)
		if diff := cmp.Diff(calm, elements); diff != "" {
			t.Errorf("%q changes what is shown:\n%s", text, diff)
		}
		for word := range strings.FieldsSeq(text) {
			if len(word) < 20 && utf8.ValidString(word) && !strings.ContainsAny(word, "\x00\x07\x1b\u202e\u2066\u200f") && !strings.Contains(visible, word) {
				t.Errorf("%q is not shown to the letter: there is no %q", text, word)
			}
		}
	}
}

func FuzzSummary(f *testing.F) {
	for _, text := range append(activeTexts, reporttest.HostileTexts...) {
		f.Add(text)
	}
	calm, _ := shown(f, summaryOf(f, reporttest.WithExample("x"), Options{}))
	f.Fuzz(func(t *testing.T, text string) {
		if strings.TrimSpace(text) == "" {
			return
		}
		elements, _ := shown(t, summaryOf(t, reporttest.WithExample(text), Options{}))
		if diff := cmp.Diff(calm, elements); diff != "" {
			t.Errorf("%q changes what is shown:\n%s", text, diff)
		}
	})
}

func TestASummaryStaysWithinItsRoom(t *testing.T) {
	r := reporttest.WithExample("")
	whole := summaryOf(t, r, Options{})
	for room := len(whole) + 200; room > 500; room -= 37 {
		text := summaryOf(t, r, Options{Room: room})
		if len(text) >= room {
			t.Fatalf("%d bytes, and room for %d", len(text), room)
		}
		if (text == whole) == strings.Contains(text, "Left out for want of room") {
			t.Fatalf("room for %d: it does not say what it leaves out:\n%s", room, text)
		}
		if !strings.Contains(text, "\n## Gate: FAIL") {
			t.Fatalf("room for %d: the answer is gone", room)
		}
	}
	if err := Write(&strings.Builder{}, r, Options{Room: 100}); err == nil {
		t.Error("no error where not even the answer has room")
	}
}

func TestAHugeMatrixIsLeftOutAndNamed(t *testing.T) {
	text := summaryOf(t, reporttest.Wide(30, 40), Options{Room: 20_000})
	if len(text) >= 20_000 || !strings.Contains(text, "**Left out for want of room:** Matrix.") {
		t.Errorf("%d bytes: %.300s", len(text), text)
	}
}

func TestTheAnswerIsTheFirstHeadingAndTheGateTheNext(t *testing.T) {
	text := summaryOf(t, reporttest.Passing(), Options{})
	var headings []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			headings = append(headings, strings.TrimSpace(line))
		}
	}
	if len(headings) < 2 || headings[0] == "" || strings.Contains(headings[0], "PASS") || headings[1] != "## Gate: PASS" {
		t.Errorf("headings are %q", headings)
	}
}
