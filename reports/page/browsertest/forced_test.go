package browsertest

import "testing"

// Some people give their system two colours, and it leaves none of the page's own.
func TestColoursOfTheSystemKeepWordsAndShapes(t *testing.T) {
	t.Parallel()
	x := newTab(t)
	eachSample(t, []mode{{name: "light", forced: true}, {name: "dark", forced: true, dark: true}}, func(t *testing.T, m mode, text string) {
		x.show(t, m, text)
		for _, check := range looks {
			for _, fault := range x.check(t, check) {
				t.Errorf("%s: %s", check, fault)
			}
		}
	})
}
