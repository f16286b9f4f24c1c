package browsertest

import (
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// narrow is the least width that WCAG 2.2 asks pages to work at.
var narrow = mode{name: "narrow", width: 320}

func TestASmallScreenScrollsWithinBoxes(t *testing.T) {
	t.Parallel()
	x := newTab(t)
	for name, text := range samples(t) {
		t.Run(name, func(t *testing.T) {
			x.show(t, narrow, text)
			for _, fault := range x.check(t, "narrow") {
				t.Error(fault)
			}
			if name != "live" {
				return // to draw the large ones again takes long
			}
			x.settle(t)
			for _, fault := range x.check(t, "hints") {
				t.Error(fault)
			}
		})
	}
}

func TestWhatASmallScreenCannotShowIsNoticed(t *testing.T) {
	t.Parallel()
	x, good := newTab(t), small(t)
	for what, change := range map[string][2]string{
		"a table outside of a box": {`<main>`, `<main><table><tr><td><div style="width: 400px">wide</div></table>`},
		"a box without the focus":  {`class="scroll" tabindex="0"`, `class="scroll"`},
		"a box that cuts off":      {`.scroll { overflow-x: auto; }`, `.scroll { overflow-x: hidden; }`},
		"small text":               {`<h1>`, `<h1><small style="font-size: 10px">small</small>`},
		"a broken number":          {`max-width: 26rem; overflow-wrap: break-word;`, `max-width: 26rem; overflow-wrap: anywhere;`},
		"a drawing for others":     {`.narrow[hidden] { display: block; }`, ``},
		"a drawing that shrinks":   {`figure svg { max-width: none; }`, `figure svg { max-width: 100%; height: auto; }`},
	} {
		t.Run(what, func(t *testing.T) {
			x.show(t, narrow, spoil(t, good, change[0], change[1]))
			if len(x.check(t, "narrow")) == 0 {
				t.Error("nothing noticed")
			}
		})
	}
}

func TestABoxWithoutAHintIsNoticed(t *testing.T) {
	t.Parallel()
	x := newTab(t)
	x.show(t, narrow, spoil(t, small(t), `@supports (animation-timeline: scroll())`, `@supports (animation-timeline: none of it)`))
	x.check(t, "unfolded")
	x.settle(t)
	if len(x.check(t, "hints")) == 0 {
		t.Error("nothing noticed")
	}
}

// settle waits until the page is drawn as it is now.
func (x *tab) settle(t testing.TB) {
	t.Helper()
	x.do(t, chromedp.Evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`, nil,
		func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
}
