package page

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// linter collects what is wrong with a page: whatever a strict content policy
// would take away, points to nowhere, or cannot be told without colours or eyes.
type linter struct {
	faults []string
	ids    map[string]int
	links  []string
	level  int // of the last heading
}

func lint(page string) []string {
	l := linter{ids: map[string]int{}}
	for n := range parse(page).Descendants() {
		if n.Type == html.ElementNode {
			l.element(n)
			for _, a := range n.Attr {
				l.attribute(n, a)
			}
		}
	}
	for id, n := range l.ids {
		if n > 1 || id == "" || strings.ContainsAny(id, " \t\n") {
			l.fault("id %q, %d times", id, n)
		}
	}
	for _, link := range l.links {
		file, beside := strings.CutPrefix(link, "./")
		if beside && file != "" && !strings.Contains(file, "..") {
			continue // package store tests that it is there
		}
		if id, ok := strings.CutPrefix(link, "#"); !ok || l.ids[id] == 0 {
			l.fault("link to %q", link)
		}
	}
	return l.faults
}

func (l *linter) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

var forbidden = []string{"img", "iframe", "object", "embed", "base", "form", "audio", "video", "image", "use", "foreignObject", "animate", "set"}

func (l *linter) element(n *html.Node) {
	switch {
	case n.DataAtom == atom.Script && attribute(n, "type") != "application/json":
		l.fault("a script that runs")
	case n.DataAtom == atom.Link && (attribute(n, "rel") != "icon" || !strings.HasPrefix(attribute(n, "href"), "data:image/svg+xml,")):
		l.fault("<link> to what is not on the page")
	case slices.Contains(forbidden, n.Data):
		l.fault("<%s>", n.Data)
	case n.Data == "svg":
		l.drawing(n)
	case n.DataAtom == atom.Details && (n.FirstChild == nil || next(n.FirstChild).DataAtom != atom.Summary):
		l.fault("details without a summary")
	case (n.DataAtom == atom.Table || n.DataAtom == atom.Pre) && attribute(n, "tabindex") == "" && attribute(n.Parent, "tabindex") == "":
		l.fault("<%s> that may be too wide, and cannot be scrolled by keys", n.Data)
	case len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6':
		l.heading(n)
	}
}

func (l *linter) heading(n *html.Node) {
	level := int(n.Data[1] - '0')
	if level > l.level+1 {
		l.fault("<%s> %q after <h%d>", n.Data, text(n), l.level)
	}
	l.level = level
	if answer := next(n.NextSibling); level == 2 && (answer == nil || answer.DataAtom != atom.P || strings.TrimSpace(text(answer)) == "") {
		l.fault("section %q does not open with its answer", text(n))
	}
}

// paints are the colours that may stand in attributes: constants, never text of a result.
var paints = regexp.MustCompile(`^(none|currentColor|#[0-9A-Fa-f]{3}|#[0-9A-Fa-f]{6}|url\(#[\w-]+\))$`)

func (l *linter) attribute(n *html.Node, a html.Attribute) {
	switch {
	case a.Key == "id":
		l.ids[a.Val]++
	case a.Key == "aria-labelledby" || a.Key == "aria-describedby":
		l.links = append(l.links, "#"+a.Val)
	case a.Key == "href" && n.DataAtom == atom.Link:
	case a.Key == "href":
		l.links = append(l.links, a.Val)
	case slices.Contains([]string{"fill", "stroke", "marker-start", "marker-end", "clip-path", "mask", "filter"}, a.Key):
		if !paints.MatchString(a.Val) {
			l.fault("paint %s=%q", a.Key, a.Val)
		}
		if id, ok := strings.CutPrefix(a.Val, "url("); ok {
			l.links = append(l.links, strings.TrimSuffix(id, ")"))
		}
	case slices.Contains([]string{"style", "src", "srcset", "action", "background", "ping"}, a.Key) || strings.HasPrefix(a.Key, "on"):
		l.fault("%s=%q", a.Key, a.Val)
	}
}

// drawing checks one svg: it has a title; a verdict's icon stands beside the verdict's
// word; a picture can be read as a sentence and as a table too.
func (l *linter) drawing(svg *html.Node) {
	if attribute(svg, "aria-hidden") == "true" {
		return // an ornament beside a word that says the same
	}
	title := svg.FirstChild
	if title == nil || title.Data != "title" || strings.TrimSpace(text(title)) == "" {
		l.fault("an svg without a title")
		return
	}
	verdict := attribute(svg, "data-verdict")
	if verdict == "" {
		l.picture(svg, text(title))
		return
	}
	word := ""
	if b := next(svg.NextSibling); b != nil && b.Data == "b" {
		word = text(b)
	}
	if word != verdict {
		l.fault("icon of %q beside the word %q", verdict, word)
	}
}

func (l *linter) picture(svg *html.Node, title string) {
	figure := svg.Parent
	for figure != nil && figure.DataAtom != atom.Figure {
		figure = figure.Parent
	}
	if figure == nil {
		l.fault("picture %q stands in no figure", title)
		return
	}
	said, table := false, false
	for n := range figure.Descendants() {
		said = said || n.DataAtom == atom.Figcaption && strings.TrimSpace(text(n)) != ""
		table = table || n.DataAtom == atom.Table
	}
	if !said {
		l.fault("picture %q has no sentence", title)
	}
	if !table {
		l.fault("picture %q has no table", title)
	}
}

// next is the element that n or the first after it is; nothing but space may lie between.
func next(n *html.Node) *html.Node {
	for ; n != nil; n = n.NextSibling {
		if n.Type == html.ElementNode {
			return n
		}
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			break
		}
	}
	return &html.Node{}
}

func text(n *html.Node) string {
	var all strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			all.WriteString(d.Data)
		}
	}
	return all.String()
}

func parse(page string) *html.Node {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		panic(err) // a strings.Reader does not fail
	}
	return root
}

// elements lists the elements of a page with the names of their attributes. What a
// drawing is made of depends on how long its texts are, and what keeps a name in its line on the name.
func elements(page string) []string {
	var all []string
	for n := range parse(page).Descendants() {
		keeps := n.Data == "span" && len(n.Attr) == 1 && n.Attr[0] == html.Attribute{Key: "class", Val: "name"}
		if n.Type == html.ElementNode && !keeps && !within(n, "svg") {
			s := n.Data
			for _, a := range n.Attr {
				s += " " + a.Key
			}
			all = append(all, s)
		}
	}
	return all
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
		{`<a href="./../x">x</a>`, `link to "./../x"`},
		{`<a href="javascript:alert(1)">x</a>`, `link to "javascript:alert(1)"`},
		{`<p style="color:red">x</p>`, `style="color:red"`},
		{`<p onclick="x()">x</p>`, `onclick="x()"`},
		{`<script>x()</script>`, `a script that runs`},
		{`<img src="data:x">`, `<img>`},
		{`<link rel="icon" href="icon.png">`, `<link> to what is not on the page`},
		{`<link rel="stylesheet" href="data:image/svg+xml,x">`, `<link> to what is not on the page`},
		{`<svg><circle/></svg>`, `an svg without a title`},
		{`<svg data-verdict="lost"><title>lost</title></svg> <b>safe</b>`, `icon of "lost" beside the word "safe"`},
		{`<svg data-verdict="lost"><title>lost</title></svg>`, `icon of "lost" beside the word ""`},
		{`<svg data-verdict="lost"><title>lost</title></svg> or <b>lost</b>`, `icon of "lost" beside the word ""`},
		{`<svg><title>x</title></svg>`, `picture "x" stands in no figure`},
		{`<figure><svg><title>x</title></svg><figcaption> </figcaption></figure>`, `picture "x" has no sentence`},
		{`<figure><figcaption>y</figcaption><svg><title>x</title></svg></figure>`, `picture "x" has no table`},
		{`<svg><title>x</title><path fill="red;x"/></svg>`, `paint fill="red;x"`},
		{`<svg><title>x</title><path fill="url(#gone)"/></svg>`, `link to "#gone"`},
		{`<svg aria-describedby="gone"><title>x</title></svg>`, `link to "#gone"`},
		{`<h1>a</h1><h3>b</h3>`, `<h3> "b" after <h1>`},
		{`<h1>a</h1><h2>b</h2><ul></ul>`, `section "b" does not open with its answer`},
		{`<h1>a</h1><h2>b</h2><p> </p>`, `section "b" does not open with its answer`},
		{`<details>x</details>`, `details without a summary`},
		{`<div><table></table></div>`, `<table> that may be too wide, and cannot be scrolled by keys`},
		{`<pre>x</pre>`, `<pre> that may be too wide, and cannot be scrolled by keys`},
	} {
		if got := lint(c.page); !slices.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.page, got, c.want)
		}
	}
}

func TestLintPassesWhatIsGood(t *testing.T) {
	const page = `<h1>a</h1><h2 id="b">b</h2><p>yes</p><h3>c</h3><a href="#b">b</a><details><summary>s</summary></details>
<svg data-verdict="lost"><title>lost</title><path fill="#fff"/></svg>&nbsp;<b>lost</b>
<figure><figcaption>y</figcaption><div tabindex="0"><svg><title>x</title></svg></div><div tabindex="0"><table></table></div></figure>`
	if got := lint(page); got != nil {
		t.Error(got)
	}
}
