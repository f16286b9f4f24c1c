package browsertest

import (
	"slices"
	"strings"
	"testing"
)

// looks are the checks of how a page looks, in any mode.
var looks = []string{"visible", "drawings", "contrast", "marks"}

func TestEverythingIsSeenInEveryMode(t *testing.T) {
	t.Parallel()
	x := newTab(t)
	eachSample(t, modes, func(t *testing.T, m mode, text string) {
		x.show(t, m, text)
		checks := looks
		if m == inLight {
			checks = append(slices.Clone(looks), "edges")
		}
		for _, check := range checks {
			for _, fault := range x.check(t, check) {
				t.Errorf("%s: %s", check, fault)
			}
		}
		for _, fault := range x.noise(m) {
			t.Error(fault)
		}
	})
}

// noise is what the page made the browser say, or ask for. Where a policy takes the
// style block and the sign in the tab away the browser says so, once each: that is what the
// policy is for.
func (x *tab) noise(m mode) []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	said := slices.Clone(x.said)
	if !m.styled() {
		at := slices.IndexFunc(said, func(s string) bool {
			return strings.Contains(s, "inline style") && strings.Contains(s, "style-src 'self'")
		})
		if at < 0 {
			said = append(said, "the policy was not in force: it took no style away")
		} else {
			said = slices.Delete(said, at, at+1)
		}
	}
	if at := slices.IndexFunc(said, func(s string) bool { return strings.Contains(s, "Loading the image 'data:image/svg+xml,") }); at >= 0 && !m.styled() {
		said = slices.Delete(said, at, at+1)
	}
	for _, url := range x.requests {
		said = append(said, "request: "+url)
	}
	for _, path := range pages.besides(x.url) {
		said = append(said, "request: "+path)
	}
	return said
}

// A check that nothing can fail proves nothing.
func TestLooksSeeWhatIsBroken(t *testing.T) {
	t.Parallel()
	x, good := newTab(t), small(t)
	for _, c := range []struct {
		check, what string
		old, broken string
		in          func(mode) bool // nil: in every mode
	}{
		{"visible", "a heading is hidden", `<h2 id="matrix">`, `<h2 id="matrix" hidden>`, nil},
		{"visible", "a heading is shown by the style block alone", `<h2 id="matrix">`, `<style>h2[hidden] { display: block }</style><h2 id="matrix" hidden>`, unstyled},
		{"visible", "verdicts are signs without words", `<b>duplicated</b>`, `<b hidden>duplicated</b>`, nil},
		{"visible", "verdicts are words without signs", `<svg class="icon" width="16"`, `<svg class="icon" width="0"`, nil},
		{"visible", "a heading has no box", `<h1>`, `<style>h1 { position: absolute; left: -999rem }</style><h1>`, mode.styled},
		{"drawings", "a drawing without a size", ` role="img"`, ` role="img" style="display: block; width: 0"`, func(m mode) bool { return m.styled() }},
		{"drawings", "a text beyond the edge", `<desc`, `<text x="9000">beyond</text><desc`, nil},
		{"contrast", "grey text on white", `<h1>`, `<h1><font color="#808080">grey</font>`, light},
		{"contrast", "grey text on black", `<h1>`, `<h1><font color="#666666">grey</font>`, dark},
		{"contrast", "text in black, whatever the page is in", `<h1>`, `<h1><font color="#000000">black</font>`, dark},
		{"contrast", "pale text in a drawing", `<desc`, `<text x="90" y="90" opacity="0.4">pale</text><desc`, nil},
		{"contrast", "text on a dark bar", `<desc`, `<rect x="0" y="0" width="300" height="300" fill="#146F57"/><text x="90" y="90" fill="#AB2D91">on it</text><desc`, nil},
		{"marks", "a pale sign", `#AB2D91`, `#FFE0FF`, light},
		{"marks", "a dark sign", `#AB2D91`, `#300020`, dark},
	} {
		t.Run(c.what, func(t *testing.T) {
			text := spoil(t, good, c.old, c.broken)
			for _, m := range []mode{inLight, inDark, inJenkinsDark} {
				broken := c.in == nil || c.in(m)
				x.show(t, m, text)
				if got := x.check(t, c.check); broken != (len(got) > 0) {
					t.Errorf("%s: %s finds %q", m.name, c.check, got)
				}
			}
		})
	}
}

func unstyled(m mode) bool { return !m.styled() }
func dark(m mode) bool     { return m.dark }
func light(m mode) bool    { return !m.dark }

func TestNoiseIsHeard(t *testing.T) {
	t.Parallel()
	x, good := newTab(t), small(t)
	scripted := func(m mode) bool { return !m.noJS && m.styled() }
	for _, c := range []struct {
		what, insert, want string
		in                 func(mode) bool
	}{
		{"the page writes to the console", `<script>console.error("noise")</script>`, "noise", scripted},
		{"a script fails", `<script>throw new Error("thrown")</script>`, "thrown", scripted},
		{"an image beside the page", `<img src="beside.png" alt="">`, "beside.png", func(m mode) bool { return true }},
		{"an image from elsewhere", `<img src="http://elsewhere.example/x.png" alt="">`, "elsewhere", func(m mode) bool { return true }},
		{"an image in the page", `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="">`, "data:image", unstyled},
		{"an attribute with a style", `<p style="color: red">red</p>`, "inline style", unstyled},
	} {
		t.Run(c.what, func(t *testing.T) {
			text := spoil(t, good, "</main>", c.insert+"</main>")
			for _, m := range []mode{inLight, withoutScripts, inJenkins} {
				x.show(t, m, text)
				got := x.noise(m)
				heard := slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.want) })
				if heard != c.in(m) {
					t.Errorf("%s: heard %q", m.name, got)
				}
			}
		})
	}
}
