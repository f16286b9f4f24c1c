package simulated

import "testing"

// Many a mistake shows at once in one scope, and never in those before it.
func TestAllScopesGetAGlanceBeforeOneIsSearchedToTheEnd(t *testing.T) {
	scopes := []Scope{{Workers: 1, Chunks: 1}, {Workers: 12, Chunks: 1, Sampled: true}, {Workers: 2, Chunks: 1}}
	glanced, whole := map[int]bool{}, 0
	all := looks(scopes)
	for i, l := range all {
		switch {
		case l.sample > 0 && whole > 0:
			t.Errorf("scope %d is sampled after another was searched to the end", l.scope)
		case l.sample > 0:
			glanced[l.scope] = true
		default:
			whole++
		}
		if l.last != (i == len(all)-1) {
			t.Errorf("look %d of %d may use the time that is left: %t", i+1, len(all), l.last)
		}
	}
	if len(glanced) != 3 || whole != 2 {
		t.Errorf("%d scopes were sampled and %d searched to the end", len(glanced), whole)
	}
	if single := looks(scopes[:1]); len(single) != 1 || single[0].sample != 0 {
		t.Errorf("a single scope is looked at %d times", len(single))
	}
}
