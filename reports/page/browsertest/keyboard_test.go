package browsertest

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestTheKeyboardReachesEverythingInReadingOrder(t *testing.T) {
	t.Parallel()
	x := newTab(t)
	for name, text := range samples(t) {
		t.Run(name, func(t *testing.T) {
			x.show(t, inLight, text)
			for _, fault := range x.walk(t) {
				t.Error(fault)
			}
		})
	}
}

// walk presses the tabulator until everything must have had the focus.
func (x *tab) walk(t testing.TB) []string {
	t.Helper()
	n, err := strconv.Atoi(x.check(t, "keyboard")[0])
	if err != nil {
		t.Fatal(err)
	}
	x.do(t, chromedp.KeyEvent(strings.Repeat(kb.Tab, n)))
	return x.check(t, "walked")
}

func TestWhatTheKeyboardMissesIsNoticed(t *testing.T) {
	t.Parallel()
	x, good := newTab(t), small(t)
	for what, change := range map[string][2]string{
		"a box that scrolls is passed by":  {`class="scroll" tabindex="0"`, `class="scroll" style="max-width: 5rem"`},
		"a link is passed by":              {`<h2 id="method">Method</h2>`, `<h2 id="method">Method <a href="#matrix" tabindex="-1">up</a></h2>`},
		"the focus jumps ahead":            {`<h2 id="method">Method</h2>`, `<h2 id="method">Method <a href="#matrix" tabindex="1">up</a></h2>`},
		"the focus is not drawn":           {`.scroll {`, `:focus-visible { outline: none } .scroll {`},
		"the focus is outside of the page": {`<h1>`, `<a href="#matrix" style="position: absolute; left: -99rem">skip</a><h1>`},
	} {
		t.Run(what, func(t *testing.T) {
			x.show(t, inLight, spoil(t, good, change[0], change[1]))
			if len(x.walk(t)) == 0 {
				t.Error("nothing noticed")
			}
		})
	}
}

// Under the policy of Jenkins too, although no script runs there.
func TestEveryLinkLeadsToWhatIsThenSeen(t *testing.T) {
	t.Parallel()
	x := newTab(t)
	for name, text := range samples(t) {
		for _, m := range []mode{inLight, inJenkins} {
			t.Run(name+", "+m.name, func(t *testing.T) {
				x.show(t, m, text)
				for _, fault := range x.check(t, "links") {
					t.Error(fault)
				}
			})
		}
	}
}

func TestLinksThatLeadAstrayAreNoticed(t *testing.T) {
	t.Parallel()
	x, good := newTab(t), small(t)
	for what, change := range map[string][2]string{
		"to nothing":           {`id="method"`, `id="elsewhere"`},
		"to what is hidden":    {`<h2 id="method"`, `<h2 hidden id="method"`},
		"to what has no box":   {`<h2 id="method">Method</h2>`, `<span id="method"></span>`},
		"to another page":      {`<h1>`, `<h1><a href="results.json">results</a>`},
		"out of the page":      {`<h2 id="method">`, `<h2 id="method" style="position: fixed; top: 200vh">`},
		"which is not allowed": {`<h1>`, `<h1><a href="#matrix" onclick="return false">up</a>`},
	} {
		t.Run(what, func(t *testing.T) {
			x.show(t, inLight, spoil(t, good, change[0], change[1]))
			if len(x.check(t, "links")) == 0 {
				t.Error("nothing noticed")
			}
		})
	}
}
