package simulated

import "testing"

// Many a mistake shows at once in one scope, and never in those before it.
func TestAllScopesGetAGlanceBeforeTheLargeAreSearchedToTheEnd(t *testing.T) {
	scopes := []Scope{{Workers: 1, Chunks: 1}, {Workers: 12, Chunks: 1, Sampled: true}, {Workers: 2, Chunks: 1}}
	glanced, briefly, whole := map[int]bool{}, 0, 0
	all := looks(scopes)
	for i, l := range all {
		switch {
		case l.sample > 0 && briefly+whole > 0 || l.positions > 0 && whole > 0:
			t.Errorf("scope %d is looked at in passing after another was searched to the end", l.scope)
		case l.sample > 0:
			glanced[l.scope] = true
		case l.positions > 0:
			briefly++
		default:
			whole++
		}
		if l.last != (i == len(all)-1) {
			t.Errorf("look %d of %d may use the time that is left: %t", i+1, len(all), l.last)
		}
	}
	if len(glanced) != 3 || briefly != 2 || whole != 2 {
		t.Errorf("%d scopes were sampled, %d searched for a while and %d to the end", len(glanced), briefly, whole)
	}
	if single := looks(scopes[:1]); len(single) != 1 || !single[0].whole() {
		t.Errorf("a single scope is looked at %d times", len(single))
	}
}
